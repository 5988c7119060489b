package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var (
	codeBlock   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	codeInLine  = regexp.MustCompile("`[^`\n]*`")
	linkTarget  = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	headingLine = regexp.MustCompile(`(?m)^#+ +(.+)$`)
)

// No link in the documents leads nowhere: files are there, and so are the headings that a link names. Those to other hosts
// are not tried.
func TestLinksOfDocuments(t *testing.T) {
	paths := documents(t)
	require.Contains(t, paths, "../../README.md")
	require.Greater(t, len(paths), 20)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, wrong := range deadLinks(path, string(text)) {
			t.Error(wrong)
		}
	}
}

// documents are the paths of README.md, CHANGELOG.md and all of docs.
func documents(t *testing.T) []string {
	t.Helper()
	paths := []string{"../../README.md", "../../CHANGELOG.md"}
	require.NoError(t, filepath.WalkDir("../../docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// deadLinks says which links of a document lead nowhere. What stands in code is no link.
func deadLinks(path, text string) (wrong []string) {
	text = codeInLine.ReplaceAllString(codeBlock.ReplaceAllString(text, ""), "code")
	for _, m := range linkTarget.FindAllStringSubmatch(text, -1) {
		link := m[1]
		if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
			continue
		}
		file, heading, _ := strings.Cut(link, "#")
		target := path
		if file != "" {
			target = filepath.Join(filepath.Dir(path), file)
		}
		if _, err := os.Stat(target); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: (%s): there is no %s", path, link, target))
		} else if heading != "" && !hasHeading(target, heading) {
			wrong = append(wrong, fmt.Sprintf("%s: (%s): %s has no such heading", path, link, target))
		}
	}
	return wrong
}

// hasHeading reports whether a document has a heading; a # within a block of code begins a comment.
func hasHeading(path, anchor string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for _, m := range headingLine.FindAllStringSubmatch(codeBlock.ReplaceAllString(string(text), ""), -1) {
		if anchorOf(m[1]) == anchor {
			return true
		}
	}
	return false
}

// anchorOf is what a link calls a heading: in lower case, without punctuation, with a hyphen for every space.
func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

func TestDeadLinks(t *testing.T) {
	folder := t.TempDir()
	page := filepath.Join(folder, "page.md")
	require.NoError(t, os.WriteFile(page, []byte("# Open loop, and more\n\n```\n# no heading\n```\n"), 0o600))
	for link, want := range map[string]int{
		"page.md": 0, "page.md#open-loop-and-more": 0, "#open-loop-and-more": 0, "https://example.org/none": 0,
		"none.md": 1, "page.md#no-heading": 1, "#else": 1, "../none/": 1,
	} {
		require.Len(t, deadLinks(page, "See [this]("+link+")."), want, link)
	}
	require.Empty(t, deadLinks(page, "`[a](none.md)`\n\n```\n[b](none.md)\n```\n"))
}

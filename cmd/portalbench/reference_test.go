package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// docs/reference.md is what the commands say of themselves. go test ./cmd/portalbench -run Reference -update writes it anew.
func TestReferenceIsWhatTheCommandsSay(t *testing.T) {
	const path = "../../docs/reference.md"
	var r reference
	r.all(newRoot())
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(r.String()), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, r.String(), string(got), "a command has changed: go test ./cmd/portalbench -run Reference -update")
}

// reference collects the lines of a document in Markdown.
type reference struct{ strings.Builder }

func (r *reference) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func (r *reference) all(root *cobra.Command) {
	commands := described(root)
	r.line("# Commands\n\nEvery command with its flags, as `portalbench COMMAND --help` and the man pages (`portalbench man FOLDER`) have " +
		"them. This page\nis generated from the program. The words of measures, operations and files are in [formats and measures](format.md).\n")
	r.line("| command | what it does |\n|---|---|")
	for _, c := range commands[1:] {
		r.line("| [%s](#%s) | %s |", strings.TrimPrefix(c.CommandPath(), "portalbench "), manName(c), markdown(c.Short))
	}
	r.line("\n## Exit codes\n\nThey are the same for all commands.\n\n| code | meaning |\n|---|---|")
	for code, meaning := range exitMeanings() {
		r.line("| %d | %s |", code, markdown(meaning))
	}
	for _, c := range commands {
		r.command(c)
	}
}

// command writes the section of a command. GitHub makes its anchor from the heading, with hyphens for spaces.
func (r *reference) command(c *cobra.Command) {
	r.line("\n## %s\n", c.CommandPath())
	for i, paragraph := range strings.Split(strings.TrimSpace(description(c)), "\n\n") {
		if i > 0 {
			r.line("")
		}
		if strings.HasPrefix(paragraph, " ") {
			r.line("```\n%s\n```", paragraph)
			continue
		}
		r.line("%s", markdown(paragraph))
	}
	r.line("\n```\n%s\n```", c.UseLine())
	if c.Example != "" {
		r.line("\nFor example:\n\n```\n%s\n```", unindented(c.Example))
	}
	r.line("\n| flag | what it does | when left out |\n|---|---|---|")
	for _, f := range flagsOf(c) {
		left := ""
		if d := flagDefault(f); d != "" {
			left = "`" + d + "`"
		}
		r.line("| `%s` | %s | %s |", strings.ReplaceAll(flagSyntax(f), "|", `\|`), markdown(flagUsage(f)), left)
	}
}

func unindented(example string) string {
	var lines []string
	for line := range strings.Lines(example) {
		lines = append(lines, strings.TrimPrefix(line, "  "))
	}
	return strings.TrimSpace(strings.Join(lines, ""))
}

// markdown keeps what is written for terminals from having a meaning in Markdown.
func markdown(text string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "|", `\|`, "[", `\[`, "_", `\_`, "`", "\\`").Replace(text)
}

func TestMarkdown(t *testing.T) {
	require.Equal(t, `\<scenario> 5\*2 a\|b \[x] \_y\_`, markdown("<scenario> 5*2 a|b [x] _y_"))
	require.Equal(t, "portalbench x \\\n    --y", unindented("  portalbench x \\\n      --y\n"))
}

// Every command has its place in the reference, with its flags, and every exit code.
func TestReferenceHasEveryCommandAndFlag(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference.md")
	require.NoError(t, err)
	sections := strings.Split(string(text), "\n## ")
	for _, c := range described(newRoot()) {
		section := ""
		for _, s := range sections {
			if strings.HasPrefix(s, c.CommandPath()+"\n") {
				section = s
			}
		}
		require.NotEmpty(t, section, c.CommandPath())
		for _, f := range flagsOf(c) {
			require.Contains(t, section, "--"+f.Name, c.CommandPath())
		}
	}
	for code := exitOK; code <= exitInvalid; code++ {
		require.Contains(t, string(text), fmt.Sprintf("| %d | ", code))
	}
	require.Len(t, exitMeanings(), exitInvalid+1)
}

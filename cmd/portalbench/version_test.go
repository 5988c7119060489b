package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const someCommit = "41a51c730a0bb1e0b361ea1a8168288ac361e945"

// built returns what Go records of a program: the module's version and checksum, then settings in pairs.
func built(version, sum string, settings ...string) *debug.BuildInfo {
	info := &debug.BuildInfo{Main: debug.Module{Version: version, Sum: sum}}
	for i := 0; i < len(settings); i += 2 {
		info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
	}
	return info
}

// Each way of building the program, and by what runs of it are told from runs of another.
func TestBuildsAreNamedSoThatTheyCanBeTold(t *testing.T) {
	stamped := func(modified string) []string {
		return []string{"vcs.revision", someCommit, "vcs.time", "2026-11-29T02:39:02Z", "vcs.modified", modified}
	}
	for _, row := range []struct {
		what, linked, hash string
		info               *debug.BuildInfo
		want               string
	}{
		{"release", "", "00ff", built("v1.2.3", "", stamped("false")...), "v1.2.3 (" + someCommit + ")"},
		{"changed sources", "", "00ff", built("v1.2.3+dirty", "", stamped("true")...), "v1.2.3+dirty (" + someCommit + ", build 00ff)"},
		{"worktree", "", "00ff", built("(devel)", ""), "devel (build 00ff)"},
		{"worktree, told by the linker", someCommit, "00ff", built("(devel)", ""), "devel (" + someCommit + ", build 00ff)"},
		{"Go knows better than the linker", "feed", "00ff", built("v1.2.3", "", stamped("false")...), "v1.2.3 (" + someCommit + ")"},
		{"go install of a version", "", "00ff", built("v1.2.3", "h1:abc="), "v1.2.3"},
		{"a test", "", "00ff", built("", ""), "devel (build 00ff)"},
		{"linked without an id", "", "", built("", ""), "devel"},
	} {
		b := readBuild(row.info, row.linked)
		b.Hash = row.hash
		require.Equal(t, row.want, b.String(), row.what)
	}
}

func TestVersionSaysWhatIsNotKnown(t *testing.T) {
	var out strings.Builder
	require.NoError(t, build{Version: "devel", Go: "go1.26.8", OS: "linux", Arch: "amd64"}.write(&out))
	require.Equal(t, `portalbench devel
commit    unknown
date      unknown
sources   unknown
build     unknown
go        go1.26.8
platform  linux/amd64
`, out.String())
	for want, modified := range map[string]*bool{"unknown": nil, "modified after the commit": new(true), "as committed": new(false)} {
		require.Equal(t, want, build{Modified: modified}.state())
	}
}

// The hash depends on the linker's id, wherever in the head it is, and on nothing else.
func TestBuildHashIsOfTheLinkersID(t *testing.T) {
	part := strings.Repeat("a_-9", 5)
	id := strings.Join([]string{part, part, part, part}, "/")
	hash := func(content string) string {
		path := filepath.Join(t.TempDir(), "program")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return buildHash(func() (string, error) { return path, nil })
	}
	got := hash("\x7fELF\x00" + id + "\x00code")
	require.Regexp(t, "^[0-9a-f]{12}$", got)
	require.Equal(t, got, hash("MZ other \xff Go build ID: \""+id+"\"\n \xff"))
	require.NotEqual(t, got, hash("\x7fELF\x00"+id[1:]+"b\x00code"))
	require.Empty(t, hash("no id"))
	require.Empty(t, hash(strings.Repeat(" ", 64<<10)+id), "the head alone is read")
	require.Empty(t, buildHash(func() (string, error) { return "", errors.New("no name") }))
	require.Empty(t, buildHash(func() (string, error) { return filepath.Join(t.TempDir(), "none"), nil }))
	require.NotEmpty(t, buildHash(os.Executable), "go test links with an id as go build does")
}

// docs/format.md has every field of version --format json.
func TestFormatDocumentNamesTheFieldsOfVersion(t *testing.T) {
	text, err := os.ReadFile("../../docs/format.md")
	require.NoError(t, err)
	b, err := json.Marshal(build{})
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.NewDecoder(bytes.NewReader(b)).Decode(&fields))
	require.Len(t, fields, 8)
	_, section, found := strings.Cut(string(text), "\n## Version\n")
	require.True(t, found)
	for name := range fields {
		require.Contains(t, section, "`"+name+"`")
	}
}

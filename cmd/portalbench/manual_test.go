package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every command has a page, and every flag of it an entry, but those that users are not told of.
func TestManPagesHaveEveryCommandAndFlag(t *testing.T) {
	pages := described(newRoot())
	require.Greater(t, len(pages), 30, "the walk must have found the commands")
	for _, cmd := range pages {
		page := manPage(cmd, build{Version: "v1.2.3", Date: "2026-11-29T02:39:02Z"})
		title := strings.ToUpper(roffEscape(manName(cmd)))
		require.True(t, strings.HasPrefix(page, `.TH "`+title+`" "1" "2026\-11\-29" "portalbench v1.2.3" "portalbench"`), page)
		require.Contains(t, page, "\n"+roffEscape(manName(cmd)+" - "+cmd.Short)+"\n")
		require.NotEmpty(t, flagsOf(cmd), "--help at least")
		for _, f := range flagsOf(cmd) {
			require.Contains(t, page, "\n.B \""+roffEscape(flagSyntax(f)), "%s --%s", cmd.CommandPath(), f.Name)
		}
		for _, below := range cmd.Commands() {
			require.Equal(t, below.IsAvailableCommand(), strings.Contains(page, roffEscape(manName(below)+"(1)")), below.CommandPath())
		}
	}
	for _, hidden := range []string{"--child", "--scratch"} {
		serve, _, err := newRoot().Find([]string{"portal", "serve"})
		require.NoError(t, err)
		require.NotContains(t, manPage(serve, build{}), roffEscape(hidden))
	}
}

// groff finds nothing to warn of in any page. Where there is no groff the pages are as they are.
func TestManPagesAreSoundRoff(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("there is no groff here")
	}
	for _, cmd := range described(newRoot()) {
		path := filepath.Join(t.TempDir(), manName(cmd)+".1")
		require.NoError(t, writeManPage(path, cmd))
		out, err := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z", path).CombinedOutput()
		require.NoError(t, err, string(out))
		require.Empty(t, string(out), cmd.CommandPath())
	}
}

func TestRoff(t *testing.T) {
	var r roff
	r.line(".B", `say "no"`)
	r.prose(".5 is a number\n'tis one\na\\b – and -x\n\n  as it  is\n  .so")
	require.Equal(t, `.B "say \(dqno\(dq"
\&.5 is a number
\&'tis one
a\eb \[u2013] and \-x
.PP
.nf
  as it  is
  .so
.fi
`, r.String())
}

func TestFlagHelp(t *testing.T) {
	cmd := newCapacityCommand()
	for name, want := range map[string][2]string{
		"to":        {"--to string", `highest rate, where it ends if the portal still passes (default 5000/s)`},
		"at-least":  {"--at-least rate", "rate that the capacity must reach: exit 1 when it does not, 4 when that is not clear"},
		"no-floor":  {"--no-floor", "do not measure the generator's own cost first"},
		"threshold": {"--threshold limit", "limit such as send.response.p95<500ms, repeatable; all.errors<=1% unless one is on all.errors (default all.response.p95<500ms)"},
		"workers":   {"--workers int", "cores to use (0: all)"},
	} {
		f := cmd.Flags().Lookup(name)
		require.Equal(t, want, [2]string{flagSyntax(f), flagHelp(f)})
	}
	out := newExportResults().Flags().Lookup("out")
	require.Equal(t, "-o, --out file", flagSyntax(out))
}

func TestManPagesAreWrittenOnceForEachCommand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "share", "man1")
	var stdout, stderr strings.Builder
	require.Equal(t, exitOK, run(t.Context(), []string{"man", dir}, strings.NewReader(""), &stdout, &stderr), stderr.String())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	var got, want []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	for _, cmd := range described(newRoot()) {
		want = append(want, manName(cmd)+".1")
	}
	require.ElementsMatch(t, want, got)
	require.Equal(t, exitUsage, run(t.Context(), []string{"man", filepath.Join(dir, got[0])}, strings.NewReader(""), &stdout, &stderr))
}

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The scripts are what their shells can read, as far as these are there to be asked.
func TestCompletionScriptsAreSound(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var script, stderr strings.Builder
		code := run(t.Context(), []string{"completion", shell}, strings.NewReader(""), &script, &stderr)
		require.Equal(t, exitOK, code, stderr.String())
		require.Contains(t, script.String(), "__complete", "it asks the program")
		t.Run(shell, func(t *testing.T) {
			program, err := exec.LookPath(shell)
			if err != nil || shell == "powershell" {
				t.Skip("there is no " + shell + " here that checks scripts")
			}
			path := filepath.Join(t.TempDir(), "completion")
			require.NoError(t, os.WriteFile(path, []byte(script.String()), 0o600))
			out, err := exec.Command(program, "-n", path).CombinedOutput()
			require.NoError(t, err, string(out))
		})
	}
}

func TestEnumerated(t *testing.T) {
	for usage, want := range map[string][]string{
		"table, json or markdown": {"table", "json", "markdown"},
		"table or json":           {"table", "json"},
		"csv, parquet or vegeta; the last two are for loads":          {"csv", "parquet", "vegeta"},
		"verification, properties or targets (default: all three)":    {"verification", "properties", "targets"},
		"run folder (default runs/<scenario>-<time>)":                 nil,
		"jsonl: a trace of a scenario; vegeta, k6: requests of a run": nil,
		"highest rate, where it ends if the portal still passes":      nil,
		"seed": nil,
		"":     nil,
	} {
		require.Equal(t, want, enumerated(usage), usage)
	}
}

func TestNextNames(t *testing.T) {
	names := []string{"all.errors", "all.response.p50", "all.response.p95", "send.errors"}
	for begun, want := range map[string][]string{
		"":                 {"all.", "send."},
		"a":                {"all."},
		"all.":             {"all.errors<", "all.response."},
		"all.response.p":   {"all.response.p50<", "all.response.p95<"},
		"all.response.p95": {"all.response.p95<"},
		"nothing":          nil,
	} {
		require.Equal(t, want, nextNames(names, begun), begun)
	}
}

package main

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// The examples in the help of these commands are quick, so they are executed.
func TestExamplesOfDeclarationsRun(t *testing.T) {
	for _, parent := range []*cobra.Command{newScenarioCommand(), newPolicyCommand()} {
		for _, cmd := range append(parent.Commands(), parent) {
			require.NotEmpty(t, cmd.Example, cmd.CommandPath())
			var stdout, stderr strings.Builder
			code := run(context.Background(), exampleArgs(cmd.Example), strings.NewReader(""), &stdout, &stderr)
			require.Equal(t, exitOK, code, "%s\n%s", cmd.Example, stderr.String())
			require.NotEmpty(t, stdout.String(), cmd.Example)
		}
	}
}

// The examples of the other commands are executed by a script, which must hold them as they are printed, but for those of
// gates that load portals (TestExamplesOfPairedGates).
func TestExamplesOfLongCommandsAreInTheScript(t *testing.T) {
	script, err := os.ReadFile("testdata/examples.txtar")
	require.NoError(t, err)
	root := newRoot()
	for _, cmd := range slices.Concat(root.Commands(), newPortalCommand().Commands(), newExportCommand().Commands()) {
		if cmd.Name() == "scenario" || cmd.Name() == "policy" {
			continue
		}
		for line := range strings.Lines(cmd.Example) {
			require.Contains(t, string(script), " "+strings.TrimSpace(line), cmd.CommandPath())
		}
		require.NotEmpty(t, cmd.Example, cmd.CommandPath())
	}
}

// exampleArgs returns the arguments of an example as a shell would pass them to the program.
func exampleArgs(example string) []string {
	line, _, _ := strings.Cut(strings.ReplaceAll(example, "\\\n", " "), ">") // results to a file: not here
	var args []string
	for _, word := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1) {
		args = append(args, strings.Trim(word, `"`))
	}
	return args[1:]
}

// Command portalbench measures patient portals and the people who answer them: see the README.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever interrupts twice does not want to wait
	code := run(ctx, os.Args[1:], os.Stdin, colourful(os.Stdout, abandoned{os.Stdout}), os.Stderr)
	stop()
	os.Exit(code)
}

// abandoned drops what a reader no longer wants, such as head that has seen enough: it must not cost the run folder or the
// exit code.
type abandoned struct{ io.Writer }

func (a abandoned) Write(p []byte) (int, error) {
	n, err := a.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}

// Exit codes: an interface that scripts rely on.
const (
	exitOK      = 0 // ok, pass, and inconclusive with a warning
	exitFail    = 1 // a gate or threshold failed
	exitUsage   = 2 // usage, scenario or policy wrong
	exitCannot  = 3 // could not run
	exitInvalid = 4 // invalid or no data
)

// exitMeanings says for the manual what each exit code means, in order.
func exitMeanings() []string {
	return []string{
		"All is well: what was measured is valid, every limit is met, no message was lost. Also inconclusive, with a warning.",
		"A threshold or gate failed, or messages were lost, duplicated, misplaced or leaked; a property of the simulator does not hold.",
		"Usage: a flag, an argument, a scenario, a policy or the description of a portal is wrong. Nothing was done.",
		"It could not be run: a portal that does not answer, a file that cannot be written, an interruption.",
		"Invalid, stopped by a rule, or no data: neither pass nor fail.",
	}
}

// exitError is an error with the exit code it leads to. Errors without one exit with exitCannot.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageError marks err as the user's to mend.
func usageError(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUsage, err}
}

// run executes one command line and returns the exit code. It alone prints errors.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	say(stderr, "%v", err)
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitCannot
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "portalbench",
		Short:         "Load and simulation testbed for patient-portal secure messaging",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          helpOrUnknown,

		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	root.AddCommand(newRunCommand(), newSimulateCommand(), newLoadCommand(), newCapacityCommand(), newGateCommand(), newReportCommand(),
		newPortalCommand(), newScenarioCommand(), newPolicyCommand(), newExportCommand(), newValidateCommand(),
		newVersionCommand(), newCompletionCommand(), newManCommand())
	complete(root)
	return root
}

// helpOrUnknown shows the help of a command that does nothing alone, or refuses a subcommand it does not have.
func helpOrUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	hint := fmt.Sprintf("see %s --help", cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + near[0] + "?"
	}
	return usageError(fmt.Errorf("%s has no command %q: %s", cmd.CommandPath(), args[0], hint))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// verifyFlags are those of `portal verify`.
type verifyFlags struct {
	target
	within  time.Duration
	timeout time.Duration
	format  string
}

// visibleWithin is how long something written may take to be seen, and stalest how long it is looked for to say how old what
// a portal shows is.
const (
	visibleWithin = 10 * time.Second
	stalest       = 70 * time.Second
)

func newPortalVerifyCommand() *cobra.Command {
	f := &verifyFlags{}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check what the operations of a portal mean",
		Long: "Check what the operations of a portal mean: that a second claim is refused, that a closed thread leaves the\n" +
			"list, that another patient sees nothing, and so on. It makes accounts and threads of its own, and touches\n" +
			"nothing else. Without --url a reference portal is started.\n\n" +
			"Exits with 4 when an operation that the portal says it has does not mean what it must, and with 3 when\n" +
			"nothing could be tried.",
		Example: "  portalbench portal verify",
		Args:    usageArgs(nothingButFlags),
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.target.register(cmd)
	flags := cmd.Flags()
	flags.DurationVar(&f.within, "within", visibleWithin, "how long something written may take to be seen")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "of one operation")
	flags.StringVar(&f.format, "format", "table", "table, json or markdown")
	for _, notHere := range []string{"sign-ins", "max-connections", "skip-verify", "share-accounts"} {
		_ = flags.MarkHidden(notHere) // one operation goes on at a time
	}
	return cmd
}

func (f *verifyFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return usageError(err)
	}
	if f.url == "" {
		portal, err := startChild(cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		defer portal.stop()
		f.target = startedHere(portal)
	}
	v, err := f.verify(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	if f.format == "json" {
		err = writeJSON(cmd.OutOrStdout(), v)
	} else {
		err = report.Verify(cmd.OutOrStdout(), report.Format(f.format), v)
	}
	return errors.Join(err, verifyVerdict(v))
}

func (f *verifyFlags) check(cmd *cobra.Command) error {
	if f.within <= 0 || f.timeout <= 0 {
		return fmt.Errorf("--within %s, --timeout %s: use positive times", f.within, f.timeout)
	}
	if !slices.Contains([]string{"table", "json", "markdown"}, f.format) {
		return fmt.Errorf("--format %q: use table, json or markdown", f.format)
	}
	return f.target.check(cmd)
}

// verify drives the portal.
func (f *verifyFlags) verify(ctx context.Context, stderr io.Writer) (*results.Verify, error) {
	admin, err := f.administrator()
	if err != nil {
		return nil, err
	}
	client := f.client(0)
	defer client.CloseIdle()
	portal, stores, err := f.open(ctx, client.HTTP, f.timeout, stderr)
	if err != nil {
		return nil, err
	}
	if !stores {
		return nil, usageError(fmt.Errorf("the portal at %s keeps nothing (--noop): there is no meaning to verify", f.url))
	}
	v, err := bench.Verification{Portal: portal, Admin: admin, URL: f.url, RunID: newRunID(), Within: f.within, Patience: stalest, Timeout: f.timeout, People: f.accounts}.Run(ctx)
	if errors.Is(err, bench.ErrTooFewPeople) {
		err = usageError(fmt.Errorf("%s: %w", f.people, err))
	}
	return v, err
}

// verifyVerdict turns what was seen into the exit code.
func verifyVerdict(v *results.Verify) error {
	if n := len(v.Broken()); n > 0 {
		return &exitError{exitInvalid, fmt.Errorf("%d things that the portal's operations must mean do not hold", n)}
	}
	return nil
}

// nothingButFlags refuses what stands there without a flag, such as the file of a portal.
func nothingButFlags(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no argument %q: a file that describes the portal is named with --portal", cmd.CommandPath(), args[0])
}

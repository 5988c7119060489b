package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench/refportal"
)

// faulting is what `portal serve` is to do wrong.
type faulting struct {
	texts  []string
	seed   uint64
	faults []refportal.Fault
	faulty *refportal.Faulty // nil: nothing
}

func (f *faulting) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.texts, "fault", nil, "`KIND=AMOUNT` of something to do wrong, repeatable; the kinds are above")
	flags.Uint64Var(&f.seed, "fault-seed", 1, "seed of the faults that strike by chance")
}

// faultHelp explains --fault.
func faultHelp() string {
	return "With --fault the portal does something wrong on demand. The kinds are:\n\n" + refportal.FaultHelp() + `
Add @8s or @8s..20s for when a fault is on (a stall has its own), and :send or :send,reply for the
operations that it strikes. Time counts from the latest provisioning of accounts, which is how a
load begins, or else from the first request: without a time, a load is struck while it prepares.
Chance depends on --fault-seed and on the request's number among those of its operation. What a
client gave up on is done all the same when the portal goes on.`
}

// check reads the faults.
func (f *faulting) check() error {
	var all error
	for _, text := range f.texts {
		one, err := refportal.ParseFault(text)
		all = errors.Join(all, err)
		f.faults = append(f.faults, one)
	}
	if all != nil {
		return fmt.Errorf("--fault: %w", all)
	}
	return nil
}

// spoil puts the faults before a portal that stores nothing. Without any, it is left as it is.
func (f *faulting) spoil(portal http.Handler) (_ http.Handler, err error) {
	if len(f.faults) == 0 {
		return portal, nil
	}
	f.faulty, err = refportal.NewFaulty(portal, f.faults, f.seed, time.Now)
	return f.faulty, usageError(err)
}

// spoilServer puts them before one that does.
func (f *faulting) spoilServer(server *refportal.Server) (_ http.Handler, err error) {
	if len(f.faults) == 0 {
		return server.Handler(), nil
	}
	f.faulty, err = server.WithFaults(f.faults, f.seed)
	return f.faulty, usageError(err)
}

// until lets go of whatever the faults hold back when ctx is done.
func (f *faulting) until(ctx context.Context) {
	if f.faulty != nil {
		context.AfterFunc(ctx, f.faulty.Close)
	}
}

// report says what the faults came to.
func (f *faulting) report(stderr io.Writer) {
	if f.faulty == nil {
		return
	}
	for _, line := range f.faulty.Report() {
		say(stderr, "%s", line)
	}
}

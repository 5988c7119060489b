package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// feedingBack are the flags of commands that can feed a load's latencies back into the simulation.
type feedingBack struct{ feedBack bool }

func (f *feedingBack) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.feedBack, "feed-back", false, "then simulate the clinic behind a portal as slow as measured: what it does to response times and evenings")
}

// feedBack simulates the policy whose work was replayed with a portal that answers at once and with one that takes the
// times measured, on the same people, needs and draws. When ctx is cancelled it says so in place of results.
func (s *study) feedBack(ctx context.Context, c *common, replications int, measured *bench.Result, stderr io.Writer) (*results.FeedBack, error) {
	if why := measured.Load.NotFedBack(); why != "" {
		return nothingFedBack(why), nil
	}
	portal, err := measuredPortal(measured.Histograms)
	if err != nil {
		return nil, fmt.Errorf("feeding the latencies back: %w", err)
	}
	e := s.twice(c, replications, portal)
	bar := newProgress(stderr, c.quiet)
	bar.start("feeding back", e.rule.fixed*e.plan.Networks())
	e.tell = bar.set
	err = inPhase(ctx, measured.Load.RunID, "feed back", e.run)
	bar.stop()
	if ctx.Err() != nil {
		return nothingFedBack("it was interrupted"), nil
	}
	if err != nil {
		return nil, fmt.Errorf("feeding the latencies back: %w", err)
	}
	return e.fedBack(portal, &measured.Load), nil
}

func nothingFedBack(why string) *results.FeedBack {
	return &results.FeedBack{Why: why, Operations: []results.MeasuredOperation{}, Waits: []results.PortalWait{}, Effects: []results.Effect{}}
}

// twice prepares the experiment whose first arm is the first policy behind a portal that answers at once, and whose
// second is the same behind a slow one. With replications 0 there are as many as simulate has.
func (s *study) twice(c *common, replications int, portal *slowPortal) *experiment {
	both, atOnce := *s, s.arms[0]
	atOnce.Portal = nil
	asMeasured := atOnce
	asMeasured.Portal = portal.delay()
	both.arms = []sim.Arm{atOnce, asMeasured}
	if replications == 0 {
		replications = s.replications()
	}
	return newExperiment(&both, c, replications)
}

// fedBack sums up what the two arms have come to.
func (e *experiment) fedBack(portal *slowPortal, l *results.Load) *results.FeedBack {
	out := nothingFedBack("")
	out.Operations, out.Replications = portal.from, e.done()
	out.HorizonDays, out.WarmUpDays = e.scenario.Horizon.Days, e.scenario.Horizon.WarmUpDays
	if grows(e.trials[0]) {
		out.Why = "the backlog grows from week to week even behind a portal that answers at once, so that there is no steady state to compare with"
		return out
	}
	if out.Unstable = grows(e.trials[1]); out.Unstable {
		return out
	}
	atOnce, asMeasured := e.trials[0].Replications, e.trials[1].Replications
	for r := scenarios.RoleNone + 1; int(r) < scenarios.NumRoles; r++ {
		if e.plan.FTE(r) > 0 {
			out.Waits = append(out.Waits, results.NewPortalWait(r.String(), l.MeasuredWait(r.String()), asMeasured))
		}
	}
	for _, q := range results.FedBackQuantities() {
		out.Effects = append(out.Effects, results.NewEffect(q, atOnce, asMeasured))
	}
	return out
}

// feedBackOf feeds a load back if that is wanted, and keeps what comes of it with the load. A load that is interrupted
// then is complete, but what was asked for is not.
func (f *feedingBack) feedBackOf(ctx context.Context, s *study, c *common, replications int, measured *bench.Result, stderr io.Writer) (err error) {
	if !f.feedBack {
		return nil
	}
	measured.Load.FeedBack, err = s.feedBack(ctx, c, replications, measured, stderr)
	if err == nil && ctx.Err() != nil && !measured.Load.Incomplete {
		return errors.New("interrupted: the load is complete, what it does to the clinic is not simulated")
	}
	return err
}

// showFeedBack prints what a load's latencies do to the clinic, after an empty line.
func showFeedBack(w io.Writer, format string, l *results.Load) error {
	if l.FeedBack == nil {
		return nil
	}
	fmt.Fprintln(w)
	return report.FeedBack(w, report.Format(format), l.FeedBack)
}

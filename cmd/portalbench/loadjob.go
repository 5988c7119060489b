package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// loadJob is a load being prepared and run.
type loadJob struct {
	*study
	*common
	stderr        io.Writer
	timeout       time.Duration
	maxInFlight   int
	target        target
	thresholds    []results.ParsedThreshold
	stopWhen      []results.StopRule
	watch         *portalWatch     // of the portal's process; may be nil
	metrics       *metricsEndpoint // may be nil
	runID         string
	handling      map[scenarios.Role]float64 // minutes a workday, of the simulation; nil: to be simulated
	opsPerWorkday map[scenarios.Role]float64

	goal      windowGoal
	missed    string // how the plan misses the rate asked for, if it does
	planned   bench.Plan
	workload  *bench.Workload
	preflight *results.Preflight // nil: yet to be made
	traced    *origin            // where the operations come from when not from a scenario; study is nil then
	kept      *keptFiles         // being written; nil: none

	client  *bench.Client // these three: once the portal was found
	portal  bench.Portal
	stores  bool            // it keeps what is written
	unasked bool            // the portal is not to be asked for anything
	warned  map[string]bool // of what, before the clock; shared by the loads of one command
}

// warn says what could spoil a load, once.
func (j *loadJob) warn(text string) {
	if j.warned == nil {
		j.warned = map[string]bool{}
	}
	if !j.warned[text] {
		say(j.stderr, "warning: %s", text)
	}
	j.warned[text] = true
}

// newRunID names a run: another name every time.
func newRunID() string {
	var b [5]byte
	rand.Read(b[:]) // never fails, as of Go 1.24
	return "r" + hex.EncodeToString(b[:])
}

// firstWeek returns the Monday from which replays start: when the clinic has warmed up, in a week without holidays.
func (j *loadJob) firstWeek() des.Time {
	return j.study.plan.OrdinaryWeek(max(7, j.scenario.Horizon.WarmUpDays))
}

// plan decides breadth and speed and makes the operations. The workload is to be closed.
func (j *loadJob) plan(ctx context.Context, g windowGoal) (err error) {
	j.goal = g
	from := j.firstWeek() + des.Time(g.at)*des.Minute
	goal := bench.Goal{Rate: g.rate, From: from, Window: g.window, For: g.length, WarmUp: g.warmUp,
		Patients: j.scenario.Network.Patients, Stages: g.stages}
	if goal.Can, err = j.can(ctx); err != nil {
		return err
	}
	networks := func(until des.Time) bench.Networks { return j.simulated(from, until).Network }
	if g.networks > 0 {
		j.planned, j.workload, err = bench.ByHand(ctx, goal, g.networks, g.speed, networks)
	} else {
		j.planned, j.workload, err = bench.Reach(ctx, goal, networks)
	}
	switch {
	case errors.Is(err, bench.ErrIdle), errors.Is(err, bench.ErrTooLong):
		return usageError(err)
	case err != nil:
		return interrupted(ctx, err)
	}
	j.workload.Describe = j.simulated(from, j.workload.Until).Describe
	if g.networks == 0 && !j.planned.Near() {
		j.missed = fmt.Sprintf("%.4g/s were asked for and %.4g/s are offered: one care network does more at its slowest", g.rate, j.planned.Offered)
		say(j.stderr, "warning: %s", j.missed)
	}
	return nil
}

// can returns what the portal can carry out, which counts towards a rate.
func (j *loadJob) can(ctx context.Context) (*bench.Capabilities, error) {
	can := j.target.known().Capabilities()
	if j.target.url != "" && !j.unasked {
		if err := j.connect(ctx); err != nil {
			return nil, err
		}
		can = j.portal.Capabilities()
	}
	return &can, nil
}

// connect finds the portal, once.
func (j *loadJob) connect(ctx context.Context) (err error) {
	if j.portal != nil {
		return nil
	}
	j.client = j.target.client(j.maxInFlight)
	j.portal, j.stores, err = j.target.open(ctx, j.client.HTTP, max(j.timeout, 5*time.Second), j.stderr)
	return err
}

// simulated prepares the networks of a window.
func (j *loadJob) simulated(from, until des.Time) *sim.Replay {
	return sim.NewReplay(j.study.plan, j.arms[0], j.seed, from, until)
}

// printPlan says what would be prepared and replayed, at what pace.
func (j *loadJob) printPlan(ctx context.Context, w io.Writer) error {
	prepared, err := j.workload.Prepare(ctx, j.target.known().Capabilities())
	if err != nil {
		return interrupted(ctx, err)
	}
	offered := float64(j.workload.Len()) / j.workload.Duration().Seconds()
	if j.traced == nil {
		offered = j.planned.Offered
	}
	lines := []string{j.summary()}
	if j.traced == nil {
		lines = append(lines, fmt.Sprintf("%d operations; policy %s; seed %d", j.workload.Len(), j.policies[0].Name, j.seed))
	}
	lines = append(lines, wrap(prepared.Describe(j.target.connection.signInsPerS), lineWidth)...)
	lines = append(lines, fmt.Sprintf("In the window: %.4g operations/s, on the reference portal as many requests/s.", offered))
	_, err = fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// verify checks what the portal's operations mean, and says what it found. Where too few accounts are there to try it with,
// that is said and nothing else.
func (j *loadJob) verify(ctx context.Context, portal bench.Portal, admin bench.Account) error {
	v := bench.Verification{Portal: portal, Admin: admin, URL: j.target.url, RunID: j.runID, Within: visibleWithin, Patience: stalest, Timeout: j.timeout, People: j.target.accounts}
	found, err := v.Preflight(ctx)
	if errors.Is(err, bench.ErrTooFewPeople) {
		say(j.stderr, "the portal's operations are not verified before the clock: %s has too few accounts to try them with", j.target.people)
		return nil
	}
	if err != nil {
		return err
	}
	j.preflight = found
	if found.SignInMS > 0 {
		say(j.stderr, "a sign-in takes %.3g ms", float64(found.SignInMS))
	}
	for _, text := range found.Warnings {
		j.warn(text)
	}
	if broken := found.Broken(); len(broken) > 0 {
		say(j.stderr, "warning: the portal failed verification, so this run will be invalid (portal verify shows all of it):")
		for _, line := range broken {
			say(j.stderr, "  %s", line)
		}
	}
	return nil
}

// replay drives the portal.
func (j *loadJob) replay(ctx context.Context) (*bench.Result, error) {
	admin, err := j.target.administrator()
	if err != nil {
		return nil, err
	}
	if err := j.connect(ctx); err != nil {
		return nil, err
	}
	client, portal, stores := j.client, j.portal, j.stores
	defer client.CloseIdle()
	say(j.stderr, "%s", j.summary())
	if !stores {
		say(j.stderr, "the portal keeps nothing: what is measured is the generator's own floor, and the ledger is not checked")
	}
	if err := j.workday(ctx); err != nil {
		return nil, err
	}
	if stores && !j.target.unverified && j.preflight == nil {
		if err := j.verify(ctx, portal, admin); err != nil {
			return nil, err
		}
	}
	view := newReplayView(j.stderr, j.quiet)
	defer view.stop()
	from := j.origin()
	cfg := bench.Config{
		Portal: portal, Client: client, Admin: admin, Workload: *j.workload,
		People: j.target.accounts, ShareAccounts: j.target.share, Preflight: j.preflight,
		Scenario: from.scenario, URL: j.target.url, At: from.at, Digest: from.people, Seed: from.seed,
		RunID: j.runID, WarmUp: j.goal.warmUp, Timeout: j.timeout, MaxInFlight: j.maxInFlight, SignInsPerS: j.target.connection.signInsPerS,
		OpsPerWorkday: j.opsPerWorkday, HandlingPerWorkday: j.handling,
		FineAlarm: true, SkipLedger: !stores, Lookout: stores, Thresholds: j.thresholds, StopWhen: j.stopWhen,
		Mailboxes: stores && !j.target.ours,
		Notice:    j.warn,
		Progress: func(p bench.Progress) {
			view.report(p)
			j.metrics.report(p)
			j.watch.report(p)
		},
	}
	if j.kept != nil {
		cfg.KeepOps, cfg.KeepRequests = j.kept.ops, j.kept.requests
	}
	var out *bench.Result
	err = inPhase(ctx, j.runID, "load", func(ctx context.Context) (err error) {
		out, err = bench.Run(ctx, cfg)
		return err
	})
	if errors.Is(err, bench.ErrTooFewPeople) {
		err = usageError(fmt.Errorf("%s: %w", j.target.people, err))
	}
	if err != nil {
		return nil, err
	}
	j.watch.finish(&out.Load)
	out.Load.Policy, out.Load.Digest, out.Load.Trace = from.policy, from.digest, from.trace
	out.Load.AskedPerS = results.Number(math.NaN())
	if j.goal.stages != nil {
		out.Load.Stages = j.goal.stages.Text
	} else if j.goal.networks == 0 {
		out.Load.AskedPerS = results.Number(j.goal.rate)
	}
	if j.missed != "" {
		out.Load.Warnings = append(out.Load.Warnings, j.missed)
	}
	return out, nil
}

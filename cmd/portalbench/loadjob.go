package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
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
	thresholds    []results.ParsedThreshold
	runID         string
	handling      map[scenarios.Role]float64 // minutes a workday, of the simulation; nil: to be simulated
	opsPerWorkday map[scenarios.Role]float64

	goal     windowGoal
	missed   string // how the plan misses the rate asked for, if it does
	planned  bench.Plan
	workload bench.Workload
	traced   *origin    // where the operations come from when not from a scenario; study is nil then
	kept     *keptFiles // being written; nil: none
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

// plan decides breadth and speed and makes the operations.
func (j *loadJob) plan(ctx context.Context, g windowGoal) (err error) {
	j.goal = g
	from := j.firstWeek() + des.Time(g.at)*des.Minute
	goal := bench.Goal{Rate: g.rate, From: from, Window: g.window, For: g.length, WarmUp: g.warmUp,
		Patients: j.scenario.Network.Patients}
	if g.networks > 0 {
		j.planned = bench.Plan{Goal: goal, Networks: g.networks, Speed: g.speed}
		if err := j.bounded(ctx); err != nil {
			return err
		}
		err = j.generate(ctx, j.planned.Exactly())
		j.planned = j.planned.Untrimmed(j.workload.Ops)
		return err
	}
	if j.planned, err = bench.PlanRate(goal, j.count(ctx)); err != nil {
		return usageError(err)
	}
	if err := j.approach(ctx); err != nil {
		return err
	}
	if !j.planned.Near() {
		j.missed = fmt.Sprintf("%.4g/s were asked for and %.4g/s are offered: the rate falls between two numbers of care networks", g.rate, j.planned.Offered)
		say(j.stderr, "warning: %s", j.missed)
	}
	return nil
}

// approaches is how often the number of networks is changed until the rate is met.
const approaches = 6

// approach makes the operations of the plan and corrects its number of networks by what they turn out to do, since a
// few networks do not say exactly what many do. It settles for the smallest number it has tried that needs no haste.
func (j *loadJob) approach(ctx context.Context) (err error) {
	intended, tooFew := j.planned.Goal.Speed(), 0
	for range approaches {
		if err = j.generate(ctx, j.planned.Until()); err != nil {
			return err
		}
		if j.planned, j.workload.Ops, err = j.planned.Trim(j.workload.Ops); err != nil {
			return usageError(err)
		}
		j.workload.Speed, j.workload.Until = j.planned.Speed, j.planned.Exactly()
		networks := float64(j.planned.Networks) * j.planned.Rate / j.planned.Offered * j.planned.Speed / intended
		switch hasty := j.planned.Speed > haste*intended || j.planned.Offered < j.planned.Rate/haste; {
		case hasty:
			tooFew = j.planned.Networks
			networks = math.Ceil(max(networks, float64(tooFew+1)))
		case int(networks) <= tooFew || int(networks+1) >= j.planned.Networks:
			return nil
		}
		j.planned.Networks, j.planned.Speed = max(1, int(networks)), intended
	}
	return nil
}

// haste is how far above the intended speed the speed may be.
const haste = 1.05

// bounded refuses a breadth and speed that make more operations than can be kept, judged by a few of the networks.
func (j *loadJob) bounded(ctx context.Context) error {
	pilot := min(j.planned.Networks, 4)
	n, err := j.count(ctx)(pilot, j.planned.From, j.planned.Exactly())
	if err != nil {
		return err
	}
	if all := n / pilot * j.planned.Networks; all > bench.MostOps {
		return usageError(fmt.Errorf("%d networks at %gx for %s are about %d operations, and %d is the most: lower --care-networks, --speed or --for",
			j.planned.Networks, j.planned.Speed, j.planned.For+j.planned.WarmUp, all, bench.MostOps))
	}
	return nil
}

// count simulates a few networks to see how much they do.
func (j *loadJob) count(ctx context.Context) bench.Count {
	return func(networks int, from, until des.Time) (int, error) {
		ops, _, err := j.ops(ctx, networks, from, until)
		return len(ops), err
	}
}

// ops simulates networks up to a window and returns what people do in it.
func (j *loadJob) ops(ctx context.Context, networks int, from, until des.Time) ([]sim.Op, *simulated, error) {
	r := sim.NewReplay(j.study.plan, j.arms[0], j.seed, networks, from, until)
	openings, err := r.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	var ops []sim.Op
	for more := true; more; {
		if ops, more = r.Next(ops); ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
	return ops, &simulated{r, openings}, nil
}

// simulated is a replay with the state it started from.
type simulated struct {
	*sim.Replay
	openings []sim.Opening
}

// generate makes the workload of the plan.
func (j *loadJob) generate(ctx context.Context, until des.Time) error {
	ops, from, err := j.ops(ctx, j.planned.Networks, j.planned.From, until)
	if err != nil {
		return err
	}
	j.workload = bench.Workload{Openings: from.openings, Ops: ops, From: j.planned.From, Until: until,
		Speed: j.planned.Speed, Describe: from.Describe}
	return nil
}

// printPlan says what would be replayed.
func (j *loadJob) printPlan(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s\n%d operations; policy %s; seed %d\n", j.planned, len(j.workload.Ops), j.policies[0].Name, j.seed)
	return err
}

// replay drives the portal at url.
func (j *loadJob) replay(ctx context.Context, url string, allow []string, admin bench.Account) (*bench.Result, error) {
	say(j.stderr, "driving the reference portal's API at %s", url)
	say(j.stderr, "%s", j.summary())
	client := bench.NewClient(bench.ClientConfig{MaxInFlight: j.maxInFlight, AllowHosts: allow})
	defer client.CloseIdle()
	portal := refportal.NewPortal(client.HTTP, url)
	probe, cancel := context.WithTimeout(ctx, max(j.timeout, 5*time.Second))
	defer cancel()
	stores, err := portal.Stores(probe)
	if err != nil {
		return nil, err
	}
	if !stores {
		say(j.stderr, "the portal keeps nothing: what is measured is the generator's own floor, and the ledger is not checked")
	}
	if err := j.workday(ctx); err != nil {
		return nil, err
	}
	tell := &replayProgress{bar: newProgress(j.stderr, j.quiet), stderr: j.stderr}
	defer tell.bar.stop()
	from := j.origin()
	cfg := bench.Config{
		Portal: portal, Client: client, Admin: admin, Workload: j.workload,
		Scenario: from.scenario, URL: url, At: from.at, Digest: from.people, Seed: from.seed,
		RunID: j.runID, WarmUp: j.goal.warmUp, Timeout: j.timeout, MaxInFlight: j.maxInFlight,
		OpsPerWorkday: j.opsPerWorkday, HandlingPerWorkday: j.handling,
		SkipLedger: !stores, Thresholds: j.thresholds, Progress: tell.report,
	}
	if j.kept != nil {
		cfg.KeepOps, cfg.KeepRequests = j.kept.ops, j.kept.requests
	}
	var out *bench.Result
	err = inPhase(ctx, j.runID, "load", func(ctx context.Context) (err error) {
		out, err = bench.Run(ctx, cfg)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Load.Policy, out.Load.Digest, out.Load.Trace = from.policy, from.digest, from.trace
	out.Load.AskedPerS = results.Number(math.NaN())
	if j.goal.networks == 0 {
		out.Load.AskedPerS = results.Number(j.goal.rate)
	}
	if j.missed != "" {
		out.Load.Warnings = append(out.Load.Warnings, j.missed)
	}
	return out, nil
}

// replayProgress shows how far a load has come.
type replayProgress struct {
	bar    *progress
	stderr io.Writer
	phase  string
}

func (r *replayProgress) report(p bench.Progress) {
	if p.Phase != r.phase {
		r.bar.stop()
		r.phase = p.Phase
		if p.Phase == "replay" {
			say(r.stderr, "clock started")
		}
		r.bar.start(p.Phase, int(p.Total))
	}
	r.bar.set(int(p.Done), int(p.Total))
}

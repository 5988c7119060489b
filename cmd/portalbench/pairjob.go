package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
)

// pairJob is a gate of pairs under way: loads of two portals, in turn.
type pairJob struct {
	*pairFlags
	study  *study
	sides  [2]*side // base and candidate
	stderr io.Writer
	began  time.Time
	folder *results.Folder // gets the pairs as they come

	pairs    results.Pairs
	longest  time.Duration // that a pair took
	overhead time.Duration // that a window of the first pair took beside its clock
}

// measure makes pairs until there is a verdict. An error says why it ended without having come to its end; pairs that were
// complete by then are kept.
func (j *pairJob) measure(ctx context.Context) error {
	ctx, cancel := context.WithDeadlineCause(ctx, j.began.Add(j.budget), errBudget)
	defer cancel()
	for _, s := range j.sides {
		if err := s.start(ctx); err != nil {
			return ended(ctx, err)
		}
		defer s.stop()
	}
	if err := j.prepare(ctx); err != nil {
		return j.because(ctx, err)
	}
	for more := true; more; {
		if err := j.pair(ctx); errors.Is(err, errBudget) && len(j.pairs.All) > 0 {
			j.pairs.Early = j.spent()
			return nil
		} else if err != nil {
			return err
		}
		var err error
		if more, err = j.goesOn(); err != nil {
			return err
		}
	}
	return nil
}

// because says why something failed: a portal that has ended explains what its clients met.
func (j *pairJob) because(ctx context.Context, err error) error {
	for _, s := range j.sides {
		if gone := s.broken(); gone != nil && ctx.Err() == nil {
			return gone
		}
	}
	return ended(ctx, err)
}

func (j *pairJob) spent() string {
	return fmt.Sprintf("the budget of %s is used up: raise --budget, or lower --for", j.budget)
}

// goesOn reports whether another pair is to be made, and why not.
func (j *pairJob) goesOn() (bool, error) {
	p, counted := &j.pairs, j.pairs.Counted()
	dropped := len(p.All) - counted
	switch {
	case p.Kind == results.GatePaired && p.Broken() != "", p.Unmeasured() != "", counted == stats.MostPairs():
		return false, nil
	case dropped > results.MostDropped:
		p.Early = fmt.Sprintf("more than %d pairs that do not count are too many: the machine decides, not the portal", results.MostDropped)
		return false, nil
	case stats.LookAt(counted) && p.All[len(p.All)-1].Dropped() == "":
		decided := p.Kind == results.GatePaired && p.Decided()
		j.sayLook(counted, decided)
		if decided {
			return false, nil
		}
	}
	if needs := j.began.Add(j.budget); time.Until(needs) < j.longest {
		if len(p.All) == 1 {
			return false, j.tooSlow()
		}
		p.Early = j.spent()
		return false, nil
	}
	if len(p.All) == 1 && time.Duration(stats.FewestPairs()-1)*j.longest > time.Until(j.began.Add(j.budget)) {
		return false, j.tooSlow()
	}
	return true, nil
}

// tooSlow refuses a budget that proves too small for the first look once it is known what a window takes.
func (j *pairJob) tooSlow() error {
	return usageError(fmt.Errorf("--budget %s: a pair takes %s, as preparing and checking a window takes %s beside its clock, so that %d pairs cannot be made: %s",
		j.budget, j.longest.Round(time.Second/10), j.overhead.Round(time.Second/10), stats.FewestPairs(), j.fitting(j.warmUp+j.overhead)))
}

// pair makes one load of each portal, with the same operations. The order is turned round for every pair that counts:
// A B, B A, A B and so on.
func (j *pairJob) pair(ctx context.Context) error {
	started := time.Now()
	p := results.Pair{Number: len(j.pairs.All) + 1, Swapped: j.pairs.Counted()%2 == 1}
	order := slices.Clone(j.sides[:])
	if p.Swapped {
		slices.Reverse(order)
	}
	seed := j.seed + uint64(p.Number) - 1
	plan := j.load(order[0], seed)
	if err := plan.plan(ctx, j.goal()); err != nil {
		return j.because(ctx, fmt.Errorf("planning pair %d: %w", p.Number, err))
	}
	defer plan.workload.Close()
	loads := map[*side]*results.Load{}
	for i, s := range order {
		job := plan
		if i > 0 {
			job = j.load(s, seed)
			job.goal, job.missed, job.planned, job.workload = plan.goal, plan.missed, plan.planned, plan.workload
		}
		l, err := j.replay(ctx, s, job)
		if err != nil {
			return err
		}
		loads[s] = l
	}
	p.Base, p.Candidate = loads[j.sides[0]], loads[j.sides[1]]
	j.pairs.All = append(j.pairs.All, p)
	took := time.Since(started)
	if j.longest = max(j.longest, took); p.Number == 1 {
		j.overhead = took/2 - j.warmUp - j.length
	}
	j.sayPair(p, took)
	return j.folder.WritePairs(&j.pairs)
}

// replay loads one portal with what is planned.
func (j *pairJob) replay(ctx context.Context, s *side, job *loadJob) (*results.Load, error) {
	job.preflight, job.watch = s.preflight, job.newWatch()
	if job.watch.pid = s.pid(); job.watch.pid != 0 {
		job.watch.used, job.watch.asked = s.used, s.watch
	}
	out, err := job.replay(ctx)
	switch {
	case err != nil:
		return nil, j.because(ctx, fmt.Errorf("loading the %s: %w", s.name, err))
	case ctx.Err() != nil:
		return nil, j.because(ctx, ctx.Err())
	}
	if gone := s.broken(); gone != nil {
		return nil, gone
	}
	return &out.Load, nil
}

// load prepares the load of a side.
func (j *pairJob) load(s *side, seed uint64) *loadJob {
	flags := j.common
	flags.seed, flags.quiet = seed, true
	return &loadJob{study: j.study, common: &flags, stderr: warningsOf{s}, timeout: j.timeout, maxInFlight: j.maxInFlight,
		target: s.target, runID: newRunID(), warned: s.warned,
		opsPerWorkday: map[scenarios.Role]float64{}, handling: map[scenarios.Role]float64{}} // not told of windows
}

func (j *pairJob) goal() windowGoal { return j.window.goal(j.study.scenario.Replay) }

// prepare chooses the metrics, says what is to come, and looks at both portals.
func (j *pairJob) prepare(ctx context.Context) error {
	if len(j.pairs.Metrics) == 0 {
		j.pairs.Metrics = j.defaultMetrics()
	}
	for _, m := range j.pairs.Metrics {
		for _, s := range j.sides {
			if m.OfProcess() && !s.watched() {
				return usageError(fmt.Errorf("--metric %s: the process of the %s is not known: start it by a command, or name it by --%s-process (on Linux)", m.Name, s.name, s.flag))
			}
		}
	}
	first := j.load(j.sides[0], j.seed)
	if err := first.plan(ctx, j.goal()); err != nil {
		return fmt.Errorf("planning the windows: %w", err)
	}
	defer first.workload.Close()
	if err := j.enough(first); err != nil {
		return err
	}
	j.announce(first)
	for _, s := range j.sides {
		if err := j.meet(ctx, s); err != nil {
			return err
		}
	}
	base, candidate := j.sides[0].capabilities, j.sides[1].capabilities
	if !maps.Equal(base, candidate) {
		return &exitError{exitInvalid, fmt.Errorf("base and candidate cannot be compared: they do not provide the same operations in the same way: %s", differing(base, candidate))}
	}
	return nil
}

// differing names the operations that two portals provide in different ways.
func differing(base, candidate map[string]string) string {
	var all []string
	for _, op := range slices.Sorted(maps.Keys(base)) {
		if base[op] != candidate[op] {
			all = append(all, fmt.Sprintf("%s is %s and %s", op, base[op], candidate[op]))
		}
	}
	return strings.Join(all, ", ")
}

// defaultMetrics are what can be compared well even on machines that others use: what a request costs the portal, where
// that can be known, the median response, and errors.
func (j *pairJob) defaultMetrics() []results.Metric {
	watched := &results.Load{Target: &results.Target{CPUMSPerRequest: 1}}
	if !j.sides[0].watched() || !j.sides[1].watched() {
		watched.Target = nil
		say(j.stderr, "processor time is not compared: it is known of portals that are started by a command, or named by --base-process and --candidate-process, on Linux")
	}
	return results.DefaultMetrics(watched)
}

// enough refuses a window in which a metric cannot be measured.
func (j *pairJob) enough(first *loadJob) error {
	count, whole := map[string]int{}, j.warmUp+j.length
	for i := range first.workload.Ops {
		count[first.workload.Ops[i].Kind.String()]++
		count["all"]++
	}
	for _, m := range j.pairs.Metrics {
		op, needs := m.SamplesNeeded()
		has := int(float64(count[op]) * float64(j.length) / float64(whole))
		switch {
		case count[op] == 0:
			return &exitError{exitInvalid, fmt.Errorf("--metric %s: the workload has no %s, so it could never be judged: choose another metric, or another time with --at", m.Name, op)}
		case has < needs:
			return usageError(fmt.Errorf("--metric %s needs %d operations in a window, and there are some %d: raise --rate or --for", m.Name, needs, has))
		}
	}
	return nil
}

// meet connects to a portal, and checks what its operations mean before it is loaded.
func (j *pairJob) meet(ctx context.Context, s *side) error {
	probe := j.load(s, j.seed)
	if err := probe.connect(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	defer probe.client.CloseIdle()
	s.capabilities = probe.portal.Capabilities().Row()
	admin, err := s.target.administrator()
	if err != nil || !probe.stores || s.target.unverified {
		return err
	}
	if err := probe.verify(ctx, probe.portal, admin); err != nil {
		return fmt.Errorf("verifying the %s: %w", s.name, err)
	}
	s.preflight = probe.preflight
	if broken := s.preflight.Broken(); len(broken) > 0 {
		return &exitError{exitInvalid, fmt.Errorf("the %s failed verification, so that nothing it does counts (portal verify shows all of it): %s", s.name, broken[0])}
	}
	return nil
}

// judgement puts together what the pairs have come to. Failed is why the gate did not come to its end, if it did not:
// then it judges nothing but broken messages.
func (j *pairJob) judgement(folder string, failed error) *results.Judgement {
	draw := rand.New(rand.NewPCG(j.seed, 0)).IntN
	out := &results.Judgement{Format: results.Format, Kind: "gate", Runs: []string{folder}, Baseline: []string{}, Warnings: j.doubts()}
	if failed != nil {
		j.pairs.Incomplete = "INCOMPLETE: the gate did not come to its end"
		if errors.Is(failed, context.Canceled) {
			j.pairs.Incomplete = "INCOMPLETE: interrupted"
		}
	}
	out.Gates = j.pairs.Judge(draw)
	if j.kind == results.GateCalibration {
		out.Calibration = j.pairs.Calibrate(draw)
	}
	out.Settle()
	return out
}

// doubts are what must be known to believe a judgement.
func (j *pairJob) doubts() []string {
	list := []string{}
	if dropped := len(j.pairs.All) - j.pairs.Counted(); dropped > 0 {
		list = append(list, fmt.Sprintf("%d of %d pairs do not count: pairs.csv says why", dropped, len(j.pairs.All)))
	}
	for _, m := range j.pairs.Metrics {
		if m.Tail() {
			list = append(list, m.Name+" swings on machines that others use: there it should have an absolute limit, as with portalbench gate and --threshold; compare it only on a machine of its own")
		}
	}
	return list
}

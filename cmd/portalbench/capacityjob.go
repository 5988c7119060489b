package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
)

// capacityJob is a search for capacity under way: loads of different rates, one after the other.
type capacityJob struct {
	*capacityFlags
	study  *study
	limits []results.ParsedThreshold
	folder *results.Folder
	stderr io.Writer
	began  time.Time

	samples      []sampleNeed
	steps        *bench.CapacitySearch
	loads        []*results.Load // of the steps that count; each is in the folder as soon as it is there
	asked        []float64       // their rates
	floor        *results.Floor
	verified     *results.Preflight // before the first step
	capabilities map[string]string  // of the portal
	overhead     time.Duration      // what the last step took beside its clock: preparing, waiting, checking
	warned       map[string]bool    // of what, by any step
}

// errBudget ends a search whose time is used up.
var errBudget = errors.New("the budget is used up: raise --budget, or bring --from and --to closer together")

// search makes steps until the edge is found. An error says why it ended before; what was measured by then is kept.
func (j *capacityJob) search(ctx context.Context) (err error) {
	if j.steps, err = bench.NewCapacitySearch(j.searched); err != nil {
		return usageError(err)
	}
	if j.samples, err = j.sampleNeeds(ctx); err != nil {
		return err
	}
	j.announce()
	ctx, cancel := context.WithDeadlineCause(ctx, j.began.Add(j.budget), errBudget)
	defer cancel()
	if !j.noFloor {
		if err := j.measureFloor(ctx); err != nil {
			return ended(ctx, err)
		}
	}
	for rate, more := j.steps.Next(); more; rate, more = j.steps.Next() {
		if time.Until(j.began.Add(j.budget)) < j.clock(rate)+j.overhead {
			return errBudget
		}
		if err := j.step(ctx, rate); err != nil {
			return ended(ctx, err)
		}
	}
	return nil
}

// ended says why a step could not be made: the budget or an interruption, if that is the cause, and otherwise err.
func ended(ctx context.Context, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), errBudget):
		return errBudget
	case ctx.Err() != nil:
		return context.Canceled
	}
	return err
}

// step makes one load and has it judged.
func (j *capacityJob) step(ctx context.Context, rate float64) error {
	say(j.stderr, "step %d: %.4g/s for %s", len(j.loads)+1, rate, j.length(rate))
	started := time.Now()
	job := j.load(rate)
	if err := job.plan(ctx, j.goal(rate)); err != nil {
		return fmt.Errorf("planning a step of %.4g/s: %w", rate, err)
	}
	defer job.workload.Close()
	job.watch, job.preflight = job.newWatch(), j.verified
	out, err := j.drive(ctx, job)
	j.verified = job.preflight
	if err != nil {
		return fmt.Errorf("making a step of %.4g/s: %w", rate, err)
	}
	if out.Load.Incomplete {
		return ctx.Err()
	}
	j.overhead = time.Since(started) - j.clock(rate)
	j.capabilities = out.Capabilities
	j.loads, j.asked = append(j.loads, &out.Load), append(j.asked, rate)
	judged := results.NewCapacityStep(&out.Load, rate)
	j.steps.Add(rate, verdictOf(judged))
	say(j.stderr, "step %d: %s", len(j.loads), strings.TrimSpace(judged.Verdict+" "+judged.Because))
	return j.folder.WriteStep(len(j.loads), &out.Load)
}

// load prepares the load of a step. The first step at every rate has the seed asked for, and so the same people as all
// the others; when a rate is repeated, other people write other messages, so that the repeats tell something new.
func (j *capacityJob) load(rate float64) *loadJob {
	flags := j.common
	for _, asked := range j.asked {
		if asked == rate {
			flags.seed++
		}
	}
	return &loadJob{study: j.study, common: &flags, stderr: j.stderr, timeout: j.timeout, maxInFlight: j.maxInFlight,
		target: j.target, thresholds: j.limits, runID: newRunID(), warned: j.warned,
		opsPerWorkday: map[scenarios.Role]float64{}, handling: map[scenarios.Role]float64{}} // not told of steps
}

func (j *capacityJob) goal(rate float64) windowGoal {
	g := j.window.goal(j.study.scenario.Replay)
	g.rate, g.length = rate, j.length(rate)
	return g
}

// measureFloor makes the smallest step against a portal that does nothing.
func (j *capacityJob) measureFloor(ctx context.Context) error {
	say(j.stderr, "floor: %.4g/s for %s on a portal that does nothing", j.searched.From, j.length(j.searched.From))
	job := j.load(j.searched.From)
	job.target = target{portal: speaksReference}
	if err := job.plan(ctx, j.goal(j.searched.From)); err != nil {
		return err
	}
	defer job.workload.Close()
	portal, err := startNoop(j.stderr)
	if err != nil {
		return err
	}
	defer portal.stop()
	job.target = startedHere(portal)
	out, err := job.replay(ctx)
	if err != nil {
		return err
	}
	if out.Load.Incomplete {
		return ctx.Err()
	}
	j.floor = results.NewFloor(&out.Load)
	return nil
}

// verdictOf translates a step's verdict for the search.
func verdictOf(s results.CapacityStep) bench.StepVerdict {
	switch s.Verdict {
	case results.Pass:
		return bench.Passed
	case results.Fail:
		return bench.Failed
	}
	return bench.Unjudged
}

// result says what the steps have come to. Failed is why the search ended early, if it did.
func (j *capacityJob) result(runID string, failed error) *results.Capacity {
	first, none := j.loads[0], results.Number(math.NaN())
	c := &results.Capacity{Format: results.Format, Kind: "capacity", Scenario: j.study.scenario.Name, Policy: first.Policy,
		Digest: first.Digest, Seed: j.seed, RunID: runID, Portal: first.Portal, URL: j.url, At: first.At,
		FromPerS: results.Number(j.searched.From), ToPerS: results.Number(j.searched.To),
		Resolution: results.Number(j.searched.Resolution), WarmUpS: results.Number(j.warmUp.Seconds()),
		BudgetS: results.Number(j.budget.Seconds()), WallSeconds: results.Number(time.Since(j.began).Seconds()),
		Incomplete: failed != nil, CapacityPerS: none, LowPerS: none, HighPerS: none, AtLeastPerS: none, Floor: j.floor}
	switch {
	case errors.Is(failed, context.Canceled):
		c.WhyIncomplete = "interrupted"
	case failed != nil:
		c.WhyIncomplete = failed.Error()
	}
	for _, t := range j.limits {
		c.Thresholds = append(c.Thresholds, t.Expression)
	}
	for i, l := range j.loads {
		c.Steps = append(c.Steps, results.NewCapacityStep(l, j.asked[i]))
	}
	j.conclude(c)
	c.Warnings = j.doubts(c)
	if j.wanted > 0 {
		c.Judge(j.wanted)
	}
	return c
}

// conclude fills in what the verdicts say of the capacity.
func (j *capacityJob) conclude(c *results.Capacity) {
	e := j.steps.Edge()
	c.PassedToPerS, c.FailedFromPerS = known(e.PassedTo), known(e.FailedFrom)
	switch {
	case e.PassedTo == 0 && e.FailedFrom == 0:
		c.Outcome = results.CapacityUnjudged
	case e.Wall:
		c.Outcome, c.LowPerS = limitedAt(c.Steps, e.FailedFrom), known(e.PassedTo)
	case e.FailedFrom == 0:
		c.Outcome, c.LowPerS = results.CapacityAtLeast, known(e.PassedTo)
	case e.PassedTo == 0:
		c.Outcome, c.HighPerS = results.CapacityBelow, known(e.FailedFrom)
	default:
		estimate := stats.EdgeInterval(trials(c.Steps), .95)
		c.Outcome, c.CapacityPerS = results.CapacityFound, results.Number(estimate.Value)
		c.LowPerS, c.HighPerS = results.Number(estimate.Low), results.Number(estimate.High)
	}
}

func known(rate float64) results.Number {
	if rate == 0 {
		return results.Number(math.NaN())
	}
	return results.Number(rate)
}

// trials are the judged steps at the rates that they offered, which are those asked for to within 2%.
func trials(steps []results.CapacityStep) []stats.Trial {
	var all []stats.Trial
	for _, s := range steps {
		if v := verdictOf(s); v != bench.Unjudged {
			all = append(all, stats.Trial{Level: float64(s.OfferedPerS), Passed: v == bench.Passed})
		}
	}
	return all
}

// limitedAt says what was the limit at a rate at which the portal could not be judged.
func limitedAt(steps []results.CapacityStep, rate float64) string {
	for _, s := range steps {
		if float64(s.AskedPerS) != rate || verdictOf(s) != bench.Unjudged {
			continue
		}
		switch s.Because {
		case results.LimitedByGenerator:
			return results.CapacityGenerator
		case results.LimitedByLimiter:
			return results.CapacityLimiter
		}
	}
	return results.CapacityUnjudged
}

// doubts are the warnings of a result.
func (j *capacityJob) doubts(c *results.Capacity) []string {
	list := []string{}
	if j.url == "" {
		list = append(list, "the portal ran on this machine and shared its cores with the generator")
	} else if len(c.Steps) > 1 {
		list = append(list, "all steps were made on one portal, which keeps what earlier ones wrote: later steps met longer lists")
	}
	if !c.Incomplete && !j.steps.Edge().Settled {
		list = append(list, fmt.Sprintf("after %d steps the verdicts still contradict each other: steps may be too short, with --step-for, or the portal unsteady", len(c.Steps)))
	}
	for _, s := range c.Steps {
		if off := float64(s.OfferedPerS / s.AskedPerS); off < .98 || off > 1.02 {
			list = append(list, fmt.Sprintf("some steps offered another rate than they should, such as %.4g/s for %.4g/s: the estimate goes by what was offered", float64(s.OfferedPerS), float64(s.AskedPerS)))
			break
		}
	}
	return list
}

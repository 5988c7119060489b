package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// sampleNeed is how many operations a threshold needs, of what share of all.
type sampleNeed struct {
	expression string
	samples    float64
	share      float64
}

const (
	sampleMargin  = 3   // times the fewest samples of a percentile (assumed): a verdict should not hang on one of them
	fewestOps     = 299 // for a mean or a maximum (assumed)
	mixRate       = 50. // of the plan from which the mix of operations is known
	mixLength     = time.Minute
	longestStep   = 15 * time.Minute
	dryCapacities = 60 // of portals on which a search is tried out to see what it may cost
)

// sampleNeeds finds how many operations each threshold needs to be judged by: of a percentile three times
// stats.SamplesForQuantile, of a limit on errors so many that it is likely to see one at that share, and 299 otherwise.
func (j *capacityJob) sampleNeeds(ctx context.Context) ([]sampleNeed, error) {
	mix, err := j.mix(ctx)
	if err != nil {
		return nil, err
	}
	var needs []sampleNeed
	for _, t := range j.limits {
		n := sampleNeed{t.Expression, samplesFor(t), mix[t.Op]}
		if n.share == 0 {
			return nil, &exitError{exitInvalid, fmt.Errorf("--threshold %q: the workload has no %s, so it could never be judged: choose another threshold, or another time with --at", t.Expression, t.Op)}
		}
		needs = append(needs, n)
		if d := n.length(j.searched.From); d > longestStep {
			return nil, usageError(fmt.Errorf("--threshold %q needs %.0f operations, which take %s at %s: raise --from, or choose a threshold on more frequent operations", t.Expression, n.samples, d, j.from))
		}
	}
	return needs, nil
}

// samplesFor returns how many operations a threshold should be judged by.
func samplesFor(t results.ParsedThreshold) float64 {
	switch {
	case t.Metric == "errors" && t.Limit > 0 && t.Limit < 1:
		return float64(stats.SamplesForQuantile(1 - t.Limit))
	case strings.HasPrefix(t.Statistic, "p"):
		return float64(sampleMargin * t.SamplesNeeded())
	}
	return fewestOps
}

// mix simulates a minute of a moderate load and returns the share of each operation; "all" is 1.
func (j *capacityJob) mix(ctx context.Context) (map[string]float64, error) {
	job := j.load(0)
	goal := j.window.goal(j.study.scenario.Replay)
	goal.rate, goal.length = mixRate, mixLength
	if err := job.plan(ctx, goal); err != nil {
		return nil, err
	}
	defer job.workload.Close()
	count := map[string]float64{}
	for i := range job.workload.Ops {
		count[job.workload.Ops[i].Kind.String()]++
		count["all"]++
	}
	mix := map[string]float64{}
	for _, op := range results.OpNames() {
		mix[op] = count[op] / count["all"]
	}
	return mix, nil
}

// length returns how long the operations that are needed take at a rate, in whole seconds.
func (n sampleNeed) length(rate float64) time.Duration {
	return time.Duration(math.Ceil(n.samples/(n.share*rate))) * time.Second
}

// length returns how long a step measures: long enough for every threshold, and as long as was asked for.
func (j *capacityJob) length(rate float64) time.Duration {
	longest := j.stepFor
	for _, n := range j.samples {
		longest = max(longest, n.length(rate))
	}
	return longest
}

// clock returns how long the clock of a step runs.
func (j *capacityJob) clock(rate float64) time.Duration { return j.warmUp + j.length(rate) }

// announce says what is about to be done, and how long it takes at most.
func (j *capacityJob) announce() {
	var thresholds []string
	for _, t := range j.limits {
		thresholds = append(thresholds, t.Expression)
	}
	steps, clock := j.dearest()
	if !j.noFloor {
		clock += j.clock(j.searched.From)
	}
	say(j.stderr, "all of these must hold: %s", strings.Join(thresholds, ", "))
	say(j.stderr, "from %.4g/s to %.4g/s, to within %.3g%%: at most %d steps, or %d if they contradict each other; a step measures %s after %s of warm-up",
		j.searched.From, j.searched.To, 100*j.searched.Resolution, steps, j.steps.MostSteps(), j.lengths(), j.warmUp)
	say(j.stderr, "at most %s on the clock if none do; preparing and checking every step comes on top; the budget is %s", clock.Round(time.Second), j.budget)
}

// lengths says how long steps measure, from the highest rate to the lowest.
func (j *capacityJob) lengths() string {
	shortest, longest := j.length(j.searched.To), j.length(j.searched.From)
	if shortest == longest {
		return longest.String()
	}
	return shortest.String() + " to " + longest.String()
}

// dearest returns the most steps, and the longest time on the clock, that a search takes of portals without noise.
func (j *capacityJob) dearest() (steps int, clock time.Duration) {
	for k := range dryCapacities {
		capacity := j.searched.From * math.Pow(j.searched.To/j.searched.From, (float64(k)+.5)/dryCapacities)
		n, took := j.dry(capacity)
		steps, clock = max(steps, n), max(clock, took)
	}
	return steps, clock
}

// dry searches a portal that passes up to a capacity, without making a step.
func (j *capacityJob) dry(capacity float64) (steps int, clock time.Duration) {
	s, err := bench.NewCapacitySearch(j.searched)
	if err != nil {
		panic(err) // the search proper has the same range
	}
	for rate, more := s.Next(); more; rate, more = s.Next() {
		verdict := bench.Failed
		if rate <= capacity {
			verdict = bench.Passed
		}
		s.Add(rate, verdict)
		steps, clock = steps+1, clock+j.clock(rate)
	}
	return steps, clock
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// What a study of parameter uncertainty simulates. Every draw has the same people and the same chance, so that draws
// differ by their parameters alone and few replications are enough.
const (
	fewestDraws      = 20
	usualDraws       = 60
	drawReplications = 2
	drawDays         = 84 // observed at most: twelve weeks
	flipReplications = 8
	flipValues       = 7 // of a parameter, evenly over its range
	flipParameters   = 5 // the most influential on a difference
	redraws          = 100
	longestWait      = 14 * 24. // hours: a wait that is longer, or never ends, counts as that, as in means
)

// uncertainty is a study of parameter uncertainty.
type uncertainty struct {
	*study
	common     *common
	of         results.Quantity
	parameters []parameter
	positions  [][]float64        // of each draw, of each parameter, from 0 to 1
	redrawn    int                // draws
	tell       func(done, of int) // studies
	done       int
}

// steps is how many studies are simulated: the draws, and the sweeps of each difference.
func (u *uncertainty) steps() int {
	return len(u.positions) + (len(u.arms)-1)*min(flipParameters, len(u.parameters))*flipValues
}

// vary studies how the results depend on the parameters, and adds what it finds to the record.
func (f *simulateFlags) vary(ctx context.Context, bar *progress, of results.Quantity, r *record) error {
	u, err := newUncertainty(r.study, &f.common, of, f.draws)
	if err != nil {
		return err
	}
	u.tell = bar.set
	bar.start("drawing parameters", u.steps())
	defer bar.stop()
	r.simulate.Uncertainty, err = u.run(ctx)
	if err != nil {
		return fmt.Errorf("drawing parameters: %w", err)
	}
	return nil
}

// newUncertainty draws the parameters of a study: at least twice as many draws as parameters where their number is left
// open, so that a regression can tell them apart.
func newUncertainty(s *study, c *common, of results.Quantity, draws int) (*uncertainty, error) {
	h := s.scenario.Horizon
	short, err := s.with(scenarios.Override{Path: daysPath, Value: strconv.Itoa(min(h.Days, drawDays))},
		scenarios.Override{Path: warmUpPath, Value: strconv.Itoa(h.WarmUpDays)})
	if err != nil {
		return nil, err
	}
	u := &uncertainty{study: short, common: c, of: of}
	if u.parameters, err = s.uncertain(); err != nil {
		return nil, err
	}
	if len(u.parameters) == 0 {
		return nil, usageError(fmt.Errorf("--uncertainty: no parameter of %s is left to vary", s.scenario.Name))
	}
	if draws == 0 {
		draws = max(usualDraws, 2*len(u.parameters))
	}
	u.positions = latinHypercube(draws, len(u.parameters), c.seed)
	return u, nil
}

// latinHypercube returns draws of positions between 0 and 1, one for every parameter. Of each parameter there is one
// position in every n-th part of the range (McKay, Beckman and Conover, Technometrics 21, 1979).
func latinHypercube(n, parameters int, seed uint64) [][]float64 {
	chance := rand.New(rand.NewPCG(seed, 0x6c61_7469_6e)) // of its own: not that of the simulation
	draws := make([][]float64, n)
	for i := range draws {
		draws[i] = make([]float64, parameters)
	}
	for j := range parameters {
		for i, stratum := range chance.Perm(n) {
			draws[i][j] = (float64(stratum) + chance.Float64()) / float64(n)
		}
	}
	return draws
}

// run simulates every draw, ranks the parameters, and looks for flips along the most influential. When ctx is cancelled
// it returns what the draws that were complete came to, unless they are too few, and ctx's error.
func (u *uncertainty) run(ctx context.Context) (*results.Uncertainty, error) {
	studies, err := u.studies(ctx)
	if err != nil {
		return nil, err
	}
	trials, err := u.simulate(ctx, studies, drawReplications)
	if trials = u.complete(trials); len(trials) < fewestDraws {
		return nil, err
	}
	out := u.describe()
	out.Tornados = append(out.Tornados, u.tornado(trials, 0, -1))
	for k := 1; k < len(u.arms); k++ {
		out.Tornados = append(out.Tornados, u.tornado(trials, k, 0))
	}
	for k := 1; k < len(u.arms) && err == nil; k++ {
		var flips []results.ParameterFlip
		flips, err = u.flips(ctx, k, out.Tornados[k])
		out.Flips = append(out.Flips, flips...)
	}
	return out, err
}

// complete keeps the draws that were simulated.
func (u *uncertainty) complete(trials [][]sim.Trial) [][]sim.Trial {
	var done [][]sim.Trial
	var positions [][]float64
	for i, t := range trials {
		if t != nil {
			done, positions = append(done, t), append(positions, u.positions[i])
		}
	}
	u.positions = positions
	return done
}

func (u *uncertainty) describe() *results.Uncertainty {
	h := u.scenario.Horizon
	out := &results.Uncertainty{Quantity: u.of, Draws: len(u.positions), Redrawn: u.redrawn, Replications: drawReplications,
		HorizonDays: h.Days, WarmUpDays: h.WarmUpDays, Flips: []results.ParameterFlip{}}
	for _, p := range u.parameters {
		if p.clipped {
			out.Clipped++
		}
		if p.IDs == nil {
			p.IDs = []string{}
		}
		out.Parameters = append(out.Parameters, p.Uncertain)
	}
	return out
}

// studies makes a study of every draw. In a combination that no clinic can have, the values that are to blame are drawn
// anew, and the others keep their places; where that does not help, all of them are.
func (u *uncertainty) studies(ctx context.Context) ([]*study, error) {
	chance := rand.New(rand.NewPCG(u.common.seed, 0x7265_6472_6177))
	list := make([]*study, len(u.positions))
	for i, positions := range u.positions {
		s, err := u.draw(positions)
		if err != nil {
			u.redrawn++
		}
		for try := 0; err != nil; try++ {
			if try == redraws {
				return nil, fmt.Errorf("%d combinations of parameters in a row are none that a clinic can have, the last because: %w", redraws, err)
			}
			for _, j := range u.blamed(err, try%4 == 3) {
				positions[j] = chance.Float64()
			}
			s, err = u.draw(positions)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		list[i] = s
	}
	return list, nil
}

// blamed returns the parameters that an error names, or all of them.
func (u *uncertainty) blamed(err error, everything bool) []int {
	var problems scenarios.Problems
	errors.As(err, &problems)
	var named, all []int
	for j, p := range u.parameters {
		all = append(all, j)
		if slices.ContainsFunc(problems, func(q scenarios.Problem) bool { return q.At.File == "--set "+p.Path }) {
			named = append(named, j)
		}
	}
	if len(named) == 0 || everything {
		return all
	}
	return named
}

// draw makes the study in which every parameter has the value at its position.
func (u *uncertainty) draw(positions []float64) (*study, error) {
	values := make([]float64, len(positions))
	for j, at := range positions {
		values[j] = u.parameters[j].at(at)
	}
	return u.valued(u.parameters, values)
}

// valued makes the study in which parameters have certain values.
func (u *uncertainty) valued(parameters []parameter, values []float64) (*study, error) {
	var ofScenario []scenarios.Override
	of := map[string][]scenarios.Override{} // by policy
	for j := range parameters {
		p := &parameters[j]
		o := p.override(values[j])
		if len(p.policies) == 0 {
			ofScenario = append(ofScenario, o)
		}
		for _, policy := range p.policies {
			of[policy] = append(of[policy], o)
		}
	}
	h := u.scenario.Horizon
	s, err := u.with(append(ofScenario, scenarios.Override{Path: daysPath, Value: strconv.Itoa(h.Days)},
		scenarios.Override{Path: warmUpPath, Value: strconv.Itoa(h.WarmUpDays)})...)
	if err != nil {
		return nil, err
	}
	s.policies, s.arms = nil, nil
	for i, p := range u.policies {
		other, err := scenarios.LoadPolicy(u.asked[i], append(slices.Clone(u.set), of[p.Name]...))
		if err != nil {
			return nil, err
		}
		if err := s.add(other); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// simulate runs every study on as many cores as there are, and returns the trials of each: nil for those that were not
// complete when ctx was cancelled, whose error it returns.
func (u *uncertainty) simulate(ctx context.Context, studies []*study, replications int) ([][]sim.Trial, error) {
	trials := make([][]sim.Trial, len(studies))
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range (sim.Experiment{Workers: u.common.workers}).Cores() {
		wg.Go(func() {
			for i := range next {
				trials[i] = u.one(ctx, studies[i], replications)
				mu.Lock()
				u.done++
				u.tell(u.done, u.steps())
				mu.Unlock()
			}
		})
	}
	for i := range studies {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return trials, ctx.Err()
}

// one simulates one study on one core, or returns nil if it was interrupted.
func (u *uncertainty) one(ctx context.Context, s *study, replications int) []sim.Trial {
	trials, _, err := sim.Experiment{Plan: s.plan, Arms: s.arms, Replications: replications, Seed: u.common.seed, Workers: 1}.Run(ctx)
	if err != nil {
		return nil
	}
	return trials
}

// output returns the mean level of a policy, or its mean difference from a baseline that is not below 0.
func (u *uncertainty) output(trials []sim.Trial, policy, baseline int) float64 {
	values := u.values(trials[policy])
	if baseline >= 0 {
		values = less(values, u.values(trials[baseline]))
	}
	return mean(values)
}

// values returns the quantity in every replication, waits cut at the longest.
func (u *uncertainty) values(t sim.Trial) []float64 {
	values := u.of.Of(t.Replications)
	for i := range values {
		if strings.HasSuffix(u.of.Measure, "_hours") && u.of.Statistic != "mean" {
			values[i] = min(values[i], longestWait)
		}
	}
	return values
}

// tornado ranks the parameters by their influence on a level or a difference.
func (u *uncertainty) tornado(trials [][]sim.Trial, policy, baseline int) results.Tornado {
	out := results.Tornado{Policy: u.arms[policy].Name}
	if baseline >= 0 {
		out.Baseline = u.arms[baseline].Name
	}
	outputs := make([]float64, len(trials))
	below := 0
	for i, t := range trials {
		outputs[i] = u.output(t, policy, baseline)
		if outputs[i] < 0 {
			below++
		}
		if grows(t[policy]) || baseline >= 0 && grows(t[baseline]) {
			out.Growing++
		}
	}
	out.Below = results.Number(float64(below) / float64(len(trials)))
	setQuantiles(&out, outputs)
	bars, explained := stats.Tornado(u.positions, outputs, .95)
	out.Explained = results.Number(explained)
	for _, b := range bars {
		out.Bars = append(out.Bars, influence(b))
	}
	return out
}

// setQuantiles gives the 5%, 50% and 95% quantiles of the draws that have a value.
func setQuantiles(t *results.Tornado, outputs []float64) {
	sorted := slices.DeleteFunc(slices.Sorted(slices.Values(outputs)), math.IsNaN)
	at := func(q float64) results.Number {
		if len(sorted) == 0 {
			return results.Number(math.NaN())
		}
		return results.Number(sorted[int(math.Round(q*float64(len(sorted)-1)))])
	}
	t.Low, t.Median, t.High = at(.05), at(.5), at(.95)
}

func influence(b stats.Influence) results.Influence {
	n := func(v float64) results.Number { return results.Number(v) }
	return results.Influence{Parameter: b.Parameter, Coefficient: n(b.Coefficient.Value), CoefficientLow: n(b.Coefficient.Low),
		CoefficientHigh: n(b.Coefficient.High), Bottom: n(b.Bottom), Top: n(b.Top), Swing: n(b.Swing.Value),
		SwingLow: n(b.Swing.Low), SwingHigh: n(b.Swing.High)}
}

// flips sweeps each of the parameters with most influence on the difference of a policy from the baseline, the others
// at the scenario's values, and says where the ranking turns round.
func (u *uncertainty) flips(ctx context.Context, policy int, t results.Tornado) ([]results.ParameterFlip, error) {
	var list []results.ParameterFlip
	for _, b := range t.Bars[:min(flipParameters, len(t.Bars))] {
		flip, err := u.flip(ctx, policy, b.Parameter)
		if err != nil {
			return list, err
		}
		list = append(list, flip)
	}
	return list, nil
}

func (u *uncertainty) flip(ctx context.Context, policy, j int) (results.ParameterFlip, error) {
	out := results.ParameterFlip{Policy: u.arms[policy].Name, Baseline: u.arms[0].Name, Parameter: j}
	p := u.parameters[j]
	var values []float64
	var studies []*study
	for i := range flipValues {
		v := p.at(float64(i) / (flipValues - 1))
		if s, err := u.valued([]parameter{p}, []float64{v}); err == nil { // others are left out: no clinic can have them
			values, studies = append(values, v), append(studies, s)
		}
	}
	trials, err := u.simulate(ctx, studies, flipReplications)
	if err != nil {
		return out, err
	}
	differences := make([][]float64, flipReplications)
	for _, t := range trials {
		for n, d := range less(u.values(t[policy]), u.values(t[0])) {
			differences[n] = append(differences[n], d)
		}
	}
	r := stats.Flip(values, differences, .95)
	out.Found, out.Rising, out.Crossings, out.Clear = r.Found, r.Rising, r.Crossings, r.Clear
	out.At, out.Low, out.High = results.Number(r.At.Value), results.Number(r.At.Low), results.Number(r.At.High)
	if !r.Found {
		out.At, out.Low, out.High = results.Number(math.NaN()), results.Number(math.NaN()), results.Number(math.NaN())
	}
	return out, nil
}

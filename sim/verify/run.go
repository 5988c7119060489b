package verify

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/triage"
)

// Options are how cases and targets are simulated. The result does not depend on the number of workers.
type Options struct {
	Seed     uint64
	Workers  int                   // 0: all cores
	Progress func(done, total int) // may be nil; called by one goroutine at a time
}

// Cores returns how many runs are simulated at once.
func (o Options) Cores() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Exact simulates cases and compares them, in their order; Runs runs each, those of one name together. When ctx is
// cancelled it returns ctx's error alone.
func Exact(ctx context.Context, cases []Case, o Options) ([]Verdict, error) {
	models, err := gather(cases)
	if err != nil {
		return nil, err
	}
	if err := simulate(ctx, models, o); err != nil {
		return nil, err
	}
	var verdicts []Verdict
	for _, m := range models {
		verdicts = append(verdicts, m.verdicts()...)
	}
	return verdicts, nil
}

// simulate runs models. Runs that turn out too short for a sharp comparison are done again, twice as long: how wide an
// interval is says nothing of where it lies.
func simulate(ctx context.Context, models []*model, o Options) error {
	v := verification{Options: o, total: len(models) * Runs}
	for range attempts {
		if err := v.run(ctx, models); err != nil {
			return err
		}
		models = slices.DeleteFunc(slices.Clone(models), func(m *model) bool { return !m.blunt() })
		for _, m := range models {
			if err := m.lengthen(); err != nil {
				return err
			}
		}
		v.total += len(models) * Runs
	}
	return nil
}

// attempts is how often the length of runs is tried.
const attempts = 3

// model are cases that share their runs.
type model struct {
	*queue
	plan   *sim.Plan
	arm    sim.Arm
	cases  []Case
	values [][]float64            // of each case, by run
	seen   [numControls][]float64 // the controls, by run
	errs   [Runs]error
}

// gather puts cases of one name together.
func gather(cases []Case) (models []*model, err error) {
	known := metrics()
	for _, c := range cases {
		if known[c.Metric] == nil {
			return nil, fmt.Errorf("case %s: nothing is known to compute %q", c.Name, c.Metric)
		}
		i := slices.IndexFunc(models, func(m *model) bool { return m.cases[0].Name == c.Name })
		if i < 0 {
			m, err := newModel(c)
			if err != nil {
				return nil, fmt.Errorf("case %s: %w", c.Name, err)
			}
			i, models = len(models), append(models, m)
		}
		models[i].cases = append(models[i].cases, c)
		models[i].values = append(models[i].values, make([]float64, Runs))
	}
	return models, nil
}

func newModel(c Case) (*model, error) {
	q, err := newCaseQueue(c.Name, c.Inputs)
	if err != nil {
		return nil, err
	}
	m := &model{queue: q, seen: [numControls][]float64{make([]float64, Runs), make([]float64, Runs)}}
	routers, err := triage.Routers(&q.policy)
	if err != nil {
		return nil, err
	}
	m.arm = sim.Arm{Name: c.Name, Policy: &q.policy, Router: routers}
	m.plan, err = sim.NewPlan(&q.scenario)
	return m, err
}

// lengthen makes the runs twice as long; where a year is what is looked at, it takes twice as many patients instead.
func (m *model) lengthen() (err error) {
	if m.yearly {
		m.scenario.Population.Patients *= 2
		m.scenario.Network.Patients *= 2
	} else {
		m.scenario.Horizon.Days *= 2
	}
	m.plan, err = sim.NewPlan(&m.scenario)
	return err
}

// hour returns when each day the number in the system is looked up.
func (m *model) hour() int { return m.cases[0].Inputs.Hour }

// blunt reports whether a case cannot be judged because its interval is too wide.
func (m *model) blunt() bool {
	return slices.ContainsFunc(m.verdicts(), func(v Verdict) bool { return v.HalfWidth > sharpness*v.Expected })
}

func (m *model) verdicts() (list []Verdict) {
	var controls [][]float64
	if m.controls != nil {
		controls = m.seen[:]
	}
	for i := range m.cases {
		list = append(list, m.cases[i].judge(m.values[i], controls))
	}
	return list
}

// simulate is one run. It keeps one number for each case.
func (m *model) simulate(seed uint64, run int) error {
	people := generators.NewModel(&m.scenario).Draw(seed, run, 0, m.scenario.Population.Patients)
	j := newJournal(m.queue, people, m.hour())
	j.measures = sim.Watch(m.plan, m.arm, seed, run, 0, m.needs, j.see)
	if n := j.unanswered(); n > 0 || j.unsent > 0 {
		return fmt.Errorf("case %s: %d threads were open at the end of run %d and %d needs were not written: the clinic is not the queue it should be",
			m.cases[0].Name, n, run, j.unsent)
	}
	if m.controls != nil {
		for i, x := range m.controls(j) {
			m.seen[i][run] = x
		}
	}
	for i := range m.cases {
		m.values[i][run] = metrics()[m.cases[i].Metric](j, m.cases[i].Inputs)
	}
	return nil
}

// verification is models being simulated.
type verification struct {
	Options
	mu    sync.Mutex
	done  int
	total int // runs, as far as is known
}

// task is one run of a model.
type task struct {
	*model
	run int
}

// run simulates all runs of some models.
func (v *verification) run(ctx context.Context, models []*model) error {
	tasks := make(chan task)
	var wg sync.WaitGroup
	for range v.Cores() {
		wg.Go(func() {
			for t := range tasks {
				t.errs[t.run] = t.simulate(v.Seed, t.run)
				v.finished()
			}
		})
	}
	for _, m := range models {
		for run := range Runs {
			if ctx.Err() == nil {
				tasks <- task{m, run}
			}
		}
	}
	close(tasks)
	wg.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, m := range models {
		if err := cmp.Or(m.errs[:]...); err != nil {
			return err
		}
	}
	return nil
}

// finished counts a run.
func (v *verification) finished() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done++
	if v.Progress != nil {
		v.Progress(v.done, v.total)
	}
}

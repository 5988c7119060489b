package sim

import (
	"context"
	"runtime"
	"sync"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// Experiment simulates every arm on the same people, needs and draws, replication by replication. The result depends
// on the plan, the arms, the replications and the seed, not on the number of workers. Replications First to
// First+Replications-1 are simulated: what has been measured is continued by a second Experiment that begins where the
// first ended, and Trial.Add.
type Experiment struct {
	Plan         *Plan
	Arms         []Arm
	First        int // number of the first replication
	Replications int // how many
	Seed         uint64
	Workers      int                   // 0: all cores
	Progress     func(done, total int) // care networks simulated, all arms each; may be nil; called by one goroutine at a time
}

// Trial is what an arm came to.
type Trial struct {
	Name          string
	Replications  [][]results.Measure
	Backlog       [][]float64 // of each replication: threads waiting at the close of each observed week
	Weeks         Weeks       // warm-up included
	Distributions []Distribution
	Week          Week
	Unstable      *bool // the backlog grows; nil when too few weeks were observed to tell
}

// Run simulates. When ctx is cancelled it returns the trials of the replications that were complete, and ctx's error.
func (e Experiment) Run(ctx context.Context) (trials []Trial, events int64, err error) {
	r := &running{Experiment: e, cells: make([]cell, e.Replications)}
	for _, a := range e.Arms {
		r.arms = append(r.arms, a.on(e.Plan))
	}
	for i := range r.cells {
		r.cells[i].tallies = make([]*Tally, len(e.Arms))
	}
	for _, a := range e.Arms {
		r.trials = append(r.trials, Trial{Name: a.Name})
	}
	r.work(ctx)
	return r.finish(), r.events, ctx.Err()
}

// running is an experiment under way.
type running struct {
	Experiment
	arms   []*arm
	mu     sync.Mutex
	cells  []cell // by replication
	trials []Trial
	events int64
	done   int
}

// cell is one replication: the tallies of its networks so far, and their measures once it is complete.
type cell struct {
	tallies  []*Tally // by arm
	networks int
	measures [][]results.Measure
	backlogs [][]float64
	weeks    []Weeks
}

// shard names one network of one replication; replications are counted from the first of the experiment.
type shard struct{ replication, network int }

func (r *running) work(ctx context.Context) {
	shards := make(chan shard)
	var wg sync.WaitGroup
	for range r.Cores() {
		wg.Go(func() {
			w := r.newWorker()
			for s := range shards {
				w.simulate(s)
			}
		})
	}
	for i := range r.total() {
		if ctx.Err() != nil {
			break
		}
		shards <- shard{i / r.Plan.Networks(), i % r.Plan.Networks()}
	}
	close(shards)
	wg.Wait()
}

// Cores returns how many shards are simulated at once.
func (e Experiment) Cores() int {
	if e.Workers > 0 {
		return e.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (r *running) total() int { return r.Replications * r.Plan.Networks() }

// worker simulates shards, one at a time, and keeps what can be used again.
type worker struct {
	*running
	routers []Router
	needs   []generators.Need
}

func (r *running) newWorker() *worker {
	w := &worker{running: r}
	for _, a := range r.Arms {
		w.routers = append(w.routers, a.Router())
	}
	return w
}

func (w *worker) simulate(s shard) {
	p, replication := w.Plan, w.First+s.replication
	people := p.model.Draw(w.Seed, replication, s.network, p.sizes[s.network])
	w.needs = people.Needs(replication, 0, p.end, w.needs[:0])
	tallies := make([]*Tally, len(w.Arms))
	for i := range w.Arms {
		c := newClinic(p, w.arms[i], s.network, replication, people, w.needs, w.routers[i], p.end)
		c.Advance(p.end, nil)
		tallies[i] = c.Close()
	}
	w.book(s, tallies)
}

// book adds a shard's tallies to its replication, and sums the replication up when it is complete.
func (r *running) book(s shard, tallies []*Tally) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &r.cells[s.replication]
	for i, t := range tallies {
		r.events += t.events
		if c.tallies[i] == nil {
			c.tallies[i] = t
		} else {
			c.tallies[i].Merge(t)
		}
	}
	if c.networks++; c.networks == r.Plan.Networks() {
		r.sumUp(c)
	}
	r.done++
	if r.Progress != nil {
		r.Progress(r.done, r.total())
	}
}

func (r *running) sumUp(c *cell) {
	for i, t := range c.tallies {
		c.measures = append(c.measures, t.Measures(r.Plan))
		c.backlogs = append(c.backlogs, t.Backlog(r.Plan))
		c.weeks = append(c.weeks, Weeks{})
		c.weeks[i].add(t)
		r.trials[i].Distributions = merged(r.trials[i].Distributions, t.distributions())
		r.trials[i].Week.add(r.Plan, t)
	}
	c.tallies = nil
}

// finish gathers the complete replications, in order.
func (r *running) finish() []Trial {
	for i := range r.trials {
		t := &r.trials[i]
		for _, c := range r.cells {
			if c.measures != nil {
				t.Replications = append(t.Replications, c.measures[i])
				t.Backlog = append(t.Backlog, c.backlogs[i])
				t.Weeks.join(c.weeks[i])
			}
		}
		t.judge()
	}
	return r.trials
}

// Add appends the replications of a continued experiment.
func (t *Trial) Add(more Trial) {
	t.Replications = append(t.Replications, more.Replications...)
	t.Backlog = append(t.Backlog, more.Backlog...)
	t.Weeks.join(more.Weeks)
	t.Distributions = merged(t.Distributions, more.Distributions)
	t.Week.join(&more.Week)
	t.judge()
}

// judge says whether the backlog grows.
func (t *Trial) judge() {
	t.Unstable = nil
	if grows, known := stats.Growing(t.Backlog); known {
		t.Unstable = &grows
	}
}

package sim

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/sim/des"
)

// Story is an actually urgent thread that is followed under several arms: the same need of the same patient, with the
// same draws.
type Story struct {
	Name    string // median or worst: how long it waits for a clinician to read it, among all that are urgent
	Network int
	Need    des.Key
}

// Stories are chosen from replication 0: from as many of its care networks, in order, as have so many urgent threads
// together, but no more than a few, since each is simulated once more.
const (
	enoughUrgent  = 20
	storyNetworks = 4
)

// Stories chooses among the actually urgent threads that begin in the observed days of replication 0 under an arm: the
// one that waits longest for a clinician to read it, and the one in the middle. One that is never read waits longest; of
// several that wait as long, it is the one whose need came first, network by network. There may be a single one, or none.
func Stories(ctx context.Context, p *Plan, a Arm, seed uint64) ([]Story, error) {
	var all []urgentThread
	for network := 0; network < min(p.Networks(), storyNetworks) && len(all) < enoughUrgent; network++ {
		some, err := urgentThreads(ctx, p, a, seed, network)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(all, func(a, b urgentThread) int { return cmp.Compare(a.waited, b.waited) })
	median, worst := all[(len(all)-1)/2], slices.MaxFunc(all, func(a, b urgentThread) int { return cmp.Compare(a.waited, b.waited) })
	list := []Story{{"median", median.network, median.need}, {"worst", worst.network, worst.need}}
	if median.need == worst.need {
		return list[1:], nil
	}
	return list, nil
}

// urgentThread is one that is actually urgent, and how long it waited for a clinician to read it: Never, if none did.
type urgentThread struct {
	network int
	need    des.Key
	sent    des.Time
	waited  des.Time
}

// urgentThreads returns those of a network that begin in the observed days, in the order in which they do.
func urgentThreads(ctx context.Context, p *Plan, a Arm, seed uint64, network int) (list []urgentThread, err error) {
	at := map[des.Key]int{}
	err = watch(ctx, p, a, seed, network, func(e *Event) bool {
		i, known := at[e.Key]
		switch {
		case e.Kind == Sent && e.Urgent && p.from <= e.At && e.At < p.to:
			at[e.Key] = len(list)
			list = append(list, urgentThread{network, e.Key, e.At, des.Never})
		case e.Kind == Opened && known && list[i].waited == des.Never && p.roster[e.Staff].Role.Clinical():
			list[i].waited = e.At - list[i].sent
		}
		return true
	})
	return list, err
}

// Follow returns what happens to the needs of stories, and to the threads they become, under each of some arms: lists of
// events by arm and story, in order. A list is empty where what leads to the need does not happen. Arms are simulated
// side by side by so many workers.
func Follow(ctx context.Context, p *Plan, arms []Arm, seed uint64, stories []Story, workers int) ([][][]Event, error) {
	told := make([][][]Event, len(arms))
	failed := make([]error, len(arms))
	var all sync.WaitGroup
	slots := make(chan struct{}, max(workers, 1))
	for i := range arms {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			told[i], failed[i] = follow(ctx, p, arms[i], seed, stories)
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return told, nil
}

// follow follows stories under one arm, each network once.
func follow(ctx context.Context, p *Plan, a Arm, seed uint64, stories []Story) ([][]Event, error) {
	told := make([][]Event, len(stories))
	for network := range p.Networks() {
		at, open := map[des.Key]int{}, 0
		for i, s := range stories {
			if s.Network == network {
				at[s.Need] = i
				open++
			}
		}
		if open == 0 {
			continue
		}
		err := watch(ctx, p, a, seed, network, func(e *Event) bool {
			if i, wanted := at[e.Key]; wanted && e.Person != none {
				told[i] = append(told[i], *e)
				open -= int(when(e.Kind == Over || e.Kind == NeedFell && e.Fate != Written))
			}
			return open > 0
		})
		if err != nil {
			return nil, err
		}
	}
	return told, nil
}

// watch shows what happens in a network of replication 0 until see has seen enough, or ctx is cancelled: day by day, so
// that it may be shown some more.
func watch(ctx context.Context, p *Plan, a Arm, seed uint64, network int, see func(*Event) (more bool)) error {
	people := p.model.Draw(seed, 0, network, p.sizes[network])
	c := watched(p, a, network, 0, people, people.Needs(0, 0, p.end, nil))
	for day := des.Day; ; day += des.Day {
		if err := ctx.Err(); err != nil {
			return err
		}
		more := true
		c.show(min(day, p.end), func(e *Event) { more = see(e) && more })
		if !more || day >= p.end {
			return nil
		}
	}
}

// watched makes a clinic that keeps what happens until it is shown.
func watched(p *Plan, a Arm, network, replication int, people *generators.People, needs []generators.Need) *Clinic {
	c := newClinic(p, a.on(p), network, replication, people, needs, a.Router(), p.end)
	c.trace = &tracer{}
	return c
}

// show simulates what comes before until, and shows it.
func (c *Clinic) show(until des.Time, see func(*Event)) {
	c.Advance(until, nil)
	for i := range c.trace.events {
		see(&c.trace.events[i])
	}
	c.trace.events = c.trace.events[:0]
}

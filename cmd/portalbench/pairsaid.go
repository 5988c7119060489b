package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// announce says what is about to be done, and how long it takes.
func (j *pairJob) announce(first *loadJob) {
	for _, s := range j.sides {
		how := "which runs already"
		if s.command != nil {
			how = "which was started here"
		}
		say(j.stderr, "%s: %s at %s, %s", s.name, s.target.portal, s.target.url, how)
	}
	var names []string
	for _, m := range j.pairs.Metrics {
		names = append(names, m.Name)
	}
	window := j.warmUp + j.length
	all := first.planned.Offered * j.length.Seconds()
	say(j.stderr, "compared: %s; margin %.4g%%", strings.Join(names, ", "), 100*j.share)
	say(j.stderr, "a window: %.0f operations in %s, after %s of warm-up; %s", all, j.length, j.warmUp, first.summary())
	clock := func(pairs int) time.Duration { return time.Duration(2*pairs) * window }
	say(j.stderr, "%d pairs take %s on the clock and %.0f operations a side, %d take %s; preparing comes on top; the budget is %s",
		stats.FewestPairs(), clock(stats.FewestPairs()), float64(stats.FewestPairs())*all, stats.MostPairs(), clock(stats.MostPairs()), j.budget)
}

// sayPair says in one line what a pair came to.
func (j *pairJob) sayPair(p results.Pair, took time.Duration) {
	if j.quiet {
		return
	}
	if why := p.Dropped(); why != "" {
		say(j.stderr, "pair %d does not count: %s", p.Number, why)
		return
	}
	var parts []string
	for _, m := range j.pairs.Metrics {
		parts = append(parts, m.Name+" "+results.Change(p.Log(m)))
	}
	order := "A B"
	if p.Swapped {
		order = "B A"
	}
	say(j.stderr, "pair %d (%s, %.0f s): %s", p.Number, order, took.Seconds(), strings.Join(parts, ", "))
}

// sayLook says what a look came to.
func (j *pairJob) sayLook(pairs int, decided bool) {
	if j.quiet || j.kind == results.GateCalibration {
		return
	}
	text := "undecided"
	if decided {
		text = "decided"
	}
	say(j.stderr, "%s", fmt.Sprintf("look at %d pairs: %s", pairs, text))
}

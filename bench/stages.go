package bench

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/portalbench/portalbench/sim/des"
)

// Stages is a rate that changes with time: stretches of it, one after the other, each by a pacer of vegeta's.
type Stages struct {
	Text  string // as written
	parts []stretch
}

// stretch is a part of Stages.
type stretch struct {
	pacer  vegeta.Pacer
	length time.Duration
	peak   float64 // operations per second
}

// ParseStages reads stages, separated by commas:
//
//	ramp 10..200/s 5m            from one rate to another, at a steady slope
//	hold 200/s 10m, hold 10m     a constant rate; without one, that at which the stage before ends
//	sine 50..150/s every 1m 10m  up and down between two rates, from the middle upwards
func ParseStages(text string) (*Stages, error) {
	s := &Stages{Text: text}
	for _, part := range strings.Split(text, ",") {
		if err := s.parse(strings.Fields(part)); err != nil {
			return nil, fmt.Errorf("stage %q: %w", strings.TrimSpace(part), err)
		}
	}
	return s, nil
}

func (s *Stages) parse(words []string) (err error) {
	const usage = "write it like ramp 10..200/s 5m, hold 10m, hold 200/s 10m or sine 50..150/s every 1m 10m"
	if len(words) < 2 {
		return fmt.Errorf("it has no rate and length: %s", usage)
	}
	part := stretch{}
	if part.length, err = time.ParseDuration(words[len(words)-1]); err != nil || part.length < time.Second {
		return fmt.Errorf("its length %q is none of a second or more: %s", words[len(words)-1], usage)
	}
	switch kind, rest := words[0], words[1:len(words)-1]; {
	case kind == "hold" && len(rest) == 0 && len(s.parts) > 0:
		part.hold(s.parts[len(s.parts)-1].end())
	case kind == "hold" && len(rest) == 0:
		return fmt.Errorf("the first stage must have a rate, such as hold 200/s 10m")
	case kind == "hold" && len(rest) == 1:
		var rate float64
		rate, err = ParseRate(rest[0])
		part.hold(rate)
	case kind == "ramp" && len(rest) == 1:
		err = part.ramp(rest[0])
	case kind == "sine" && len(rest) == 3 && rest[1] == "every":
		err = part.sine(rest[0], rest[2])
	default:
		return fmt.Errorf("it is no stage: %s", usage)
	}
	s.parts = append(s.parts, part)
	return err
}

// ParseRate reads a rate of operations, such as 200/s, 200, 600/m or 600/min, and returns it per second: above 0, and a
// million at most.
func ParseRate(text string) (float64, error) {
	number, per, _ := strings.Cut(text, "/")
	seconds, ok := map[string]float64{"s": 1, "": 1, "m": 60, "min": 60}[per]
	rate, err := strconv.ParseFloat(number, 64)
	if err != nil || !ok || !(rate > 0) || rate > 1e6 {
		return 0, fmt.Errorf("the rate %q is none: write it as 200/s", text)
	}
	return rate / seconds, nil
}

// parseRates reads 10..200/s. The unit is that of both.
func parseRates(text string) (from, to float64, err error) {
	first, second, found := strings.Cut(text, "..")
	if !found {
		return 0, 0, fmt.Errorf("%q are no two rates: write them as 10..200/s", text)
	}
	_, unit, _ := strings.Cut(second, "/")
	from, err = ParseRate(strings.TrimSuffix(first+"/"+unit, "/"))
	if err == nil {
		to, err = ParseRate(second)
	}
	return from, to, err
}

// exactly writes a rate as vegeta does, in whole operations: per a thousand seconds.
func exactly(rate float64) vegeta.Rate {
	return vegeta.Rate{Freq: int(math.Round(rate * 1000)), Per: 1000 * time.Second}
}

func (p *stretch) hold(rate float64) { p.pacer, p.peak = exactly(rate), rate }

func (p *stretch) ramp(rates string) error {
	from, to, err := parseRates(rates)
	p.pacer, p.peak = vegeta.LinearPacer{StartAt: exactly(from), Slope: (to - from) / p.length.Seconds()}, max(from, to)
	return err
}

func (p *stretch) sine(rates, period string) error {
	low, high, err := parseRates(rates)
	every, wrong := time.ParseDuration(period)
	switch {
	case err != nil:
		return err
	case low >= high:
		return fmt.Errorf("its rates %s do not go up", rates)
	case wrong != nil || every < 2*time.Second:
		return fmt.Errorf("its period %q is none of 2 s or more", period)
	}
	p.pacer, p.peak = vegeta.SinePacer{Period: every, Mean: exactly((low + high) / 2), Amp: exactly((high - low) / 2)}, high
	return nil
}

// end returns the rate at which a stretch ends.
func (p *stretch) end() float64 { return p.pacer.Rate(p.length) }

// Length returns how long all stages take.
func (s *Stages) Length() (whole time.Duration) {
	for i := range s.parts {
		whole += s.parts[i].length
	}
	return whole
}

// Peak returns the highest rate, in operations per second.
func (s *Stages) Peak() (rate float64) {
	for i := range s.parts {
		rate = max(rate, s.parts[i].peak)
	}
	return rate
}

// Rate returns the operations per second at a moment. Before the first stage, in the warm-up, it is that at its beginning.
func (s *Stages) Rate(at time.Duration) float64 {
	at = max(at, 0)
	for i := range s.parts {
		if at < s.parts[i].length || i == len(s.parts)-1 {
			return s.parts[i].pacer.Rate(min(at, s.parts[i].length))
		}
		at -= s.parts[i].length
	}
	return 0
}

// knot is a moment of the clinic's time and when it comes on the wall clock, counted from the start.
type knot struct {
	clinic des.Time
	wall   time.Duration
}

// Steps of a bent clock, on the wall clock.
const (
	bendStep = 100 * time.Millisecond
	bendSpan = 5 * time.Second // over which the clinic's own rate is averaged: people's haste within it stays theirs
)

// bend makes the clock on which a plan's operations come at the rate of its stages. At every moment
//
//	speed = rate of the stages / operations per clinic second, averaged over a few seconds
//
// so that slow stages are slow people, and not fewer of them. before tells how many operations are due before a moment.
func (p Plan) bend(before func(des.Time) int) ([]knot, error) {
	clock := []knot{{p.From, 0}}
	span := stretched(bendSpan, p.Speed)
	at, end := float64(p.From), p.Until()
	for t := time.Duration(0); t < p.WarmUp+p.For; t += bendStep {
		from := des.Time(at) / span * span
		perMilli := (float64(before(from+span)-before(from)) + .5) / float64(span)
		at += p.Stages.Rate(t-p.WarmUp) * bendStep.Seconds() / perMilli
		if des.Time(at) > end {
			return nil, fmt.Errorf("%w: the stages reach beyond %s, where nothing is known of the clinic: begin at a busier "+
				"time with --at", ErrIdle, weekday(end, true))
		}
		clock = append(clock, knot{des.Time(at), min(t+bendStep, p.WarmUp+p.For)})
	}
	return clock, nil
}

// moment returns when a moment of the clinic's time comes on a bent clock.
func moment(clock []knot, t des.Time) time.Duration {
	i := sort.Search(len(clock), func(i int) bool { return clock[i].clinic >= t })
	switch {
	case i == 0:
		return clock[0].wall
	case i == len(clock):
		return clock[len(clock)-1].wall
	}
	a, b := clock[i-1], clock[i]
	return a.wall + time.Duration(float64(b.wall-a.wall)*float64(t-a.clinic)/float64(b.clinic-a.clinic))
}

// speeds returns the lowest and the highest speed of a bent clock.
func speeds(clock []knot) (low, high float64) {
	var all []float64
	for i := range len(clock) - 1 {
		all = append(all, float64((clock[i+1].clinic-clock[i].clinic).Duration())/float64(clock[i+1].wall-clock[i].wall))
	}
	return slices.Min(all), slices.Max(all)
}

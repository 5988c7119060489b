package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// Trace is a trace that has been looked through once: its operations are read again, one by one, when they are wanted.
// Its methods are for one goroutine at a time.
type Trace struct {
	Header   TraceHeader
	Openings []sim.Opening // one for each care network
	Ops      int           // how many operations there are

	src     io.ReadSeeker
	cast    *cast
	plot    *plot
	clock   traceClock // of the first pass
	opening []openLine
}

type openLine struct {
	number int
	line   traceLine
}

// ReadTrace looks a trace through: every line is checked, and everybody in it is found out. Errors name the line and what
// to do about it.
func ReadTrace(src io.ReadSeeker) (*Trace, error) {
	t := &Trace{src: src}
	sum := sha256.New()
	lines := newLines(io.TeeReader(src, sum))
	if err := t.readHeader(lines); err != nil {
		return nil, err
	}
	t.cast, t.plot = newCast(&t.Header), newPlot(t.Header.CareNetworks > 0)
	t.clock = newTraceClock(&t.Header)
	for {
		var l traceLine
		err := lines.next(&l)
		if err == nil {
			err = lines.located(t.look(&l, lines.number))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if t.Header.Digest == "" {
		t.Header.Digest = hex.EncodeToString(sum.Sum(nil)[:8])
	}
	return t, t.finish()
}

func (t *Trace) readHeader(lines *lines) error {
	if err := lines.next(&t.Header); errors.Is(err, io.EOF) {
		return errors.New(`it is empty: a trace begins with {"format":1,"kind":"trace"}`)
	} else if err != nil {
		return fmt.Errorf(`%w (a trace begins with {"format":1,"kind":"trace"})`, err)
	}
	h := &t.Header
	if err := checkKind(h.Format, h.Kind, "trace"); err != nil {
		return err
	}
	if h.Speed == 0 {
		h.Speed = 1
	}
	if !(h.Speed > 0) || h.WindowMS < 0 || !(h.WarmUpS >= 0) || h.WarmUpS > mostWarmUp || h.CareNetworks < 0 || h.CareNetworks > 1<<20 || h.FromMS < 0 {
		return errors.New("line 1: speed is above 0, window_ms, warm_up_s, from_ms and care_networks are not below 0, and warm_up_s is no more than a week")
	}
	for _, text := range []string{h.Scenario, h.Policy, h.Digest, h.ScenarioDigest, h.At} {
		if len(text) > 200 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return fmt.Errorf("line 1: %.40q is too long, or cannot be printed", text)
		}
	}
	if _, err := time.Parse(time.RFC3339, h.Start); h.Start != "" && err != nil {
		return fmt.Errorf("line 1: start %q: write it as 2026-03-02T08:00:00-05:00", h.Start)
	}
	return nil
}

// look takes one line of the first pass.
func (t *Trace) look(l *traceLine, number int) error {
	switch {
	case l.Op != "":
		return t.lookOp(l, number)
	case l.Open != "":
		return t.lookOpen(l, number)
	case l.Person != "":
		if l.AtMS != nil || l.At != "" || l.Thread != "" || l.To != "" {
			return errors.New("it has no op: say what the person does")
		}
		return t.cast.describe(l, number)
	}
	return errors.New("it is no line of a trace: each has an op, or describes a person, or an open thread")
}

func (t *Trace) lookOp(l *traceLine, number int) error {
	kind, err := parseOp(l.Op)
	if err != nil {
		return err
	}
	if err := checkOpLine(kind, l); err != nil {
		return err
	}
	if kind == results.OpSend && l.To == "" && t.Header.CareNetworks > 0 {
		return errors.New("send without to: where the header has care_networks, say which person or pool of the network it goes to")
	}
	at, err := t.clock.at(l, number)
	if err != nil {
		return err
	}
	if t.Header.WindowMS > 0 && at >= t.Header.WindowMS {
		return fmt.Errorf("it is due %d ms after the start, and the window ends at %d ms: raise window_ms in line 1, or leave it out", at, t.Header.WindowMS)
	}
	if t.Ops++; t.Ops > mostInMemory {
		return fmt.Errorf("there are more than %d operations, and they are held while they are replayed: cut the trace into parts", mostInMemory)
	}
	if err := t.meetAll(kind, l, number); err != nil {
		return err
	}
	return t.plot.see(kind, l, number, t.cast)
}

// meetAll notes everybody that an operation speaks of, and what it says of them.
func (t *Trace) meetAll(kind results.OpKind, l *traceLine, number int) error {
	who, err := t.cast.meet(l.Person, number)
	if err != nil {
		return err
	}
	who.acts = true
	switch kind {
	case results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen:
		who.tends = true
	}
	if l.Subject != "" {
		if _, err := t.cast.meet(l.Subject, number); err != nil {
			return err
		}
		t.cast.concern(l.Subject)
	}
	if l.To == "" || l.To == l.Person {
		return nil
	}
	to, err := t.cast.meet(l.To, number)
	if err != nil {
		return err
	}
	to.addressed = true
	who.tends = who.tends || kind == results.OpInbox
	return nil
}

func (t *Trace) lookOpen(l *traceLine, number int) error {
	if err := checkOpenLine(l); err != nil {
		return err
	}
	if err := t.plot.open(l, number); err != nil {
		return err
	}
	names := []string{l.Subject, l.Sender, l.To, l.Holder}
	for _, m := range l.Messages {
		names = append(append(names, m.Author), m.ReadBy...)
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		if _, err := t.cast.meet(name, number); err != nil {
			return err
		}
	}
	t.cast.members[l.To].addressed = true
	t.cast.concern(l.Subject)
	t.opening = append(t.opening, openLine{number, *l})
	return nil
}

// finish finds out who everybody is, and what has gone before the window.
func (t *Trace) finish() error {
	if t.Ops == 0 {
		return errors.New("no operation is in it")
	}
	if err := t.cast.settle(); err != nil {
		return err
	}
	if t.Header.CareNetworks == 0 {
		t.cast.anyPool() // so that staff who are made up belong to it
	}
	t.Openings = make([]sim.Opening, max(t.Header.CareNetworks, 1))
	for i := range t.Openings {
		t.Openings[i].At = des.Time(t.Header.FromMS)
	}
	for i := range t.opening {
		th, err := t.openThread(&t.opening[i])
		if err != nil {
			return fmt.Errorf("line %d: %w", t.opening[i].number, err)
		}
		t.plot.threads[t.opening[i].line.Open].messages = int32(len(th.Messages))
		o := &t.Openings[th.Thread.Network]
		o.Threads = append(o.Threads, th)
	}
	t.opening = nil
	return t.makeUpThreads()
}

// From returns when the window begins, in the simulation's time.
func (t *Trace) From() des.Time { return des.Time(t.Header.FromMS) }

// Until returns when the window ends: where the trace does not say, with the second of its last operation.
func (t *Trace) Until() des.Time {
	if t.Header.WindowMS > 0 {
		return t.From() + des.Time(t.Header.WindowMS)
	}
	return t.From() + (des.Time(t.clock.last)/des.Second+1)*des.Second
}

// Start returns the date on which the window begins, and false where the trace has none.
func (t *Trace) Start() (time.Time, bool) { return t.clock.start, !t.clock.start.IsZero() }

// Each reads the operations, one by one. An error is the last that comes.
func (t *Trace) Each() iter.Seq2[sim.Op, error] {
	return func(yield func(sim.Op, error) bool) {
		if _, err := t.src.Seek(0, io.SeekStart); err != nil {
			yield(sim.Op{}, err)
			return
		}
		lines, again := newLines(t.src), t.secondPass()
		var head TraceHeader
		if err := lines.next(&head); err != nil {
			yield(sim.Op{}, err)
			return
		}
		for {
			var l traceLine
			err := lines.next(&l)
			if errors.Is(err, io.EOF) {
				return
			}
			var op sim.Op
			if err == nil && l.Op == "" {
				continue
			}
			if err == nil {
				op, err = again.op(&l, lines.number)
				err = lines.located(err)
			}
			if !yield(op, err) || err != nil {
				return
			}
		}
	}
}

// Workload reads the operations, to be replayed so many times faster than the trace says. A speed of 1 keeps every
// moment as it is.
func (t *Trace) Workload(faster float64) (Workload, error) {
	w := Workload{Openings: t.Openings, From: t.From(), Until: t.Until(), Speed: t.Header.Speed * faster, Describe: t.cast.person,
		Ops: make([]sim.Op, 0, t.Ops)}
	for op, err := range t.Each() {
		if err != nil {
			return w, err
		}
		w.Ops = append(w.Ops, op)
	}
	return w, nil
}

// WarmUp returns the trace's own warm-up on the wall clock, when it is replayed so many times faster.
func (t *Trace) WarmUp(faster float64) time.Duration {
	return time.Duration(math.Round(t.Header.WarmUpS / faster * float64(time.Second)))
}

// mostWarmUp is the longest warm-up of a trace, in seconds.
const mostWarmUp = 7 * 24 * 3600

// traceClock reads the moments of operations, which must not go backwards.
type traceClock struct {
	start    time.Time // zero: not known yet
	asked    bool      // some operation had no date
	last     int64     // ms
	lastLine int
}

func newTraceClock(h *TraceHeader) traceClock {
	start, _ := time.Parse(time.RFC3339, h.Start)
	return traceClock{start: start}
}

// at returns when an operation is due, in milliseconds after the start of the window.
func (c *traceClock) at(l *traceLine, number int) (int64, error) {
	at, err := c.moment(l)
	switch {
	case err != nil:
		return 0, err
	case at < 0:
		return 0, fmt.Errorf("it is due %d ms before the window begins: the start in line 1, or the first operation's date, comes first", -at)
	case at < c.last:
		return 0, fmt.Errorf("it is due at %d ms, and line %d at %d ms: sort the operations by time", at, c.lastLine, c.last)
	}
	c.last, c.lastLine = at, number
	return at, nil
}

func (c *traceClock) moment(l *traceLine) (int64, error) {
	if l.At == "" && l.AtMS == nil {
		return 0, errors.New("it has no time: give at_ms (milliseconds after the start), or at (a date)")
	}
	if l.At == "" {
		c.asked = true
		return *l.AtMS, nil
	}
	date, err := time.Parse(time.RFC3339, l.At)
	switch {
	case err != nil:
		return 0, fmt.Errorf("at %q: write it as 2026-03-02T08:00:00.250Z", l.At)
	case c.start.IsZero() && l.AtMS != nil:
		c.start = date.Add(-time.Duration(*l.AtMS) * time.Millisecond)
	case c.start.IsZero() && c.asked:
		return 0, errors.New("it has a date, and those before have none: give the start of the window in line 1, such as \"start\":\"2026-03-02T08:00:00Z\"")
	case c.start.IsZero():
		c.start = date
	}
	at := date.Sub(c.start).Milliseconds()
	if date.Before(c.start) {
		at = min(at, -1)
	}
	if l.AtMS != nil && *l.AtMS != at {
		return 0, fmt.Errorf("at_ms is %d, and at is %d ms after the start: leave one of them out", *l.AtMS, at)
	}
	return at, nil
}

package bench

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// plot follows the threads of a trace.
type plot struct {
	exact   bool // threads are named by handles
	threads map[string]*tracedThread
	ordered []*tracedThread
}

// tracedThread is a thread of a trace.
type tracedThread struct {
	name     string
	id       sim.Thread
	begun    int  // line of its send or opening; 0: there is none
	used     int  // line of the first operation after it was, or ought to have been, begun
	wrote    bool // some line adds a message, where nothing begins it
	sender   string
	subject  string
	actors   []string // who does something in it, where nothing begins it
	messages int32    // there already when the window begins
	category scenarios.Category
}

func newPlot(exact bool) *plot { return &plot{exact: exact, threads: map[string]*tracedThread{}} }

// thread returns the thread of a name.
func (p *plot) thread(name string) (*tracedThread, error) {
	if t := p.threads[name]; t != nil {
		return t, nil
	}
	t := &tracedThread{name: name, id: sim.Thread{Number: int32(len(p.ordered))}, category: scenarios.Symptom}
	if p.exact {
		m := threadPattern.FindStringSubmatch(name)
		if m == nil {
			return nil, fmt.Errorf("%q is no handle of a thread, such as n0-t5: where the header has care_networks, threads are named so", name)
		}
		t.id = sim.Thread{Network: number32(m[1]), Number: number32(m[2])}
	}
	p.threads[name] = t
	p.ordered = append(p.ordered, t)
	return t, nil
}

// open begins a thread before the window.
func (p *plot) open(l *traceLine, number int) error {
	t, err := p.thread(l.Open)
	if err != nil {
		return err
	}
	return t.begin(number, l.Sender, l.Subject)
}

func (t *tracedThread) begin(number int, sender, subject string) error {
	switch {
	case t.begun > 0:
		return fmt.Errorf("thread %q was begun in line %d: give the new one another name", t.name, t.begun)
	case t.used > 0:
		return fmt.Errorf("thread %q begins here, and line %d used it before: put that line after this one", t.name, t.used)
	}
	t.begun, t.sender, t.subject = number, sender, subject
	return nil
}

// see follows one operation in the first pass.
func (p *plot) see(kind results.OpKind, l *traceLine, number int, c *cast) error {
	if !hasThread(kind) {
		return nil
	}
	t, err := p.thread(l.Thread)
	if err != nil {
		return err
	}
	switch {
	case kind == results.OpSend:
		return t.begin(number, l.Person, l.Subject)
	case kind == results.OpAttach && t.begun == 0 && t.used == 0:
		return nil // the file of a first message comes before it
	case t.used == 0:
		t.used = number
	}
	if t.begun > 0 {
		if l.Person != t.sender && l.Person != t.subject {
			c.members[l.Person].tends = true
		}
		return nil
	}
	if !slices.Contains(t.actors, l.Person) {
		t.actors = append(t.actors, l.Person)
	}
	if l.Message != nil && !t.wrote { // what it speaks of was there before
		needed := *l.Message
		if kind == results.OpRead || kind == results.OpFetch {
			needed++
		}
		t.messages = max(t.messages, min(needed, mostMadeUp))
	}
	t.wrote = t.wrote || kind == results.OpReply
	return nil
}

// mostMadeUp is how many messages are made up at most for a thread that a trace does not begin.
const mostMadeUp = 20

// makeUpThreads begins what a trace uses and does not begin, as a log that was cut out of a longer one does: a thread
// of the first patient who takes part, or of somebody made up, with the messages that are spoken of.
func (t *Trace) makeUpThreads() error {
	for _, th := range t.plot.ordered {
		if th.begun > 0 {
			continue
		}
		if th.used == 0 {
			return fmt.Errorf("a file is attached in thread %q, and no message is sent in it: add its send", th.name)
		}
		if t.Header.CareNetworks > 0 {
			return fmt.Errorf("line %d: thread %q was neither sent nor open before: add its line {\"open\":%q, ...}", th.used, th.name, th.name)
		}
		th.messages = max(th.messages, 1)
		t.Openings[0].Threads = append(t.Openings[0].Threads, t.madeUp(th))
	}
	return nil
}

func (t *Trace) madeUp(th *tracedThread) sim.OpenThread {
	family := sim.Actor{Index: -1}
	for _, name := range th.actors {
		if a := t.cast.actor(name); family.Index < 0 && (a.Kind == sim.ActorPatient || a.Kind == sim.ActorProxy) {
			family = a
		}
	}
	if family.Index < 0 {
		family = t.cast.newPatient()
	}
	pool := t.cast.anyPool()
	open := sim.OpenThread{Thread: th.id, Subject: family.Index, Sender: family, To: pool, Category: th.category, Holder: pool}
	for n := range th.messages {
		open.Messages = append(open.Messages, sim.OpenMessage{Author: family,
			Wording: generators.Wording{Category: th.category, Sender: senderOf(family), FollowUp: n > 0},
			Text:    des.NewKey(t.Header.Seed).Sub(uint64(th.used)).Sub(uint64(n))})
	}
	return open
}

// senderOf returns under what identity a patient's or proxy's account writes.
func senderOf(a sim.Actor) scenarios.Sender {
	if a.Kind == sim.ActorProxy {
		return scenarios.Proxy
	}
	return scenarios.Self
}

// openThread reads a line about an open thread.
func (t *Trace) openThread(o *openLine) (sim.OpenThread, error) {
	l := &o.line
	th := t.plot.threads[l.Open]
	open := sim.OpenThread{Thread: th.id, Sender: t.cast.actor(l.Sender), To: t.cast.actor(l.To), Urgent: l.Urgent,
		Item: sim.ItemState(max(slices.Index(itemNames[:], l.Item), 0))}
	open.Holder = open.To
	if l.Holder != "" {
		open.Holder = t.cast.actor(l.Holder)
	}
	var err error
	if open.Subject, err = t.subjectIn(l, l.Sender, th.id.Network); err != nil {
		return open, err
	}
	if open.Item == sim.ItemAccepted && open.Holder.Kind != sim.ActorStaff {
		return open, fmt.Errorf("open thread %q is accepted: say with holder who of the staff has it", l.Open)
	}
	if open.Category, err = categoryOr(l.Category, scenarios.Symptom); err != nil {
		return open, err
	}
	th.category = open.Category
	for n := range l.Messages {
		m, err := t.openMessage(&l.Messages[n], th.category, int32(n), o.number)
		if err != nil {
			return open, err
		}
		open.Messages = append(open.Messages, m)
	}
	if int(th.id.Network) >= len(t.Openings) {
		return open, fmt.Errorf("thread %q is of no care network that the header counts", l.Open)
	}
	return open, nil
}

// subjectIn returns which patient of a network a line is about: the one it names, or the one who writes.
func (t *Trace) subjectIn(l *traceLine, writer string, network int32) (int32, error) {
	name := l.Subject
	if name == "" {
		name = writer
	}
	who := t.cast.actor(name)
	switch {
	case who.Kind != sim.ActorPatient && who.Kind != sim.ActorProxy:
		return 0, fmt.Errorf("%q is %s and no patient: say with subject which patient it is about", name, kindNames[who.Kind])
	case who.Network != network:
		return 0, fmt.Errorf("%q is of network %d, and this is about network %d: networks exchange no messages", name, who.Network, network)
	}
	return who.Index, nil
}

func (t *Trace) openMessage(l *traceMessage, of scenarios.Category, n int32, line int) (m sim.OpenMessage, err error) {
	m.Author = t.cast.actor(l.Author)
	if m.Text, err = t.textOr(l.Text, line, int(n)); err != nil {
		return m, err
	}
	if m.Wording, err = t.wordingOr(l.Wording, m.Author, of, false, n); err != nil {
		return m, err
	}
	for _, reader := range l.ReadBy {
		m.ReadBy = append(m.ReadBy, t.cast.actor(reader))
	}
	return m, nil
}

// textOr reads the key of a text, or makes one from where the text stands.
func (t *Trace) textOr(text string, line, n int) (des.Key, error) {
	if text == "" {
		return des.NewKey(t.Header.Seed).Sub(uint64(line)).Sub(uint64(n)), nil
	}
	key, err := strconv.ParseUint(text, 16, 64)
	if err != nil || len(text) != 16 {
		return 0, fmt.Errorf("text is no key of 16 hexadecimal digits: leave it out, and a text is made up (what people wrote is never replayed)")
	}
	return des.Key(key), nil
}

// wordingOr reads a wording, or makes one from who writes, and about what.
func (t *Trace) wordingOr(l *traceWording, author sim.Actor, of scenarios.Category, urgent bool, n int32) (w generators.Wording, err error) {
	if l == nil {
		w = generators.Wording{Category: of, Sender: senderOf(author), Felt: urgent, FollowUp: n > 0}
		if author.Kind == sim.ActorStaff {
			w.Staff = t.cast.person(author).Role
		}
		return w, nil
	}
	w = generators.Wording{HighRisk: l.HighRisk, Felt: l.Felt, FollowUp: l.FollowUp}
	if w.Category, err = categoryOr(l.Category, of); err != nil {
		return w, err
	}
	known := true
	if w.HasCondition = l.Condition != ""; w.HasCondition {
		w.Condition, known = scenarios.ParseCondition(l.Condition)
	}
	if l.Staff != "" && known {
		w.Staff, known = scenarios.ParseRole(l.Staff)
	}
	switch l.Sender {
	case "", scenarios.Self.String():
	case scenarios.Caregiver.String():
		w.Sender = scenarios.Caregiver
	case scenarios.Proxy.String():
		w.Sender = scenarios.Proxy
	default:
		known = false
	}
	if !known {
		err = errors.New("the wording names a condition, role or sender that is not known: docs/format.md has them")
	}
	return w, err
}

// categoryOr reads a category.
func categoryOr(name string, otherwise scenarios.Category) (scenarios.Category, error) {
	if name == "" {
		return otherwise, nil
	}
	var names []string
	for c := range scenarios.Category(scenarios.NumCategories) {
		if c.String() == name {
			return c, nil
		}
		names = append(names, c.String())
	}
	return otherwise, fmt.Errorf("unknown category %q: use one of %v", name, names)
}

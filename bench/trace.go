package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// TraceHeader is the first line of a trace. Only Format and Kind must be there; the rest is what a simulation knows.
type TraceHeader struct {
	Format         int     `json:"format"`
	Kind           string  `json:"kind"` // trace
	Scenario       string  `json:"scenario,omitempty"`
	Policy         string  `json:"policy,omitempty"`
	Digest         string  `json:"digest,omitempty"`          // of scenario and policy
	ScenarioDigest string  `json:"scenario_digest,omitempty"` // with Seed, says who the patients are
	Seed           uint64  `json:"seed,omitempty"`
	At             string  `json:"at,omitempty"`            // moment of the week at which the window begins, such as mon-08:00
	Start          string  `json:"start,omitempty"`         // the same as a date, RFC 3339: times of operations count from it
	FromMS         int64   `json:"from_ms,omitempty"`       // the same in the simulation's time
	WindowMS       int64   `json:"window_ms,omitempty"`     // 0: to the last operation
	WarmUpS        float64 `json:"warm_up_s,omitempty"`     // on the wall clock, when the trace is replayed at Speed
	CareNetworks   int     `json:"care_networks,omitempty"` // above 0: people and threads are named by handles
	Speed          float64 `json:"speed,omitempty"`         // at which it is replayed unless somebody asks for another; 0: 1
}

// traceLine is every other line of a trace: an operation (op), an open thread (open), or a person.
type traceLine struct {
	AtMS   *int64 `json:"at_ms,omitempty"` // of operations: after the start of the window
	At     string `json:"at,omitempty"`    // RFC 3339, in place of it
	Op     string `json:"op,omitempty"`
	Open   string `json:"open,omitempty"`
	Person string `json:"person,omitempty"` // of operations, and of persons

	// Of persons.
	Kind    string   `json:"kind,omitempty"` // patient, proxy, staff or pool
	ActsFor string   `json:"acts_for,omitempty"`
	Name    string   `json:"name,omitempty"`
	Role    string   `json:"role,omitempty"`
	Pools   []string `json:"pools,omitempty"`

	// Of operations; the second half of them of open threads as well.
	Thread   string        `json:"thread,omitempty"`
	Message  *int32        `json:"message,omitempty"`
	Files    int8          `json:"files,omitempty"`
	Bytes    int32         `json:"bytes,omitempty"`
	Text     string        `json:"text,omitempty"` // key of the text: 16 hexadecimal digits
	Wording  *traceWording `json:"wording,omitempty"`
	Subject  string        `json:"subject,omitempty"`
	To       string        `json:"to,omitempty"`
	Category string        `json:"category,omitempty"`
	Urgent   bool          `json:"urgent,omitempty"`

	// Of open threads.
	Sender   string         `json:"sender,omitempty"`
	Item     string         `json:"item,omitempty"` // requested, accepted or completed
	Holder   string         `json:"holder,omitempty"`
	Messages []traceMessage `json:"messages,omitempty"`
}

// traceMessage is a message that is in an open thread already.
type traceMessage struct {
	Author  string        `json:"author"`
	Text    string        `json:"text,omitempty"`
	Wording *traceWording `json:"wording,omitempty"`
	ReadBy  []string      `json:"read_by,omitempty"`
}

// traceWording says what a text is to sound like.
type traceWording struct {
	Category  string `json:"category,omitempty"`
	Condition string `json:"condition,omitempty"`
	Sender    string `json:"sender,omitempty"` // self unless said
	Staff     string `json:"staff,omitempty"`  // role of the staff who writes
	HighRisk  bool   `json:"high_risk,omitempty"`
	Felt      bool   `json:"felt_urgent,omitempty"`
	FollowUp  bool   `json:"follow_up,omitempty"`
}

// each returns the workload's operations one by one.
func (w *Workload) each() iter.Seq2[sim.Op, error] {
	return func(yield func(sim.Op, error) bool) {
		for ops, err := range w.slices() {
			for i := range ops {
				if !yield(ops[i], nil) {
					return
				}
			}
			if err != nil {
				yield(sim.Op{}, err)
				return
			}
		}
	}
}

// WriteTrace writes a workload as a trace: what it does, when, and the people and open threads it needs. A person's line
// comes before the first line that speaks of them, so that no more than the people and the threads' names are held. The header's format, kind,
// window and speed are taken from the workload; warmUp is on the wall clock.
func WriteTrace(w io.Writer, head TraceHeader, work *Workload, warmUp time.Duration) error {
	head.Format, head.Kind, head.CareNetworks = results.Format, "trace", len(work.Openings)
	head.FromMS, head.WindowMS, head.Speed = int64(work.From), int64(work.Until-work.From), work.Speed
	head.WarmUpS = warmUp.Seconds()
	buffer := bufio.NewWriterSize(w, 1<<16)
	t := &traceWriter{work: work, out: json.NewEncoder(buffer), met: map[sim.Actor]bool{}}
	t.out.SetEscapeHTML(false)
	t.failed = t.out.Encode(head)
	if err := t.openings(); err != nil {
		return err
	}
	for op, err := range work.each() {
		if err != nil {
			return err
		}
		if t.op(&op); t.failed != nil {
			break
		}
	}
	if t.failed == nil {
		t.failed = buffer.Flush()
	}
	if t.failed != nil {
		return fmt.Errorf("writing the trace: %w", t.failed)
	}
	return nil
}

// traceWriter writes the lines of a trace and keeps the first error.
type traceWriter struct {
	work   *Workload
	out    *json.Encoder
	met    map[sim.Actor]bool
	failed error
}

func (t *traceWriter) line(l *traceLine) {
	if t.failed == nil {
		t.failed = t.out.Encode(l)
	}
}

// name returns an actor's handle, after a line about them when there has been none.
func (t *traceWriter) name(a sim.Actor) string {
	if !t.met[a] {
		t.met[a] = true
		t.person(a)
	}
	return handleOf(a)
}

func (t *traceWriter) person(a sim.Actor) {
	described := t.work.Describe(a)
	l := &traceLine{Person: handleOf(a), Kind: kindNames[a.Kind], Name: described.Name}
	if described.Role != scenarios.RoleNone {
		l.Role = described.Role.String()
	}
	for _, pool := range described.Pools {
		l.Pools = append(l.Pools, t.name(pool))
	}
	if a.Kind == sim.ActorProxy {
		l.ActsFor = t.name(sim.Actor{Network: a.Network, Index: a.Index, Kind: sim.ActorPatient})
	}
	t.line(l)
}

// openings writes the threads that somebody sees: those that an operation touches, and those that wait in a list.
func (t *traceWriter) openings() error {
	touched := map[sim.Thread]bool{}
	for op, err := range t.work.each() {
		if err != nil {
			return err
		}
		if hasThread(op.Kind) {
			touched[op.Thread] = true
		}
	}
	for i := range t.work.Openings {
		for j := range t.work.Openings[i].Threads {
			if th := &t.work.Openings[i].Threads[j]; th.Item != sim.ItemCompleted || touched[th.Thread] {
				t.open(th)
			}
		}
	}
	return nil
}

func (t *traceWriter) open(th *sim.OpenThread) {
	l := &traceLine{Open: threadHandle(th.Thread), Subject: t.name(subjectOf(th)), Sender: t.name(th.Sender), To: t.name(th.To),
		Category: th.Category.String(), Urgent: th.Urgent, Item: itemNames[th.Item], Holder: t.name(th.Holder)}
	for i := range th.Messages {
		m := &th.Messages[i]
		written := traceMessage{Author: t.name(m.Author), Text: textKey(m.Text), Wording: wordingLine(m.Wording)}
		for _, reader := range m.ReadBy {
			written.ReadBy = append(written.ReadBy, t.name(reader))
		}
		l.Messages = append(l.Messages, written)
	}
	t.line(l)
}

// op writes an operation with the fields that its kind has.
func (t *traceWriter) op(op *sim.Op) {
	at := int64(op.Due - t.work.From)
	l := &traceLine{AtMS: &at, Op: op.Kind.String(), Person: t.name(op.Actor)}
	uses := fieldsOf(op.Kind)
	if uses.thread {
		l.Thread = threadHandle(op.Thread)
	}
	if uses.message {
		l.Message = &op.Message
	}
	if uses.to {
		l.To = t.name(op.To)
	}
	if uses.subject {
		l.Subject = t.name(sim.Actor{Network: op.Actor.Network, Index: op.Subject, Kind: sim.ActorPatient})
	}
	if uses.label {
		l.Category, l.Urgent = op.Category.String(), op.Urgent
	}
	if uses.text {
		l.Text = textKey(op.Text)
	}
	if uses.wording {
		l.Wording = wordingLine(op.Wording)
	}
	switch op.Kind {
	case results.OpSend, results.OpReply:
		l.Files = op.Files
	case results.OpAttach:
		l.Bytes = op.Bytes
	}
	t.line(l)
}

// opFields says which fields operations of a kind have, beside the person.
type opFields struct{ thread, message, to, subject, label, text, wording bool }

func fieldsOf(k results.OpKind) opFields {
	switch k {
	case results.OpSend:
		return opFields{thread: true, to: true, subject: true, label: true, text: true, wording: true}
	case results.OpReply:
		return opFields{thread: true, message: true, text: true, wording: true}
	case results.OpAttach:
		return opFields{thread: true, message: true, text: true}
	case results.OpRead, results.OpFetch:
		return opFields{thread: true, message: true}
	case results.OpRoute:
		return opFields{thread: true, to: true}
	case results.OpLabel:
		return opFields{thread: true, label: true}
	case results.OpThread, results.OpClaim, results.OpClose, results.OpReopen:
		return opFields{thread: true}
	case results.OpInbox:
		return opFields{to: true}
	case results.OpReading:
		return opFields{subject: true, text: true, wording: true}
	}
	return opFields{}
}

// The names of kinds of people and of states of items in traces.
var (
	kindNames = [...]string{sim.ActorPatient: "patient", sim.ActorProxy: "proxy", sim.ActorStaff: "staff", sim.ActorPool: "pool"}
	itemNames = [...]string{sim.ItemRequested: "requested", sim.ItemAccepted: "accepted", sim.ItemCompleted: "completed"}
)

// handleKinds are the middles of handles: n3-p17 is the 17th patient of network 3, counted from 0.
var handleKinds = [...]string{sim.ActorPatient: "p", sim.ActorProxy: "proxy", sim.ActorStaff: "staff", sim.ActorPool: "pool"}

func handleOf(a sim.Actor) string {
	return "n" + strconv.Itoa(int(a.Network)) + "-" + handleKinds[a.Kind] + strconv.Itoa(int(a.Index))
}

func threadHandle(t sim.Thread) string {
	return "n" + strconv.Itoa(int(t.Network)) + "-t" + strconv.Itoa(int(t.Number))
}

func textKey(k des.Key) string { return fmt.Sprintf("%016x", uint64(k)) }

func wordingLine(w generators.Wording) *traceWording {
	l := &traceWording{Category: w.Category.String(), HighRisk: w.HighRisk, Felt: w.Felt, FollowUp: w.FollowUp}
	if w.HasCondition {
		l.Condition = w.Condition.String()
	}
	if w.Sender != scenarios.Self {
		l.Sender = w.Sender.String()
	}
	if w.Staff != scenarios.RoleNone {
		l.Staff = w.Staff.String()
	}
	return l
}

package bench

import (
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// pageSize is how many rows of a list people look at.
const pageSize = 50

// attachmentType is the media type of what people attach.
const attachmentType = "application/pdf"

// call resolves an operation's handles to the portal's ids. Its texts are added by write, outside the scheduler.
func (r *roster) call(op *sim.Op, t *thread) Call {
	c := Call{Kind: op.Kind, Run: r.keys.runID}
	switch op.Kind {
	case results.OpSend:
		c.Subject = r.account(sim.Actor{Network: op.Actor.Network, Index: op.Subject, Kind: sim.ActorPatient})
		c.To = r.account(op.To)
	case results.OpReading:
		c.Subject = r.account(sim.Actor{Network: op.Actor.Network, Index: op.Subject, Kind: sim.ActorPatient})
	case results.OpInbox:
		c.To, c.Limit = r.account(op.To), pageSize
	case results.OpRoute:
		c.To = r.account(op.To)
	case results.OpClaim:
		c.To = r.account(op.Actor)
	}
	if t == nil {
		return c
	}
	c.Tag, c.Thread = t.tag, t.self.id
	c.Item, c.Version = t.item.id, t.version
	if usesItem(op.Kind) {
		c.Subject = r.account(t.subject)
	}
	switch op.Kind {
	case results.OpSend, results.OpLabel:
		c.Category, c.Urgent = category(op.Category), op.Urgent
	case results.OpReply:
		c.Subject = r.account(t.subject)
		c.Message = t.message(max(op.Message-1, 0)).id
	case results.OpRead:
		c.Message = t.message(op.Message).id
	}
	if op.Kind == results.OpSend || op.Kind == results.OpReply || op.Kind == results.OpFetch {
		for _, f := range t.files[op.Message] {
			c.Files = append(c.Files, f.id)
		}
	}
	return c
}

// account returns the account of an actor who was found when the run was prepared.
func (r *roster) account(a sim.Actor) *Account {
	if p := r.byActor[a]; p != nil {
		return &p.account
	}
	return nil
}

// subjectLine is what a thread's topic is made from.
type subjectLine struct {
	wording generators.Wording
	text    des.Key
}

// write adds what people wrote to a call. now is stamped on readings.
func write(c *Call, op *sim.Op, first subjectLine, now time.Time) {
	switch c.Kind {
	case results.OpSend, results.OpReply:
		c.Topic = generators.Topic(first.wording, first.text) + " " + c.Tag
		c.Body = generators.Body(op.Wording, op.Text)
	case results.OpAttach:
		c.Content, c.MediaType = generators.File(op.Text, int(op.Bytes)), attachmentType
	case results.OpReading:
		code, value, unit := generators.HomeReading(op.Wording, op.Text)
		c.Reading = Reading{Code: code, Value: value, Unit: unit, Taken: now}
	}
}

// hasThread reports whether operations of a kind are about a thread.
func hasThread(k results.OpKind) bool {
	switch k {
	case results.OpAuth, results.OpUnread, results.OpRecipients, results.OpInbox, results.OpReading, results.OpProvision:
		return false
	}
	return true
}

// usesItem reports whether operations of a kind need the work item and its version.
func usesItem(k results.OpKind) bool {
	switch k {
	case results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen:
		return true
	}
	return false
}

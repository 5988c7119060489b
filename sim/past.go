package sim

import (
	"cmp"
	"slices"

	"github.com/portalbench/portalbench/results"
)

// Past simulates a network and returns the threads that were begun in the replay's time, as they are at its end, in the
// order of their numbers. Messages have the moments at which they were written.
func (r *Replay) Past(i int) []OpenThread {
	_, ops := r.Network(i)
	past := map[Thread]*OpenThread{}
	for k := range ops {
		op := &ops[k]
		if t := past[op.Thread]; t != nil {
			t.apply(op)
		} else if op.Kind == results.OpSend {
			past[op.Thread] = &OpenThread{Thread: op.Thread, Subject: op.Subject, Sender: op.Actor, To: op.To, Category: op.Category,
				Urgent: op.Urgent, Messages: []OpenMessage{written(op)}, Holder: op.To}
		}
	}
	threads := make([]OpenThread, 0, len(past))
	for _, t := range past {
		threads = append(threads, *t)
	}
	slices.SortFunc(threads, func(a, b OpenThread) int { return cmp.Compare(a.Thread.Number, b.Thread.Number) })
	return threads
}

func written(op *Op) OpenMessage {
	return OpenMessage{Author: op.Actor, Wording: op.Wording, Text: op.Text, Written: op.Due}
}

// apply enters what an operation does to a thread.
func (t *OpenThread) apply(op *Op) {
	switch op.Kind {
	case results.OpReply:
		if int(op.Message) == len(t.Messages) {
			t.Messages = append(t.Messages, written(op))
		}
		if op.Actor.Kind != ActorStaff && t.Item == ItemCompleted {
			t.Item, t.Holder = ItemRequested, t.To
		}
	case results.OpRead:
		if m := int(op.Message); m < len(t.Messages) && !slices.Contains(t.Messages[m].ReadBy, op.Actor) {
			t.Messages[m].ReadBy = append(t.Messages[m].ReadBy, op.Actor)
		}
	case results.OpClaim:
		t.Item, t.Holder = ItemAccepted, op.Actor
	case results.OpRoute:
		t.Item, t.Holder, t.To = ItemRequested, op.To, op.To
	case results.OpLabel:
		t.Category, t.Urgent = op.Category, op.Urgent
	case results.OpClose:
		t.Item = ItemCompleted
	case results.OpReopen:
		t.Item, t.Holder = ItemRequested, t.To
	}
}

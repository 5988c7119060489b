package sim

import (
	"cmp"
	"slices"
)

// Opening returns the state a replay must start from. The Clinic must have recorded from the beginning.
func (c *Clinic) Opening() Opening {
	o := Opening{At: c.now}
	for slot := range c.record.history { // those of slots that hold a need yet to come may be missing
		if len(c.record.history[slot].messages) > 0 {
			o.Threads = append(o.Threads, c.openThread(int32(slot)))
		}
	}
	slices.SortFunc(o.Threads, func(a, b OpenThread) int { return cmp.Compare(a.Thread.Number, b.Thread.Number) })
	return o
}

func (c *Clinic) openThread(slot int32) OpenThread {
	t := &c.slab.threads[slot]
	open := OpenThread{
		Thread: Thread{c.network, t.number}, Subject: t.person, Sender: c.family(t), To: c.at(t.inbox),
		Category: t.content.Label, Urgent: t.content.Felt, Messages: copied(c.record.history[slot].messages),
		Item: ItemCompleted, Holder: c.at(t.inbox),
	}
	if c.record.history[slot].labelled < c.now {
		open.Category, open.Urgent = t.content.Category, t.urgent
	}
	switch {
	case t.state == waiting && t.inTray:
		open.Item, open.Holder = ItemAccepted, c.member(int(t.holder))
	case t.state == waiting:
		open.Item = ItemRequested
	case t.state == inHand:
		open.Item, open.Holder = ItemAccepted, c.member(int(t.holder))
		if c.record.claims[t.holder] >= c.now { // the claim is one of the ops to come
			open.Item, open.Holder = ItemRequested, c.at(t.inbox)
		}
	}
	return open
}

// copied returns messages that the clinic does not change when it goes on.
func copied(messages []OpenMessage) []OpenMessage {
	out := slices.Clone(messages)
	for i := range out {
		out[i].ReadBy = slices.Clone(out[i].ReadBy)
	}
	return out
}

package sim

import (
	"math/bits"

	"github.com/portalbench/portalbench/sim/des"
)

// line is a chain of waiting threads, linked through themselves.
type line struct{ first, last int32 }

func newLine() line { return line{none, none} }

// add puts a thread behind another, or before all if after is none.
func (l *line) add(threads []thread, slot, after int32) {
	t := &threads[slot]
	t.prev = after
	if after == none {
		t.next, l.first = l.first, slot
	} else {
		t.next, threads[after].next = threads[after].next, slot
	}
	if t.next == none {
		l.last = slot
	} else {
		threads[t.next].prev = slot
	}
}

// remove takes a thread out, wherever it stands.
func (l *line) remove(threads []thread, slot int32) {
	t := &threads[slot]
	if t.prev == none {
		l.first = t.next
	} else {
		threads[t.prev].next = t.next
	}
	if t.next == none {
		l.last = t.prev
	} else {
		threads[t.next].prev = t.prev
	}
}

// appendTo appends the threads to a list, in order.
func (l *line) appendTo(list []int32, threads []thread) []int32 {
	for slot := l.first; slot != none; slot = threads[slot].next {
		list = append(list, slot)
	}
	return list
}

// inbox is where threads wait, class by class; within a class first come, first served, or by date.
type inbox struct {
	classes [NumClasses]line
	used    uint16 // classes in which somebody waits, one bit each
	waiting int32
}

func newInbox() (b inbox) {
	for i := range b.classes {
		b.classes[i] = newLine()
	}
	return b
}

// push puts a thread at the end of its class, or before those whose deadlines are later.
func (b *inbox) push(threads []thread, slot int32, byDate bool) {
	t := &threads[slot]
	l := &b.classes[t.class]
	after := l.last
	for byDate && after != none && threads[after].deadline > t.deadline {
		after = threads[after].prev
	}
	l.add(threads, slot, after)
	b.used |= 1 << t.class
	b.waiting++
}

// next returns the thread whose turn it is, or none.
func (b *inbox) next() int32 {
	if b.used == 0 {
		return none
	}
	return b.classes[bits.TrailingZeros16(b.used)].first
}

// remove takes a waiting thread out.
func (b *inbox) remove(threads []thread, slot int32) {
	class := threads[slot].class
	l := &b.classes[class]
	l.remove(threads, slot)
	if l.first == none {
		b.used &^= 1 << class
	}
	b.waiting--
}

// items are things to do that carry nothing but when they came, in order of time.
type items struct {
	at   []des.Time
	done int
}

// add puts an item at the end. It must not be earlier than the others.
func (q *items) add(at des.Time) {
	if q.done == len(q.at) {
		q.at, q.done = q.at[:0], 0
	}
	q.at = append(q.at, at)
}

// next returns when the first item came, Never if there is none.
func (q *items) next() des.Time {
	if q.done == len(q.at) {
		return des.Never
	}
	return q.at[q.done]
}

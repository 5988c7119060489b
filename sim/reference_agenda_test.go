package sim

import (
	"container/heap"

	"github.com/portalbench/portalbench/sim/des"
)

// The reference engine is the clinic written a second time, slowly and plainly, from what the parameters and comments
// say: closures on a heap, threads on the garbage-collected heap, inboxes that are searched from end to end, events
// that are taken back when they no longer hold. It shares with the engine in use what is given (scenario, roster,
// calendars, people, draws, router) and none of what is done with it. Both must tell the same Events.

// occurrence is something that is going to happen.
type occurrence struct {
	at     des.Time
	turn   refTurn
	which  int // who of the staff, or the place of a thread
	number int // of the occurrences planned so far
	happen func()
	index  int // in the agenda
}

// refTurn settles which of several things due at the same millisecond happens first: the lower; of equals, that of the
// person lower in the roster, or of the thread in the lower place; and at last what was planned first.
type refTurn int

const (
	refItemComes    refTurn = iota // background work lies there before anybody looks
	refNeedFalls                   // a need that was generated falls due
	refSessionOpens                // a member of staff turns to the inbox
	refWorkEnds                    // or ends work in hand
	refLooksUp                     // or, idle, sees that background work has come
	refCalledAway                  // or is interrupted, or comes back
	refDayCloses
	refThreadMoves // the event of a thread, or of a need that the past has led to
	refThreadEnds  // nobody has written for a week
)

// agenda holds what is going to happen, in order.
type agenda struct {
	list    []*occurrence
	planned int
}

func (a *agenda) Len() int { return len(a.list) }

func (a *agenda) Less(i, j int) bool {
	x, y := a.list[i], a.list[j]
	switch {
	case x.at != y.at:
		return x.at < y.at
	case x.turn != y.turn:
		return x.turn < y.turn
	case x.which != y.which:
		return x.which < y.which
	}
	return x.number < y.number
}

func (a *agenda) Swap(i, j int) {
	a.list[i], a.list[j] = a.list[j], a.list[i]
	a.list[i].index, a.list[j].index = i, j
}

func (a *agenda) Push(x any) {
	o := x.(*occurrence)
	o.index = len(a.list)
	a.list = append(a.list, o)
}

func (a *agenda) Pop() any {
	last := len(a.list) - 1
	o := a.list[last]
	a.list = a.list[:last]
	o.index = -1
	return o
}

// plan has something happen.
func (a *agenda) plan(at des.Time, turn refTurn, which int, happen func()) *occurrence {
	a.planned++
	o := &occurrence{at: at, turn: turn, which: which, number: a.planned, happen: happen}
	heap.Push(a, o)
	return o
}

// cancel takes back what has not happened yet.
func (a *agenda) cancel(o *occurrence) {
	if o != nil && o.index >= 0 {
		heap.Remove(a, o.index)
	}
}

// next takes what is due first off the agenda, or returns nil if nothing is due before end.
func (a *agenda) next(end des.Time) *occurrence {
	if len(a.list) == 0 || a.list[0].at >= end {
		return nil
	}
	return heap.Pop(a).(*occurrence)
}

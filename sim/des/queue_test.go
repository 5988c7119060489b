package des

import (
	"container/heap"
	"flag"
	"testing"

	"github.com/stretchr/testify/require"
)

var seed = flag.Uint64("seed", 1, "seed of the random tests; a failing test prints it")

// plainHeap is the obvious priority queue that Queue must agree with.
type plainHeap []entry

type entry struct {
	at Time
	ev Event
}

func (h plainHeap) Len() int { return len(h) }
func (h plainHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].ev < h[j].ev
}
func (h plainHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *plainHeap) Push(x any)   { *h = append(*h, x.(entry)) }
func (h *plainHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	*h = old[:len(old)-1]
	return e
}

func TestQueueAgreesWithAPlainHeap(t *testing.T) {
	key := NewKey(*seed)
	var q Queue
	var h plainHeap
	for i := range 20000 {
		k := key.Sub(uint64(i))
		if h.Len() == 0 || k.Sub(0).Chance(.55) {
			e := entry{Time(k.Sub(1).IntN(500)), Event(k.Sub(2).IntN(50))} // few values: many ties
			q.Push(e.at, e.ev)
			heap.Push(&h, e)
			continue
		}
		want := heap.Pop(&h).(entry)
		require.Equal(t, want.at, q.Next(), "seed %d", *seed)
		at, ev := q.Pop()
		require.Equal(t, want, entry{at, ev}, "seed %d", *seed)
	}
	for h.Len() > 0 {
		want := heap.Pop(&h).(entry)
		at, ev := q.Pop()
		require.Equal(t, want, entry{at, ev}, "seed %d", *seed)
	}
	require.Equal(t, Never, q.Next())
}

func TestQueueHoldsItsExtremes(t *testing.T) {
	var q Queue
	require.Equal(t, Never, q.Next())
	q.Push(Never, MaxEvents-1)
	q.Push(0, 0)
	at, ev := q.Pop()
	require.Equal(t, entry{0, 0}, entry{at, ev})
	at, ev = q.Pop()
	require.Equal(t, entry{Never, MaxEvents - 1}, entry{at, ev})
}

// BenchmarkQueue is the cost of one event in a queue of 1,000.
func BenchmarkQueue(b *testing.B) {
	var q Queue
	key := NewKey(1)
	for i := range 1000 {
		q.Push(Time(key.Sub(uint64(i)).IntN(1000)), Event(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		t, e := q.Pop()
		q.Push(t+Time(1+uint64(t)*2654435761>>8%1000), e)
	}
}

package des

import "math/bits"

// Event names what is to happen: a number below MaxEvents whose meaning is its owner's. Of two events due at the same
// moment the lower number happens first.
type Event uint32

// idBits is how much of a packed key names the event; the rest is its time.
const idBits = 20

// MaxEvents is the number of different events a Queue can tell apart.
const MaxEvents = 1 << idBits

// Queue holds events until they are due: a 4-ary heap of packed integers, time first. An event may be in the queue
// several times. The zero value is empty and ready. Not safe for concurrent use.
//
// An event that is due before all others waits in front of the heap. Work that is begun is often the next to end, and
// then never enters the heap.
type Queue struct {
	front uint64 // the complement of the first key, 0 if the heap has it
	keys  []uint64
}

// Next returns when the next event is due, Never if there is none.
func (q *Queue) Next() Time {
	switch {
	case q.front != 0:
		return Time(^q.front >> idBits)
	case len(q.keys) == 0:
		return Never
	}
	return Time(q.keys[0] >> idBits)
}

// Push adds event e, due at t. t must be in [0, Never], e below MaxEvents.
func (q *Queue) Push(t Time, e Event) {
	key := uint64(t)<<idBits | uint64(e)
	switch {
	case q.front == 0:
		if len(q.keys) == 0 || key < q.keys[0] {
			q.front = ^key
			return
		}
	case key < ^q.front:
		q.front, key = ^key, ^q.front
	}
	q.lift(key)
}

// lift puts key at the end of the heap and moves it up to where it belongs.
func (q *Queue) lift(key uint64) {
	q.keys = append(q.keys, key)
	i := len(q.keys) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if q.keys[parent] <= key {
			break
		}
		q.keys[i] = q.keys[parent]
		i = parent
	}
	q.keys[i] = key
}

// Pop removes the event that is due first. The queue must not be empty.
func (q *Queue) Pop() (Time, Event) {
	top := ^q.front
	if q.front != 0 {
		q.front = 0
		return Time(top >> idBits), Event(top & (MaxEvents - 1))
	}
	top = q.keys[0]
	last := len(q.keys) - 1
	key := q.keys[last]
	q.keys = q.keys[:last]
	if last > 0 {
		q.sink(key)
	}
	return Time(top >> idBits), Event(top & (MaxEvents - 1))
}

// sink puts key where it belongs, starting from an empty root. The least of four children is found without a branch,
// since which one it is cannot be predicted.
func (q *Queue) sink(key uint64) {
	keys, i, first := q.keys, 0, 1
	for ; first+3 < len(keys); first = 4*i + 1 {
		child := (*[4]uint64)(keys[first:])
		l, r := min(child[0], child[1]), min(child[2], child[3])
		least := min(l, r)
		if key <= least {
			keys[i] = key
			return
		}
		_, left := bits.Sub64(child[1], child[0], 0) // 1 if child 1 is the lesser of its pair
		_, right := bits.Sub64(child[3], child[2], 0)
		_, half := bits.Sub64(r, l, 0)
		keys[i] = least
		i = first + int(left^(left^(2+right))&-half)
	}
	least, at := key, i
	for c := first; c < len(keys); c++ { // fewer than four children, and they have none themselves
		if keys[c] < least {
			least, at = keys[c], c
		}
	}
	keys[i], keys[at] = least, key
}

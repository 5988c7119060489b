package des

// Event names what is to happen: a number below MaxEvents whose meaning is its owner's. Of two events due at the same
// moment the lower number happens first.
type Event uint32

// idBits is how much of a packed key names the event; the rest is its time.
const idBits = 20

// MaxEvents is the number of different events a Queue can tell apart.
const MaxEvents = 1 << idBits

// Queue holds events until they are due: a 4-ary heap of packed integers, time first. An event may be in the queue
// several times. The zero value is empty and ready. Not safe for concurrent use.
type Queue struct {
	keys []uint64
}

// Next returns when the next event is due, Never if there is none.
func (q *Queue) Next() Time {
	if len(q.keys) == 0 {
		return Never
	}
	return Time(q.keys[0] >> idBits)
}

// Push adds event e, due at t. t must be in [0, Never], e below MaxEvents.
func (q *Queue) Push(t Time, e Event) {
	key := uint64(t)<<idBits | uint64(e)
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
	top := q.keys[0]
	last := len(q.keys) - 1
	key := q.keys[last]
	q.keys = q.keys[:last]
	if last > 0 {
		q.sink(key)
	}
	return Time(top >> idBits), Event(top & (MaxEvents - 1))
}

// sink puts key where it belongs, starting from an empty root.
func (q *Queue) sink(key uint64) {
	keys, i := q.keys, 0
	for {
		first := 4*i + 1
		if first >= len(keys) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(keys)); c++ {
			if keys[c] < keys[least] {
				least = c
			}
		}
		if key <= keys[least] {
			break
		}
		keys[i] = keys[least]
		i = least
	}
	keys[i] = key
}

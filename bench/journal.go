package bench

import (
	"sync"
	"sync/atomic"
)

// journal writes entries down on a goroutine of its own, so that whoever measures never waits for a disk. It holds a
// bounded number of entries, of a bounded size together; what comes on top of that is lost, and counted. add may be
// called concurrently.
type journal[T any] struct {
	entries chan queued[T]
	room    atomic.Int64 // bytes that may still be queued
	lost    atomic.Int64
	ending  chan struct{}
	end     sync.Once
	ended   sync.WaitGroup
	err     error // the first of write; after it nothing more is written
}

// Bounds of what waits to be written.
const (
	journalEntries = 1 << 16
	journalBytes   = 64 << 20
)

// newJournal starts a journal. write is called by one goroutine.
func newJournal[T any](write func(T) error) *journal[T] {
	j := &journal[T]{entries: make(chan queued[T], journalEntries), ending: make(chan struct{})}
	j.room.Store(journalBytes)
	j.ended.Go(func() { j.run(write) })
	return j
}

// queued is an entry with the bytes it takes beside its own few.
type queued[T any] struct {
	entry T
	bytes int64
}

// add takes an entry if there is room for it and for the bytes it refers to.
func (j *journal[T]) add(entry T, bytes int64) {
	if j.room.Add(-bytes) < 0 {
		j.room.Add(bytes)
		j.lost.Add(1)
		return
	}
	select {
	case j.entries <- queued[T]{entry, bytes}:
	default:
		j.room.Add(bytes)
		j.lost.Add(1)
	}
}

func (j *journal[T]) run(write func(T) error) {
	for {
		select {
		case q := <-j.entries:
			j.put(write, q)
		case <-j.ending:
			for len(j.entries) > 0 {
				j.put(write, <-j.entries)
			}
			return
		}
	}
}

func (j *journal[T]) put(write func(T) error, q queued[T]) {
	j.room.Add(q.bytes)
	if j.err == nil {
		j.err = write(q.entry)
	}
	if j.err != nil {
		j.lost.Add(1)
	}
}

// close writes what is queued and returns how many entries were lost, and why writing failed. What is added later is
// not written.
func (j *journal[T]) close() (lost int64, err error) {
	j.end.Do(func() { close(j.ending) })
	j.ended.Wait()
	return j.lost.Load(), j.err
}

package refportal

import (
	"sync"
	"time"
)

// bucket lets through what its rate allows: a token bucket that holds what one second brings, at least one, and is full
// at first. What it refuses takes nothing.
type bucket struct {
	rate  float64 // a second
	mu    sync.Mutex
	taken float64 // of what it holds
	last  time.Time
}

func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.last.IsZero() {
		b.taken = max(b.taken-now.Sub(b.last).Seconds()*b.rate, 0)
	}
	b.last = now
	if b.taken+1 > max(b.rate, 1) {
		return false
	}
	b.taken++
	return true
}

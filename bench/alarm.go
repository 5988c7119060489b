package bench

import "time"

// alarm wakes the scheduler, the only one that waits for it. It may ring once too often, but never too late by its own
// doing.
type alarm interface {
	// wait returns when it rings, and at once if it has rung since the last wait.
	wait()
	// set makes it ring after a while, and no longer when it was to before. Anybody may call it, one at a time, while
	// the scheduler waits: set(0) wakes it.
	set(d time.Duration)
	// stop ends it.
	stop()
}

// timerAlarm is an alarm of the Go runtime. On Linux it is up to a millisecond late, as that waits in whole ones.
type timerAlarm struct{ *time.Timer }

func newTimerAlarm() alarm { return timerAlarm{time.NewTimer(time.Hour)} }

func (a timerAlarm) wait()               { <-a.C }
func (a timerAlarm) set(d time.Duration) { a.Reset(d) }
func (a timerAlarm) stop()               { a.Stop() }

package bench

import "time"

// alarm wakes the scheduler. It may ring once too often, but never too late by its own doing.
type alarm interface {
	// rings is where it rings.
	rings() <-chan time.Time
	// set makes it ring after a while, and no longer when it was to before.
	set(d time.Duration)
	// stop ends it.
	stop()
}

// timerAlarm is an alarm of the Go runtime. On Linux it is up to a millisecond late, as that waits in whole ones.
type timerAlarm struct{ *time.Timer }

func newTimerAlarm() alarm { return timerAlarm{time.NewTimer(time.Hour)} }

func (a timerAlarm) rings() <-chan time.Time { return a.C }
func (a timerAlarm) set(d time.Duration)     { a.Reset(d) }
func (a timerAlarm) stop()                   { a.Stop() }

//go:build !linux

package bench

// newFineAlarm returns the finest alarm that there is.
func newFineAlarm() alarm { return newTimerAlarm() }

package des

import "time"

// Time is a moment of simulated time: whole milliseconds since Monday 00:00 of week 0, clinic-local, without
// daylight saving. It is also used for spans.
type Time int64

// Spans of simulated time.
const (
	Millisecond Time = 1
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
	Hour             = 60 * Minute
	Day              = 24 * Hour
	Week             = 7 * Day
)

// Never is later than every moment a simulation reaches.
const Never Time = 1<<43 - 1

// FromDuration converts a wall-clock span, rounding towards zero to whole milliseconds.
func FromDuration(d time.Duration) Time { return Time(d / time.Millisecond) }

// Duration converts t to a wall-clock span.
func (t Time) Duration() time.Duration { return time.Duration(t) * time.Millisecond }

// Hours returns t as a fraction of hours.
func (t Time) Hours() float64 { return float64(t) / float64(Hour) }

// Minutes returns t as a fraction of minutes.
func (t Time) Minutes() float64 { return float64(t) / float64(Minute) }

// HourOfWeek returns 0 (Monday 00:00) to 167 (Sunday 23:00). t must not be negative.
func (t Time) HourOfWeek() int { return int(t % Week / Hour) }

// DayOfWeek returns 0 (Monday) to 6 (Sunday). t must not be negative.
func (t Time) DayOfWeek() int { return int(t % Week / Day) }

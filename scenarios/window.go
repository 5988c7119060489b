package scenarios

import (
	"fmt"
	"strings"
	"time"
)

// Duration is a span of time, written as in "90s", "20m" or "2h30m".
type Duration time.Duration

// UnmarshalText reads a duration of at least zero.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration: write it as 90s, 20m or 2h30m", b)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes the duration without needless zero units.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the duration as UnmarshalText reads it.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// WeekTime is a moment of the week in minutes since Monday 00:00, written as in "mon-08:00".
type WeekTime int

// MinutesPerDay is the number of minutes of a day.
const MinutesPerDay = 24 * 60

var dayNames = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// UnmarshalText reads a moment of the week.
func (w *WeekTime) UnmarshalText(b []byte) error {
	day, clock, ok := strings.Cut(string(b), "-")
	d, known := find(dayNames[:], day)
	m, err := parseClock(clock)
	if !ok || !known || err != nil || m == MinutesPerDay {
		return fmt.Errorf("%q is not a moment of the week: write it as mon-08:00", b)
	}
	*w = WeekTime(d*MinutesPerDay + m)
	return nil
}

// MarshalText writes the moment as UnmarshalText reads it.
func (w WeekTime) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// String returns the moment as UnmarshalText reads it.
func (w WeekTime) String() string {
	return dayNames[int(w)/MinutesPerDay] + "-" + formatClock(int(w)%MinutesPerDay)
}

// Window is a time of day on one or several days running, written as in "mon-fri 08:00-12:00" or "sun 19:00-20:00".
// It does not cross midnight.
type Window struct {
	FirstDay, LastDay int // 0 is Monday; FirstDay <= LastDay
	Start, End        int // minutes since midnight; Start < End <= 24:00
}

// Minutes returns the window's length on one day.
func (w Window) Minutes() int { return w.End - w.Start }

// On reports whether the window is open on a day of the week, 0 being Monday.
func (w Window) On(day int) bool { return w.FirstDay <= day && day <= w.LastDay }

// UnmarshalText reads a window.
func (w *Window) UnmarshalText(b []byte) error {
	v, ok := parseWindow(string(b))
	if !ok {
		return fmt.Errorf("%q is not a window: write it as mon-fri 08:00-12:00, within one day, earlier first", b)
	}
	*w = v
	return nil
}

func parseWindow(s string) (w Window, ok bool) {
	days, clocks, ok := strings.Cut(s, " ")
	if !ok {
		return w, false
	}
	first, last, several := strings.Cut(days, "-")
	if !several {
		last = first
	}
	start, end, ok := strings.Cut(clocks, "-")
	if !ok {
		return w, false
	}
	var okFirst, okLast bool
	var errStart, errEnd error
	w.FirstDay, okFirst = find(dayNames[:], first)
	w.LastDay, okLast = find(dayNames[:], last)
	w.Start, errStart = parseClock(start)
	w.End, errEnd = parseClock(end)
	ok = okFirst && okLast && errStart == nil && errEnd == nil
	return w, ok && w.FirstDay <= w.LastDay && w.Start < w.End
}

// MarshalText writes the window as UnmarshalText reads it.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// String returns the window as UnmarshalText reads it.
func (w Window) String() string {
	days := dayNames[w.FirstDay]
	if w.LastDay != w.FirstDay {
		days += "-" + dayNames[w.LastDay]
	}
	return days + " " + formatClock(w.Start) + "-" + formatClock(w.End)
}

// parseClock reads hh:mm, 00:00 to 24:00, as minutes.
func parseClock(s string) (int, error) {
	if s == "24:00" {
		return MinutesPerDay, nil
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err
}

func formatClock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

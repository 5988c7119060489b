package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// staff checks every group, and that somebody is there to whom patients can write.
func (c checker) staff(s *Scenario) {
	for _, name := range s.Groups() {
		g := s.Staff[name]
		path := "staff." + name
		if !regexp.MustCompile(`^[a-z][a-z0-9_-]*$`).MatchString(name) {
			c.fail(fmt.Sprintf("%q cannot be the name of a staff group", name),
				"write it in lower case, with underscores or hyphens", path)
		}
		c.group(path, g)
	}
	if !s.hasRole(Physician) {
		c.fail("no staff group has the role physician", "patients write to physicians: add a group with role: physician", "staff")
	}
	if s.Demand.Specialist > 0 && !s.hasRole(Specialist) {
		c.fail(fmt.Sprintf("to_specialist is %v and no staff group has the role specialist", s.Demand.Specialist),
			"add a group with role: specialist, or set demand.to_specialist to 0", "demand.to_specialist", "staff")
	}
}

func (s *Scenario) hasRole(r Role) bool {
	for _, g := range s.Staff {
		if g.Role == r.String() {
			return true
		}
	}
	return false
}

func (c checker) group(path string, g Staff) {
	before := len(c.f.list)
	if strings.TrimSpace(g.Clinic) == "" {
		c.fail(path+".clinic is empty", "write the clinic's name, such as primary-care", path+".clinic")
	}
	if g.People > 0 && g.FTE > float64(g.People) {
		c.fail(fmt.Sprintf("%s has %v FTE and %d people", path, g.FTE, g.People),
			fmt.Sprintf("nobody works more than full time: set people to at least %v, or to 0 for as few as can", ceil(g.FTE)),
			path+".fte", path+".people")
	}
	c.apart(path+".hours", g.Hours)
	c.apart(path+".inbox", g.Inbox)
	for i, w := range g.Inbox {
		if day, ok := within(w, g.Hours); !ok {
			c.fail(fmt.Sprintf("%s: the window %s is outside hours on %s", path+".inbox", w, dayNames[day]),
				"the inbox is worked within the scheduled hours; what is done outside belongs to own_time",
				path+".inbox."+strconv.Itoa(i), path+".hours")
		}
	}
	c.ownTime(path+".own_time", g)
	c.interruptions(path, g.Interruptions)
	if len(c.f.list) == before { // what is wrong with the windows themselves comes first
		c.startSpread(path, g)
	}
}

func ceil(fte float64) int {
	if n := int(fte); float64(n) == fte {
		return n
	}
	return int(fte) + 1
}

// startSpread checks that a session that takes place as late as can be is over when the next one may start, and within
// the scheduled hours or the day.
func (c checker) startSpread(path string, g Staff) {
	all := slices.Clone(g.Inbox)
	for _, o := range g.OwnTime {
		all = append(all, o.When)
	}
	late := time.Duration(g.StartSpread)
	for i, w := range all {
		if next, gap, ok := following(w, all); ok && late > gap {
			c.fail(fmt.Sprintf("%s.start_spread is %s and %s begins %s after %s", path, g.StartSpread, next, Duration(gap), w),
				"a late session would run into the next: set it lower, or move the windows apart", path+".start_spread", path+".inbox")
			return
		}
		w.End += int((late + time.Minute - 1) / time.Minute)
		_, inHours := within(w, g.Hours)
		if i < len(g.Inbox) && !inHours || w.End > MinutesPerDay {
			c.fail(fmt.Sprintf("%s.start_spread is %s and a session of %s may then end after hours", path, g.StartSpread, all[i]),
				"set it lower, or end the window earlier", path+".start_spread", path+".inbox")
			return
		}
	}
}

// following returns the window that comes next on some day on which w is open, with the shortest time between the two.
func following(w Window, all []Window) (next Window, gap time.Duration, ok bool) {
	for _, o := range all {
		_, sameDay := overlap(Window{w.FirstDay, w.LastDay, 0, MinutesPerDay}, o)
		if d := time.Duration(o.Start-w.End) * time.Minute; sameDay && d >= 0 && (!ok || d < gap) {
			next, gap, ok = o, d, true
		}
	}
	return next, gap, ok
}

// ownTime checks that own time does not overlap itself or the scheduled span.
func (c checker) ownTime(path string, g Staff) {
	for i, o := range g.OwnTime {
		for _, w := range g.Hours {
			if day, ok := overlap(o.When, w); ok {
				c.fail(fmt.Sprintf("%s: %s lies within hours on %s", path, o.When, dayNames[day]),
					"own time is outside the scheduled span: move it, or leave it out", path+"."+strconv.Itoa(i)+".when")
			}
		}
		for _, earlier := range g.OwnTime[:i] {
			if day, ok := overlap(o.When, earlier.When); ok {
				c.fail(fmt.Sprintf("%s: %s and %s overlap on %s", path, earlier.When, o.When, dayNames[day]),
					"put them together, or move one", path+"."+strconv.Itoa(i)+".when")
			}
		}
	}
}

// apart checks that the windows of one list do not overlap on any day.
func (c checker) apart(path string, windows []Window) {
	for i, w := range windows {
		for _, earlier := range windows[:i] {
			if day, ok := overlap(w, earlier); ok {
				c.fail(fmt.Sprintf("%s: %s and %s overlap on %s", path, earlier, w, dayNames[day]),
					"put them together, or move one", path+"."+strconv.Itoa(i))
			}
		}
	}
}

// overlap returns the first day of the week on which two windows share a minute.
func overlap(a, b Window) (day int, ok bool) {
	for day := range dayNames {
		if a.On(day) && b.On(day) && a.Start < b.End && b.Start < a.End {
			return day, true
		}
	}
	return 0, false
}

// within reports whether, on every day, a window lies inside one of the spans; otherwise it returns the first day on
// which it does not.
func within(w Window, spans []Window) (day int, ok bool) {
	for day := range dayNames {
		inside := !w.On(day)
		for _, s := range spans {
			inside = inside || s.On(day) && s.Start <= w.Start && w.End <= s.End
		}
		if !inside {
			return day, false
		}
	}
	return 0, true
}

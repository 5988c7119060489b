package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// Clinic is what `portalbench scenario init` asks of a user about their own clinic.
type Clinic struct {
	Patients   int     // of the one care network
	Physicians float64 // FTE
	RN         float64 // FTE
	Hours      Window  // the scheduled span, for physicians, nurses and the clinic
}

// Starter returns a scenario file for a clinic, extending the default one. It loads without error.
func Starter(c Clinic) ([]byte, error) {
	if c.Hours.Minutes() < 60 {
		return nil, fmt.Errorf("hours %s: shorter than an hour: give the clinic's opening hours, such as mon-fri 08:00-17:00", c.Hours)
	}
	physician, rn := c.physicianInbox(), c.nurseInbox()
	text := fmt.Sprintf(`scenario: my-clinic
language: 1
extends: cardiopulmonary
title: A clinic of %d patients
population: {patients: %d}
network: {patients: %d, hours: %s}
staff:
  physician:
    fte: %s
    people: 0 # how many physicians share the FTE; 0 is as few as can
    hours: [%s]
    inbox: [%s] # assumed: when they turn to the inbox
%s  rn:
    fte: %s
    people: 0
    hours: [%s]
    inbox: [%s] # assumed: all day but for a break
# Everything else, the specialists included, is as in cardiopulmonary: portalbench scenario show.
`, c.Patients, c.Patients, c.Patients, c.Hours, number(c.Physicians), c.Hours, windows(physician),
		c.ownTime(), number(c.RN), c.Hours, windows(rn))
	if _, err := LoadText("the clinic described", []byte(text), nil); err != nil {
		return nil, err
	}
	return []byte(text), nil
}

// How late sessions may take place in the default scenario, in minutes: the last one must be over by the end of hours.
const physicianLate, nurseLate = 30, 15

// physicianInbox is midday and the end of the day for half an hour, and on days of four hours or more also ten minutes
// halfway to each, much as in the default scenario.
func (c Clinic) physicianInbox() []Window {
	h := c.Hours
	middle := roundDown((h.Start + h.End) / 2)
	last := h.End - physicianLate
	if h.Minutes() < 240 {
		return []Window{c.part(last-30, last)}
	}
	morning, afternoon := roundDown((h.Start+middle)/2), roundDown((middle+h.End)/2)
	inbox := []Window{c.part(morning, morning+10)}
	for _, w := range []Window{c.part(middle, middle+30), c.part(afternoon, afternoon+10), c.part(last-30, last)} {
		if w.Start >= inbox[len(inbox)-1].End+physicianLate {
			inbox = append(inbox, w)
		}
	}
	return inbox
}

// nurseInbox is the whole day, with an hour's break on days of six hours or more.
func (c Clinic) nurseInbox() []Window {
	h := c.Hours
	if h.Minutes() < 360 {
		return []Window{c.part(h.Start, h.End-nurseLate)}
	}
	middle := roundDown((h.Start + h.End) / 2)
	return []Window{c.part(h.Start, middle), c.part(middle+60, h.End-nurseLate)}
}

func (c Clinic) part(start, end int) Window {
	return Window{c.Hours.FirstDay, c.Hours.LastDay, start, end}
}

// roundDown returns the half hour at or before a minute of the day, or the minute itself on short days.
func roundDown(minute int) int { return minute / 30 * 30 }

// ownTime drops the default habits of working outside hours where they would fall within these.
func (c Clinic) ownTime() string {
	usual, err := Load("cardiopulmonary", nil)
	if err != nil {
		panic(err) // it is built in
	}
	for _, habit := range usual.Staff["physician"].OwnTime {
		if _, ok := overlap(habit.When, c.Hours); ok {
			return "    own_time: [] # assumed: the usual time is within the hours\n"
		}
	}
	return ""
}

func windows(list []Window) string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = w.String()
	}
	return strings.Join(texts, ", ")
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

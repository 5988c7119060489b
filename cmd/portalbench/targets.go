package main

import (
	"slices"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// urgentHours is within how many hours urgent threads should be taken care of, as urgent_unread_over_4h has it.
const urgentHours = 4

// targets lists what every policy is held against, answered_within_1_business_day and urgent_unread_over_4h, and the
// standards that policies promise.
func (s *study) targets() []results.AnswerTarget {
	clinic := s.scenario.Network.Hours
	list := []results.AnswerTarget{
		inDays("routine", 1, clinic),
		{Urgency: "urgent", LeastHours: urgentHours, MostHours: urgentHours, Policies: []string{}},
	}
	for _, p := range s.policies {
		days := p.Standard.BusinessDays
		if days == 0 {
			continue
		}
		same := func(t results.AnswerTarget) bool { return t.Urgency == "" && t.BusinessDays == days }
		i := slices.IndexFunc(list, same)
		if i < 0 {
			i, list = len(list), append(list, inDays("", days, clinic))
		}
		list[i].Policies = append(list[i].Policies, p.Name)
	}
	return list
}

// inDays is a target in business days.
func inDays(urgency string, days int, clinic scenarios.Window) results.AnswerTarget {
	least, most := minutesToClose(clinic, days)
	return results.AnswerTarget{Urgency: urgency, BusinessDays: days, LeastHours: results.Number(float64(least) / 60),
		MostHours: results.Number(float64(most) / 60), Policies: []string{}}
}

// minutesToClose returns how many minutes there are at least and at most, over a week without holidays, to the close of the
// n-th business day after the one that a moment counts for: that of the next opening, after close. The least is that of a
// moment right before close.
func minutesToClose(clinic scenarios.Window, n int) (least, most int) {
	var closes []int // from the beginning of the week on
	for day := 0; len(closes) < 14+n; day++ {
		if clinic.On(day % 7) {
			closes = append(closes, day*scenarios.MinutesPerDay+clinic.End)
		}
	}
	for minute := range 7 * scenarios.MinutesPerDay {
		counts := slices.IndexFunc(closes, func(end int) bool { return minute < end })
		left := closes[counts+n] - minute
		if minute == 0 {
			least = left
		}
		least, most = min(least, left-1), max(most, left)
	}
	return least, most
}

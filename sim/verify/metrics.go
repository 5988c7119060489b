package verify

import (
	"math"
	"slices"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// metric computes a number from what one run showed.
type metric func(j *journal, in inputs) float64

// metrics returns how each metric of the cases is computed, by its name there.
func metrics() map[string]metric {
	return map[string]metric{
		"mean wait in queue Wq":             meanWait,
		"mean wait in queue (min)":          meanWait,
		"mean wait (all, incl. abandoning)": meanWait,
		"mean time to reply (min)":          meanSojourn,
		"mean total sojourn of a thread":    meanSojourn,
		"P(Wq > t)":                         waitsLonger,
		"P(wait)":                           waitsLonger, // than 0
		"P(wait) Erlang C":                  waitsLonger,
		"P(abandon)":                        abandons,
		"0.95 quantile of sojourn time W":   sojournQuantile,
		"standard deviation of Wq":          waitDeviation,
		"class 1 Wq":                        waitOf(scenarios.Renewal),
		"class 2 Wq":                        waitOf(scenarios.Scheduling),
		"mean number in system L":           meanInside,
		"mean number in system at t (periodic steady state)": meanLooked,
		"mean count per week":                                perWeek,
		"fraction arriving outside office hours":             measured("sent_outside_clinic_hours", "share"),
		"mean wait until open (hours)":                       measured("first_read_hours", "mean"),
		"P(wait > 24 h)":                                     waitsOverADay,
		"variance of yearly count":                           countVariance,
		"P(no message in the year)":                          silent,
		"share of expected volume from top 10% by rate":      topTenth,
	}
}

// mean averages something over all observed threads.
func (j *journal) mean(of func(*stay) float64) float64 {
	sum := 0.0
	for i := range j.stays {
		sum += of(&j.stays[i])
	}
	return sum / float64(len(j.stays))
}

// share returns for which part of the observed threads something holds.
func (j *journal) share(of func(*stay) bool) float64 {
	return j.mean(func(s *stay) float64 {
		if of(s) {
			return 1
		}
		return 0
	})
}

func meanWait(j *journal, _ inputs) float64 {
	return j.mean(func(s *stay) float64 { return j.units(s.waited) })
}

func meanSojourn(j *journal, _ inputs) float64 {
	return j.mean(func(s *stay) float64 { return j.units(s.in) })
}

func waitsLonger(j *journal, in inputs) float64 {
	return j.share(func(s *stay) bool { return j.units(s.waited) > in.T })
}

func waitsOverADay(j *journal, _ inputs) float64 {
	return j.share(func(s *stay) bool { return s.waited > des.Day })
}

func abandons(j *journal, _ inputs) float64 { return j.share(func(s *stay) bool { return s.left }) }

// sojournQuantile returns the smallest sojourn that a share of at least p of the threads does not exceed.
func sojournQuantile(j *journal, in inputs) float64 {
	all := make([]des.Time, len(j.stays))
	for i := range j.stays {
		all[i] = j.stays[i].in
	}
	slices.Sort(all)
	return j.units(all[int(math.Ceil(in.P*float64(len(all))))-1])
}

func waitDeviation(j *journal, in inputs) float64 {
	m := meanWait(j, in)
	return math.Sqrt(j.mean(func(s *stay) float64 { return math.Pow(j.units(s.waited)-m, 2) }))
}

// waitOf averages over one class: what a thread is about is drawn from its key, and can be drawn again.
func waitOf(class scenarios.Category) metric {
	return func(j *journal, _ inputs) float64 {
		sum, n := 0.0, 0
		for i := range j.stays {
			s := &j.stays[i]
			if j.people.ContentAfter(generators.Background, s.person, s.key).Category == class {
				sum += j.units(s.waited)
				n++
			}
		}
		return sum / float64(n)
	}
}

// meanInside is the average over time.
func meanInside(j *journal, _ inputs) float64 { return float64(j.threadMS) / j.observed() }

func meanLooked(j *journal, _ inputs) float64 {
	sum := int64(0)
	for _, n := range j.looked {
		sum += n
	}
	return float64(sum) / float64(len(j.looked))
}

func perWeek(j *journal, _ inputs) float64 {
	return float64(len(j.stays)) / (j.observed() / float64(des.Week))
}

// measured is a number that the simulator gives itself.
func measured(name, statistic string) metric {
	return func(j *journal, _ inputs) float64 {
		for _, m := range j.measures {
			if m.Name == name && m.Statistic == statistic && len(m.Where) == 0 {
				return float64(m.Value)
			}
		}
		return math.NaN()
	}
}

// countVariance is the unbiased variance of the patients' counts.
func countVariance(j *journal, _ inputs) float64 {
	n := float64(len(j.perPerson))
	m, squares := float64(len(j.stays))/n, 0.0
	for _, c := range j.perPerson {
		squares += (float64(c) - m) * (float64(c) - m)
	}
	return squares / (n - 1)
}

func silent(j *journal, _ inputs) float64 {
	n := 0
	for _, c := range j.perPerson {
		if c == 0 {
			n++
		}
	}
	return float64(n) / float64(len(j.perPerson))
}

// topTenth is which part of the threads comes from the tenth of the patients with the highest rates.
func topTenth(j *journal, _ inputs) float64 {
	order := make([]int32, len(j.perPerson))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch x, y := j.people.Rate(a), j.people.Rate(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return int(a - b)
	})
	sum := int64(0)
	for _, p := range order[:len(order)/10] {
		sum += int64(j.perPerson[p])
	}
	return float64(sum) / float64(len(j.stays))
}

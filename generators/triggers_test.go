package generators

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// written are the contents of a year's needs of a network. The year begins late enough for operations before it to
// have their part in it.
func written(t *testing.T, s *scenarios.Scenario, patients int) []Content {
	p := NewModel(s).Draw(6, 0, 0, patients)
	needs := p.Needs(0, 26*des.Week, 78*des.Week, nil)
	require.NotEmpty(t, needs)
	contents := make([]Content, len(needs))
	for i, n := range needs {
		contents[i] = p.Content(0, n)
	}
	return contents
}

// Whatever the triggers take, the mix of categories is the scenario's.
func TestCategoriesHaveTheScenariosShares(t *testing.T) {
	s := loaded(t)
	none := *s
	none.Demand.Triggers = scenarios.Triggers{}
	for name, s := range map[string]*scenarios.Scenario{"with triggers": s, "without": &none} {
		contents := written(t, s, 60000)
		count, sum := [scenarios.NumCategories]int{}, 0.0
		for _, c := range contents {
			count[c.Category]++
		}
		weights := s.Demand.Categories.Weights()
		for _, w := range weights {
			sum += w
		}
		for c, w := range weights {
			requireShare(t, w/sum, count[c], len(contents), name+": "+scenarios.Category(c).String())
		}
	}
}

// A portal user has 1.6/.65 threads a year. Of 1.9 results .105 lead to a thread, of 2.47 visits .15, of 1 change of
// medication .1, and .05 operations to 1.57 each. Those that follow operations come in clumps: for a geometric number
// with mean m after the first the sum of squares is 1 + 2m times the sum, which makes the standard error larger.
func TestTriggersHaveTheScenariosShares(t *testing.T) {
	s := loaded(t)
	contents := written(t, s, 60000)
	count := [NumTriggers]int{}
	for _, c := range contents {
		count[c.Trigger]++
		switch c.Trigger {
		case AfterResult:
			require.Equal(t, scenarios.Result, c.Category)
		case AfterMedication:
			require.Equal(t, scenarios.Medication, c.Category)
		case AfterVisit, AfterSurgery:
			require.NotContains(t, []scenarios.Category{scenarios.Result, scenarios.Renewal}, c.Category)
		}
	}
	d := s.Demand.Triggers
	threads, rest := s.Population.Writing.ThreadsPerPatientYear/s.Population.PortalActive, 1.0
	for trigger, perYear := range map[Trigger]float64{
		AfterResult: d.ResultsViewed * d.AfterResult, AfterVisit: d.Visits * d.AfterVisit,
		AfterMedication: d.MedicationChanges * d.AfterMedication, AfterSurgery: d.Surgeries * d.AfterSurgery} {
		share, clumped := perYear/threads, 1.0
		if trigger == AfterSurgery {
			clumped = math.Sqrt(1 + 2*d.AfterSurgery)
		}
		rest -= share
		n := float64(len(contents))
		require.InDelta(t, share, float64(count[trigger])/n, 5*clumped*math.Sqrt(share*(1-share)/n), "%s", trigger)
	}
	require.InDelta(t, rest, float64(count[Background])/float64(len(contents)), .01)
	require.Zero(t, count[AskedReading], "these come of answers alone")
}

// A first thread after an operation is followed by another with chance m/(1 + m), after four weeks on average: a clump
// that independent threads would not make.
func TestRecoveriesClump(t *testing.T) {
	m, s := testModel(t)
	p := m.Draw(6, 0, 0, 100000)
	needs := p.Needs(0, 0, 104*des.Week, nil)
	second := map[Need]des.Time{} // by its first, as far as it can be told
	for _, n := range needs {
		if n.Number>>numberBits == 1 {
			second[Need{0, n.Person, n.Number & (1<<numberBits - 1)}] = n.At
		}
	}
	firsts, followed, gap := 0, 0, 0.0
	for _, n := range needs {
		if n.Number>>numberBits > 0 || n.At >= 52*des.Week || p.Content(0, n).Trigger != AfterSurgery {
			continue
		}
		firsts++
		if at, ok := second[Need{0, n.Person, n.Number}]; ok {
			followed++
			gap += (at - n.At).Hours() / (7 * 24)
		}
	}
	again := s.Demand.Triggers.AfterSurgery
	requireShare(t, again/(1+again), followed, firsts, "followed by another")
	mean := gap / float64(followed)
	between := s.Demand.Triggers.BetweenSurgery / 7
	deviation := between / math.Sqrt(float64(followed)) // of an exponential mean, in weeks
	require.InDelta(t, between, mean, 5*deviation)
}

// Who writes nothing writes nothing after visits and operations either.
func TestNoTriggersWithoutThreads(t *testing.T) {
	s := *loaded(t)
	s.Population.Writing.ThreadsPerPatientYear = 0
	p := NewModel(&s).Draw(6, 0, 0, 1000)
	require.Empty(t, p.Needs(0, 0, 52*des.Week, nil))
}

// Twice the needs for a thread are twice the needs, at the same moments seen twice as fast: of a Poisson process of n
// needs the other has 2n, within 5 sqrt(6n): the variance of N2 - 2 N1.
func TestNeedsPerThread(t *testing.T) {
	s := *loaded(t)
	s.Demand.Triggers = scenarios.Triggers{}
	s.Population.Writing.NeedsPerThread = 1
	one := len(written(t, &s, 20000))
	s.Population.Writing.NeedsPerThread = 2
	two := len(written(t, &s, 20000))
	require.InDelta(t, 2*one, two, 5*math.Sqrt(6*float64(one)))
}

// Hours may have weights of their own. A quarter of the needs come from 6 to 7, three quarters from 21 to 22.
func TestHoursMayHaveWeights(t *testing.T) {
	s := *loaded(t)
	s.Demand.ByHour = make([]float64, 24)
	s.Demand.ByHour[6], s.Demand.ByHour[21] = 1, 3
	p := NewModel(&s).Draw(6, 0, 0, 20000)
	needs := p.Needs(0, 0, 20*des.Week, nil)
	early, weekday := 0, 0
	for _, n := range needs {
		hour := n.At.HourOfWeek() % 24
		require.Contains(t, []int{6, 21}, hour)
		early += int(one(hour == 6))
		weekday += int(one(n.At.DayOfWeek() < 5))
	}
	requireShare(t, .25, early, len(needs), "from 6 to 7")
	requireShare(t, s.Demand.Week.Weekdays, weekday, len(needs), "weekdays keep their share")
}

// What a trigger that lies in the past leads to is drawn under a key of its own and under nothing else.
func TestContentAfterATrigger(t *testing.T) {
	m, _ := testModel(t)
	p := m.Draw(6, 0, 0, 2000)
	k := des.NewKey(9)
	require.Equal(t, p.ContentAfter(AskedReading, 5, k), p.ContentAfter(AskedReading, 5, k))
	require.Equal(t, scenarios.HomeReading, p.ContentAfter(AskedReading, 5, k).Category)
	needs := p.Needs(0, 0, 20*des.Week, nil)
	i := slices.IndexFunc(needs, func(n Need) bool { return p.Content(0, n).Trigger == Background })
	c := p.Content(0, needs[i])
	require.Equal(t, c, p.ContentAfter(Background, needs[i].Person, c.Key))
}

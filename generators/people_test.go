package generators

import (
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

func loaded(t testing.TB) *scenarios.Scenario {
	s, err := scenarios.Load("cardiopulmonary", nil)
	require.NoError(t, err)
	return s.Scenario
}

func testModel(t testing.TB) (*Model, *scenarios.Scenario) {
	s := loaded(t)
	return NewModel(s), s
}

// requireShare holds a count of n independent draws against its probability, within 5 standard errors.
func requireShare(t *testing.T, p float64, count, n int, what string) {
	t.Helper()
	require.InDelta(t, p, float64(count)/float64(n), 5*math.Sqrt(p*(1-p)/float64(n)), what)
}

func TestPeopleHaveTheScenariosShares(t *testing.T) {
	m, s := testModel(t)
	const n = 60000
	p := m.Draw(7, 0, 0, n)
	var active, women, old, older, black, hispanic, asian, dementia int
	for i := range int32(n) {
		active += int(one(p.Portal(i) == Active))
		women += int(one(p.Woman(i)))
		old += int(one(p.Age(i) >= 65))
		older += int(one(p.Age(i) >= 75))
		black += int(one(p.Race(i) == Black))
		hispanic += int(one(p.Race(i) == Hispanic))
		asian += int(one(p.Race(i) == Asian))
		dementia += int(one(p.Has(i, scenarios.Dementia)))
		require.True(t, p.Portal(i) == Active || p.Rate(i) == 0, "nobody writes without portal")
		require.True(t, !p.HasProxy(i) || p.HasCaregiver(i), "a proxy is a caregiver")
	}
	st := s.Population.Strata
	requireShare(t, s.Population.PortalActive, active, n, "portal")
	requireShare(t, st.Women, women, n, "women")
	requireShare(t, st.Age65To74+st.Age75AndOver, old, n, "65 and over")
	requireShare(t, st.Age75AndOver, older, n, "75 and over")
	requireShare(t, st.Black, black, n, "black")
	requireShare(t, st.Hispanic, hispanic, n, "hispanic")
	requireShare(t, st.Asian, asian, n, "asian")
	requireShare(t, s.Population.Conditions.Dementia*(st.Age65To74+st.Age75AndOver), dementia, n, "dementia, only from 65")
	for c := range scenarios.Dementia {
		count := 0
		for i := range int32(n) {
			count += int(one(p.Has(i, c)))
		}
		requireShare(t, s.Population.Conditions.Of(c), count, n, c.String())
	}
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Adoption odds ratios come back out: the odds of a stratum over those of the reference, other traits alike.
func TestAdoptionFollowsItsOddsRatios(t *testing.T) {
	m, s := testModel(t)
	odds := func(x stratum) float64 {
		p := logistic(m.intercept + m.adoption.logOdds(x))
		return p / (1 - p)
	}
	require.InDelta(t, s.Population.Adoption.Black, odds(stratum{race: Black})/odds(stratum{}), 1e-9)
	require.InDelta(t, s.Population.Adoption.Women*s.Population.Adoption.Age70AndOver,
		odds(stratum{woman: true, over70: true, over65: true})/odds(stratum{}), 1e-9)
	sum := 0.0
	for _, w := range allStrata(s.Population.Strata) {
		sum += w.share
	}
	require.InDelta(t, 1, sum, 1e-9, "the strata are the whole population")
}

// Everybody has needs at a rate of their own: over the population its mean is the scenario's threads times the needs
// felt for each, what follows operations included, and its logarithm, among users, has the scenario's standard
// deviation. Published shares of senders (VOL-01: 43% send in a year; VOL-03: 3.7 threads each) come out near if one of
// needs_per_thread needs is written: e^-rate averaged over the rates.
func TestRatesOfWriting(t *testing.T) {
	m, s := testModel(t)
	w := s.Population.Writing
	p := m.Draw(3, 0, 0, 200000)
	var needs, logs, squares, silent, users float64
	for i := range int32(p.Len()) {
		perYear := p.Rate(i) * 365 / 7 * m.triggers.per
		needs += perYear
		silent += math.Exp(-perYear / w.NeedsPerThread)
		if perYear > 0 {
			users++
			logs += math.Log(perYear)
			squares += math.Pow(math.Log(perYear), 2)
		}
	}
	n := float64(p.Len())
	threads := needs / n / w.NeedsPerThread
	require.InDelta(t, w.ThreadsPerPatientYear, threads, .03) // sd of a rate about 3.6: 3.6/sqrt(200,000) = .008
	require.InDelta(t, w.LogSD, math.Sqrt(squares/users-math.Pow(logs/users, 2)), .02)
	require.InDelta(t, .43, 1-silent/n, .04, "VOL-01")
	require.InDelta(t, 3.72, threads/(1-silent/n), .4, "VOL-03")
}

// Gamma rates of shape k and mean 1 have variance 1/k; their kurtosis is 3 + 6/k, so that the variance of n of them
// has a relative standard error of sqrt((2 + 6/k)/n): .006 for 2 and 130,000.
func TestRatesMayBeGamma(t *testing.T) {
	s := *loaded(t)
	s.Population.Writing.GammaShape, s.Population.Writing.ConditionGradient = 2, 1
	p := NewModel(&s).Draw(3, 0, 0, 200000)
	var users, sum, squares float64
	for i := range int32(p.Len()) {
		if r := p.Rate(i); r > 0 {
			users, sum, squares = users+1, sum+r, squares+r*r
		}
	}
	mean := sum / users
	require.InDelta(t, 1./2, squares/users/(mean*mean)-1, 5*.006/2)
}

// The portal's technology is a barrier to more of the old.
func TestBarriersHaveTheScenariosShares(t *testing.T) {
	m, s := testModel(t)
	p := m.Draw(3, 0, 0, 60000)
	var people, barriers [2]int
	for i := range int32(p.Len()) {
		band := one(p.Age(i) >= 65)
		people[band]++
		barriers[band] += int(one(p.Barrier(i)))
	}
	requireShare(t, s.Population.Technology.BarrierUnder65, barriers[0], people[0], "under 65")
	requireShare(t, s.Population.Technology.BarrierFrom65, barriers[1], people[1], "from 65")
}

func TestCareTeamsFitConditions(t *testing.T) {
	m, _ := testModel(t)
	p := m.Draw(1, 0, 0, 20000)
	for i := range int32(p.Len()) {
		require.Equal(t, scenarios.Physician, m.roster[p.Physician(i)].Role)
		specialist, has := p.Specialist(i)
		lung := p.Has(i, scenarios.COPD) || p.Has(i, scenarios.Asthma)
		heart := p.Has(i, scenarios.HeartFailure) || p.Has(i, scenarios.Coronary)
		require.Equal(t, lung || heart, has)
		if has && !(lung && heart) {
			want := Cardiology
			if lung {
				want = Pulmonology
			}
			require.Equal(t, want, m.roster[specialist].Clinic)
		}
	}
}

// Peak memory is shard size times workers: this is the shard's share for each patient.
func TestAPatientTakesAtMost96Bytes(t *testing.T) {
	p := &People{}
	bytes := unsafe.Sizeof(p.rate[0]) + unsafe.Sizeof(p.traits[0]) + unsafe.Sizeof(p.age[0]) +
		unsafe.Sizeof(p.conditions[0]) + unsafe.Sizeof(p.physician[0]) + unsafe.Sizeof(p.specialist[0])
	require.EqualValues(t, 12, bytes)
}

// The share of each group's threads that a caregiver writes, and on which login, is the scenario's.
func TestSendersHaveTheScenariosShares(t *testing.T) {
	m, s := testModel(t)
	p := m.Draw(5, 0, 0, 60000)
	needs := p.Needs(0, 0, 52*des.Week, nil)
	var threads, caregivers, proxies [2]int
	for _, n := range needs {
		group := one(p.Has(n.Person, scenarios.Dementia))
		threads[group]++
		switch p.Content(0, n).Sender {
		case scenarios.Caregiver:
			caregivers[group]++
		case scenarios.Proxy:
			proxies[group]++
		}
	}
	for i, g := range []scenarios.CaregiverGroup{s.Population.Caregivers.Others, s.Population.Caregivers.Dementia} {
		share := float64(caregivers[i]+proxies[i]) / float64(threads[i])
		require.InDelta(t, g.Writes, share, .15*g.Writes, "threads cluster on people who write much") // about 400 people with dementia write
		require.Greater(t, caregivers[i], 10*proxies[i], "most use the patient's login")
	}
}

// Urgency and wording have the scenario's shares over all threads.
func TestUrgencyHasTheScenariosShares(t *testing.T) {
	m, s := testModel(t)
	p := m.Draw(2, 0, 0, 120000)
	needs := p.Needs(0, 0, 52*des.Week, nil)
	var urgent, worded, both, felt, right int
	for _, n := range needs {
		c := p.Content(0, n)
		urgent += int(one(c.Urgent))
		worded += int(one(c.HighRisk))
		both += int(one(c.Urgent && c.HighRisk))
		felt += int(one(c.Urgent && c.Felt))
		right += int(one(c.Label == c.Category))
		require.True(t, !c.Urgent || c.Category.Clinical())
	}
	u := s.Demand.Urgency
	requireShare(t, u.Actual, urgent, len(needs), "urgent")
	requireShare(t, u.HighRisk, worded, len(needs), "high risk")
	requireShare(t, u.WordedIfUrgent, both, urgent, "high risk if urgent")
	requireShare(t, u.FeltIfUrgent, felt, urgent, "felt if urgent")
	requireShare(t, s.Demand.Label, right, len(needs), "right label")
}

// Threads arrive in the scenario's rhythm: shares of office hours and of weekdays.
func TestTheWeekHasItsRhythm(t *testing.T) {
	m, s := testModel(t)
	p := m.Draw(2, 0, 0, 60000)
	needs := p.Needs(0, 0, 52*des.Week, nil)
	office, weekday := 0, 0
	for _, n := range needs {
		hour := n.At.HourOfWeek() % 24
		office += int(one(8 <= hour && hour < 17))
		weekday += int(one(n.At.DayOfWeek() < 5))
	}
	requireShare(t, s.Demand.Week.Office, office, len(needs), "office hours")
	requireShare(t, s.Demand.Week.Weekdays, weekday, len(needs), "weekdays")
}

// Needs are in order, do not depend on the span asked for, and are, what follows operations apart, a Poisson process of
// each person's own rate.
func TestNeeds(t *testing.T) {
	m, _ := testModel(t)
	p := m.Draw(2, 0, 0, 3000)
	all := p.Needs(0, 0, 20*des.Week, nil)
	for i := range all[1:] {
		a, b := all[i], all[i+1]
		require.True(t, a.At < b.At || a.At == b.At && a.Person <= b.Person)
	}
	parts := p.Needs(0, 0, 3*des.Week+5*des.Hour, nil)
	parts = p.Needs(0, 3*des.Week+5*des.Hour, 20*des.Week, parts)
	require.Equal(t, all, parts)
	require.NotEqual(t, all, p.Needs(1, 0, 20*des.Week, nil), "another replication")
	requirePoisson(t, p, all, 20)
}

// requirePoisson sums, over people, squared counts against their expectation: (N - m)^2/m has mean 1 each.
func requirePoisson(t *testing.T, p *People, needs []Need, weeks float64) {
	counts := make([]float64, p.Len())
	for _, n := range needs {
		counts[n.Person] += float64(one(n.Number>>numberBits == 0))
	}
	got, cells := 0.0, 0.0
	for i := range counts {
		if m := p.Rate(int32(i)) * weeks; m > .5 {
			got += (counts[i] - m) * (counts[i] - m) / m
			cells++
		}
	}
	chi := distuv.ChiSquared{K: cells}
	require.Greater(t, got, chi.Quantile(1e-6)*.9)
	require.Less(t, got, chi.Quantile(1-1e-6)*1.1, "%v cells", cells)
}

func BenchmarkDraw(b *testing.B) {
	m, _ := testModel(b)
	for i := 0; b.Loop(); i++ {
		m.Draw(1, 0, i, 12000)
	}
}

func BenchmarkNeeds(b *testing.B) {
	m, _ := testModel(b)
	p := m.Draw(1, 0, 0, 12000)
	var buf []Need
	b.ReportAllocs()
	for b.Loop() {
		buf = p.Needs(0, 0, 60*des.Week, buf[:0])
	}
}

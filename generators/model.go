package generators

import (
	"math"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Model is a scenario's population and demand, ready to draw from. It is read-only and may be shared.
type Model struct {
	population scenarios.Population
	demand     scenarios.Demand
	threads    scenarios.Threads
	roster     []Member
	week       *week

	adoption  adoption
	intercept float64   // log-odds of portal use in the reference stratum
	races     []float64 // cumulative
	triggers  triggers
	writing   writing
	monitored uint8 // conditions with readings to take at home

	urgent, highRisk float64 // probabilities within the categories that can carry them
}

// NewModel compiles a scenario that has passed scenarios.Load's checks.
func NewModel(s *scenarios.Scenario) *Model {
	m := &Model{population: s.Population, demand: s.Demand, threads: s.Threads, roster: Roster(s),
		week: newWeek(s.Demand)}
	strata := allStrata(s.Population.Strata)
	m.adoption = newAdoption(s.Population.Adoption)
	m.intercept = intercept(&m.adoption, strata, s.Population.PortalActive)
	m.races = cumulate(raceShares(s.Population.Strata))
	m.triggers = newTriggers(s)
	m.writing = m.newWriting(strata)
	m.monitored = bitsOf(s.Demand.Triggers.MonitoredAtHome)
	m.urgent, m.highRisk = concentrate(s.Demand.Urgency, s.Demand.Categories.ClinicalShare())
	return m
}

// Roster returns the staff of one care network. The caller must not change it.
func (m *Model) Roster() []Member { return m.roster }

func raceShares(s scenarios.Strata) []float64 {
	return []float64{1 - s.Black - s.Hispanic - s.Asian, s.Black, s.Hispanic, s.Asian}
}

func cumulate(weights []float64) []float64 {
	out, sum := make([]float64, len(weights)), 0.0
	for i, w := range weights {
		sum += w
		out[i] = sum
	}
	return out
}

// concentrate turns shares of all threads into shares of the clinical ones, which alone can be urgent. highRisk is
// the chance of high-risk wording in a clinical thread that is not urgent.
func concentrate(u scenarios.Urgency, clinical float64) (urgent, highRisk float64) {
	if clinical == 0 {
		return 0, 0
	}
	urgent = min(1, u.Actual/clinical)
	if urgent == 1 {
		return 1, 0
	}
	highRisk = (u.HighRisk/clinical - urgent*u.WordedIfUrgent) / (1 - urgent)
	return urgent, min(1, max(0, highRisk))
}

// writing is the distribution of individual rates of threads.
type writing struct {
	perWeek  float64 // of a portal user without chronic condition and with residual 1
	gradient float64
	logSD    float64 // of the residual: what the condition gradient leaves of the total
	shape    float64 // above 0: the residual is gamma with this shape and mean 1
}

// newWriting fits the rate so that the population's mean is the scenario's: users have needs at the rate
//
//	rate = c G^min(k,2) e^(s z)
//
// for k chronic conditions and z standard normal, where s^2 = total^2 - ln(G)^2 var(min(k,2)) over users and
// c E[use G^min(k,2)] e^(s^2/2) = threads per patient-year.
func (m *Model) newWriting(strata []weighted) writing {
	p := &m.population
	g := p.Writing.ConditionGradient
	var users, mean, square, load float64 // users, and their sums of min(k,2), its square and g^min(k,2)
	for _, w := range strata {
		use := w.share * logistic(m.intercept+m.adoption.logOdds(w.stratum))
		users += use
		for k, chance := range countConditions(p.Conditions, w.over65) {
			x := float64(k)
			mean += use * chance * x
			square += use * chance * x * x
			load += use * chance * math.Pow(g, x)
		}
	}
	if users == 0 {
		return writing{}
	}
	mean, square = mean/users, square/users
	explained := math.Pow(math.Log(g), 2) * (square - mean*mean)
	variance := max(0, p.Writing.LogSD*p.Writing.LogSD-explained)
	if p.Writing.GammaShape > 0 {
		variance = 0
	}
	perYear := p.Writing.ThreadsPerPatientYear * max(1, p.Writing.NeedsPerThread) * m.demand.Responsiveness.Envelope() /
		(m.triggers.per * load * math.Exp(variance/2))
	return writing{perWeek: perYear * 7 / 365, gradient: g, logSD: math.Sqrt(variance), shape: p.Writing.GammaShape}
}

// countConditions returns the probabilities of none, one, and two or more chronic conditions.
func countConditions(c scenarios.Conditions, over65 bool) [3]float64 {
	counts := [3]float64{1, 0, 0}
	for i := range scenarios.NumConditions {
		p := c.Of(scenarios.Condition(i))
		if scenarios.Condition(i) == scenarios.Dementia && !over65 {
			p = 0
		}
		counts = [3]float64{counts[0] * (1 - p), counts[1]*(1-p) + counts[0]*p, counts[2] + counts[1]*p}
	}
	return counts
}

// rate returns the needs per week, those that follow operations apart, of a portal user with k chronic conditions.
func (w writing) rate(k int, key des.Key) float64 {
	if w.shape > 0 {
		return w.perWeek * math.Pow(w.gradient, float64(min(k, 2))) * key.Gamma(w.shape)
	}
	return w.perWeek * math.Pow(w.gradient, float64(min(k, 2))) * math.Exp(w.logSD*key.Norm())
}

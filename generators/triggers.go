package generators

import (
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Trigger is what a need came after.
type Trigger uint8

// The triggers.
const (
	Background Trigger = iota // nothing in particular
	AfterResult
	AfterVisit
	AfterSurgery
	AfterMedication
	AskedReading // a clinician asked for home readings
	numTriggers
)

// NumTriggers is how many triggers there are.
const NumTriggers = int(numTriggers)

// String returns the trigger's name in results.
func (t Trigger) String() string {
	return [numTriggers]string{"background", "result", "visit", "surgery", "medication_change", "reading_asked"}[t]
}

// triggers says which needs come after what, and what they are about.
type triggers struct {
	shares   []float64 // cumulative, over Background to AfterMedication, of the needs that begin something
	surgery  float64   // share of needs that begin a recovery
	recovery float64   // mean number of further needs in one
	per      float64   // needs for each that begins something

	background, afterCare []float64 // cumulative, over categories: of the background, and after visits and operations
}

// newTriggers splits the threads of a portal user and year among the triggers. The background is what they leave of
// the threads, and in each category what they leave of it, so that the whole has the scenario's shares.
//
// An operation is followed by a geometric number of threads with mean m: by at least one with chance m / (1 + m), and
// then by m more on average.
func newTriggers(s *scenarios.Scenario) triggers {
	d := &s.Demand.Triggers
	threads := threadsPerUser(s)
	after := [AskedReading]float64{
		AfterResult: d.ResultsViewed * d.AfterResult, AfterVisit: d.Visits * d.AfterVisit,
		AfterSurgery: d.Surgeries * d.AfterSurgery, AfterMedication: d.MedicationChanges * d.AfterMedication,
	}
	t := triggers{per: 1, recovery: d.AfterSurgery}
	if threads == 0 { // nobody writes by themselves, but needs may be given
		t.shares = []float64{1}
		t.mix(s.Demand.Categories.Weights(), [AskedReading]float64{}, 1)
		return t
	}
	after[Background] = threads
	for _, x := range after[AfterResult:] {
		after[Background] -= x
	}
	t.mix(s.Demand.Categories.Weights(), after, threads)
	after[AfterSurgery] /= 1 + d.AfterSurgery
	t.surgery = after[AfterSurgery]
	begin := 0.0
	for _, x := range after {
		begin += x
	}
	t.per = threads / begin
	t.shares = cumulate(after[:])
	return t
}

// threadsPerUser returns the threads that an average portal user begins in a year.
func threadsPerUser(s *scenarios.Scenario) float64 {
	if s.Population.PortalActive == 0 {
		return 0
	}
	return s.Population.Writing.ThreadsPerPatientYear / s.Population.PortalActive
}

// mix sets what the needs of each kind are about. After visits and operations people write about everything but
// renewals and results, in the usual proportions (assumed).
func (t *triggers) mix(weights [scenarios.NumCategories]float64, after [AskedReading]float64, threads float64) {
	all, rest := 0.0, 0.0
	visits := weights
	visits[scenarios.Renewal], visits[scenarios.Result] = 0, 0
	for c := range weights {
		all += weights[c]
		rest += visits[c]
	}
	background := weights
	for c := range background {
		background[c] *= threads / all
		if rest > 0 {
			background[c] -= (after[AfterVisit] + after[AfterSurgery]) * visits[c] / rest
		}
	}
	background[scenarios.Result] -= after[AfterResult]
	background[scenarios.Medication] -= after[AfterMedication]
	for c := range background {
		background[c] = max(0, background[c])
	}
	t.background, t.afterCare = cumulate(background[:]), cumulate(visits[:])
}

// pick draws what a need came after.
func (t *triggers) pick(need des.Key) Trigger { return Trigger(need.Sub(drawTrigger).Pick(t.shares)) }

// category draws what a need is about.
func (t *triggers) category(after Trigger, k des.Key) scenarios.Category {
	switch after {
	case AfterResult:
		return scenarios.Result
	case AfterMedication:
		return scenarios.Medication
	case AskedReading:
		return scenarios.HomeReading
	case AfterVisit, AfterSurgery:
		if t.afterCare[len(t.afterCare)-1] > 0 {
			return scenarios.Category(k.Pick(t.afterCare))
		}
	}
	return scenarios.Category(k.Pick(t.background))
}

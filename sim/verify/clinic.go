package verify

import (
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// queue is a scenario and a policy that make a textbook queue of the simulator.
type queue struct {
	scenario scenarios.Scenario
	policy   scenarios.Policy
	unit     des.Time          // of time, as the case has it
	needs    []generators.Need // that fall due; nil: the patients'
	servers  int               // of M/M/c with a mean service of 1; otherwise 0
	rate     float64           // then, of its arrivals
	controls controls          // nil: none
	yearly   bool              // what is looked at is a year, neither more nor less
}

// nurses is the group of staff that serves.
const nurses = "nurses"

// allDay is every moment of the week.
func allDay() []scenarios.Window {
	return []scenarios.Window{{FirstDay: 0, LastDay: 6, Start: 0, End: scenarios.MinutesPerDay}}
}

// newQueue returns a clinic without holidays, leave, chronic conditions, telephone or second thoughts, in which
// patients write at the same rate at all hours and a number of nurses, always there, take exponential times of mean 1
// unit. Everything beyond is for the case to add.
func newQueue(unit des.Time, servers int) *queue {
	q := &queue{unit: unit}
	s := &q.scenario
	s.Population.Patients, s.Network.Patients = 100, 100
	s.Population.PortalActive = 1
	s.Population.Adoption = scenarios.Adoption{Women: 1, Age70AndOver: 1, Black: 1, Hispanic: 1, HighSchool: 1, OtherLanguage: 1, LowIncome: 1}
	s.Population.Writing = scenarios.Writing{ConditionGradient: 1, NeedsPerThread: 1}
	s.Network.Hours = officeHours()
	s.Demand.Week = scenarios.Week{Office: 9. / 24, Evening: 6. / 24, Weekdays: 5. / 7}
	s.Demand.Categories.Scheduling, s.Demand.Label = 1, 1
	s.Demand.Channel = scenarios.Channel{ExpectedWait: scenarios.Duration(time.Hour), AppointmentWait: 20}
	q.serve(1, 1)
	q.scenario.Handling.InboxShare = 1
	once := []scenarios.Window{{FirstDay: 6, LastDay: 6, Start: 0, End: 1}} // the physician whom each patient must have does nothing
	s.Staff = map[string]scenarios.Staff{
		"physician": {Role: "physician", FTE: 1, People: 1, Hours: once, Inbox: once},
		nurses:      {Role: "rn", FTE: float64(servers), People: servers, Hours: allDay(), Inbox: allDay()},
	}
	q.policy = scenarios.Policy{Classify: scenarios.Classify{By: "none"}, Order: "arrival",
		Route: scenarios.Route{First: "rn", ClosedWithoutPhysician: 1}}
	return q
}

// officeHours are those of the cases that speak of some.
func officeHours() scenarios.Window {
	return scenarios.Window{FirstDay: 0, LastDay: 4, Start: 8 * 60, End: 17 * 60}
}

// serve makes service times gamma with a mean in units: shape 1 is exponential, 0 makes them all alike.
func (q *queue) serve(mean, shape float64) {
	h := &q.scenario.Handling
	h.Minutes.RN, h.GammaShape, h.LogSD = mean*q.unit.Minutes(), shape, 0
	h.Category = scenarios.CategoryFactors{Renewal: 1, Scheduling: 1, Medication: 1, Symptom: 1, Result: 1, Referral: 1,
		Form: 1, CareCoordination: 1, HomeReading: 1, Thanks: 1}
}

// arrive sets the rate of all arrivals, per unit of time.
func (q *queue) arrive(rate float64) {
	perYear := rate * float64(365*des.Day) / float64(q.unit)
	q.scenario.Population.Writing.ThreadsPerPatientYear = perYear / float64(q.scenario.Population.Patients)
}

// classes lets customers be of two classes, of which the first goes before the second without interrupting it. Class
// and service time go with what a message is about. The mean of class i is factors[i] of the group's.
func (q *queue) classes(rates, factors [2]float64) {
	c, h := &q.scenario.Demand.Categories, &q.scenario.Handling.Category
	c.Renewal, c.Scheduling = rates[0], rates[1]
	h.Renewal, h.Scheduling = factors[0], factors[1]
	q.policy.Order, q.policy.ByRank = "category", []string{"renewal", "scheduling"}
}

// staff changes the nurses' terms.
func (q *queue) staff(change func(*scenarios.Staff)) {
	g := q.scenario.Staff[nurses]
	change(&g)
	q.scenario.Staff[nurses] = g
}

// lasts turns a number of units into a span as scenarios have it.
func (q *queue) lasts(units float64) scenarios.Duration {
	return scenarios.Duration(units * float64(q.unit.Duration()))
}

// observe sets how long is simulated: so many arrivals, at a total rate, after a warm-up in units of time.
func (q *queue) observe(arrivals, rate, warmUp float64) {
	day := float64(des.Day) / float64(q.unit)
	q.scenario.Horizon = scenarios.Horizon{Days: int(arrivals/rate/day) + 1, WarmUpDays: int(warmUp/day) + 1, CoolDownDays: coolDown}
}

// coolDown is how many days a thread that begins on the last observed one has to be answered.
const coolDown = 14

package verify

import (
	"fmt"
	"math"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Which time the unit of a case is. Service times are never below a second nor above a day: with exponential times of
// mean 10 minutes the second moves the mean by (1/600)^2/2, 1.4 in a million; at a mean of 2 hours, which keeps the number
// of threads down where there are many servers, the day moves it by exp(-12), 6 in a million.
const (
	oneMinute  = des.Minute
	tenMinutes = 10 * des.Minute
	oneHour    = des.Hour
	twoHours   = 2 * des.Hour
)

// newCaseQueue writes the model of a case, by its name, as a scenario. How many arrivals are observed goes by the
// variance: 20 such runs have a half-width of at most 1.9% for the case's hardest metric.
func newCaseQueue(name string, in inputs) (*queue, error) {
	switch name {
	case "mm1-rho0.9":
		return servers(in, tenMinutes, 70_000), nil
	case "mmc-c2-rho0.9", "mmc-c10-rho0.9":
		return servers(in, tenMinutes, 70_000), nil
	case "mmc-c100-rho0.95":
		return servers(in, twoHours, 140_000), nil
	case "md1-rho0.8":
		return generalService(in, 1, 0, 60_000), nil
	case "mg1-gamma-rho0.8":
		return generalService(in, in.Mean, in.Shape, 60_000), nil
	case "mg1-lognormal-rho0.8":
		return logNormal(in, 300_000), nil
	case "prio-np-mm1":
		return priorities(in, 70_000), nil
	case "prio-np-mmc":
		return priorities(in, 130_000), nil
	case "mm1-vacations-exp":
		return vacations(in, 20_000)
	case "mm1-onoff-server":
		return onAndOff(in, 40_000), nil
	case "erlang-a-c10-lam9":
		return impatient(in, 60_000), nil
	case "mm1-feedback":
		return feedback(in, 40_000), nil
	case "nhpp-hourofweek":
		return weeklyRhythm(in), nil
	case "mt-m-inf":
		return ampleNurses(in)
	case "negbin-counts":
		return frailty(in), nil
	case "office-hours-delay":
		return openingHours(), nil
	case "det-shift-finish":
		return oneAfternoon(in)
	}
	return nil, fmt.Errorf("no clinic is known that is the model %q", name)
}

// single is one server with Poisson arrivals and gamma or deterministic service.
func single(in inputs, mean, shape, arrivals float64) *queue {
	q := newQueue(tenMinutes, 1)
	q.serve(mean, shape)
	q.arrive(in.Arrivals.sum())
	q.observe(arrivals, in.Arrivals.sum(), 5000)
	return q
}

// generalService is M/G/1.
func generalService(in inputs, mean, shape, arrivals float64) *queue {
	q := single(in, mean, shape, arrivals)
	q.controls = pasta
	return q
}

// servers is M/M/c with a mean service of 1. It forgets how it began at a rate of (sqrt(c) - sqrt(lambda))^2 or faster
// (the gap of its spectrum); the warm-up takes 20 times the inverse of that.
func servers(in inputs, unit des.Time, arrivals float64) *queue {
	c, rate := max(1, in.Servers), in.Arrivals.sum()
	q := newQueue(unit, c)
	q.arrive(rate)
	q.observe(arrivals, rate, 20/math.Pow(math.Sqrt(float64(c))-math.Sqrt(rate), 2))
	q.servers, q.rate, q.controls = c, rate, markovian
	return q
}

// logNormal takes a minute as its unit: at a mean of 4 and a log-sd of 1 a piece of work lasts more than a day with a
// chance of 8e-11, and less than a second with one of 3e-7.
func logNormal(in inputs, arrivals float64) *queue {
	q := newQueue(oneMinute, 1)
	q.serve(in.Mean, 0)
	q.scenario.Handling.LogSD = in.SigmaLog
	q.controls = pasta
	q.arrive(in.Arrivals.sum())
	q.observe(arrivals, in.Arrivals.sum(), 50_000)
	return q
}

// priorities has two classes, each with its mean service time or both with the same.
func priorities(in inputs, arrivals float64) *queue {
	q := newQueue(tenMinutes, max(1, in.Servers))
	mu := in.Service
	if len(mu) == 1 {
		mu = numbers{mu[0], mu[0]}
	}
	q.classes([2]float64(in.Arrivals), [2]float64{1 / mu[0], 1 / mu[1]})
	q.arrive(in.Arrivals.sum())
	q.observe(arrivals, in.Arrivals.sum(), 2000)
	return q
}

// vacations has the server leave whenever nothing waits, and again until something does.
func vacations(in inputs, arrivals float64) (*queue, error) {
	var mean float64
	if _, err := fmt.Sscanf(in.Vacation, "exp mean %g", &mean); err != nil {
		return nil, fmt.Errorf("reading vacation %q: %w", in.Vacation, err)
	}
	q := single(in, 1, 1, arrivals)
	q.staff(func(g *scenarios.Staff) {
		g.Interruptions = scenarios.Interruptions{For: q.lasts(mean), WhenEmpty: true}
	})
	return q, nil
}

// onAndOff has the server fail at any time, idle or not, and take the work in hand up again where it was left.
func onAndOff(in inputs, arrivals float64) *queue {
	q := single(in, 1, 1, arrivals)
	q.staff(func(g *scenarios.Staff) {
		g.ShiftEnd = "resume"
		g.Interruptions = scenarios.Interruptions{Every: q.lasts(1 / in.FailRate), For: q.lasts(1 / in.RepairRate)}
	})
	return q
}

// impatient is Erlang A: families phone instead after exponential patience.
func impatient(in inputs, arrivals float64) *queue {
	q := servers(in, tenMinutes, arrivals)
	q.controls = nil // the work of those who leave is not seen
	mean := q.lasts(1 / in.Theta)
	q.scenario.Threads.Patience = scenarios.Patience{Median: mean, FeltUrgent: mean, AfterVisit: 1, GammaShape: 1, Phone: 1}
	return q
}

// feedback has a thread come back with a chance after each answer. The family sees the answer two minutes later at the
// earliest, which the closed form does not know, and need not: with a delay there the network is one of a single server
// and an infinite one, whose product form (Jackson) leaves the single server as it was. The delay is not counted.
func feedback(in inputs, arrivals float64) *queue {
	q := single(in, 1, 1, arrivals)
	q.scenario.Threads.FollowUp = in.Feedback
	return q
}

// weeklyRhythm gives every hour of the day its rate, and the weekend its share: with f the weekend's factor, 5 of every
// 5 + 2f messages come on weekdays.
func weeklyRhythm(in inputs) *queue {
	q := newQueue(oneHour, 20)
	q.serve(.1, 1)
	d := &q.scenario.Demand
	d.ByHour = make([]float64, 24)
	perDay := 0.0
	for _, r := range in.WeekdayRates {
		for h := int(r[0]); h < int(r[1]); h++ {
			d.ByHour[h] = r[2]
			perDay += r[2]
		}
	}
	days := 5 + 2*in.WeekendFactor
	d.Week.Weekdays = 5 / days
	q.arrive(perDay * days / 168)
	q.scenario.Horizon = scenarios.Horizon{Days: 12 * 7, CoolDownDays: coolDown}
	return q
}

// ampleNurses is Mt/M/infinity. More than 60 threads at once have a chance below 1e-15 where the mean is at most 13.
//
// The rate lambda(t) = r (1 + a sin(2 pi t/T)) is made constant within each hour, at its mean weighted by how much of
// what comes at u is still there when the hour ends at e,
//
//	integral of lambda(u) exp(-mu (e-u)) du / integral of exp(-mu (e-u)) du,
//
// so that at whole hours the mean number in the system is that of the sinusoid exactly: dm/dt = lambda - mu m. (Plain
// means over the hours would move it by 1%.) Over a period the weights' sinusoid cancels out, and the mean rate is r.
func ampleNurses(in inputs) (*queue, error) {
	var mean, depth, period float64
	if _, err := fmt.Sscanf(in.Sinusoid, "%g(1+%g sin(2 pi t/%g)) per hour", &mean, &depth, &period); err != nil || period != 24 {
		return nil, fmt.Errorf("reading rate %q: %v", in.Sinusoid, err)
	}
	q := newQueue(oneHour, 60)
	mu, w := in.Service[0], 2*math.Pi/period
	q.serve(1/mu, 1)
	// With s = sin and c = cos, the integral of sin(wu) exp(mu u) is exp(mu u) (mu s(wu) - w c(wu)) / (mu^2 + w^2).
	part := func(u, e float64) float64 {
		return math.Exp(-mu*(e-u)) * (mu*math.Sin(w*u) - w*math.Cos(w*u)) / (mu*mu + w*w)
	}
	kept := (1 - math.Exp(-mu)) / mu
	for h := range 24 {
		start, end := float64(h), float64(h+1)
		q.scenario.Demand.ByHour = append(q.scenario.Demand.ByHour, 1+depth*(part(end, end)-part(start, end))/kept)
	}
	q.arrive(mean)
	q.scenario.Horizon = scenarios.Horizon{Days: 250, WarmUpDays: 7, CoolDownDays: coolDown}
	return q, nil
}

// frailty is gamma-mixed Poisson demand, seen for a year of 365 days.
func frailty(in inputs) *queue {
	q := newQueue(oneHour, 50)
	q.serve(.1, 1)
	q.yearly = true
	p := &q.scenario.Population
	p.Patients = 16_000
	q.scenario.Network.Patients = p.Patients
	p.Writing.ThreadsPerPatientYear, p.Writing.GammaShape = in.Mean, in.Shape
	q.scenario.Horizon = scenarios.Horizon{Days: 365, CoolDownDays: coolDown}
	return q
}

// openingHours has more nurses than ever wait for, and work of a second. The wait is the time to the opening.
func openingHours() *queue {
	q := newQueue(oneHour, 120)
	q.serve(0, 0)
	q.staff(func(g *scenarios.Staff) {
		g.Hours = []scenarios.Window{officeHours()}
		g.Inbox = g.Hours
	})
	q.arrive(1)
	q.scenario.Horizon = scenarios.Horizon{Days: 26 * 7, WarmUpDays: 7, CoolDownDays: coolDown}
	return q
}

// oneAfternoon is D/D/1 with a shift, whose messages are put in by hand.
func oneAfternoon(in inputs) (*queue, error) {
	first, err := time.Parse("15:04", in.FirstArrival)
	if err != nil {
		return nil, fmt.Errorf("reading first arrival: %w", err)
	}
	q := newQueue(des.Minute, 1)
	q.serve(in.ServiceMin, 0)
	q.arrive(1. / 60) // not asked for, but people who never write have nothing to write about either
	q.staff(func(g *scenarios.Staff) {
		g.Hours = []scenarios.Window{{FirstDay: 0, LastDay: 6, Start: 8 * 60, End: 17 * 60}}
		g.Inbox = g.Hours
		g.ShiftEnd = "finish"
	})
	at := des.Time(first.Hour())*des.Hour + des.Time(first.Minute())*des.Minute
	for i := range in.Count {
		q.needs = append(q.needs, generators.Need{At: at, Person: int32(i)})
		at += des.Time(in.Every) * des.Minute
	}
	q.scenario.Horizon = scenarios.Horizon{Days: 7, CoolDownDays: coolDown}
	return q, nil
}

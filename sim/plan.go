package sim

import (
	"fmt"
	"math"
	"slices"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Plan is a scenario compiled for simulation. It is read-only and may be shared.
type Plan struct {
	Scenario *scenarios.Scenario

	model     *generators.Model
	sizes     []int // patients of each care network
	roster    []generators.Member
	calendars []calendar // of each member
	inboxes   []int      // of each member: where its work comes from
	pools     []scenarios.Role
	clinic    hours
	handling  [scenarios.NumRoles]float64 // mean, in milliseconds
	from, to  des.Time                    // threads that begin here are counted
	end       des.Time
}

// NewPlan compiles a scenario that has passed scenarios.Load's checks.
func NewPlan(s *scenarios.Scenario) (*Plan, error) {
	sizes, err := scenarios.Networks(s)
	if err != nil {
		return nil, err
	}
	days := s.Horizon.WarmUpDays + s.Horizon.Days + s.Horizon.CoolDownDays
	threads := float64(slices.Max(sizes)) * s.Population.Writing.ThreadsPerPatientYear * float64(days) / 365
	if threads > .95*mostThreads {
		return nil, fmt.Errorf("a care network of %d patients begins about %.0f threads in %d days, and %d is the most: set network.patients lower, or horizon.days",
			slices.Max(sizes), threads, days, mostThreads*95/100)
	}
	p := &Plan{Scenario: s, model: generators.NewModel(s), sizes: sizes, clinic: newHours(s.Network.Hours)}
	p.roster = p.model.Roster()
	p.from = des.Time(s.Horizon.WarmUpDays) * des.Day
	p.to = p.from + des.Time(s.Horizon.Days)*des.Day
	p.end = p.to + des.Time(s.Horizon.CoolDownDays)*des.Day
	for r := range p.handling {
		p.handling[r] = s.Handling.Minutes.Of(scenarios.Role(r)) * float64(des.Minute)
	}
	p.staff()
	return p, nil
}

// staff gives every member a calendar and an inbox: physicians their own, everybody else their role's pool.
func (p *Plan) staff() {
	p.inboxes = make([]int, len(p.roster))
	for i, m := range p.roster {
		p.calendars = append(p.calendars, newCalendar(p.Scenario.Staff[m.Group], m))
		p.inboxes[i] = i
		if !m.Role.IsPhysician() {
			p.inboxes[i] = len(p.roster) + p.pool(m.Role)
		}
	}
}

// pool returns the number of a role's pool, making it if need be.
func (p *Plan) pool(r scenarios.Role) int {
	for i, have := range p.pools {
		if have == r {
			return i
		}
	}
	p.pools = append(p.pools, r)
	return len(p.pools) - 1
}

// Patients returns how many patients all care networks have together.
func (p *Plan) Patients() int { return p.Scenario.Population.Patients }

// Networks returns how many care networks there are.
func (p *Plan) Networks() int { return len(p.sizes) }

// FTE returns the full-time equivalents of a role in one care network.
func (p *Plan) FTE(r scenarios.Role) float64 {
	sum := 0.0
	for _, m := range p.roster {
		if m.Role == r {
			sum += m.Share
		}
	}
	return sum
}

// serviceTime draws how long a message takes somebody of role r, read and answered.
func (p *Plan) serviceTime(r scenarios.Role, k des.Key) des.Time {
	t := k.LogNormal(p.handling[r], p.Scenario.Handling.LogSD)
	return max(des.Second, des.Time(math.Round(min(t, float64(des.Day)))))
}

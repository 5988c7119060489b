package sim

import (
	"fmt"
	"slices"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// Plan is a scenario compiled for simulation. It is read-only and may be shared.
type Plan struct {
	Scenario *scenarios.Scenario

	model  *generators.Model
	sizes  []int // patients of each care network
	roster []generators.Member
	clinic hours
	times  handling
	from   des.Time // threads that begin in [from, to) are counted
	to     des.Time
	end    des.Time
	where  [numParts]map[string]string // names of the parts, which all measures share
}

// NewPlan compiles a scenario that has passed scenarios.Load's checks.
func NewPlan(s *scenarios.Scenario) (*Plan, error) {
	sizes, err := scenarios.Networks(s)
	if err != nil {
		return nil, err
	}
	days := s.Horizon.WarmUpDays + s.Horizon.Days + s.Horizon.CoolDownDays
	p := &Plan{Scenario: s, model: generators.NewModel(s), sizes: sizes, clinic: newHours(s.Network, days), times: newHandling(s)}
	p.roster = p.model.Roster()
	p.from = des.Time(s.Horizon.WarmUpDays) * des.Day
	p.to = p.from + des.Time(s.Horizon.Days)*des.Day
	p.end = p.to + des.Time(s.Horizon.CoolDownDays)*des.Day
	for part := range numParts {
		p.where[part] = where(part)
	}
	return p, p.fits(days)
}

// fits reports a care network whose open threads could not be told apart.
func (p *Plan) fits(days int) error {
	w := p.Scenario.Population.Writing
	threads := float64(slices.Max(p.sizes)) * w.ThreadsPerPatientYear * max(1, w.NeedsPerThread) * float64(min(days, 120)) / 365
	if threads > mostThreads {
		return fmt.Errorf("a care network of %d patients may have %.0f threads open at once, and %d is the most: set network.patients lower",
			slices.Max(p.sizes), threads, mostThreads)
	}
	return nil
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

// OrdinaryWeek returns the Monday 00:00 of the first whole week after some days in which the clinic keeps no holiday.
func (p *Plan) OrdinaryWeek(days int) des.Time {
	return des.Time(p.clinic.ordinaryWeek((days+6)/7)) * des.Week
}

// People draws the patients of a care network, counted from 0, as a Replay of the plan has them.
func (p *Plan) People(seed uint64, network int) *generators.People {
	return p.model.Draw(seed, 0, network, p.Scenario.Network.Patients)
}

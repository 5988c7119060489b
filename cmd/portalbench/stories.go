package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// stories are the urgent threads that a simulation is told by: chosen once, under the baseline of the first experiment,
// and followed through all.
type stories struct {
	chosen bool
	list   []sim.Story
	steps  []results.ThreadStep
}

// follow adds what the threads come to under the policies of an experiment.
func (s *stories) follow(ctx context.Context, e *experiment) (err error) {
	if !s.chosen {
		if s.list, err = sim.Stories(ctx, e.plan, e.arms[0], e.common.seed); err != nil {
			return err
		}
		s.chosen = true
	}
	told, err := sim.Follow(ctx, e.plan, e.arms, e.common.seed, s.list, sim.Experiment{Workers: e.common.workers}.Cores())
	if err != nil {
		return err
	}
	for i, story := range s.list {
		for arm := range e.arms {
			s.steps = append(s.steps, stepsOf(e, arm, story.Name, told[arm][i])...)
		}
	}
	return nil
}

// stepsOf tells a thread from its sending on. Of a need that is not sent there is one step that says what became of it.
func stepsOf(e *experiment, arm int, story string, events []sim.Event) []results.ThreadStep {
	of := results.ThreadStep{Story: story, Policy: e.arms[arm].Name, Set: e.overrides(), Hours: results.Number(math.NaN())}
	if len(events) == 0 {
		of.Event = absentNeed
		return []results.ThreadStep{of}
	}
	need := events[0]
	of.Category, of.Felt, of.Clock = need.Category.String(), urgencyOf(need.Felt), weekClock(need.At)
	if need.Fate != sim.Written {
		of.Event = need.Fate.String()
		return []results.ThreadStep{of}
	}
	var steps []results.ThreadStep
	places := inboxNames(e.plan, e.arms[arm])
	for _, event := range events[1:] {
		step := of
		step.Hours, step.Clock = results.Number((event.At - need.At).Hours()), weekClock(event.At)
		step.Event, step.Inbox = event.Kind.String(), placeOf(places, event.Inbox)
		step.Who = placeOf(places, event.Staff) // people's inboxes are named by their roles
		steps = append(steps, step)
	}
	return steps
}

// absentNeed is the step of a need that is not felt at all, as what leads to it under another policy does not happen.
const absentNeed = "absent"

// inboxNames names every inbox: that of a person by the role, a pool by the roles that work from it.
func inboxNames(p *sim.Plan, a sim.Arm) (names []string) {
	for _, m := range p.Roster() {
		names = append(names, m.Role.String())
	}
	for _, roles := range p.Pools(a) {
		names = append(names, poolName(roles))
	}
	return names
}

// poolName names a pool by the roles that work from it, such as rn+ma pool.
func poolName(roles []scenarios.Role) string {
	var names []string
	for _, role := range roles {
		names = append(names, role.String())
	}
	return strings.Join(names, "+") + " pool"
}

func placeOf(names []string, i int32) string {
	if i < 0 {
		return ""
	}
	return names[i]
}

// weekClock writes a moment as the day of the week and the time, such as tue 14:05.
func weekClock(at des.Time) string {
	t := at % des.Day
	return fmt.Sprintf("%s %02d:%02d", dayName(at), t/des.Hour, t%des.Hour/des.Minute)
}

// dayName returns the day of the week on which a moment falls: mon to sun.
func dayName(at des.Time) string {
	const days = "montuewedthufrisatsun"
	day := at.DayOfWeek()
	return days[3*day : 3*day+3]
}

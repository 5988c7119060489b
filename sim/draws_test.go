package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// The answer to a message takes the same time whoever opened the thread before: policies are compared on the same
// work, not on other draws. All roles have the same mean here, and nobody is slower than others.
func TestPoliciesMeetTheSameWork(t *testing.T) {
	answers := func(r Router) map[des.Key]firstAnswer {
		o := run(t, func(x *setup) { x.router = r })
		return o.firstAnswers()
	}
	nurses, physicians := answers(poolFirst{.5}), answers(addresseeOnly{})
	both, otherRole, handedOn := 0, 0, 0
	for k, a := range nurses {
		b, ok := physicians[k]
		if !ok {
			continue
		}
		both++
		require.Equal(t, b.took, a.took, "answered by %s after %d hand-offs, and by %s", a.by, a.handoffs, b.by)
		if a.by != b.by {
			otherRole++
		}
		if a.handoffs > 0 {
			handedOn++
		}
	}
	require.Greater(t, both, 500)
	require.Greater(t, otherRole, 100)
	require.Greater(t, handedOn, 100)
}

// firstAnswer is how a thread was first answered.
type firstAnswer struct {
	took     des.Time
	by       scenarios.Role
	handoffs int
}

// firstAnswers returns the first answer to each thread, by the key of its draws.
func (o *outcome) firstAnswers() map[des.Key]firstAnswer {
	began, handoffs, answers := map[des.Key]des.Time{}, map[des.Key]int{}, map[des.Key]firstAnswer{}
	for _, e := range o.events {
		switch e.Kind {
		case Opened:
			began[e.Key] = e.At
		case HandedOn:
			handoffs[e.Key]++
		case Replied:
			if _, again := answers[e.Key]; !again {
				answers[e.Key] = firstAnswer{e.At - began[e.Key], o.plan.roster[e.Staff].Role, handoffs[e.Key]}
			}
		}
	}
	return answers
}

// addresseeOnly leaves everything to the clinician it was written to.
type addresseeOnly struct{}

func (addresseeOnly) Route(v *View) Decision {
	return Decision{Answer: v.From != scenarios.RoleNone}
}

// Two more physicians change the places of everybody after them in the roster, and nothing else: the others begin
// their sessions when they did, and keep their habits.
func TestAnotherGroupLeavesPeopleAsTheyAre(t *testing.T) {
	week := func(people string) map[generators.Member][]des.Time {
		loaded, err := scenarios.Load("smoke", []scenarios.Override{{Path: "staff.physician.people", Value: people}})
		require.NoError(t, err)
		for name := range loaded.Scenario.Staff {
			setStaff(loaded.Scenario, name, func(g *scenarios.Staff) { g.LeaveDays = 0 }) // everybody is there in the first week
		}
		p, err := NewPlan(loaded.Scenario)
		require.NoError(t, err)
		c := newClinic(p, newArm(p, &scenarios.Policy{}), 0, 0, p.model.Draw(8, 0, 0, 100), []generators.Need{}, addresseeOnly{}, des.Week)
		starts := map[generators.Member][]des.Time{}
		for s, m := range p.roster {
			cal := &c.arm.calendars[s]
			for _, sh := range cal.shifts {
				if c.takesPlace(s, sh, 0) {
					starts[m] = append(starts[m], sh.start+c.late(s, sh.start, cal.spread))
				}
			}
		}
		return starts
	}
	before, after := week("10"), week("12")
	others, differ := 0, map[des.Time]bool{}
	for m, starts := range before {
		if m.Group != "physician" {
			others++
			require.Equal(t, starts, after[m], "%s %d", m.Group, m.Number)
			differ[starts[0]] = true
		}
	}
	require.Equal(t, 4+2+1+4+2+1, others, "nurses, cardiologists, pulmonologist, assistants, front desk, pharmacist")
	require.Greater(t, len(differ), 1, "and they are not all alike")
}

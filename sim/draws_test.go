package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// The answer to a message takes the same time whoever opened the thread before: policies are compared on the same
// work, not on other draws. All roles have the same mean here.
func TestPoliciesMeetTheSameWork(t *testing.T) {
	p := testPlan(t, "smoke")
	people := p.model.Draw(2, 0, 0, p.Scenario.Network.Patients)
	const until = 6 * des.Day // no thread is over before it has been quiet for seven days
	needs := people.Needs(0, 0, until, nil)
	answers := func(r Router) map[des.Key]firstAnswer {
		w := &watched{Router: r, began: map[des.Key]des.Time{}, by: map[des.Key]scenarios.Role{}}
		c := newClinic(p, 0, 0, people, needs, w, until)
		c.Advance(until, nil)
		list := map[des.Key]firstAnswer{}
		for i := range c.slab.threads {
			if th := &c.slab.threads[i]; th.firstResponse != unset {
				k := th.content.Key.Sub(drawClassify)
				list[k] = firstAnswer{th.firstResponse - w.began[k], w.by[k], th.handoffs}
			}
		}
		return list
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
	require.Greater(t, both, 100)
	require.Greater(t, otherRole, 20)
	require.Greater(t, handedOn, 20)
}

// firstAnswer is how a thread was first answered.
type firstAnswer struct {
	took     des.Time
	by       scenarios.Role
	handoffs int16
}

// addresseeOnly leaves everything to the clinician it was written to.
type addresseeOnly struct{}

func (addresseeOnly) Route(v *View) Decision {
	return Decision{Answer: v.From != scenarios.RoleNone}
}

// watched notes when, and by whom, the first answer to each thread is begun. It knows threads by the key of their draws.
type watched struct {
	Router
	began map[des.Key]des.Time
	by    map[des.Key]scenarios.Role
}

func (w *watched) Route(v *View) Decision {
	d := w.Router.Route(v)
	if _, again := w.began[v.Draws]; d.Answer && !again {
		w.began[v.Draws], w.by[v.Draws] = v.Now, v.From
	}
	return d
}

// Two more physicians change the places of everybody after them in the roster, and nothing else: the others begin
// their sessions when they did, and keep their habits.
func TestAnotherGroupLeavesPeopleAsTheyAre(t *testing.T) {
	week := func(people string) map[generators.Member][]des.Time {
		loaded, err := scenarios.Load("smoke", []scenarios.Override{{Path: "staff.physician.people", Value: people}})
		require.NoError(t, err)
		p, err := NewPlan(loaded.Scenario)
		require.NoError(t, err)
		c := newClinic(p, 0, 0, p.model.Draw(8, 0, 0, 100), []generators.Need{}, addresseeOnly{}, des.Week)
		starts := map[generators.Member][]des.Time{}
		for s, m := range p.roster {
			cal := &p.calendars[s]
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
	require.Equal(t, 4+2+1, others, "nurses, cardiologists, pulmonologist")
	require.Greater(t, len(differ), 1, "and they are not all alike")
}

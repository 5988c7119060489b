package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// alike gives the small network two people of a role with the nurses' hours.
func alike(x *setup, role string) {
	g := x.Staff["rn"]
	g.Role = role
	x.Staff[role] = g
}

// Two of six physicians never look into their inbox. What misses the standard of one business day goes to a role or to
// a team, who answer it, or to a colleague, who does unless it is the other of the two: of five each is as likely.
// Without a standard, or with one that only says "first", nobody does.
func TestStandardsEscalate(t *testing.T) {
	escalating := func(to string) *outcome {
		return run(t, func(x *setup) {
			for _, role := range []string{"app", "ma", "pharmacist", "front_desk"} {
				alike(x, role)
			}
			gone := x.Staff["physician"]
			gone.FTE, gone.People, gone.Inbox = 2, 2, nil
			x.Staff["gone"] = gone
			x.router = routing{authority: 1}
			x.policy.Route.Team = []string{"rn", "ma"}
			if to != "" {
				x.policy.Standard = scenarios.Standard{BusinessDays: 1, EscalateTo: to}
			}
		})
	}
	off := escalating("")
	require.Less(t, off.answered(), off.begun())
	for _, to := range []string{"none", "first"} {
		o := escalating(to)
		require.Zero(t, o.number(Moved))
		require.Equal(t, off.answered(), o.answered(), to)
	}
	for to, roles := range map[string][]scenarios.Role{"colleague": {scenarios.Physician, scenarios.Specialist},
		"rn": {scenarios.RN, scenarios.MA}, "ma": {scenarios.RN, scenarios.MA}, "team": {scenarios.RN, scenarios.MA},
		"app": {scenarios.APP}, "pharmacist": {scenarios.Pharmacist}, "front_desk": {scenarios.FrontDesk}} {
		o := escalating(to)
		was, is := off.begun()-off.answered(), o.begun()-o.answered()
		if to == "colleague" {
			requireShare(t, .2, is, was, to)
		} else {
			require.Less(t, is, was/10, to)
		}
		require.Less(t, o.response(), off.response()/2, to)
		moved := map[int32]bool{}
		for _, e := range o.events {
			if e.Kind == Moved {
				require.False(t, moved[e.Thread], "escalated once")
				moved[e.Thread] = true
			}
			if e.Kind == Replied && moved[e.Thread] {
				require.Contains(t, roles, o.plan.roster[e.Staff].Role)
			}
		}
		require.Greater(t, len(moved), 100)
	}
}

// In an inbox that is never empty what comes last by its category starves, until the standard sends it to the front.
func TestEscalationToTheFront(t *testing.T) {
	starving := func(to string) *outcome {
		return run(t, func(x *setup) {
			x.Population.Writing.ThreadsPerPatientYear = 30
			x.router = routing{order: "category"}
			x.policy.Standard = scenarios.Standard{BusinessDays: 1, EscalateTo: to}
		})
	}
	off, on := starving("none"), starving("first")
	last := partCategory + part(scenarios.Medication) // of three classes the last
	median := func(o *outcome) float64 {
		return o.Tally.response.Of(last).Histogram().Quantile(.5)
	}
	require.Less(t, median(on), median(off))
	require.Zero(t, on.number(Moved))
}

// With messages of 138 seconds a draft that saves 30 leaves 108, or 128 if it takes 20 to read; used for half of the
// replies it saves in half of them and is read for all. Savings of staff are for staff.
func TestDrafts(t *testing.T) {
	took := func(r Router, d scenarios.Draft) map[des.Time]int {
		o := run(t, func(x *setup) { steady(x); x.router, x.policy.Draft = r, d })
		n := map[des.Time]int{}
		for _, a := range o.firstAnswers() {
			n[a.took/des.Second]++
		}
		return n
	}
	ai := scenarios.Draft{By: "ai", PhysicianSaves: 30, StaffSaves: 50}
	off := took(routing{}, scenarios.Draft{By: "none", PhysicianSaves: 30})
	all := off[138]
	require.Equal(t, map[des.Time]int{138: all}, off)
	require.Equal(t, map[des.Time]int{108: all}, took(routing{}, ai), "as many, though a session has room for more")
	nurses := took(routing{first: scenarios.RN, authority: 1}, ai)
	require.Len(t, nurses, 1)
	require.Contains(t, nurses, des.Time(88))
	ai.ExtraReadingSeconds = 20
	require.Contains(t, took(routing{}, ai), des.Time(128))
	ai.Use = .5
	half := took(routing{}, ai)
	require.Len(t, half, 2)
	requireShare(t, .5, half[128], half[128]+half[158], "drafts used")
}

// uneven sends four in five threads to the nurses and one to the assistants.
type uneven struct{}

func (uneven) Route(v *View) Decision {
	d := Decision{Answer: v.From != scenarios.RoleNone, Pool: scenarios.RN, Class: 1}
	if v.Delegable < .2 {
		d.Pool = scenarios.MA
	}
	return d
}

// A team that shares one inbox answers sooner than two pools do, one of which has too much and one too little.
func TestATeamSharesItsWork(t *testing.T) {
	pools := func(team ...string) *outcome {
		return run(t, func(x *setup) {
			alike(x, "ma")
			x.Population.Writing.ThreadsPerPatientYear = 60 // 230 a day: 530 minutes of the 480 of two
			x.router, x.policy.Route.Team = uneven{}, team
		})
	}
	apart, together := pools(), pools("rn", "ma")
	require.Less(t, together.response(), apart.response()/2)
	ratio := func(o *outcome) float64 {
		return float64(o.work[scenarios.MA].handled) / float64(o.work[scenarios.RN].handled)
	}
	require.Less(t, ratio(apart), .5)
	require.InDelta(t, 1, ratio(together), .1)
}

// Where urgent threads go first they wait less and the others more; where the order is by due date, and urgent ones are
// due on the next business day, likewise.
func TestOrders(t *testing.T) {
	ordered := func(order string, days int) *outcome {
		return run(t, func(x *setup) {
			x.Population.Writing.ThreadsPerPatientYear = 22 // 101 of the 120 minutes
			x.Demand.Urgency.HighRisk = .2
			x.policy.Order, x.policy.Standard.BusinessDays = order, days
			x.router = routing{order: order}
		})
	}
	median := func(o *outcome, urgent part) float64 {
		return o.Tally.response.Of(partLabel + urgent).Histogram().Quantile(.9)
	}
	arrival := ordered("arrival", 0)
	for _, on := range []*outcome{ordered("urgency", 0), ordered("deadline", 3)} {
		require.Less(t, median(on, 1), median(arrival, 1))
		require.Greater(t, median(on, 0), median(arrival, 0))
		require.Equal(t, arrival.number(Sent), on.number(Sent))
	}
	require.Equal(t, arrival.response(), ordered("arrival", 3).response(), "a standard without escalation changes nothing")
}

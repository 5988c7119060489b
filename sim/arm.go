package sim

import (
	"slices"

	"github.com/portalbench/portalbench/scenarios"
)

// Arm is one policy of an experiment. Router is called once for every worker.
type Arm struct {
	Name   string
	Policy *scenarios.Policy // its levers, those that Router decides apart
	Router func() Router
	Portal *PortalDelay // how long staff wait for the portal; nil: it answers at once, as in every Replay
}

// arm is what an Arm makes of a plan: calendars, and who works for which inbox. It is read-only and may be shared.
type arm struct {
	policy    *scenarios.Policy
	calendars []calendar // of each member
	inboxes   []int      // of each member: where its work comes from
	pools     [][]scenarios.Role
	poolOf    [scenarios.NumRoles]int32 // inbox of each role's pool, or none
	members   [][]int                   // of each inbox: who works for it,
	roles     [][]scenarios.Role        // and their roles
	byDate    bool                      // threads wait in order of their deadlines
	portal    *PortalDelay              // nil: the portal answers at once
}

// on makes the arm of a plan.
func (a Arm) on(p *Plan) *arm {
	out := newArm(p, a.Policy)
	out.portal = a.Portal
	return out
}

// newArm gives every member a calendar and an inbox: physicians their own, everybody else their role's or team's pool.
func newArm(p *Plan, policy *scenarios.Policy) *arm {
	a := &arm{policy: policy, inboxes: make([]int, len(p.roster)), byDate: policy.Order == "deadline"}
	for r := range a.poolOf {
		a.poolOf[r] = none
	}
	for i, m := range p.roster {
		a.calendars = append(a.calendars, newCalendar(p.Scenario.Staff[m.Group], m, policy))
		a.inboxes[i] = i
		if !m.Role.IsPhysician() {
			a.inboxes[i] = len(p.roster) + a.pool(m.Role, len(p.roster))
		}
	}
	a.members = make([][]int, len(p.roster)+len(a.pools))
	for i, in := range a.inboxes {
		a.members[in] = append(a.members[in], i)
	}
	for _, m := range p.roster {
		a.roles = append(a.roles, []scenarios.Role{m.Role})
	}
	a.roles = append(a.roles, a.pools...)
	return a
}

// pool returns the number of the pool for which a role works, making it if need be.
func (a *arm) pool(r scenarios.Role, first int) int {
	if a.poolOf[r] != none {
		return int(a.poolOf[r]) - first
	}
	together := []scenarios.Role{r}
	if slices.Contains(a.policy.Route.Team, r.String()) {
		together = nil
		for _, name := range a.policy.Route.Team {
			role, _ := scenarios.ParseRole(name)
			together = append(together, role)
		}
	}
	for _, role := range together {
		a.poolOf[role] = int32(first + len(a.pools))
	}
	a.pools = append(a.pools, together)
	return len(a.pools) - 1
}

// role reads the name of a role, or "team"; anything else is RoleNone.
func (a *arm) role(name string) scenarios.Role {
	if name == "team" && len(a.policy.Route.Team) > 0 {
		name = a.policy.Route.Team[0]
	}
	if r, ok := scenarios.ParseRole(name); ok {
		return r
	}
	return scenarios.RoleNone
}

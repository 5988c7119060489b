package triage_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/triage"
)

// onlooker lets a policy decide and compares what rules say of the queues with what the clinic says.
type onlooker struct {
	sim.Router
	rules []sim.Router
	asked []func(v *sim.View) int
	wrong int
	seen  [7]int // how often each queue was not empty
}

func (o *onlooker) Route(v *sim.View) sim.Decision {
	if v.From == scenarios.RoleNone {
		for i, rule := range o.rules {
			n := o.asked[i](v)
			o.wrong += count(rule.Route(v).Pool == scenarios.FrontDesk != (n > 0))
			o.seen[i] += count(n > 0)
		}
	}
	return o.Router.Route(v)
}

// In a clinic at work, rules see the queues as they are; a team's is that of its roles together.
func TestRulesSeeTheQueues(t *testing.T) {
	s, err := scenarios.Load("smoke", []scenarios.Override{{Path: "population.patients", Value: "3000"},
		{Path: "network.patients", Value: "3000"},
		{Path: "horizon", Value: "{days: 7, warm_up_days: 7, cool_down_days: 14}"}})
	require.NoError(t, err)
	p, err := scenarios.LoadPolicy("nurse-first+category-routing+refill-protocol",
		[]scenarios.Override{{Path: "route.team", Value: "[rn, ma]"}})
	require.NoError(t, err)
	of := func(r scenarios.Role) func(v *sim.View) int { return func(v *sim.View) int { return v.Waiting(r) } }
	o := &onlooker{asked: []func(v *sim.View) int{(*sim.View).WaitingForAddressee, of(scenarios.RN), of(scenarios.MA),
		of(scenarios.RN),
		of(scenarios.Pharmacist), of(scenarios.FrontDesk), of(scenarios.APP)}}
	o.Router, err = triage.Compile(p.Policy)
	require.NoError(t, err)
	for _, name := range []string{"addressee", "rn", "ma", "team", "pharmacist", "front_desk", "app"} {
		asking := *p.Policy
		asking.Route.ByCategory = nil
		asking.Route.Rules = []scenarios.Rule{{When: scenarios.Expr{Text: "queue_" + name + " > 0"}, To: "front_desk"},
			{When: scenarios.Expr{Text: "true"}, To: "addressee"}}
		rule, err := triage.Compile(&asking)
		require.NoError(t, err)
		o.rules = append(o.rules, rule)
	}
	plan, err := sim.NewPlan(s.Scenario)
	require.NoError(t, err)
	e := sim.Experiment{Plan: plan, Arms: []sim.Arm{{Name: p.Name, Policy: p.Policy,
		Router: func() sim.Router { return o }}}, Replications: 1, Seed: 1, Workers: 1}
	_, _, err = e.Run(context.Background())
	require.NoError(t, err)
	require.Zero(t, o.wrong)
	for i, seen := range o.seen[:6] {
		require.Positive(t, seen, "queue %d is never empty", i)
	}
	require.Zero(t, o.seen[6], "nobody is an advanced practice provider")
}

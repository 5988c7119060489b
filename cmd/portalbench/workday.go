package main

import (
	"context"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// Size of the simulations from which a workday is known.
const (
	workdayNetworks     = 8
	workdayReplications = 5
)

// workday finds what staff do on a workday: operations on the portal, from the week that begins with the replay, and
// minutes of work on messages, unless they are known already.
func (j *loadJob) workday(ctx context.Context) error {
	if j.study == nil {
		return nil // a trace does not say how long workdays are
	}
	if j.opsPerWorkday != nil { // known, or not wanted
		return nil
	}
	week := j.simulated(j.firstWeek(), j.firstWeek()+des.Week)
	count := map[scenarios.Role]float64{}
	for i := range workdayNetworks {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, ops := week.Network(i)
		for k := range ops {
			if ops[k].Actor.Kind == sim.ActorStaff {
				count[week.Describe(ops[k].Actor).Role]++
			}
		}
	}
	j.opsPerWorkday = map[scenarios.Role]float64{}
	for role, n := range count {
		j.opsPerWorkday[role] = n / (workdayNetworks * 5 * j.study.plan.FTE(role))
	}
	if j.handling != nil {
		return nil
	}
	e := newExperiment(j.study, j.common, workdayReplications)
	if err := e.run(ctx); err != nil {
		return err
	}
	j.handling = minutesOf(e.summary(), "handling_minutes_per_workday")
	return nil
}

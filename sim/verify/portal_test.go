package verify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// A portal that takes its time lengthens the service of M/G/1. Work takes .3 units, and the portal either no time or one
// unit for the reply, as often, so that services are .3 or 1.3. With lambda = 1 the load is .8, and the mean wait is
// lambda E[S^2] / (2 (1 - .8)) = (.09 + 1.69)/2 / .4 = 2.225 (Pollaczek and Khinchine).
func TestPortalDelayLengthensService(t *testing.T) {
	if underRace || testing.Short() {
		t.Skip("the runs take seconds")
	}
	c := named("md1-rho0.8")[0]
	require.Equal(t, "mean wait in queue Wq", c.Metric)
	c.Inputs.Arrivals = numbers{1}
	m, err := newModel(c)
	require.NoError(t, err)
	m.serve(.3, 0)
	m.arrive(1)
	m.plan, err = sim.NewPlan(&m.scenario)
	require.NoError(t, err)
	m.arm.Portal = replyDelay(t, tenMinutes)
	c.Expected = 2.225
	m.cases, m.values = []Case{c}, [][]float64{make([]float64, Runs)}
	require.NoError(t, simulate(t.Context(), []*model{m}, Options{Seed: 1}))
	v := m.verdicts()[0]
	require.True(t, v.Holds, "%v ± %v, want %v: %s", v.Got, v.HalfWidth, v.Expected, v.Why)
	m.cases[0].Expected *= 1.05
	require.False(t, m.verdicts()[0].Holds)
}

// replyDelay is a portal that answers at once, but for every other reply.
func replyDelay(t *testing.T, takes des.Time) *sim.PortalDelay {
	of := map[results.OpKind]*stats.Histogram{}
	for _, k := range sim.StaffOps() {
		of[k] = stats.NewHistogram(time.Hour.Microseconds(), 5)
		of[k].Record(0)
	}
	of[results.OpReply].Record(takes.Duration().Microseconds())
	d, err := sim.NewPortalDelay(of)
	require.NoError(t, err)
	return d
}

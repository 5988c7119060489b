package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

func window(t testing.TB, text string) scenarios.Window {
	var w scenarios.Window
	require.NoError(t, w.UnmarshalText([]byte(text)))
	return w
}

// nursesOnly is a plain network of 1,000 portal users who write perDay threads a day to a pool, each of one message,
// without warm-up. The physician to whom they belong never sees one, under poolOnly.
func nursesOnly(t testing.TB, nurses int, perDay float64, hours, inbox string) *scenarios.Scenario {
	s := builtIn(t)
	plain(s)
	s.Horizon = scenarios.Horizon{Days: 7, CoolDownDays: 14}
	s.Population.Patients, s.Network.Patients, s.Population.PortalActive = 1000, 1000, 1
	s.Population.Writing = scenarios.Writing{ConditionGradient: 1, ThreadsPerPatientYear: perDay * 365 / 1000, NeedsPerThread: 1}
	s.Demand.Specialist = 0
	staff := func(role string, people int) scenarios.Staff {
		return scenarios.Staff{Role: role, FTE: float64(people), People: people,
			Hours: []scenarios.Window{window(t, hours)}, Inbox: []scenarios.Window{window(t, inbox)}}
	}
	s.Staff = map[string]scenarios.Staff{"physician": staff("physician", 1), "rn": staff("rn", nurses)}
	return s
}

// poolOnly leaves everything to the nurses, in order of arrival.
type poolOnly struct{}

func (poolOnly) Route(v *View) Decision {
	return Decision{Pool: scenarios.RN, Answer: v.From != scenarios.RoleNone}
}

// pooled prepares a clinic of nursesOnly and returns its needs beside it.
func pooled(t testing.TB, s *scenarios.Scenario) (*Clinic, []generators.Need) {
	p, err := NewPlan(s)
	require.NoError(t, err)
	c := prepared(p, scenarios.Policy{}, 5, 0, poolOnly{}, p.end)
	return c, c.needs
}

// Nurses who never leave are the servers of a queue with Poisson arrivals and log-normal service. A thread is taken up
// when it has come and the first nurse is free: of several, the one who has been free for longest. That is all there
// is to first come, first served, so thread by thread the clinic must agree.
func TestPoolIsAQueueWithSeveralServers(t *testing.T) {
	const rho, days = .9, 6 // no thread is over before it has been quiet for seven days
	for _, nurses := range []int{1, 2, 3} {
		always := "mon-sun 00:00-24:00"
		s := nursesOnly(t, nurses, 0, always, always)
		s.Population.Writing.ThreadsPerPatientYear = rho * float64(nurses) / s.Handling.Minutes.RN * 365 * 24 * 60 / 1000
		c, needs := pooled(t, s)
		c.Advance(days*des.Day, nil)

		free := make([]des.Time, nurses) // when each has finished
		waited, threads := 0, 0
		for _, n := range needs {
			first := 0
			for i := range free {
				if free[i] < free[first] {
					first = i
				}
			}
			begins := max(n.At, free[first])
			takes := lasting(c.plan.times.draw(c.plan.times.role[scenarios.RN], c.people.Content(0, n).Key.Sub(drawService).Sub(1)))
			free[first] = begins + takes
			if free[first] >= days*des.Day {
				break
			}
			got := &c.slab.threads[threads]
			require.Equal(t, begins, got.firstRead, "thread %d of %d nurses", threads, nurses)
			require.Equal(t, begins+takes, got.firstResponse, "thread %d of %d nurses", threads, nurses)
			require.Equal(t, "rn", c.plan.roster[got.holder].Role.String())
			require.Equal(t, first, c.plan.roster[got.holder].Number, "thread %d: who was idle longest", threads)
			if begins > n.At {
				waited++
			}
			threads++
		}
		// .9 / 2.3 a minute and nurse: 3,381 threads in six days. With one server a share rho waits, with more, less.
		require.Greater(t, threads, 3000*nurses)
		require.Greater(t, waited, threads/2)
	}
}

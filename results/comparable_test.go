package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIncomparableLoads(t *testing.T) {
	record := func(dir string) *Record {
		l := sound()
		l.Portal, l.At, l.DurationS, l.WarmUpS, l.AskedPerS, l.Speed, l.CareNetworks = "refportal", "mon-08:00", 60, 15, 100, 30, 40
		l.Mailbox.Start, l.Preflight = 1000, &Preflight{MailboxThreads: 20}
		return recordOf(dir, l, nil)
	}
	for _, row := range []struct {
		name   string
		change func(r *Record)
		want   []string
	}{
		{"alike", func(*Record) {}, nil},
		{"another seed and machine", func(r *Record) { r.Run.Seed, r.Run.Load.Seed, r.Run.Machine.CPU = 7, 7, "other" }, nil},
		{"version", func(r *Record) { r.Run.Version = "v2" }, []string{"version of portalbench: v1 in a, v2 in b"}},
		{"digest", func(r *Record) { r.Run.Digest = "2e" }, []string{"digest of scenario and policy: 1f in a, 2e in b"}},
		{"portal", func(r *Record) { r.Run.Load.Portal = "fhir" }, []string{"portal: refportal in a, fhir in b"}},
		{"architecture", func(r *Record) { r.Run.Machine.GOARCH = "arm64" }, []string{"architecture: amd64 in a, arm64 in b"}},
		{"window", func(r *Record) { r.Run.Load.At, r.Run.Load.DurationS = "tue-08:00", 30 },
			[]string{"start of the window: mon-08:00 in a, tue-08:00 in b", "length in s: 60 in a, 30 in b"}},
		{"warm-up", func(r *Record) { r.Run.Load.WarmUpS = 0 }, []string{"warm-up in s: 15 in a, 0 in b"}},
		{"stages", func(r *Record) { r.Run.Load.Stages = "hold 1/s 1m" }, []string{"stages: none in a, hold 1/s 1m in b"}},
		{"rate asked for", func(r *Record) { r.Run.Load.AskedPerS = 50 }, []string{"rate asked for: 100 in a, 50 in b"}},
		{"as many networks as it took", func(r *Record) { r.Run.Load.CareNetworks, r.Run.Load.Speed = 41, 29.5 }, nil},
		{"no rate", func(r *Record) { r.Run.Load.AskedPerS = Number(math.NaN()) }, []string{"rate asked for: 100 in a, none in b"}},
		{"1,090 messages of 1,000: within 10%", func(r *Record) { r.Run.Load.Mailbox.Start = 1090 }, nil},
		{"1,200 messages: 200 is above 120, and above 3 sqrt(2200) = 141", func(r *Record) { r.Run.Load.Mailbox.Start = 1200 },
			[]string{"messages before the clock: 1000 in a, 1200 in b"}},
		{"list of 22: within 10%", func(r *Record) { r.Run.Load.Preflight.MailboxThreads = 22 }, nil},
		{"list of 30", func(r *Record) { r.Run.Load.Preflight.MailboxThreads = 30 }, []string{"threads in a patient's list: 20 in a, 30 in b"}},
		{"not looked at", func(r *Record) { r.Run.Load.Preflight = nil }, nil},
	} {
		b := record("b")
		row.change(b)
		require.Equal(t, row.want, IncomparableLoads(record("a"), b), row.name)
	}

	// Few messages vary by chance: 20 and 26 are 23% apart, and 6 is less than 3 sqrt(46) = 20.
	a, b := record("a"), record("b")
	a.Run.Load.Mailbox.Start, b.Run.Load.Mailbox.Start = 20, 26
	a.Run.Load.AskedPerS, b.Run.Load.AskedPerS = Number(math.NaN()), Number(math.NaN())
	b.Run.Load.CareNetworks = 2
	require.Equal(t, []string{"care networks: 40 in a, 2 in b"}, IncomparableLoads(a, b), "breadth by hand is compared as given")
	b.Run.Machine.Cores, a.Run.Machine.Cores = 4, 2
	require.Equal(t, []string{"the machines differ: cores: 2 in a, 4 in b"}, LoadDoubts(a, b))
}

func TestIncomparableSimulations(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(r *Run)
		want   []string
	}{
		{"alike", func(*Run) {}, nil},
		{"version and architecture", func(r *Run) { r.Version, r.Machine.GOARCH = "v2", "arm64" }, nil},
		{"digest", func(r *Run) { r.Digest = "2e" }, []string{"digest of scenario and policies: 1f in a, 2e in b"}},
		{"seed", func(r *Run) { r.Seed = 2 }, []string{"seed: 1 in a, 2 in b"}},
		{"replications", func(r *Run) { r.Simulate.Policies[0].Replications = 9 }, []string{"replications of policy 1: 2 in a, 9 in b"}},
		{"policies", func(r *Run) { r.Simulate.Policies = nil }, []string{"policy 1: nurse-first in a, none in b", "replications of policy 1: 2 in a, 0 in b"}},
	} {
		a, b := simulated(t, 1, 2), simulated(t, 1, 2)
		a.Dir, b.Dir = "a", "b"
		row.change(b.Run)
		require.Equal(t, row.want, IncomparableSimulations(a, b), row.name)
	}
}

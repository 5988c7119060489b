package refportal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// measure repeats an operation on both stores.
func measure(b *testing.B, login string, call func(*clinic) *bench.Call) {
	b.Run("sqlite", func(b *testing.B) { measureOn(b, newSQLite, login, call) })
	b.Run("postgres", func(b *testing.B) {
		needPostgres(b)
		measureOn(b, newPostgres, login, call)
	})
}

// measureOn repeats an operation from 16 goroutines a core over loopback HTTP; client and server share the machine.
func measureOn(b *testing.B, store newStore, login string, call func(*clinic) *bench.Call) {
	c := openClinic(b, store, Config{})
	c.portal = NewPortal(&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}, c.url)
	c.session(login)
	what := call(c)
	b.SetParallelism(16)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		s := *c.sessions[login]
		for pb.Next() {
			a, err := c.portal.Do(b.Context(), &s, what)
			if err != nil || a.Outcome != results.OK {
				b.Errorf("%v %s: %v", a.Outcome, a.Detail, err)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func BenchmarkSend(b *testing.B) {
	measure(b, "ann", func(c *clinic) *bench.Call {
		return &bench.Call{Kind: results.OpSend, Subject: c.accounts["ann"], To: c.accounts["triage"], Category: "advice",
			Topic: "Cough", Body: strings.Repeat("x", 500)}
	})
}

func BenchmarkInbox(b *testing.B) {
	measure(b, "rosa", func(c *clinic) *bench.Call {
		for range 200 {
			require.Equal(b, results.OK, c.send("ann", "ann", "triage").Outcome)
		}
		return &bench.Call{Kind: results.OpInbox, To: c.accounts["triage"], Limit: 50}
	})
}

func BenchmarkThread(b *testing.B) {
	measure(b, "ann", func(c *clinic) *bench.Call {
		return &bench.Call{Kind: results.OpThread, Thread: c.send("ann", "ann", "triage").Thread}
	})
}

func BenchmarkUnread(b *testing.B) {
	measure(b, "ann", func(c *clinic) *bench.Call {
		c.send("ann", "ann", "triage")
		return &bench.Call{Kind: results.OpUnread}
	})
}

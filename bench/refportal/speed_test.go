package refportal

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// measure repeats an operation from 16 goroutines a core over loopback HTTP; client and server share the machine.
func measure(b *testing.B, login string, call func(*clinic) *bench.Call) {
	c := openClinic(b, Config{})
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
			Topic: "Cough", Body: string(make([]byte, 500))}
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

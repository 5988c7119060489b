package bench

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// BenchmarkIdlePeople tells how much memory a signed-in person takes who is doing nothing, token included.
func BenchmarkIdlePeople(b *testing.B) {
	const people = 100_000
	for b.Loop() {
		var ops []sim.Op
		for i := range int32(people) {
			ops = append(ops, at(int(i), results.OpUnread, patient(i)))
		}
		w := workload(200, ops...)
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := newSurvey(&w, (&desk{}).Capabilities(), accountKeys{runID: "r", secret: []byte("s")}, 0)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range s.roster.people {
			p.account.ID = "0123456789abcdef"[:len(p.account.Login)%17]
			p.session.Token, p.session.Expires = strings.Repeat(p.account.Login, 3)[:43], time.Now().Add(time.Hour)
		}
		s.early = nil
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/people, "B/person")
		runtime.KeepAlive(s)
		runtime.KeepAlive(ops)
	}
}

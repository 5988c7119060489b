package report

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// The numbers in this file are made up.

// sampleSeconds is a load of so many seconds that stalls in second 12 and 13, with an answer that was not ok in each tenth.
func sampleSeconds(n int) []results.SecondRow {
	var rows []results.SecondRow
	for t := range n {
		rate := int64(50 + 8*math.Sin(float64(t)/7))
		r := results.SecondRow{T: t, Offered: rate, Sent: rate, Done: rate, InFlight: 2, LagP99MS: .3, ResponseP50MS: 4, ResponseP95MS: 16, ResponseP99MS: 35}
		if t%10 == 0 {
			r.Errors = 1
		}
		if t == 12 || t == 13 {
			r.Done, r.Errors, r.InFlight = 0, 0, 40*(t-11)
			r.LagP99MS, r.ResponseP50MS, r.ResponseP95MS, r.ResponseP99MS = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		}
		rows = append(rows, r)
	}
	return rows
}

// sampleUse is a process that is watched from five seconds before the end of the warm-up, half a core of it.
func sampleUse(seconds int) []results.TargetSample {
	var out []results.TargetSample
	for t := -5; t <= seconds; t++ {
		out = append(out, results.TargetSample{At: time.Duration(t) * time.Second, CPU: time.Duration(t+6) * 500 * time.Millisecond, RSS: 42_000_000, Threads: 9})
	}
	return out
}

// withTails adds a distribution for every operation of a load: 1 to n ms evenly.
func withTails(record *results.Record) *results.Record {
	of := map[string]*stats.Histogram{}
	for _, op := range record.Run.Load.Ops {
		for i, latency := range []string{"response", "service"} {
			if n := op.Outcomes["ok"]; n > 0 {
				h := stats.NewHistogram(3_600_000_000, 3)
				for ms := int64(1); ms <= n; ms++ {
					h.Record(1000*ms - int64(200*i))
				}
				of[op.Op+"."+latency] = h
			}
		}
	}
	record.Histograms = append(record.Histograms, results.Histograms{Unit: "us", Of: of})
	return record
}

// wholeRecord has something for every figure of the engineer's part.
func wholeRecord() *results.Record {
	l := judged(sampleLoad(), false, "send.response.p95<500ms", "all.response.p99<30ms", "reopen.response.p50<1s")
	l.Ops[3].Outcomes = map[string]int64{"ok": 602, "conflict": 7, "timeout": 2}
	l.Errors = []results.ErrorExample{{Op: "send", Outcome: "conflict", Status: 409, Count: 7, Example: "taken by somebody else"}, {Op: "send", Outcome: "timeout", Count: 2}}
	l.Mix = []results.MixRow{{Op: "send", Model: 611, Offered: 611}, {Op: "inbox", Model: 1900, Offered: 1803}, {Op: "attach", Model: 12}}
	l.FeedBack = slowDay()
	record := withTails(sampleRecord(sampleRun(threePolicies(), l)))
	record.Seconds, record.Target = sampleSeconds(120), sampleUse(120)
	return record
}

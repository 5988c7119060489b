package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who keeps a load from being judged, and what that makes of it as a step of a search for capacity.
func TestLimitedByAndVerdict(t *testing.T) {
	all := func(change func(*OpResult)) func(*Load) { return func(l *Load) { change(&l.Ops[0]) } }
	outcomes := func(of map[string]int64) func(*Load) { return all(func(r *OpResult) { r.Outcomes = of }) }
	both := func(changes ...func(*Load)) func(*Load) {
		return func(l *Load) {
			for _, change := range changes {
				change(l)
			}
		}
	}
	p95 := func(ms Number) func(*Load) { return all(func(r *OpResult) { r.ResponseMS.P95 = ms }) }
	waits := func(ms Number) func(*Load) {
		return func(l *Load) { l.AchievedPerS = 500; l.Ops[0].WaitMS.P99 = ms }
	}
	lag := all(func(r *OpResult) { r.LagMS.P99 = 40 }) // 15 ms may be its own: 10% of 150 ms
	capped := map[string]int64{"ok": 99000, "capped": 1000}
	for _, row := range []struct {
		name             string
		change           func(*Load)
		limited          []string
		verdict, because string
	}{
		{"sound", func(*Load) {}, []string{}, Pass, ""},
		{"slow", p95(500), []string{}, Fail, "response.p95 500 ms"},
		{"2% errors", outcomes(map[string]int64{"ok": 98000, "invalid": 2000}), []string{}, Fail, "errors 2%"},

		// Half of the rate, and people waited for 1.5 s for earlier answers: the portal's doing, even if what it did answer
		// was in time. Also with waits below a second, as long as they are longer than a sound lag.
		{"too late", waits(1500), []string{LimitedByPortal}, Fail, "answers too late"},
		{"rather late", waits(600), []string{LimitedByPortal}, Fail, "answers too late"},
		{"too late and slow", both(waits(1500), p95(900)), []string{LimitedByPortal}, Fail, "response.p95 900 ms"},
		{"nobody waited", waits(0), []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		// With a lag above its bound nothing can be said, whatever else was late.
		{"too late with lag", both(waits(1500), lag), []string{LimitedByPortal, LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		{"lag", lag, []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		{"lag and slow", both(lag, p95(900)), []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		// 10% of a p99 of 3 s is 300 ms: beside such answers a lag of 40 ms is nothing.
		{"lag beside slow answers", both(lag, p95(900), all(func(r *OpResult) { r.ResponseMS.P99 = 3000 })), []string{}, Fail, "response.p95 900 ms"},
		{"processor", func(l *Load) { l.Generator.CPUShare = .9 }, []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		{"sockets", outcomes(map[string]int64{"ok": 99000, "generator": 1000}), []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},

		// The in-flight limit: of a portal that breaks the limit on its answers, or takes a second, its doing; of one that
		// answers within 80 ms (95%) and 150 ms (99%), the limit is too low for the rate.
		{"capped by slow answers", both(outcomes(capped), p95(600)), []string{LimitedByPortal}, Fail, "response.p95 600 ms"},
		{"capped by a slow tail", both(outcomes(capped), all(func(r *OpResult) { r.ResponseMS.P99 = 1000 })), []string{LimitedByPortal}, Fail, "operations not sent"},
		{"capped by time-outs", both(outcomes(capped), all(func(r *OpResult) { r.FailedMS.P99 = 5000 })), []string{LimitedByPortal}, Fail, "operations not sent"},
		{"capped by few time-outs", both(outcomes(capped), all(func(r *OpResult) { r.FailedMS = Latency{P99: Number(math.NaN()), Max: 5000} })),
			[]string{LimitedByPortal}, Fail, "operations not sent"},
		{"capped by a low limit", outcomes(capped), []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		{"capped and too late", both(waits(1500), outcomes(capped)), []string{LimitedByPortal, LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		{"capped by slow answers, with lag", both(outcomes(capped), p95(600), lag), []string{LimitedByPortal, LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		// 1% capped and what depended on it, another 4%, so that 95% were achieved; a wait of 5 ms explains none of it.
		{"capped and skipped", both(outcomes(map[string]int64{"ok": 95000, "capped": 1000, "skipped": 4000}), waits(5)),
			[]string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		{"failed, skipped and a few capped", outcomes(map[string]int64{"ok": 98000, "invalid": 500, "capped": 200, "skipped": 1300}),
			[]string{LimitedByPortal}, Fail, "errors 2%"},
		// What follows from an answer that did not come is the portal's: .5% of the operations.
		{"skipped", outcomes(map[string]int64{"ok": 99500, "skipped": 500}), []string{LimitedByPortal}, Fail, "operations not sent"},

		{"throttled", outcomes(map[string]int64{"ok": 90000, "throttled": 10000}), []string{LimitedByLimiter}, StepInvalid, LimitedByLimiter},
		{"nothing sent", all(func(r *OpResult) { r.Sent = 0 }), []string{LimitedByGenerator}, StepInvalid, LimitedByGenerator},
		// 40 ok of 40, where p95 needs 59; and 40 ok of 100,000: 99.96% errors need no percentile.
		{"few", all(func(r *OpResult) { r.Offered, r.Sent, r.Outcomes = 40, 40, map[string]int64{"ok": 40} }),
			[]string{LimitedBySamples}, StepInvalid, LimitedBySamples},
		{"few of many", outcomes(map[string]int64{"ok": 40, "invalid": 99960}), []string{LimitedBySamples}, Fail, "errors 100%"},
		{"none ok", both(outcomes(map[string]int64{"invalid": 100000}), p95(Number(math.NaN()))), []string{}, Fail, "errors 100%"},

		{"lost", func(l *Load) { l.Ledger = &Ledger{Checked: 9, Lost: 2} }, []string{}, Fail, "messages lost: 2"},
		{"lost, with lag", both(lag, func(l *Load) { l.Ledger = &Ledger{Checked: 9, Lost: 2, Duplicated: 1} }), []string{LimitedByGenerator},
			Fail, "messages lost: 2, duplicated: 1"}, // which no lag does
		{"leaked", func(l *Load) { one := int64(1); l.Ledger = &Ledger{Checked: 9, Leaked: &one} }, []string{}, Fail, "messages leaked: 1"},
		{"unread", func(l *Load) { l.Ledger = &Ledger{Checked: 9, Unread: 3} }, []string{}, StepInvalid, "messages not readable: 3"},
		{"found", func(l *Load) { l.Ledger = &Ledger{Checked: 9, Found: 9} }, []string{}, Pass, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, checkLast := range []bool{true, false} { // in either order
				l := sound()
				row.change(l)
				if checkLast {
					l.Validate(false)
				}
				l.Check(parsed(t, "all.response.p95<500ms", DefaultThreshold))
				if !checkLast {
					l.Validate(false)
				}
				require.Equal(t, row.limited, l.LimitedBy)
				s := NewCapacityStep(l, 1000)
				require.Equal(t, row.verdict, s.Verdict)
				require.Equal(t, row.because, s.Because)
				require.Equal(t, len(l.LimitedBy) == 0, l.Validity == RunValid)
			}
		})
	}
}

func TestStarvedIsTheGenerator(t *testing.T) {
	l := sound()
	l.Validate(true)
	l.Check(parsed(t, DefaultThreshold))
	require.Equal(t, []string{LimitedByGenerator}, l.LimitedBy)
}

// A threshold on what never happened cannot be judged, and is no pass.
func TestUnmeasuredThresholdIsNoPass(t *testing.T) {
	l := sound()
	l.Validate(false)
	l.Check(parsed(t, "reply.response.p95<1s"))
	s := NewCapacityStep(l, 1000)
	require.Equal(t, StepInvalid, s.Verdict)
	require.Equal(t, "reply.response.p95<1s: not measured", s.Because)
}

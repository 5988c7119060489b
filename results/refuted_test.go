package results

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Of 1,000 operations, 20 ended as the row says and 900 were skipped after them, which makes the run invalid. 20 of 1,000
// is 2%, and above the limit of 1% whatever the 900 would have come to.
func TestWhatNoBetterRunCouldKeepHasFailed(t *testing.T) {
	for _, row := range []struct {
		name, limit string
		change      func(l *Load)
		want        string
	}{
		{"500s", "all.errors<=1%", func(*Load) {}, Fail},
		{"not more than may be", "all.errors<=2%", func(*Load) {}, Inconclusive},
		{"another operation", "send.errors<=1%", func(*Load) {}, Inconclusive},
		{"a percentile", "all.response.p50<1us", func(*Load) {}, Inconclusive},
		{"only skipped", "all.errors<=1%", func(l *Load) { delete(l.Ops[0].Outcomes, "invalid") }, Inconclusive},
		{"time-outs and cuts", "all.errors<=1%", func(l *Load) {
			l.Ops[0].Outcomes = map[string]int64{"timeout": 5, "transport": 5, "unknown": 5, "partial": 5, "skipped": 900}
		}, Fail},
		{"a limiter", "all.errors<=1%", func(l *Load) { l.Ops[0].Outcomes = map[string]int64{"throttled": 20, "skipped": 900} }, Inconclusive},
		{"a late generator", "all.errors<=1%", func(l *Load) { l.Ops[0].LagMS.P99 = 50 }, Inconclusive},
		{"a busy generator", "all.errors<=1%", func(l *Load) { l.Generator.CPUShare = .9 }, Inconclusive},
	} {
		for _, validateFirst := range []bool{true, false} {
			l := sound()
			l.Ops[0].Offered, l.Ops[0].Outcomes = 1000, map[string]int64{"ok": 80, "invalid": 20, "skipped": 900}
			row.change(l)
			if validateFirst {
				l.Validate(false)
			}
			l.Check(parsed(t, row.limit))
			l.Validate(false)
			require.Equal(t, RunInvalid, l.Validity, row.name)
			require.Equal(t, row.want, l.Thresholds[0].Status, row.name)
		}
	}
}

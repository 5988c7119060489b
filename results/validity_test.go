package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// sound returns a valid load of 100,000 operations, all of them ok.
func sound() *Load {
	all := OpResult{Op: "all", Offered: 100000, Sent: 100000, Outcomes: map[string]int64{"ok": 100000},
		ResponseMS: Latency{Mean: 20, P50: 15, P95: 80, P99: 150}, LagMS: Latency{P99: 2}}
	send := OpResult{Op: "send", Offered: 200, Sent: 200, Outcomes: map[string]int64{"ok": 200},
		ResponseMS: Latency{P50: 15, P95: 80, P99: 150}}
	return &Load{OfferedPerS: 1000, AchievedPerS: 1000, Generator: GeneratorHealth{CPUShare: .3}, Ops: []OpResult{all, send,
		{Op: "reply", ResponseMS: Latency{P95: Number(math.NaN())}}}}
}

func TestValidate(t *testing.T) {
	nan := Number(math.NaN())
	outcome := func(o Outcome, n int64) func(l *Load) { return func(l *Load) { l.Ops[0].Outcomes[o.String()] = n } }
	for _, row := range []struct {
		name    string
		change  func(l *Load)
		starved bool
		want    []string
	}{
		{"sound", func(*Load) {}, false, []string{}},
		{"nothing sent", func(l *Load) { l.Ops[0].Sent = 0 }, true, []string{"nothing was sent"}},
		{"no rows", func(l *Load) { l.Ops = nil }, false, []string{"nothing was sent"}},
		{"990 of 1000", func(l *Load) { l.AchievedPerS = 990 }, false, []string{}},
		{"989 of 1000", func(l *Load) { l.AchievedPerS = 989 }, false, []string{"only 98.9% of the offered rate was achieved, at least 99% is needed"}},
		{"slow portal", func(l *Load) { l.AchievedPerS = 500; l.Ops[0].WaitMS.P99 = 1500 }, false,
			[]string{"only 50% of the offered rate was achieved, at least 99% is needed: the portal answers too late for people to go on in time"}},
		{"rate missing", func(l *Load) { l.AchievedPerS = Number(math.NaN()) }, false, []string{"the offered or achieved rate was not measured"}},
		{"100 of 100,000 capped is .1%", outcome(Capped, 100), false, []string{}},
		{"101 is more", outcome(Capped, 101), false, []string{"0.101% of the offered operations were not sent, at most 0.1% may be: 101 capped by the in-flight limit, 0 skipped because an earlier one failed, 0 for want of sockets"}},
		{"60 capped, 60 skipped", func(l *Load) { outcome(Capped, 60)(l); outcome(Skipped, 60)(l) }, false,
			[]string{"0.12% of the offered operations were not sent, at most 0.1% may be: 60 capped by the in-flight limit, 60 skipped because an earlier one failed, 0 for want of sockets"}},
		{"out of sockets counts too", outcome(Generator, 200), false,
			[]string{"0.2% of the offered operations were not sent, at most 0.1% may be: 0 capped by the in-flight limit, 0 skipped because an earlier one failed, 200 for want of sockets"}},
		{"lag 15 = 10% of 150", func(l *Load) { l.Ops[0].LagMS.P99 = 15 }, false, []string{}},
		{"lag 16", func(l *Load) { l.Ops[0].LagMS.P99 = 16 }, false, []string{"the generator lagged by 16 ms at the 99th percentile, and 15 ms may be its own"}},
		{"lag 10 on a fast portal", func(l *Load) { l.Ops[0].ResponseMS.P99 = 1; l.Ops[0].LagMS.P99 = 10 }, false, []string{}},
		{"lag 11 on a fast portal", func(l *Load) { l.Ops[0].ResponseMS.P99 = 1; l.Ops[0].LagMS.P99 = 11 }, false,
			[]string{"the generator lagged by 11 ms at the 99th percentile, and 10 ms may be its own"}},
		{"lag 11 and no answer", func(l *Load) { l.Ops[0].ResponseMS.P99 = Number(math.NaN()); l.Ops[0].LagMS.P99 = 11 }, false,
			[]string{"the generator lagged by 11 ms at the 99th percentile, and 10 ms may be its own"}},
		{"lag missing", func(l *Load) {
			l.Ops[0].LagMS = Latency{Mean: nan, P50: nan, P90: nan, P95: nan, P99: nan, P999: nan, Max: nan}
		}, false, []string{"the generator's lag was not measured"}},
		{"CPU 80%", func(l *Load) { l.Generator.CPUShare = .8 }, false, []string{}},
		{"CPU 85%", func(l *Load) { l.Generator.CPUShare = .85 }, false, []string{"the generator used 85% of its cores, at most 80% is safe"}},
		{"1% throttled", outcome(Throttled, 1000), false, []string{}},
		{"1.1% throttled", outcome(Throttled, 1100), false,
			[]string{"1.1% of the sent operations were throttled, at most 1% may be: the limiter was measured, not the portal"}},
		{"starved", func(*Load) {}, true, []string{"the schedule starved: operations were generated later than they were due"}},
		{"two reasons", func(l *Load) { l.Generator.CPUShare = .9 }, true,
			[]string{"the generator used 90% of its cores, at most 80% is safe", "the schedule starved: operations were generated later than they were due"}},
	} {
		l := sound()
		row.change(l)
		l.Validate(row.starved)
		require.Equal(t, row.want, l.Why, row.name)
		want := RunValid
		if len(row.want) > 0 {
			want = RunInvalid
		}
		require.Equal(t, want, l.Validity, row.name)
	}
}

func parsed(t *testing.T, texts ...string) []ParsedThreshold {
	t.Helper()
	var out []ParsedThreshold
	for _, text := range texts {
		p, err := ParseThreshold(text)
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

// Of 100 operations 4 were never answered: p95 is the 95th, which was; of 6 it would not have been, and no limit is kept
// then. One that was refused was answered.
func TestPercentilesThatWereNeverAnswered(t *testing.T) {
	for _, row := range []struct {
		outcomes  map[string]int64
		statistic string
		want      bool
	}{
		{map[string]int64{"ok": 96, "timeout": 4}, "p95", false},
		{map[string]int64{"ok": 94, "timeout": 4, "transport": 1, "unknown": 1}, "p95", true},
		{map[string]int64{"ok": 94, "timeout": 6}, "p90", false},
		{map[string]int64{"ok": 90, "invalid": 10}, "p95", false},
		{map[string]int64{"timeout": 100}, "p50", true},
		{map[string]int64{"ok": 94, "timeout": 6}, "max", false},
	} {
		l := &Load{Ops: []OpResult{{Op: "all", Offered: 100, Sent: 100, Outcomes: row.outcomes}}}
		limit := parsed(t, "all.response."+row.statistic+"<1h")[0]
		require.Equal(t, row.want, math.IsInf(limit.value(l), 1), "%v %s", row.outcomes, row.statistic)
	}
}

func TestCheck(t *testing.T) {
	for _, row := range []struct {
		text, want string
		value      float64
	}{
		{"all.response.p99<151ms", Pass, 150},
		{"all.response.p99<150ms", Fail, 150},
		{"all.response.p99<=150ms", Pass, 150},
		{"send.response.p95<81ms", Pass, 80},        // 200 samples, 59 needed
		{"reply.response.p95<1h", Inconclusive, -1}, // never sent
		{"close.errors<=100%", Inconclusive, -1},    // not even a row
		{"reply.errors<=100%", Inconclusive, -1},    // none offered
		{"all.errors<=0%", Pass, 0},
		{"all.errors<0%", Fail, 0},
	} {
		l := sound()
		l.Validate(false)
		l.Check(parsed(t, row.text))
		require.Equal(t, row.want, l.Thresholds[0].Status, row.text)
		require.Equal(t, row.text, l.Thresholds[0].Expression)
		if row.value < 0 {
			require.True(t, math.IsNaN(float64(l.Thresholds[0].Value)), row.text)
		} else {
			require.InDelta(t, row.value, float64(l.Thresholds[0].Value), 1e-12, row.text)
		}
		require.Equal(t, RunValid, l.Validity, row.text)
	}
}

// Refusing everything at once in a millisecond must not pass a latency limit, and errors count what was not sent.
func TestFastRefusalsDoNotPass(t *testing.T) {
	l := sound()
	l.Ops[0].Outcomes = map[string]int64{"denied": 99990, "capped": 10}
	l.Ops[0].ResponseMS = Latency{}
	l.Validate(false)
	l.Check(parsed(t, "all.response.max<1s", DefaultThreshold))
	require.Equal(t, Inconclusive, l.Thresholds[0].Status)
	require.Equal(t, Fail, l.Thresholds[1].Status)
	require.Equal(t, Number(1), l.Thresholds[1].Value)
}

func TestTooFewSamplesInvalidateInEitherOrder(t *testing.T) {
	limits := parsed(t, "all.response.p99<1s", "send.response.p99<1s") // send has 200 samples, p99 needs 299
	checkLast, checkFirst := sound(), sound()
	checkLast.Validate(false)
	checkLast.Check(limits)
	checkFirst.Check(limits)
	checkFirst.Validate(false)
	require.Equal(t, checkLast.Why, checkFirst.Why)
	require.Equal(t, checkLast.Validity, checkFirst.Validity)
	require.Equal(t, checkLast.Thresholds, checkFirst.Thresholds)
	require.Equal(t, RunInvalid, checkLast.Validity)
	require.Equal(t, []string{"send has 200 samples for its p99, which needs 299"}, checkLast.Why)
	for _, threshold := range checkLast.Thresholds {
		require.Equal(t, Inconclusive, threshold.Status)
	}
}

func TestInvalidRunJudgesNothing(t *testing.T) {
	l := sound()
	l.Validate(true)
	l.Check(parsed(t, "all.response.p99<1s"))
	require.Equal(t, Inconclusive, l.Thresholds[0].Status)
}

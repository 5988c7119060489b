package results

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
)

// recordOf is a run folder of a load, without the folder.
func recordOf(dir string, l *Load, latencies map[string]*stats.Histogram) *Record {
	return &Record{Dir: dir, Histograms: []Histograms{{"us", latencies}}, Run: &Run{Format: Format, Kind: "load", Version: "v1", Scenario: "smoke",
		Digest: "1f", RunID: dir, Machine: Machine{GOARCH: "amd64"}, Load: l}}
}

// folderOf keeps a load as a run folder, and reads it back.
func folderOf(t *testing.T, l *Load, latencies map[string]*stats.Histogram) *Record {
	t.Helper()
	f := created(t)
	require.NoError(t, f.WriteHistograms(Histograms{"us", latencies}))
	require.NoError(t, f.WriteRun(recordOf(f.Dir(), l, latencies).Run))
	r, err := Read(f.Dir())
	require.NoError(t, err)
	return r
}

// answered is a valid load of n sends that took 1 ms to n ms, and as many again as failed.
func answered(n, failed int64) (*Load, map[string]*stats.Histogram) {
	response, lag := stats.NewHistogram(3_600_000_000, 3), stats.NewHistogram(3_600_000_000, 3)
	for i := range n {
		response.Record(1000 * (i + 1))
		lag.Record(100)
	}
	row := OpResult{Op: "send", Offered: n + failed, Sent: n + failed, Outcomes: map[string]int64{"ok": n, "invalid": failed},
		ResponseMS: NewLatency(response, 0), LagMS: NewLatency(lag, 0)}
	all := row
	all.Op = "all"
	l := &Load{Format: Format, OfferedPerS: 10, AchievedPerS: 10, Generator: GeneratorHealth{CPUShare: .1}, Ops: []OpResult{all, row, {Op: "claim"}}}
	l.Validate(false)
	return l, map[string]*stats.Histogram{"all.response": response, "send.response": response, "all.lag": lag, "send.lag": lag}
}

func poolOf(t *testing.T, records ...*Record) *Pool {
	t.Helper()
	p, err := PoolLoads(records)
	require.NoError(t, err)
	return p
}

// Of 1,000 answers after 1 to 1,000 ms the 950th is 950 ms (to three digits). Its 95% interval by ranks: 950 ± 1.96
// sqrt(1000 x .95 x .05) = 950 ± 13.5.
func TestAbsoluteGates(t *testing.T) {
	for _, row := range []struct {
		name, limit string
		failed      int64
		status, why string
	}{
		{"kept", "send.response.p95<1s", 0, Pass, "the limit is kept"},
		{"broken", "send.response.p95<900ms", 0, Fail, "950 ms were measured, and the limit is 900 ms"},
		{"kept by a little", "send.response.p95<960ms", 0, Pass, "the limit is kept"},
		{"broken by a little", "send.response.p95<945ms", 0, Fail, "950 ms were measured"},
		{"errors", "send.errors<=1%", 100, Fail, "9.091% were not answered ok, and 1% may be"}, // 100 of 1,100
		{"nobody did it", "claim.response.p95<1s", 0, NoData, "claim was not measured"},
		{"no such row", "attach.errors<1%", 0, NoData, "attach was not measured"},
		{"too few", "send.response.p999<2s", 0, NoData, "send has 1000 samples for its p999, which needs 2995"},
	} {
		l, h := answered(1000, row.failed)
		gates, _ := poolOf(t, folderOf(t, l, h)).Gates(parsed(t, row.limit))
		require.Len(t, gates, 1, "%s: no ledger was checked", row.name)
		require.Equal(t, row.status, gates[0].Status, row.name)
		require.Contains(t, gates[0].Why, row.why, row.name)
	}
	l, h := answered(1000, 0)
	gates, warnings := poolOf(t, folderOf(t, l, h)).Gates(parsed(t, "send.response.p95<960ms", "send.response.p95<1s"))
	require.InDelta(t, 950-13.5, float64(gates[0].Low), 2)
	require.InDelta(t, 950+13.5, float64(gates[0].High), 2)
	require.Len(t, warnings, 1, "960 lies within the interval, 1,000 does not")
	require.Contains(t, warnings[0], "send.response.p95<960ms: the limit lies within the 95% interval")
}

// Whatever a load is like, a gate with the same thresholds says what the load itself says.
func TestGatesAgreeWithTheLoad(t *testing.T) {
	const seed = 4
	draws := rand.New(rand.NewPCG(seed, 0))
	pick := func(list ...int64) int64 { return list[draws.IntN(len(list))] }
	limits := []string{"all.errors<=1%", "send.response.p95<50ms", "send.response.p50<=20ms", "claim.response.p50<1s", "all.lag.max<1ms"}
	seen := map[string]int{}
	for range 300 {
		l, h := answered(pick(1, 4, 5, 58, 59, 100), pick(0, 0, 1, 20))
		l.Ops[0].Outcomes["capped"] = pick(0, 0, 5)
		l.AchievedPerS = Number(pick(10, 10, 9))
		l.Incomplete = false
		thresholds := parsed(t, limits...)
		l.Validate(draws.IntN(8) == 0)
		l.Check(thresholds)
		gates, _ := poolOf(t, recordOf("a", l, h)).Gates(thresholds)
		for i, threshold := range l.Thresholds {
			want := threshold.Status
			if want == Inconclusive { // which of a load ends with exit code 4
				want = NoData
			}
			require.Equal(t, want, gates[i].Status, "seed %d: %s in %v, %v", seed, threshold.Expression, l.Ops[0], l.Why)
			seen[want]++
		}
	}
	for _, status := range []string{Pass, Fail, NoData} {
		require.Greater(t, seen[status], 20, status)
	}
}

// The reverse of what k6 does: a percentile of no requests keeps no limit.
func TestNothingMeasuredKeepsNoLimit(t *testing.T) {
	l, h := answered(0, 0)
	gates, _ := poolOf(t, folderOf(t, l, h)).Gates(parsed(t, "send.response.p95<200ms", "all.errors<=1%"))
	for _, g := range gates {
		require.Equal(t, NoData, g.Status, g.Name)
		require.Contains(t, g.Why, "nothing was sent", g.Name)
	}
}

func TestOneSampleKeepsNoLimit(t *testing.T) {
	l, h := answered(1, 0)
	gates, _ := poolOf(t, folderOf(t, l, h)).Gates(parsed(t, DefaultThreshold))
	require.Equal(t, NoData, gates[0].Status)
	require.Contains(t, gates[0].Why, "all has 1 operations for its share of errors, which needs 5")
}

func TestLedgerGate(t *testing.T) {
	for _, row := range []struct {
		name   string
		ledger *Ledger
		spoil  func(l *Load, r *Record)
		status string
	}{
		{"kept", &Ledger{Checked: 9, Found: 9}, nil, Pass},
		{"lost", &Ledger{Checked: 9, Found: 8, Lost: 1}, nil, Fail},
		{"unread", &Ledger{Checked: 9, Unread: 2}, nil, NoData},
		{"lost in an invalid run", &Ledger{Checked: 9, Lost: 1}, func(l *Load, _ *Record) { l.AchievedPerS = 1; l.Validate(false) }, Fail},
		{"kept in an invalid run", &Ledger{Checked: 9, Found: 9}, func(l *Load, _ *Record) { l.AchievedPerS = 1; l.Validate(false) }, NoData},
		{"lost in an interrupted one", &Ledger{Checked: 9, Lost: 1}, func(l *Load, _ *Record) { l.Incomplete = true }, NoData},
	} {
		l, h := answered(100, 0)
		l.Ledger = row.ledger
		if row.spoil != nil {
			row.spoil(l, nil)
		}
		gates, _ := poolOf(t, folderOf(t, l, h)).Gates(nil)
		require.Len(t, gates, 1, row.name)
		require.Equal(t, row.status, gates[0].Status, row.name)
	}
}

// Two loads judged as one are one load of both: 1 to 600 ms twice is the same distribution, of twice as many.
func TestPoolMergesExactly(t *testing.T) {
	l, h := answered(600, 20)
	m, k := answered(1000, 0)
	together := poolOf(t, folderOf(t, l, h), folderOf(t, m, k))

	want := stats.NewHistogram(3_600_000_000, 3)
	for i := range int64(1000) {
		want.Record(1000 * (i + 1))
		if i < 600 {
			want.Record(1000 * (i + 1))
		}
	}
	send, ok := together.Load.Op("send")
	require.True(t, ok)
	require.EqualValues(t, 1620, send.Offered) // 600 + 20 + 1,000
	require.EqualValues(t, 1600, send.Outcomes["ok"])
	require.EqualValues(t, 20, send.Outcomes["invalid"])
	require.Equal(t, NewLatency(want, 0).P99, send.ResponseMS.P99)
	require.Equal(t, NewLatency(want, 0).Mean, send.ResponseMS.Mean)
	require.EqualValues(t, 600, l.Ops[1].Outcomes["ok"], "what was merged is left as it was")
	require.EqualValues(t, 600, h["send.response"].Count())

	gates, _ := together.Gates(parsed(t, "send.errors<=1%"))
	require.InDelta(t, 20./1620, float64(gates[0].Value), 1e-12)
	require.Equal(t, Fail, gates[0].Status)
}

// What no run alone has enough samples for, several have; and each of them must be valid.
func TestPoolOfSeveralHasMoreSamples(t *testing.T) {
	limit := parsed(t, "send.response.p99<2s") // needs 299
	var records []*Record
	for i := range 3 {
		l, h := answered(100, 0)
		l.Check(limit)
		require.Equal(t, RunInvalid, l.Validity)
		records = append(records, recordOf(fmt.Sprintf("runs/%d", i), l, h))
	}
	gates, _ := poolOf(t, records[0]).Gates(limit)
	require.Equal(t, NoData, gates[0].Status)
	gates, _ = poolOf(t, records...).Gates(limit)
	require.Equal(t, Pass, gates[0].Status, gates[0].Why)

	records[1].Run.Load.Why = append(records[1].Run.Load.Why, "the moon was full")
	gates, _ = poolOf(t, records...).Gates(limit)
	require.Equal(t, NoData, gates[0].Status)
	require.Contains(t, gates[0].Why, records[1].Dir+": the moon was full")
}

func TestUnansweredOperationsAreSlowerThanAll(t *testing.T) {
	l, h := answered(100, 0)
	l.Ops[1].Outcomes["timeout"] = 10 // 100 of 110 were answered: p95 falls among the others
	l.Ops[1].Offered, l.Ops[1].Sent = 110, 110
	gates, _ := poolOf(t, folderOf(t, l, h)).Gates(parsed(t, "send.response.p95<1h"))
	require.Equal(t, Fail, gates[0].Status)
	require.Equal(t, "more operations than p95 leaves out were never answered", gates[0].Why)
	require.True(t, math.IsInf(float64(gates[0].High), 1) || math.IsNaN(float64(gates[0].High)))
}

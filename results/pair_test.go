package results

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// window is a valid load of so many ok operations with a median response, and some errors.
func window(p50 float64, offered, errors int64) *Load {
	return &Load{Validity: RunValid, Why: []string{}, Ops: []OpResult{{Op: "all", Offered: offered, Sent: offered,
		Outcomes: map[string]int64{OK.String(): offered - errors, Transport.String(): errors}, ResponseMS: Latency{P50: Number(p50)}}}}
}

// invalid makes a load invalid by somebody's doing.
func invalid(l *Load, why string, by ...string) *Load {
	l.Validity, l.Why, l.LimitedBy = RunInvalid, []string{why}, by
	return l
}

func metrics(t *testing.T, names ...string) []Metric {
	t.Helper()
	var all []Metric
	for _, name := range names {
		m, err := ParseMetric(name)
		require.NoError(t, err)
		all = append(all, m)
	}
	return all
}

// apart returns n pairs whose candidate takes so many times as long as the base, swinging by ±1%.
func apart(n int, times float64) []Pair {
	var all []Pair
	for i := range n {
		swing := 1 + .01*float64(i%2*2-1)*(1+float64(i)/1000)
		all = append(all, Pair{Number: i + 1, Swapped: i%2 == 1, Base: window(10, 300, 0), Candidate: window(10*times*swing, 300, 0)})
	}
	return all
}

func draw() func(int) int { return rand.New(rand.NewPCG(1, 1)).IntN }

func TestPairsThatDoNotCount(t *testing.T) {
	good := func() *Load { return window(10, 300, 0) }
	for _, row := range []struct {
		name string
		pair Pair
		want string
	}{
		{"both valid", Pair{Base: good(), Candidate: good()}, ""},
		{"generator", Pair{Base: good(), Candidate: invalid(good(), "it lagged", LimitedByGenerator)}, "candidate: it lagged"},
		{"base too slow", Pair{Base: invalid(good(), "too late", LimitedByPortal), Candidate: good()}, "base: too late"},
		{"candidate too slow", Pair{Base: good(), Candidate: invalid(good(), "too late", LimitedByPortal)}, ""},
		{"and the generator too", Pair{Base: good(), Candidate: invalid(good(), "both", LimitedByPortal, LimitedByGenerator)}, "candidate: both"},
		{"both too slow", Pair{Base: invalid(good(), "too late", LimitedByPortal), Candidate: invalid(good(), "later", LimitedByPortal)}, "base: too late"},
		{"throttled", Pair{Base: good(), Candidate: invalid(good(), "the limiter", LimitedByLimiter)}, "candidate: the limiter"},
	} {
		require.Equal(t, row.want, row.pair.Dropped(), row.name)
	}
}

func TestLogOfPairs(t *testing.T) {
	p50, errors := metrics(t, "all.response.p50")[0], metrics(t, "all.errors")[0]
	silent := window(math.NaN(), 300, 300) // a percentile among what nobody answered is infinite
	for _, row := range []struct {
		name            string
		base, candidate *Load
		m               Metric
		want            float64
	}{
		{"twice", window(5, 300, 0), window(10, 300, 0), p50, math.Log(2)},
		{"no errors", window(5, 300, 0), window(5, 300, 0), errors, 0}, // (0 + 1/2) / 301 of both
		{"one error", window(5, 300, 0), window(5, 300, 1), errors, math.Log(3)},
		{"nine, then two", window(5, 300, 9), window(5, 300, 2), errors, math.Log(2.5 / 9.5)},
		{"no answer", window(5, 300, 0), silent, p50, math.Inf(1)},
		{"no base", silent, window(5, 300, 0), p50, math.NaN()},
		{"not measured", window(math.NaN(), 300, 0), window(5, 300, 0), p50, math.NaN()},
		{"no process", window(5, 300, 0), window(5, 300, 0), metrics(t, "target.cpu_ms_per_request")[0], math.NaN()},
	} {
		got := Pair{Base: row.base, Candidate: row.candidate}.Log(row.m)
		if math.IsNaN(row.want) {
			require.True(t, math.IsNaN(got), row.name)
			continue
		}
		if math.IsInf(row.want, 1) {
			require.Equal(t, row.want, got, row.name)
			continue
		}
		require.InDelta(t, row.want, got, 1e-12, row.name)
	}
}

// starved are pairs that do not count.
func starved(n int) []Pair {
	all := apart(n, 1)
	for i := range all {
		invalid(all[i].Base, "the generator lagged", LimitedByGenerator)
	}
	return all
}

func TestJudgementOfPairs(t *testing.T) {
	for _, row := range []struct {
		name   string
		pairs  Pairs
		status string
		says   string
	}{
		{"worse", Pairs{All: apart(12, 1.2)}, Fail, "worse by +20.0%, more than the margin of 5%, in 12 pairs: p = .00024, below .0033; the median went from 10 ms to 12.1 ms"},
		{"the same", Pairs{All: apart(12, 1)}, Pass, "not worse by the margin of 5%, in 12 pairs: p = .00024, below .05"},
		{"at the margin", Pairs{All: apart(24, 1.05)}, Inconclusive, "after 24 pairs neither shown to be worse"},
		{"too few", Pairs{All: apart(11, 2), Early: "the budget is used up"}, Inconclusive, "11 pairs, and 12 are the fewest; the budget is used up"},
		{"none", Pairs{}, NoData, "no pair was complete"},
		{"starved", Pairs{All: starved(7), Early: "too many"}, NoData, "none of 7 pairs counts; the last, base: the generator lagged; too many"},
		{"starved on the way", Pairs{All: append(apart(1, 1), starved(7)...)}, Inconclusive,
			"1 pair, and 12 are the fewest; 7 of 8 do not count; the last, base: the generator lagged"},
		{"interrupted", Pairs{All: apart(14, 2), Incomplete: "INCOMPLETE: interrupted"}, Inconclusive, "INCOMPLETE: interrupted, after 14 pairs"},
		{"interrupted at once", Pairs{Incomplete: "INCOMPLETE: interrupted"}, Inconclusive, "INCOMPLETE: interrupted, after 0 pairs"},
		{"calibrated", Pairs{Kind: GateCalibration, All: apart(24, 1)}, Pass, "two of a kind are not told apart in 24 pairs"},
		{"a false alarm", Pairs{Kind: GateCalibration, All: apart(24, 1.2)}, Inconclusive, "a false alarm: two of a kind differ by +20"},
		{"hardly calibrated", Pairs{Kind: GateCalibration, All: apart(4, 1)}, Inconclusive, "4 pairs, and 12 are the fewest"},
	} {
		row.pairs.Metrics, row.pairs.Margin = metrics(t, "all.response.p50"), .05
		gates := row.pairs.Judge(draw())
		require.Len(t, gates, 1, row.name)
		require.Equal(t, row.status, gates[0].Status, "%s: %s", row.name, gates[0].Why)
		require.Contains(t, gates[0].Why, row.says, row.name)
	}
}

func TestNumbersOfAPairedGate(t *testing.T) {
	p := Pairs{Kind: GatePaired, Margin: .05, Metrics: metrics(t, "all.response.p50"), All: apart(12, 1.2)}
	g := p.Judge(draw())[0]
	require.InDelta(t, 1.2, float64(g.Value), .002)
	require.InDelta(t, 1.2*.99, float64(g.Low), .003, "the swing is ±1%")
	require.InDelta(t, 1.2*1.01, float64(g.High), .003)
	require.Equal(t, Number(1.05), g.Limit)
	require.Equal(t, Number(math.Ldexp(1, -12)), g.P, "all of twelve above 0")
	require.Equal(t, int64(12), g.Samples)
	require.InDelta(t, .055, float64(g.Smallest), .01, "just above the margin")
}

// With three metrics each has a third of the false alarms: p of eleven of twelve is 2/4096, below .01/9 and .01/3; with
// one the other way round among the larger, p = 10/4096 = .0024 is below .01/3 only.
func TestMetricsShareTheFalseAlarms(t *testing.T) {
	all := apart(12, 1.2)
	all[4].Candidate = window(10/1.3, 300, 0) // |log| .262 is the largest, rank 12: W = 66 of 78
	one := Pairs{Margin: .05, Metrics: metrics(t, "all.response.p50"), All: all}
	three := one
	three.Metrics = metrics(t, "all.response.p50", "all.errors", "target.cpu_ms_per_request")
	p := func(p Pairs) Gate { return p.Judge(draw())[0] }
	require.Equal(t, Inconclusive, p(three).Status)
	require.Equal(t, Inconclusive, p(one).Status, "p of W = 66 is .017")
	all[4].Candidate = window(10/1.15, 300, 0) // |log| .140 is the smallest, rank 1: W = 77, p = 2/4096 = .00049
	require.Equal(t, Fail, p(three).Status)
	all[5].Candidate, all[6].Candidate = window(10/1.16, 300, 0), window(11.5, 300, 0) // ranks 1.5, 1.5, 3: W = 73.5 and p = .0017
	require.Equal(t, Fail, p(one).Status)
	require.Equal(t, Inconclusive, p(three).Status)
}

func TestDecided(t *testing.T) {
	p := Pairs{Margin: .05, Metrics: metrics(t, "all.response.p50", "all.errors"), All: apart(12, 1)}
	require.True(t, p.Decided(), "none is worse")
	p.All = apart(11, 1)
	require.False(t, p.Decided())
	p.All = apart(12, 1.3)
	require.True(t, p.Decided(), "one is worse")
	p.All = apart(12, 1)
	for i := range p.All { // a hundred errors more here, a hundred less there
		more := 100 * int64(i%2)
		p.All[i].Base, p.All[i].Candidate = window(10, 300, 100-more), window(10, 300, more)
	}
	require.False(t, p.Decided(), "errors are open")
	require.Empty(t, p.Unmeasured())
	p.Metrics = metrics(t, "all.response.p50", "target.cpu_ms_per_request")
	require.Equal(t, "target.cpu_ms_per_request", p.Unmeasured())
	require.Equal(t, NoData, p.Judge(draw())[1].Status)
}

// No verdict on speed excuses a candidate that breaks messages, nor does an interruption.
func TestBrokenMessagesFail(t *testing.T) {
	p := Pairs{Kind: GatePaired, Margin: .05, Metrics: metrics(t, "all.response.p50"), All: apart(3, 1), Incomplete: "INCOMPLETE"}
	require.Empty(t, p.Broken())
	p.All[1].Candidate.Ledger = &Ledger{Checked: 9, Found: 7, Lost: 2}
	gates := p.Judge(draw())
	require.Len(t, gates, 2)
	require.Equal(t, Fail, gates[1].Status)
	require.Contains(t, gates[1].Why, "in pair 2: ")
}

func TestPairsAreWritten(t *testing.T) {
	folder, err := Create(filepath.Join(t.TempDir(), "gate"))
	require.NoError(t, err)
	p := Pairs{Metrics: metrics(t, "all.response.p50", "all.errors"), All: apart(2, 1)}
	p.All[1].Base = invalid(window(10, 300, 3), "it lagged", LimitedByGenerator)
	p.All[1].Base.Seed, p.All[1].Base.RunID = 7, "r1"
	require.NoError(t, folder.WritePairs(&p))
	text, err := os.ReadFile(folder.Path("pairs.csv"))
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "pair,order,side,counts,seed,run_id,offered,validity,all.response.p50,all.errors,why", strings.Join(rows[0], ","))
	require.Equal(t, "1,1,base,true,0,,300,valid,10,0,", strings.Join(rows[1], ","))
	require.Equal(t, "2,1,candidate,false", strings.Join(rows[3][:4], ","), "the second pair goes the other way round")
	require.Equal(t, "2,2,base,false,7,r1,300,invalid,10,0.01,it lagged", strings.Join(rows[4], ","))
}

func TestCalibrate(t *testing.T) {
	p := Pairs{Kind: GateCalibration, Margin: .05, Metrics: metrics(t, "all.response.p50"), All: append(apart(24, 1), starved(1)...)}
	got := p.Calibrate(draw())[0]
	require.Equal(t, "all.response.p50", got.Metric)
	require.Equal(t, 24, got.Pairs)
	require.InDelta(t, .01, float64(got.Noise), .001)
	require.Zero(t, got.FalseAlarms)
	require.Equal(t, Number(1), got.Passes)
}

func TestMetricsOfPairs(t *testing.T) {
	for _, row := range []struct {
		name, op    string
		needs       int
		tail, other bool // other: of the process
	}{
		{"all.errors", "all", 1, false, false},
		{"send.response.mean", "send", 1, false, false},
		{"all.response.p50", "all", 5, false, false}, // 1 - .5^5 = .969 >= .95
		{"read.service.p95", "read", 59, true, false},
		{"all.response.max", "all", 1, true, false},
		{"target.cpu_ms_per_request", "all", 0, false, true},
	} {
		m := metrics(t, row.name)[0]
		op, needs := m.SamplesNeeded()
		require.Equal(t, row.op, op, row.name)
		require.Equal(t, row.needs, needs, row.name)
		require.Equal(t, row.tail, m.Tail(), row.name)
		require.Equal(t, row.other, m.OfProcess(), row.name)
		require.NoError(t, m.Comparable())
	}
	for _, name := range []string{"all.lag.p50", "all.wait.p50"} {
		require.ErrorContains(t, metrics(t, name)[0].Comparable(), "no ratio")
	}
}

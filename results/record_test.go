package results

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
)

// simulated are the files of a simulation beside its manifest.
type simulated struct {
	week    []WeekHour
	threads []ThreadStep
	series  []SecondRow
	groups  []Histograms
}

func someParts() simulated {
	set := map[string]string{"staff.rn.fte": "2", "network.hours": "mon-fri 08:00-16:00"}
	return simulated{
		week: []WeekHour{{Policy: "nurse-first", Set: set, Hour: 0, Begun: .5, Waiting: 45.25},
			{Policy: "nurse-first", Set: set, Hour: 167, Begun: Number(math.NaN()), Waiting: 0}},
		threads: []ThreadStep{{Story: "worst", Policy: "nurse-first", Set: set, Hours: 4.5, Clock: "tue 20:05", Event: "opened", Who: "rn",
			Inbox: "rn+ma pool", Category: "symptom", Felt: "routine"},
			{Story: "worst", Policy: `say "later", please`, Set: map[string]string{}, Hours: Number(math.NaN()), Clock: "tue 15:35", Event: "phoned"}},
		series: []SecondRow{{T: 0, Offered: 5, Sent: 4, Done: 3, Errors: 1, InFlight: 1, LagP99MS: .25, ResponseP50MS: 3, ResponseP95MS: 4,
			ResponseP99MS: math.NaN(), ServiceP50MS: 2, ServiceP99MS: math.NaN(), WaitP99MS: 0}},
		groups: []Histograms{{"min", map[string]*stats.Histogram{
			SpanTag("nurse-first", set, "first_response", Where{"actual_urgency": "urgent"}): histogramOf(60, 90)}}},
	}
}

func (s simulated) write(t *testing.T, f *Folder) {
	t.Helper()
	require.NoError(t, f.WriteWeek(s.week))
	require.NoError(t, f.WriteThreads(s.threads))
	require.NoError(t, f.WriteSeries(s.series))
	require.NoError(t, f.WriteHistograms(s.groups...))
}

// requireSameText compares what may hold missing numbers, which are not equal to themselves.
func requireSameText(t *testing.T, want, got any) {
	t.Helper()
	require.Equal(t, fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got))
}

func TestReadBringsBackWhatWasWritten(t *testing.T) {
	f, parts := created(t), someParts()
	parts.write(t, f)
	before, err := f.Record(finished())
	require.NoError(t, err)
	require.NoError(t, f.WriteRun(finished()))
	got, err := Read(f.Dir() + "/")
	require.NoError(t, err)
	require.Equal(t, f.Dir(), got.Dir)
	require.Equal(t, finished(), got.Run)
	requireSameText(t, parts.week, got.Week)
	requireSameText(t, parts.threads, got.Threads)
	requireSameText(t, parts.series, got.Seconds)
	set := parts.week[0].Set
	tag := SpanTag("nurse-first", set, "first_response", Where{"actual_urgency": "urgent"})
	require.NotContains(t, tag, " ")
	require.EqualValues(t, 2, got.Distribution("min", tag).Count())
	require.Nil(t, got.Distribution("us", tag))
	requireSameText(t, before.Week, got.Week)
	require.Equal(t, before.Run, got.Run)
	require.Equal(t, before.Dir, got.Dir)
}

// The numbers of a manifest have ten digits in its file: what is read before it is written has no more.
func TestRecordHasTheNumbersOfTheFile(t *testing.T) {
	f, run := created(t), finished()
	run.Simulate.Policies[0].Measures[0].Value = 1. / 3
	run.Simulate.Policies[0].Measures[0].High = Number(math.Inf(1))
	got, err := f.Record(run)
	require.NoError(t, err)
	require.Equal(t, .3333333333, float64(got.Run.Simulate.Policies[0].Measures[0].Value))
	require.True(t, math.IsNaN(float64(got.Run.Simulate.Policies[0].Measures[0].High)))
	require.Empty(t, got.Week)
	require.Empty(t, got.Histograms)
}

// The load of an older version has no p95 and no waits by the second; a newer one may have columns that are not known.
func TestSeriesOfOtherVersions(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteFile("series.csv", []byte(strings.Join(seriesColumns(), ",")+"\n0,5,4,3,1,1,0.25,3,,2,\n")))
	require.NoError(t, f.WriteFile("week.csv", []byte("hour,policy,set,begun,waiting,moon\n3,nurse-first,,0.5,inf,full\n")))
	require.NoError(t, f.WriteRun(finished()))
	got, err := Read(f.Dir())
	require.NoError(t, err)
	require.Equal(t, 3., got.Seconds[0].ResponseP50MS)
	require.True(t, math.IsNaN(got.Seconds[0].ResponseP95MS) && math.IsNaN(got.Seconds[0].WaitP99MS))
	require.Equal(t, WeekHour{Policy: "nurse-first", Set: map[string]string{}, Hour: 3, Begun: .5, Waiting: Number(math.Inf(1))}, got.Week[0])
}

func TestReadNamesFileLineAndAct(t *testing.T) {
	const week, threads = "policy,set,hour,begun,waiting\n", "story,policy,set,hours,clock,event,who,inbox,category,felt_urgency\n"
	for _, c := range []struct{ file, content, says string }{
		{"week.csv", "", "line 1 is damaged: EOF"},
		{"week.csv", "name,score\nleft-pad,3\n", "line 1 is damaged: there is no column policy"},
		{"week.csv", "policy,set,hour,begun,queue\n", "line 1 is damaged: there is no column waiting"},
		{"week.csv", week + "a,,1,2\n", "line 2 is damaged: wrong number of fields"},
		{"week.csv", week + "a,,1,2,3\na,,168,2,3\n", "line 3 is damaged: hour is 168, and a week has 168"},
		{"week.csv", week + "a,,-1,2,3\n", `line 2 is damaged: hour is "-1", which is no whole number from 0 on`},
		{"week.csv", week + "a,,1,two,3\n", `line 2 is damaged: begun is "two", which is no number`},
		{"week.csv", week + "a,fte,1,2,3\n", `line 2 is damaged: set is "fte", which is not written as key=value`},
		{"week.csv", week + "a,,1,2,3\na,,2,2,33", "line 3 is damaged: it is cut short"},
		{"week.csv", week + "\"a,,1,2,3\na,,2,2,33\n", "line 2 is damaged: extraneous or missing"},
		{"week.csv", week + strings.Repeat("a", 3<<20), "line 2 is damaged: it is longer than 1 MB"},
		{"threads.csv", threads + "worst,a,,x,,,,,,\n", `line 2 is damaged: hours is "x", which is no number`},
		{"series.csv", "t_s,offered\n", "line 1 is damaged: there is no column sent"},
		{"series.csv", strings.Join(seriesColumns(), ",") + "\n1.5,5,4,3,1,1,0.25,3,,2,\n", `line 2 is damaged: t_s is "1.5", which is no whole number`},
		{"histograms.hlog", histogramsHeader + "\na\tus\tAAAA", "line 2 is damaged: decoding a histogram"},
		{"histograms.hlog", "#portalbench histograms 2\n", "its first line is not that of a histogram file of this version"},
	} {
		f := created(t)
		require.NoError(t, f.WriteRun(finished()))
		require.NoError(t, f.WriteFile(c.file, []byte(c.content)))
		_, err := Read(f.Dir())
		require.ErrorContains(t, err, "reading "+f.Path(c.file)+": ", c.says)
		require.ErrorContains(t, err, c.says)
		require.ErrorContains(t, err, "again", "what to do about it: %s", c.says)
	}
}

func TestReadRefusesForeignFolders(t *testing.T) {
	empty := t.TempDir()
	_, err := Read(empty)
	require.ErrorContains(t, err, "opening run "+empty+": it has no run.json: name a folder that portalbench wrote and finished")
	_, err = Read(filepath.Join(empty, "nowhere"))
	require.ErrorContains(t, err, "name a folder that portalbench wrote")
	for content, says := range map[string]string{
		`{"name": "left-pad", "version": "1.3.0"}`:      "it was not written by portalbench",
		`{"format": 2, "kind": "run", "simulate": {}}`:  "it has format 2 and this portalbench reads up to 1",
		`{"format": 1, "kind": "run", "simulate": {"po`: "it is damaged, run the scenario again",
	} {
		f := created(t)
		someParts().write(t, f)
		require.NoError(t, f.WriteFile("run.json", []byte(content)))
		_, err := Read(f.Dir())
		require.ErrorContains(t, err, "reading "+f.Path("run.json")+": "+says)
	}
}

// Wherever a line with a histogram is cut, that is found out.
func TestHistogramLinesCutShort(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteHistograms(Histograms{"us", map[string]*stats.Histogram{"send.response": histogramOf(1, 90, 8000)}}))
	whole := contentOf(t, f, "histograms.hlog")
	for n := len(histogramsHeader) + 2; n < len(whole); n++ {
		_, err := decodeHistograms(strings.NewReader(whole[:n]))
		require.ErrorContains(t, err, "line 2 is damaged", "after %d of %d bytes", n, len(whole))
		_, err = decodeHistograms(strings.NewReader(whole[:n] + "\n"))
		if n < len(whole)-1 {
			require.ErrorContains(t, err, "line 2 is damaged", "after %d of %d bytes, and a line's end", n, len(whole))
		}
	}
}

// A file whose histograms would fill the memory is given up: each line of 200 bytes stands for one of 50 MB.
func TestHistogramsOfTheWholeMemoryAreRefused(t *testing.T) {
	b, err := stats.NewHistogram(math.MaxInt64/2, 5).MarshalBinary()
	require.NoError(t, err)
	var file bytes.Buffer
	file.WriteString(histogramsHeader + "\n")
	for i := range 40 {
		file.WriteString(histogramLine(fmt.Sprintf("a%d", i), "us", b))
	}
	_, err = decodeHistograms(&file)
	require.ErrorContains(t, err, "take more than 512 MB")
}

// Ten thousand observations of three tags, dealt out over three folders at random, merge to what one folder has of them
// all: the same bytes, so the same quantiles, mean and counts, in whatever order they are merged.
func TestFoldersMergeExactly(t *testing.T) {
	const seed = 7
	dice := rand.New(rand.NewPCG(seed, 0))
	tags := []string{"send.response", "all.response", "thread.wait"}
	deal := func() map[string]*stats.Histogram {
		of := map[string]*stats.Histogram{}
		for _, tag := range tags {
			of[tag] = stats.NewHistogram(3_600_000_000, 3)
		}
		return of
	}
	whole, parts := deal(), []map[string]*stats.Histogram{deal(), deal(), deal()}
	for range 10_000 {
		tag, part := tags[dice.IntN(len(tags))], dice.IntN(len(parts))
		if v := int64(math.Exp(dice.NormFloat64()*2 + 9)); v > 1e6 {
			whole[tag].NotReached(1)
			parts[part][tag].NotReached(1)
		} else {
			whole[tag].Record(v)
			parts[part][tag].Record(v)
		}
	}
	var read [][]Histograms
	for _, of := range parts {
		f := created(t)
		require.NoError(t, f.WriteHistograms(Histograms{"us", of}))
		groups, err := ReadHistograms(f.Dir())
		require.NoError(t, err)
		read = append(read, groups)
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}} {
		merged, err := MergeHistograms(read[order[0]], read[order[1]], read[order[2]])
		require.NoError(t, err)
		for _, tag := range tags {
			want, err := whole[tag].MarshalBinary()
			require.NoError(t, err)
			got, err := merged[0].Of[tag].MarshalBinary()
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), "%s, seed %d", tag, seed)
			for _, q := range []float64{0, .25, .5, .9, .99, 1} {
				require.Equal(t, whole[tag].Quantile(q), merged[0].Of[tag].Quantile(q), "%s %g", tag, q)
			}
		}
	}
	require.Less(t, read[0][0].Of[tags[0]].Count(), whole[tags[0]].Count(), "what was merged is left as it was")
	_, err := MergeHistograms(read[0], []Histograms{{"us", map[string]*stats.Histogram{tags[0]: histogramOf(1)}}})
	require.ErrorContains(t, err, "merging histograms: send.response has another range or precision")
}

func TestReplicationsAreReadRowByRow(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteReplications([]Replication{
		{Policy: "nurse-first", Set: map[string]string{"staff.rn.fte": "2"}, Number: 1, Measures: []Measure{inbox(1.5, 3), response(math.Inf(1), 3)}},
		{Policy: "hub", Number: 2, Measures: []Measure{response(math.NaN(), 0)}}}))
	var got []ReplicationRow
	for r, err := range ReadReplications(f.Dir()) {
		require.NoError(t, err)
		got = append(got, r)
	}
	set := map[string]string{"staff.rn.fte": "2"}
	requireSameText(t, []ReplicationRow{
		{"nurse-first", set, 1, "inbox_minutes_per_workday", Where{"role": "rn"}, "mean", 1.5},
		{"nurse-first", set, 1, "first_response_hours", nil, "p95", Number(math.Inf(1))},
		{"hub", map[string]string{}, 2, "first_response_hours", nil, "p95", Number(math.NaN())},
	}, got)
	for range ReadReplications(f.Dir()) {
		break // reading less is no error
	}
	require.NoError(t, f.WriteFile("replications.csv", []byte(strings.Join(replicationColumns(), ",")+"\na,,x,m,,mean,1\n")))
	var last error
	for _, last = range ReadReplications(f.Dir()) {
	}
	require.ErrorContains(t, last, f.Path("replications.csv")+`: line 2 is damaged: replication is "x"`)
	for range ReadReplications(t.TempDir()) {
		require.Fail(t, "there is no such file")
	}
}

func TestTargetSurvivesARoundTrip(t *testing.T) {
	f := created(t)
	samples := []TargetSample{{At: -1500 * time.Millisecond, CPU: 20 * time.Millisecond, RSS: 40_000_000, Threads: 7},
		{At: -500 * time.Millisecond, CPU: 720 * time.Millisecond, RSS: 41_000_000, Threads: 8}}
	require.NoError(t, f.WriteTarget(TargetSeries{PID: 3, Samples: samples}))
	got, err := ReadTarget(f.Dir())
	require.NoError(t, err)
	require.Equal(t, samples, got)
	none, err := ReadTarget(t.TempDir())
	require.NoError(t, err)
	require.Empty(t, none)
	for _, wrong := range []string{"", "soon", "inf", "1e300"} {
		require.NoError(t, f.WriteFile("target.csv", []byte(strings.Join(targetColumns(), ",")+"\n"+wrong+",,1,1,1\n")))
		_, err = ReadTarget(f.Dir())
		require.ErrorContains(t, err, "line 2 is damaged: t_s is", "%q", wrong)
	}
}

// fuzzTable lets a parser read whatever a file may hold: it ends, and what it takes for a row is one.
func fuzzTable[T any](f *testing.F, columns []string, parse func(*row) T, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Add([]byte(strings.Join(columns, ",") + "\n"))
	f.Add([]byte(strings.Join(columns, ",") + "\n\"" + strings.Repeat(",", len(columns)-1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows := 0
		err := decodeCSV(bytes.NewReader(b), columns, parse, func(T) bool { rows++; return true })
		require.LessOrEqual(t, rows, bytes.Count(b, []byte("\n"))+1)
		if err != nil {
			require.Contains(t, err.Error(), "is damaged: ")
		}
	})
}

// fileOf returns what a writer of folders writes under a name.
func fileOf(f *testing.F, name string, write func(*Folder) error) string {
	folder, err := Create(f.TempDir())
	require.NoError(f, err)
	require.NoError(f, write(folder))
	b, err := os.ReadFile(folder.Path(name))
	require.NoError(f, err)
	return string(b)
}

func FuzzWeek(f *testing.F) {
	fuzzTable(f, weekColumns(), parseWeekHour, fileOf(f, weekName, func(o *Folder) error { return o.WriteWeek(someParts().week) }))
}

func FuzzThreads(f *testing.F) {
	fuzzTable(f, threadColumns(), parseThreadStep, fileOf(f, threadsName, func(o *Folder) error { return o.WriteThreads(someParts().threads) }))
}

func FuzzSeries(f *testing.F) {
	fuzzTable(f, seriesColumns(), parseSecond, fileOf(f, seriesName, func(o *Folder) error { return o.WriteSeries(someParts().series) }))
}

func FuzzReplications(f *testing.F) {
	fuzzTable(f, replicationColumns(), parseReplication, fileOf(f, replicationsName, func(o *Folder) error {
		return o.WriteReplications([]Replication{{Policy: "hub", Set: map[string]string{"a": "1;2"}, Measures: []Measure{inbox(1.5, 3)}}})
	}))
}

func FuzzTarget(f *testing.F) {
	fuzzTable(f, targetColumns(), parseSample, fileOf(f, targetName, func(o *Folder) error {
		return o.WriteTarget(TargetSeries{Samples: []TargetSample{{CPU: time.Second, RSS: 1, Threads: 2}}})
	}))
}

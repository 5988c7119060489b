package results

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/portalbench/portalbench/results/stats"
	"github.com/stretchr/testify/require"
)

func finished() *Run {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	load := sound()
	load.Ops = load.Ops[:2]
	load.Validate(false)
	return &Run{Format: Format, Kind: "run", Version: "v0.1.0", Started: at, Finished: at.Add(time.Minute), Scenario: "cardiopulmonary",
		Digest: "sha256:1f", Seed: 7, RunID: "k3v9", Machine: Machine{GOOS: "linux", GOARCH: "amd64", Cores: 2, GOMAXPROCS: 2},
		Portal: "refportal", Capabilities: map[string]string{"send": "native"}, Mailbox: Mailbox{10, 20}, Assumed: []string{"handling.rn"},
		Simulate: &Simulate{Format: Format, Kind: "simulate", Policies: []PolicyResult{{Name: "nurse-first", Measures: []Measure{
			{Name: "first_response_hours", Statistic: "p95", Value: 5.25, Low: 5, High: 5.5, N: 100, NotReached: 2}}}}},
		Load: load}
}

func created(t *testing.T) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "runs", "cardiopulmonary-1"))
	require.NoError(t, err)
	return f
}

func TestRunSurvivesARoundTrip(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteRun(finished()))
	got, err := Open(f.Dir())
	require.NoError(t, err)
	require.Equal(t, finished(), got)

	entries, err := os.ReadDir(f.Dir())
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
}

func TestCreateRefusesAFolderInUse(t *testing.T) {
	f := created(t)
	_, err := Create(f.Dir())
	require.NoError(t, err, "an empty one will do")
	require.NoError(t, f.WriteFile("scenario.yaml", []byte("x")))
	_, err = Create(f.Dir())
	require.ErrorContains(t, err, "it is not empty: choose another with --out")
	_, err = Create(f.Path("scenario.yaml"))
	require.ErrorContains(t, err, "creating run folder")
}

func TestOpenNamesTheFileAndTheAct(t *testing.T) {
	for content, part := range map[string]string{
		``:                            "it is damaged, run the scenario again",
		`{"format": 1, "kind": "run"`: "it is damaged, run the scenario again",
		`{"format": 1, "kind": "run", "seed": "x", "load": {}}`: "it is damaged, run the scenario again",
		`{"format": 2, "kind": "run"}`:                          "it has format 2 and this portalbench reads up to 1",
		`{"name": "left-pad"}`:                                  "it was not written by portalbench",
		`{"format": 1, "kind": "k6"}`:                           "it was not written by portalbench",
		`{"format": 1, "kind": "run"}`:                          "it holds neither a simulation nor a load",
	} {
		f := created(t)
		require.NoError(t, f.WriteFile("run.json", []byte(content)))
		_, err := Open(f.Dir())
		require.ErrorContains(t, err, part, content)
		require.ErrorContains(t, err, f.Path("run.json"))
	}
	_, err := Open(t.TempDir())
	require.ErrorContains(t, err, "it has no run.json: name a folder that portalbench wrote")
}

func FuzzDecodeRun(f *testing.F) {
	folder, err := Create(f.TempDir())
	require.NoError(f, err)
	require.NoError(f, folder.WriteRun(finished()))
	whole, err := os.ReadFile(folder.Path("run.json"))
	require.NoError(f, err)
	f.Add(whole)
	f.Add([]byte(`{"format": 1, "kind": "load", "load": {"ops": [{"op": "all"}]}}`))
	f.Add([]byte(`{"format": 9}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if run, err := decodeRun(b); err == nil && run.Load != nil {
			run.Load.Validate(false) // whatever a file holds, judging it does not panic
		}
	})
}

func TestCSVFiles(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteReplications([]Replication{{Policy: "nurse-first", Set: map[string]string{"staff.rn.fte": "2"}, Number: 1,
		Measures: []Measure{inbox(1.5, 3), response(math.Inf(1), 3), response(math.NaN(), 0)}}}))
	require.Equal(t, `policy,set,replication,measure,where,statistic,value
nurse-first,staff.rn.fte=2,1,inbox_minutes_per_workday,role=rn,mean,1.5
nurse-first,staff.rn.fte=2,1,first_response_hours,,p95,inf
nurse-first,staff.rn.fte=2,1,first_response_hours,,p95,
`, contentOf(t, f, "replications.csv"))

	require.NoError(t, f.WriteSeries([]SecondRow{{T: 0, Offered: 5, Sent: 4, Done: 3, Errors: 1, InFlight: 1, LagP99MS: .25,
		ResponseP50MS: 3, ResponseP99MS: math.NaN(), ServiceP50MS: 2, ServiceP99MS: math.NaN(),
		ResponseP95MS: 4.5, WaitP99MS: 0}}))
	require.Equal(t, `t_s,offered,sent,done,errors,in_flight,lag_p99_ms,response_p50_ms,response_p99_ms,service_p50_ms,service_p99_ms,response_p95_ms,wait_p99_ms
0,5,4,3,1,1,0.25,3,,2,,4.5,0
`, contentOf(t, f, "series.csv"))
}

func contentOf(t *testing.T, f *Folder, name string) string {
	t.Helper()
	b, err := os.ReadFile(f.Path(name))
	require.NoError(t, err)
	return string(b)
}

func histogramOf(values ...int64) *stats.Histogram {
	h := stats.NewHistogram(1_000_000, 3)
	for _, v := range values {
		h.Record(v)
	}
	return h
}

func TestHistogramsSurviveARoundTripAndMerge(t *testing.T) {
	f := created(t)
	us := Histograms{"us", map[string]*stats.Histogram{"send.response": histogramOf(1, 2), "all.response": histogramOf(1, 2, 3)}}
	require.NoError(t, f.WriteHistograms(us, Histograms{"min", map[string]*stats.Histogram{"nurse-first/first_response": histogramOf(60)}}))
	got, err := ReadHistograms(f.Dir())
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "us", got[0].Unit)
	require.Equal(t, us.Of["send.response"].Cumulative(), got[0].Of["send.response"].Cumulative())
	require.Equal(t, 60., got[1].Of["nurse-first/first_response"].Mean())

	// The lines of two runs, one after the other, merge.
	text := contentOf(t, f, "histograms.hlog")
	_, body, _ := strings.Cut(text, "\n")
	merged, err := decodeHistograms(strings.NewReader(text + body))
	require.NoError(t, err)
	require.EqualValues(t, 4, merged[0].Of["send.response"].Count())

	require.ErrorContains(t, f.WriteHistograms(Histograms{"us", map[string]*stats.Histogram{"a b": histogramOf(1)}}), "holds white space")
	require.ErrorContains(t, f.WriteHistograms(Histograms{"", map[string]*stats.Histogram{"a": histogramOf(1)}}), "is empty")
}

func TestDamagedHistogramFilesAreRefused(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteHistograms(Histograms{"us", map[string]*stats.Histogram{"a": histogramOf(1)}}))
	good := contentOf(t, f, "histograms.hlog")
	other := stats.NewHistogram(500, 2)
	require.NoError(t, f.WriteHistograms(Histograms{"us", map[string]*stats.Histogram{"a": other}}))
	_, otherLine, _ := strings.Cut(contentOf(t, f, "histograms.hlog"), "\n")
	for content, part := range map[string]string{
		"":                        "its first line",
		"#other\n":                "its first line",
		good + "a\tus\n":          "line 3 is damaged: it is not tag, unit and histogram",
		good + "a\tus\t!!!\n":     "line 3 is damaged: illegal base64",
		good + "a\tus\tAAAA\n":    "line 3 is damaged: decoding a histogram",
		good[:len(good)-9] + "\n": "line 2 is damaged",
		good + otherLine:          "line 3 is damaged: a has another range or precision",
	} {
		require.NoError(t, f.WriteFile("histograms.hlog", []byte(content)))
		_, err := ReadHistograms(f.Dir())
		require.ErrorContains(t, err, part, "%q", content)
	}
}

func FuzzDecodeHistograms(f *testing.F) {
	folder, err := Create(f.TempDir())
	require.NoError(f, err)
	require.NoError(f, folder.WriteHistograms(Histograms{"us", map[string]*stats.Histogram{"a": histogramOf(1, 9), "b": histogramOf()}}))
	b, err := os.ReadFile(folder.Path("histograms.hlog"))
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(histogramsHeader + "\na\tus\tcGJoMQ==\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		groups, err := decodeHistograms(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, g := range groups {
			require.NotEmpty(t, g.Unit)
			require.NotEmpty(t, g.Of)
		}
	})
}

package results

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden unpacks a run folder that an earlier version wrote.
func golden(t testing.TB, archive string) string {
	t.Helper()
	packed, err := os.Open(archive)
	require.NoError(t, err)
	defer packed.Close()
	unzipped, err := gzip.NewReader(packed)
	require.NoError(t, err)
	dir, files := t.TempDir(), tar.NewReader(unzipped)
	for {
		entry, err := files.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, strings.TrimSuffix(filepath.Base(archive), ".tar.gz"))
		}
		require.NoError(t, err)
		require.True(t, filepath.IsLocal(entry.Name))
		path := filepath.Join(dir, entry.Name)
		if entry.Typeflag == tar.TypeDir {
			require.NoError(t, os.MkdirAll(path, 0o755))
			continue
		}
		content, err := io.ReadAll(files)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
}

// Every run folder that was ever kept is read, and holds together: the distributions of the first response have as many
// threads as the measures, and every replication its rows.
func TestEveryVersionsFoldersAreRead(t *testing.T) {
	archives, err := filepath.Glob("testdata/format-*/*.tar.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(archives), 3)
	for _, archive := range archives {
		t.Run(filepath.Base(archive), func(t *testing.T) {
			dir := golden(t, archive)
			r, err := Read(dir)
			require.NoError(t, err)
			require.Positive(t, r.Run.Format)
			if r.Run.Simulate != nil {
				requireWholeSimulation(t, r)
			}
			if l := r.Run.Load; l != nil {
				requireWholeSeries(t, r)
				samples, err := ReadTarget(dir)
				require.NoError(t, err)
				require.GreaterOrEqual(t, len(samples), l.Target.Samples)
			}
		})
	}
}

func requireWholeSimulation(t *testing.T, r *Record) {
	rows := map[string]map[string]int{} // by policy and measure: some are not in every replication
	for row, err := range ReadReplications(r.Dir) {
		require.NoError(t, err)
		if rows[row.Policy] == nil {
			rows[row.Policy] = map[string]int{}
		}
		rows[row.Policy][Measure{Name: row.Measure, Where: row.Where, Statistic: row.Statistic}.Key()]++
	}
	for _, p := range r.Run.Simulate.Policies {
		require.Len(t, rows[p.Name], len(p.Measures))
		require.Equal(t, p.Replications, rows[p.Name][measureOf(t, p, "threads", "", "count").Key()])
		threads := int64(0)
		for _, urgency := range []string{"routine", "urgent"} {
			threads += r.Distribution("min", SpanTag(p.Name, p.Set, "first_response", Where{"actual_urgency": urgency})).Count()
		}
		require.Equal(t, measureOf(t, p, "threads", "", "count").N, threads)
	}
}

// requireWholeSeries holds the seconds of a load against its sums.
func requireWholeSeries(t *testing.T, r *Record) {
	all, found := r.Run.Load.Op("all")
	require.True(t, found)
	offered := int64(0)
	for _, s := range r.Seconds {
		offered += s.Offered
	}
	require.Equal(t, all.Offered, offered)
	require.Equal(t, all.Outcomes["ok"], r.Distribution("us", "all.response").Count())
}

func measureOf(t *testing.T, p PolicyResult, name, where, statistic string) Measure {
	t.Helper()
	for _, m := range p.Measures {
		if m.Name == name && WhereText(m.Where) == where && m.Statistic == statistic {
			return m
		}
	}
	require.Fail(t, "there is no such measure", "%s{%s}.%s", name, where, statistic)
	return Measure{}
}

// The values are those of the files, looked up in them by hand.
func TestFirstRunOfFormat1(t *testing.T) {
	r, err := Read(golden(t, "testdata/format-1/first-run.tar.gz"))
	require.NoError(t, err)
	require.Equal(t, []string{"run", "tiny", "1b2203dd1f979cf7", "r335272f13b", "refportal"},
		[]string{r.Run.Kind, r.Run.Scenario, r.Run.Digest, r.Run.RunID, r.Run.Portal})
	mean := measureOf(t, r.Run.Simulate.Policies[0], "first_response_hours", "actual_urgency=urgent", "mean")
	require.Equal(t, Measure{"first_response_hours", Where{"actual_urgency": "urgent"}, "mean", 58.20621347, 0, 315.5023085, 19, 3}, mean)
	require.True(t, measureOf(t, r.Run.Simulate.Policies[0], "first_response_hours", "", "p90").NeverReached())
	all, _ := r.Run.Load.Op("all")
	require.Equal(t, 5.143, float64(all.ResponseMS.P95))
	require.True(t, math.IsNaN(float64(all.ResponseMS.P99)))
	require.Len(t, r.Seconds, 3)
	require.Positive(t, r.Seconds[0].ResponseP50MS)
	require.True(t, math.IsNaN(r.Seconds[0].ResponseP95MS), "the column came later")
	require.Empty(t, r.Week)
	require.Empty(t, r.Threads)
	require.Nil(t, r.Run.Load.Errors)
	require.Nil(t, r.Run.Load.Mix)
}

func TestRunOfFormat1(t *testing.T) {
	dir := golden(t, "testdata/format-1/run.tar.gz")
	r, err := Read(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"run", "two", "e52f499573b75186", "r8fa9a2b09d"}, []string{r.Run.Kind, r.Run.Scenario, r.Run.Digest, r.Run.RunID})
	median := measureOf(t, r.Run.Simulate.Policies[1], "first_response_hours", "", "median")
	require.Equal(t, []Number{5.166666667, 4.107816272, 6.225517061}, []Number{median.Value, median.Low, median.High})
	set := map[string]string{"replay.for": "3s", "replay.rate_per_second": "25", "replay.warm_up": "500ms"}
	require.Len(t, r.Week, 2*168)
	require.Equal(t, WeekHour{"physician-first", set, 1, 1.125, 40.875}, r.Week[1])
	require.Len(t, r.Threads, 24)
	require.Equal(t, ThreadStep{"median", "nurse-first", set, 1.640616944, "fri 11:34", "handed_on", "rn", "physician", "symptom", "routine"}, r.Threads[9])
	require.Equal(t, SecondRow{T: 1, Offered: 15, Sent: 15, Done: 15, LagP99MS: .399, ResponseP50MS: 1.207, ResponseP95MS: 2.521,
		ResponseP99MS: 2.521, ServiceP50MS: .995, ServiceP99MS: 2.347, WaitP99MS: 2.608}, r.Seconds[1])
	require.Equal(t, MixRow{"inbox", 13, 13}, r.Run.Load.Mix[4])
	require.Empty(t, r.Run.Load.Errors)
	urgent := r.Distribution("min", SpanTag("nurse-first", set, "first_clinical_read", Where{"actual_urgency": "urgent", "felt_urgency": "routine"}))
	require.NotNil(t, urgent)
	workdays := r.Distribution("min", SpanTag("nurse-first", set, "inbox_minutes_of_a_workday", Where{"role": "rn"}))
	perDay := measureOf(t, r.Run.Simulate.Policies[1], "inbox_minutes_per_workday", "role=rn", "mean")
	require.Equal(t, perDay.N, workdays.Count())
	require.InDelta(t, float64(perDay.Value), workdays.Mean(), .5, "whole minutes, and replications of different sizes")
}

func TestLoadOfFormat1(t *testing.T) {
	dir := golden(t, "testdata/format-1/load.tar.gz")
	r, err := Read(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"load", "smoke", "90539eaa2f06795d", "r7ff676a9aa"}, []string{r.Run.Kind, r.Run.Scenario, r.Run.Digest, r.Run.RunID})
	require.Nil(t, r.Run.Simulate)
	file, err := os.Open(filepath.Join(dir, "ops.csv"))
	require.NoError(t, err)
	defer file.Close()
	rows, err := collected(ReadOps(file))
	require.NoError(t, err)
	counted := 0
	for _, row := range rows {
		if row.Counted {
			counted++
		}
	}
	require.Len(t, rows, 82)
	require.Equal(t, 75, counted)
}

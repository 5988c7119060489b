package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulated is a run of one policy with a value of first_response_hours for every replication, and a constant beside it.
func simulatedRun(t *testing.T, medians ...float64) *Record {
	t.Helper()
	f := created(t)
	var rows []Replication
	var all [][]Measure
	for i, v := range medians {
		measures := []Measure{
			{Name: "first_response_hours", Where: Where{"actual_urgency": "urgent"}, Statistic: "median", Value: Number(v), N: 500},
			{Name: "threads", Statistic: "count", Value: 40, N: 40},
			{Name: "held_back", Statistic: "count", Value: Number(math.NaN())},
		}
		if math.IsInf(v, 1) {
			measures[0].NotReached = 300
		}
		rows, all = append(rows, Replication{Policy: "nurse-first", Number: i, Measures: measures}), append(all, measures)
	}
	s := &Simulate{Format: Format, Kind: "simulate", Events: 1000, Replications: len(medians),
		Policies: []PolicyResult{{Name: "nurse-first", Replications: len(medians), Measures: Summarize(all)}}}
	require.NoError(t, f.WriteReplications(rows))
	run := &Run{Format: Format, Kind: "simulate", Version: "v1", Scenario: "smoke", Digest: "1f", Seed: 1, RunID: f.Dir(),
		Machine: Machine{GOARCH: "amd64"}, Simulate: s, ResultHash: ResultHash(s, rows)}
	require.NoError(t, f.WriteRun(run))
	r, err := Read(f.Dir())
	require.NoError(t, err)
	return r
}

func TestSameSimulation(t *testing.T) {
	base := simulatedRun(t, 3.25, 3.5, 4)
	for _, row := range []struct {
		name   string
		values []float64
		change func(r *Run)
		forced bool
		status string
		moved  int
	}{
		{"equal", []float64{3.25, 3.5, 4}, nil, false, Pass, 0},
		{"one replication a little off", []float64{3.25, 3.5, 4.000000001}, nil, false, Fail, 1},
		{"equal, of a newer version", []float64{3.25, 3.5, 4}, func(r *Run) { r.Version = "v2" }, false, Pass, 0},
		{"changed by a newer version", []float64{3, 3.5, 4}, func(r *Run) { r.Version = "v2" }, false, Inconclusive, 1},
		{"equal on another architecture", []float64{3.25, 3.5, 4}, func(r *Run) { r.Machine.GOARCH = "arm64" }, false, Inconclusive, 0},
		{"changed on another architecture", []float64{3, 3.5, 4}, func(r *Run) { r.Machine.GOARCH = "arm64" }, false, Inconclusive, 1},
		{"more events", []float64{3.25, 3.5, 4}, func(r *Run) { r.Simulate.Events++; r.ResultHash = "" }, false, Fail, 0},
		{"forced", []float64{3, 3.5, 4}, nil, true, Inconclusive, 1},
		{"never reached", []float64{3.25, 3.5, math.Inf(1)}, nil, false, Fail, 1},
	} {
		now := simulatedRun(t, row.values...)
		if row.change != nil {
			row.change(now.Run)
		}
		g, moved, err := SameSimulation(base, now, row.forced)
		require.NoError(t, err, row.name)
		require.Equal(t, row.status, g.Status, "%s: %s", row.name, g.Why)
		require.Len(t, moved, row.moved, row.name)
		require.EqualValues(t, 3, g.Samples, "%s: measures compared", row.name)
	}
}

// The older versions wrote no hash: it is made of what they wrote.
func TestResultHashIsThatOfTheFiles(t *testing.T) {
	r := simulatedRun(t, 3.25, math.Inf(1), math.NaN(), 1./3)
	rows, err := Replications(r.Dir, nil)
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.Equal(t, r.Run.ResultHash, ResultHash(r.Run.Simulate, rows))
	rows[3].Measures[0].Value += 1e-8
	require.NotEqual(t, r.Run.ResultHash, ResultHash(r.Run.Simulate, rows))
}

func TestSameSimulationRefusesChangedFiles(t *testing.T) {
	a, b := simulatedRun(t, 1, 2), simulatedRun(t, 1, 2)
	b.Run.ResultHash = "00"
	_, _, err := SameSimulation(a, b, false)
	require.ErrorContains(t, err, "replications.csv and run.json do not belong together")
	b.Dir = t.TempDir()
	_, _, err = SameSimulation(a, b, false)
	require.ErrorContains(t, err, "replications.csv")
}

// Differences 1, 2 and 3: mean 2, half-width t(2, .975) x 1/sqrt(3) = 4.303 x .5774 = 2.484.
func TestMovedMeasuresHavePairedIntervals(t *testing.T) {
	_, moved, err := SameSimulation(simulatedRun(t, 10, 20, 30), simulatedRun(t, 11, 22, 33), false)
	require.NoError(t, err)
	require.Len(t, moved, 1)
	m := moved[0]
	require.Equal(t, "first_response_hours", m.Measure)
	require.InDelta(t, 20, float64(m.Base), 1e-9)
	require.InDelta(t, 22, float64(m.Value), 1e-9)
	require.InDelta(t, 2, float64(m.Difference), 1e-9)
	require.InDelta(t, 2-2.484, float64(m.Low), 1e-3)
	require.InDelta(t, 2+2.484, float64(m.High), 1e-3)
}

func TestTheLargestMoveComesFirst(t *testing.T) {
	of := func(values map[string]float64, order ...string) (list []Replication) {
		r := Replication{Policy: "a"}
		for _, name := range order {
			r.Measures = append(r.Measures, Measure{Name: name, Statistic: "mean", Value: Number(values[name])})
		}
		return []Replication{r}
	}
	moved, compared := movedBetween(
		of(map[string]float64{"a": 100, "b": 10, "c": 5, "same": 1}, "a", "b", "c", "same"),
		of(map[string]float64{"a": 110, "b": 5, "new": 3, "same": 1}, "a", "b", "new", "same"))
	require.Equal(t, 5, compared)
	var order []string
	for _, m := range moved {
		order = append(order, m.Measure)
	}
	require.Equal(t, []string{"c", "new", "b", "a"}, order) // gone, come, by 50%, by 10%
}

func TestMeasureGates(t *testing.T) {
	// Three replications 3, 4 and 5: mean 4, half-width 4.303 / sqrt(3) = 2.484: 1.516 to 6.484.
	for _, row := range []struct {
		limit  string
		values []float64
		status string
		why    string
	}{
		{"first_response_hours{actual_urgency=urgent}<7h", []float64{3, 4, 5}, Pass, "the whole interval keeps the limit"},
		{"first_response_hours{actual_urgency=urgent}<90m", []float64{3, 4, 5}, Fail, "none of the interval, 1.52 to 6.48 hours, keeps the limit"},
		{"first_response_hours{actual_urgency=urgent}<5h", []float64{3, 4, 5}, Inconclusive, "the limit lies within the interval"},
		{"first_response_hours{actual_urgency=urgent}>1h", []float64{3, 4, 5}, Pass, ""},
		{"first_response_hours{actual_urgency=urgent}>=7h", []float64{3, 4, 5}, Fail, ""},
		{"nurse-first/first_response_hours{actual_urgency=urgent}<7h", []float64{3, 4, 5}, Pass, ""},
		{"threads<=40", []float64{3, 4, 5}, Pass, ""}, // 40 in every replication
		{"threads<40", []float64{3, 4, 5}, Fail, ""},
		{"first_response_hours{actual_urgency=urgent}<7h", []float64{3}, NoData, "one replication has no interval"},
		{"first_response_hours{age=65+}<7h", []float64{3, 4, 5}, NoData, "was not measured under nurse-first"},
		{"held_back<7", []float64{3, 4, 5}, NoData, "it has no value"},
		{"first_response_hours{actual_urgency=urgent}<7h", []float64{3, 4, math.Inf(1)}, Inconclusive, "in 1 of 3 replications it is never reached"},
		{"first_response_hours{actual_urgency=urgent}<7h", []float64{math.Inf(1), math.Inf(1)}, Fail, "in 2 of 2 replications it is never reached"},
	} {
		limit, err := ParseLimit(row.limit)
		require.NoError(t, err)
		gates, err := limit.Measure.Gates(simulatedRun(t, row.values...), nil)
		require.NoError(t, err)
		require.Len(t, gates, 1)
		require.Equal(t, row.status, gates[0].Status, "%s of %v: %s", row.limit, row.values, gates[0].Why)
		require.Contains(t, gates[0].Why, row.why)
	}
}

func TestMeasureGatesOfEveryPolicy(t *testing.T) {
	r := simulatedRun(t, 3, 4, 5)
	other := r.Run.Simulate.Policies[0]
	other.Name, other.Unstable = "physician-first", new(true)
	r.Run.Simulate.Policies = append(r.Run.Simulate.Policies, other)
	limit, err := ParseLimit("threads<=40")
	require.NoError(t, err)
	gates, err := limit.Measure.Gates(r, nil)
	require.NoError(t, err)
	require.Equal(t, "nurse-first/threads<=40", gates[0].Name)
	require.Equal(t, NoData, gates[1].Status)
	require.Contains(t, gates[1].Why, "the backlog grows")

	for text, part := range map[string]string{
		"nurse-frist/threads<=40":                       `unknown policy "nurse-frist": did you mean nurse-first?`,
		"first_response_hours{actual_urgency=urgnt}<4h": `unknown actual_urgency "urgnt": did you mean urgent?`,
		"inbox_minutes_per_workday{role=nurse}<4h":      `unknown role "nurse": choose one of rn`,
		"first_response_hours{age=65}<4h":               `unknown age "65": did you mean 65+?`,
	} {
		limit, err := ParseLimit(text)
		require.NoError(t, err)
		_, err = limit.Measure.Gates(r, map[string][]string{"role": {"rn"}})
		require.ErrorContains(t, err, part)
	}
}

package results

import (
	"bytes"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

func someReplications() []Replication {
	urgent := Where{"actual_urgency": "urgent"}
	swept := map[string]string{"staff.rn.fte": "3", "route.when": "[{a: 1}; b=2]"}
	return []Replication{
		{Policy: "nurse-first", Number: 0, Measures: []Measure{
			{Name: "first_response_hours", Statistic: "median", Value: 3.5},
			{Name: "first_response_hours", Where: urgent, Statistic: "median", Value: Number(math.Inf(1))}}},
		{Policy: "nurse-first", Number: 1, Measures: []Measure{
			{Name: "first_response_hours", Statistic: "median", Value: Number(math.NaN())},
			{Name: "threads", Statistic: "count", Value: 1234567.5}}},
		{Policy: "nurse-first", Set: swept, Number: 0, Measures: []Measure{{Name: "threads", Statistic: "count", Value: 0}}},
	}
}

func TestReplicationsAreReadAsTheyWereWritten(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteReplications(someReplications()))
	got, err := Replications(f.Dir(), nil)
	require.NoError(t, err)
	again := created(t)
	require.NoError(t, again.WriteReplications(got))
	requireSameFile(t, f.Path("replications.csv"), again.Path("replications.csv"))
	require.Equal(t, someReplications()[2].Set, got[2].Set, "a semicolon within a value stays in it")
	require.True(t, math.IsInf(float64(got[0].Measures[1].Value), 1))
	require.True(t, math.IsNaN(float64(got[1].Measures[0].Value)))

	some, err := Replications(f.Dir(), func(name string) bool { return name == "threads" })
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 1}, []int{len(some[0].Measures), len(some[1].Measures), len(some[2].Measures)})
}

func requireSameFile(t *testing.T, want, got string) {
	t.Helper()
	a, err := os.ReadFile(want)
	require.NoError(t, err)
	b, err := os.ReadFile(got)
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))
}

func TestDamagedReplications(t *testing.T) {
	head := strings.Join(replicationColumns(), ",") + "\n"
	for text, want := range map[string]string{
		"":                           "line 1 ",
		"a,b\n":                      "line 1 ",
		head + "p,,x,m,,mean,1\n":    `line 2 is damaged: replication is "x", which is no whole number`,
		head + "p,,-1,m,,mean,1\n":   `line 2 is damaged: replication is "-1", which is no whole number`,
		head + "p,,0,m,,mean,many\n": `line 2 is damaged: value is "many"`,
		head + "p,,0,m,,mean,NaN\n":  `line 2 is damaged: value is "NaN"`,
		head + "p,,0,m,,mean\n":      "line 2",
	} {
		f := created(t)
		require.NoError(t, f.WriteFile("replications.csv", []byte(text)))
		_, err := Replications(f.Dir(), nil)
		require.ErrorContains(t, err, want, text)
	}
	_, err := Replications(t.TempDir(), nil)
	require.ErrorContains(t, err, "simulate again")
}

func TestReplicationsAsParquet(t *testing.T) {
	f := created(t)
	require.NoError(t, f.WriteReplications(someReplications()))
	var b bytes.Buffer
	require.NoError(t, WriteReplicationsParquet(&b, ReadReplications(f.Dir())))
	got, err := parquet.Read[replicationRecord](bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	require.Len(t, got, 5)
	require.Equal(t, replicationRecord{"nurse-first", "", 0, "first_response_hours", "", "median", new(3.5)}, got[0])
	require.True(t, math.IsInf(*got[1].Value, 1), "never reached")
	require.Equal(t, "actual_urgency=urgent", got[1].Where)
	require.Nil(t, got[2].Value, "missing")
	require.Equal(t, "route.when=[{a: 1}; b=2];staff.rn.fte=3", got[4].Set)
	require.NoError(t, f.WriteFile("replications.csv", []byte("x\n")))
	require.ErrorContains(t, WriteReplicationsParquet(io.Discard, ReadReplications(f.Dir())), "line 1")
}

func TestMeasuresAsParquet(t *testing.T) {
	s := &Simulate{Policies: []PolicyResult{{Name: "a", Measures: []Measure{
		{Name: "m", Statistic: "mean", Value: 1.25, Low: 1, High: 1.5, N: 7},
		{Name: "m", Where: Where{"role": "rn"}, Statistic: "median", Value: Number(math.NaN()), Low: Number(math.NaN()), High: Number(math.NaN()), N: 9, NotReached: 8},
		{Name: "k", Statistic: "share", Value: Number(math.NaN()), Low: Number(math.NaN()), High: Number(math.NaN())}}}}}
	var b bytes.Buffer
	require.NoError(t, WriteMeasuresParquet(&b, s))
	got, err := parquet.Read[measureRecord](bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	require.Equal(t, measureRecord{"a", "", "m", "", "mean", new(1.25), new(1.), new(1.5), 7, 0}, got[0])
	require.True(t, math.IsInf(*got[1].Value, 1), "null with some not reached is never reached, as in the CSV")
	require.Nil(t, got[1].Low)
	require.Nil(t, got[2].Value)
}

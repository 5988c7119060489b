package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func inbox(value float64, n int64) Measure {
	return Measure{Name: "inbox_minutes_per_workday", Where: map[string]string{"role": "rn"}, Statistic: "mean", Value: Number(value), N: n}
}

func response(value float64, notReached int64) Measure {
	return Measure{Name: "first_response_hours", Statistic: "p95", Value: Number(value), N: 10, NotReached: notReached}
}

func TestSummarizeAveragesOverReplications(t *testing.T) {
	got := Summarize([][]Measure{{inbox(1, 10), response(5, 1)}, {inbox(2, 20), response(7, 2)}, {inbox(3, 30), response(6, 0)}})
	require.Len(t, got, 2)
	// 1, 2, 3: mean 2, s 1, half-width 4.3027/sqrt(3) = 2.4842
	require.InDelta(t, 2, float64(got[0].Value), 1e-12)
	require.Zero(t, float64(got[0].Low), "2 - 2.4842 is below what minutes can be")
	require.InDelta(t, 4.4842, float64(got[0].High), 1e-4)
	require.EqualValues(t, 60, got[0].N)
	require.Equal(t, Where{"role": "rn"}, got[0].Where)
	require.InDelta(t, 6, float64(got[1].Value), 1e-12)
	require.EqualValues(t, 3, got[1].NotReached)
	require.False(t, got[1].NeverReached())
}

func TestSummarizeKeepsWhatWasNeverReached(t *testing.T) {
	got := Summarize([][]Measure{{response(5, 1)}, {response(math.Inf(1), 4)}})[0]
	require.True(t, math.IsInf(float64(got.Value), 1))
	require.True(t, math.IsNaN(float64(got.Low)) && math.IsNaN(float64(got.High)))
	require.True(t, got.NeverReached())
	b, err := got.Value.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, "null", string(b))
	require.True(t, Measure{Value: Number(math.NaN()), NotReached: 5}.NeverReached(), "as read back from a file")
	require.False(t, Measure{Value: Number(math.NaN())}.NeverReached(), "missing")
}

func TestSummarizeWithFewReplications(t *testing.T) {
	require.Empty(t, Summarize(nil))
	one := Summarize([][]Measure{{inbox(4, 1)}})[0]
	require.Equal(t, Number(4), one.Value)
	require.True(t, math.IsNaN(float64(one.Low)))
	// The second replication lacks the inbox: the mean is over the other two.
	gap := Summarize([][]Measure{{inbox(1, 1)}, {response(1, 0)}, {inbox(3, 1)}})
	require.Equal(t, "inbox_minutes_per_workday{role=rn} mean", gap[0].Key())
	require.Equal(t, Number(2), gap[0].Value)
}

func TestDifferencesArePaired(t *testing.T) {
	base := [][]Measure{{inbox(10, 1), response(5, 0)}, {inbox(100, 1), response(5, 0)}, {inbox(1000, 1), response(5, 0)}}
	other := [][]Measure{{response(4, 0), inbox(11, 1)}, {response(4, 0), inbox(102, 1)}, {response(4, 0), inbox(1003, 1)}}
	got := Differences("nurse-first", "physician-first", base, other, Comparisons{}, func(m Measure) bool { return m.Statistic == "mean" })
	require.Len(t, got, 1)
	// Differences 1, 2, 3, whatever their levels: 2 ± 2.4842
	require.InDelta(t, 2, float64(got[0].Value), 1e-9)
	require.InDelta(t, -.4842, float64(got[0].Low), 1e-4)
	require.Equal(t, "nurse-first", got[0].Policy)
	require.Equal(t, "physician-first", got[0].Baseline)
	require.False(t, got[0].Adjusted)

	all := Differences("b", "a", base, other, Comparisons{}, nil)
	require.Len(t, all, 2)
	require.Equal(t, Number(-1), all[1].Value)

	never := [][]Measure{{response(math.Inf(1), 1)}}
	require.Empty(t, Differences("b", "a", never, never, Comparisons{}, nil), "infinite on both sides: nothing to compare")
	require.Empty(t, Differences("b", "a", base, [][]Measure{{}, {}, {}}, Comparisons{}, nil))
}

func TestKeySortsTheParts(t *testing.T) {
	m := Measure{Name: "threads", Where: map[string]string{"sex": "f", "age": "75", "label": "urgent"}, Statistic: "count"}
	require.Equal(t, "threads{age=75;label=urgent;sex=f} count", m.Key())
	require.Equal(t, "", WhereText(nil))
}

// Fewer than 50 threads of all replications together say more about themselves than about their stratum: the value is
// missing, how few they are is not. Actual urgency and roles are no strata of people.
func TestSmallStrataAreMissing(t *testing.T) {
	for _, c := range []struct {
		where map[string]string
		n     [2]int64
		shown bool
	}{
		{map[string]string{"age": "65+"}, [2]int64{29, 20}, false}, // 49
		{map[string]string{"age": "65+"}, [2]int64{29, 21}, true},  // 50
		{map[string]string{"age": "65+", "actual_urgency": "urgent"}, [2]int64{1, 1}, false},
		{map[string]string{"actual_urgency": "urgent"}, [2]int64{1, 1}, true},
		{map[string]string{"role": "rn"}, [2]int64{1, 1}, true},
		{nil, [2]int64{1, 1}, true},
	} {
		of := func(i int) []Measure {
			return []Measure{{Name: "first_response_hours", Where: c.where, Statistic: "median", Value: Number(3 + i), N: c.n[i], NotReached: 1}}
		}
		got := Summarize([][]Measure{of(0), of(1)})[0]
		require.Equal(t, c.n[0]+c.n[1], got.N, c.where)
		require.EqualValues(t, 2, got.NotReached, c.where)
		for _, x := range []Number{got.Value, got.Low, got.High} {
			require.Equal(t, !c.shown, math.IsNaN(float64(x)), "%v: %v", c.where, got)
		}
		if c.shown {
			require.Equal(t, Number(3.5), got.Value)
		}
	}
}

// Student's intervals know no bounds: of .9, 1 and 1 the half-width is 4.3027 x .05774 / sqrt(3) = .1434 around .9667,
// and of 0, 0 and .1 as much around .0333. A share is cut on both sides, a level only below. A difference
// keeps the interval it has.
func TestIntervalsStayWhereValuesCanBe(t *testing.T) {
	of := func(statistic string, values ...float64) (list [][]Measure) {
		for _, v := range values {
			list = append(list, []Measure{{Name: "m", Statistic: statistic, Value: Number(v), N: 100}})
		}
		return list
	}
	high, low := of("share", .9, 1, 1), of("share", 0, 0, .1)
	got := Summarize(high)[0]
	require.InDelta(t, .9667-.1434, float64(got.Low), 1e-4)
	require.Equal(t, Number(1), got.High)
	got = Summarize(low)[0]
	require.Zero(t, float64(got.Low))
	require.InDelta(t, .0333+.1434, float64(got.High), 1e-4)
	got = Summarize(of("mean", .9, 1, 1))[0]
	require.InDelta(t, .9667+.1434, float64(got.High), 1e-4, "minutes may be more than 1")

	// -.9, -1 and -.9: mean -.9333, s .05774, half-width .1434
	d := Differences("b", "a", high, low, Comparisons{}, nil)[0]
	require.InDelta(t, -.9333, float64(d.Value), 1e-4)
	require.InDelta(t, -1.0768, float64(d.Low), 1e-4)
	require.InDelta(t, -.7899, float64(d.High), 1e-4)
}

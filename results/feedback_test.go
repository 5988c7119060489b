package results

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results/stats"
)

func replicated(q Quantity, values ...float64) (list [][]Measure) {
	for _, v := range values {
		list = append(list, []Measure{{Name: q.Measure, Where: q.Where, Statistic: q.Statistic, Value: Number(v)}})
	}
	return list
}

// Differences of 1, 2 and 3: 2, plus or minus t(2, .975) = 4.303 times 1/sqrt(3), or 2.484.
func TestEffect(t *testing.T) {
	q := FedBackQuantities()[4]
	e := NewEffect(q, replicated(q, 10, 20, 30), replicated(q, 11, 22, 33))
	require.Equal(t, Number(20), e.AtOnce)
	require.Equal(t, Number(22), e.AsMeasured)
	require.Equal(t, Number(2), e.Difference)
	require.InDelta(t, -.484, float64(e.Low), .001)
	require.InDelta(t, 4.484, float64(e.High), .001)
	require.False(t, e.Shown)
	require.True(t, NewEffect(q, replicated(q, 10, 20, 30), replicated(q, 12, 22, 32.1)).Shown)
	require.False(t, NewEffect(q, replicated(q, 10, 20), replicated(q, 10, 20)).Shown)
	alone := NewEffect(q, replicated(q, 10), replicated(q, 12))
	require.Equal(t, Number(2), alone.Difference)
	require.False(t, alone.Shown)
	never := NewEffect(q, replicated(q, math.Inf(1)), replicated(q, math.Inf(1)))
	require.True(t, math.IsNaN(float64(never.Difference)))
	got, found := (&FeedBack{Effects: []Effect{alone}}).Effect(q)
	require.True(t, found)
	require.Equal(t, alone.Difference, got.Difference)
	_, found = (&FeedBack{}).Effect(q)
	require.False(t, found)
}

func TestNotFedBack(t *testing.T) {
	of := func(ok, offered int64) *Load {
		return &Load{Validity: RunValid, Ops: []OpResult{{Op: "all", Offered: offered, Sent: offered, Outcomes: map[string]int64{"ok": ok}}}}
	}
	require.Empty(t, of(100, 100).NotFedBack())
	require.Empty(t, of(99, 100).NotFedBack())
	require.Contains(t, of(98, 100).NotFedBack(), "2 of 100 operations failed")
	require.Contains(t, of(58, 58).NotFedBack(), "58 operations are too few")
	require.Contains(t, (&Load{Validity: RunValid}).NotFedBack(), "too few")
	l := of(100, 100)
	l.Incomplete = true
	require.Contains(t, l.NotFedBack(), "interrupted")
	l = of(100, 100)
	l.Validity, l.Why = RunInvalid, []string{"the generator was busy", "lag"}
	require.Equal(t, "the load is invalid: the generator was busy; lag", l.NotFedBack())
}

// Who is held up by a slow portal at 56.4 times the speed of life may keep up at less; at that of life nothing is to be done.
func TestNotFedBackForHaste(t *testing.T) {
	of := func(speed, achieved, wait Number) string {
		l := &Load{Validity: RunInvalid, Why: []string{"late"}, Speed: speed, OfferedPerS: 50, AchievedPerS: achieved,
			Ops: []OpResult{{Op: "all", Offered: 1500, Sent: 1500, WaitMS: Latency{P99: wait}}}}
		return l.NotFedBack()
	}
	require.Equal(t, "the load is invalid: late; it went at 56.4 times the speed of life: load with a --speed nearer to 1, and --care-networks for the rate",
		of(56.4, 44, 23527))
	for _, x := range []struct{ speed, achieved, wait Number }{
		{1, 44, 23527},                   // as slow as it can be
		{Number(math.NaN()), 44, 23527},  // it is not known
		{56.4, 50, 23527}, {56.4, 44, 5}, // something else was wrong
	} {
		require.Equal(t, "the load is invalid: late", of(x.speed, x.achieved, x.wait), x)
	}
}

// People wait for answers that are not ok as well.
func TestWaited(t *testing.T) {
	of := func(max int64, values ...int64) *stats.Histogram {
		h := stats.NewHistogram(max, 3)
		for _, v := range values {
			h.Record(v)
		}
		return h
	}
	all := map[string]*stats.Histogram{"send.response": of(1000, 10), "send.failed": of(1000, 30, 50), "send.lag": of(1000, 999),
		"read.failed": of(1000, 7), "odd.response": of(1000, 1), "odd.failed": of(2000, 1)}
	require.Equal(t, 30., Waited(all, "send").Mean())
	require.EqualValues(t, 1, all["send.response"].Count(), "what was measured stays as it is")
	require.Equal(t, 7., Waited(all, "read").Mean())
	require.Nil(t, Waited(all, "odd"))
	require.Nil(t, Waited(all, "reply"))
}

func TestMeasuredWait(t *testing.T) {
	l := &Load{Staff: []StaffWait{{Role: "rn", PortalWaitMinutes: 2}}}
	require.Equal(t, Number(2), l.MeasuredWait("rn"))
	require.True(t, math.IsNaN(float64(l.MeasuredWait("ma"))))
	q := Quantity{"portal_wait_minutes_per_workday", Where{"role": "rn"}, "mean"}
	w := NewPortalWait("rn", 2, replicated(q, 1, 1, 4)) // 2 plus or minus 4.303 x 1: never below 0
	require.Equal(t, Number(2), w.Simulated)
	require.Zero(t, w.Low)
	require.InDelta(t, 6.303, float64(w.High), .001)
}

// A load without feed_back says null, as its readers expect.
func TestFeedBackInJSON(t *testing.T) {
	b, err := json.Marshal(Load{})
	require.NoError(t, err)
	require.Contains(t, string(b), `"feed_back":null`)
	b, err = json.Marshal(Effect{Quantity: FedBackQuantities()[0], Low: Number(math.NaN())})
	require.NoError(t, err)
	require.JSONEq(t, `{"measure":"first_response_hours","where":{},"statistic":"median","at_once":0,"as_measured":0,"difference":0,"low":null,"high":0,"shown":false}`, string(b))
}

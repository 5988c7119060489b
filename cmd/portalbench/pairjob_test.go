package main

import (
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// aWindow is a valid load with a median response.
func aWindow(p50 float64) *results.Load {
	return &results.Load{Validity: results.RunValid, Ops: []results.OpResult{{Op: "all", Offered: 100, Sent: 100,
		Outcomes: map[string]int64{"ok": 100}, ResponseMS: results.Latency{P50: results.Number(p50)}}}}
}

// underWay is a gate whose candidate takes so many times as long, after some pairs that count and some that do not.
func underWay(t *testing.T, counted, dropped int, times float64, budget time.Duration) *pairJob {
	t.Helper()
	m, err := results.ParseMetric("all.response.p50")
	require.NoError(t, err)
	f := &pairFlags{kind: results.GatePaired, budget: budget}
	f.length, f.warmUp = 6*time.Second, 2*time.Second
	j := &pairJob{pairFlags: f, stderr: io.Discard, began: time.Now(), longest: 20 * time.Second, overhead: 2 * time.Second,
		pairs: results.Pairs{Kind: f.kind, Margin: .05, Metrics: []results.Metric{m}}}
	for i := range dropped + counted {
		p := results.Pair{Number: i + 1, Base: aWindow(10), Candidate: aWindow(10 * times * (1 + float64(i)/1000))}
		if i < dropped {
			p.Base.Validity = results.RunInvalid
		}
		j.pairs.All = append(j.pairs.All, p)
	}
	return j
}

func TestAGateGoesOnUntil(t *testing.T) {
	const hour = time.Hour
	for _, row := range []struct {
		name  string
		job   *pairJob
		more  bool
		early string
	}{
		{"one pair", underWay(t, 1, 0, 2, hour), true, ""},
		{"eleven", underWay(t, 11, 0, 2, hour), true, ""},
		{"worse at the first look", underWay(t, 12, 0, 2, hour), false, ""},
		{"the same at the first look", underWay(t, 12, 0, 1, hour), false, ""},
		{"thirteen are no look", underWay(t, 13, 0, 2, hour), true, ""},
		{"twelve of eighteen", underWay(t, 12, 6, 2, hour), false, ""},
		{"six dropped", underWay(t, 1, 6, 2, hour), true, ""},
		{"seven dropped", underWay(t, 1, 7, 2, hour), false, "more than 6 pairs that do not count"},
		{"all there are", underWay(t, 24, 0, 1.04, hour), false, ""},
		{"the budget is left for one", underWay(t, 3, 0, 2, 21*time.Second), true, ""},
		{"the budget is used up", underWay(t, 3, 0, 2, 19*time.Second), false, "the budget of 19s is used up"},
	} {
		more, err := row.job.goesOn()
		require.NoError(t, err, row.name)
		require.Equal(t, row.more, more, row.name)
		require.True(t, strings.HasPrefix(row.job.pairs.Early, row.early) && (row.early != "") == (row.job.pairs.Early != ""), row.name)
	}
}

// A calibration is not done when nothing is found: it wants all the pairs it can get.
func TestACalibrationGoesOn(t *testing.T) {
	j := underWay(t, 12, 0, 1, time.Hour)
	j.kind, j.pairs.Kind = results.GateCalibration, results.GateCalibration
	more, err := j.goesOn()
	require.NoError(t, err)
	require.True(t, more)
}

func TestAGateEndsWhereNothingIsMeasured(t *testing.T) {
	j := underWay(t, 1, 0, math.NaN(), time.Hour)
	more, err := j.goesOn()
	require.NoError(t, err)
	require.False(t, more)
	g := j.judgement("runs/gate", nil)
	require.Equal(t, results.NoData, g.Status)
}

// A candidate that loses messages has failed, however fast it does so.
func TestAGateEndsWithABrokenMessage(t *testing.T) {
	j := underWay(t, 2, 0, 1, time.Hour)
	j.pairs.All[1].Candidate.Ledger = &results.Ledger{Checked: 9, Lost: 1}
	more, err := j.goesOn()
	require.NoError(t, err)
	require.False(t, more)
	require.Equal(t, results.Fail, j.judgement("runs/gate", nil).Status)
}

// After the first pair it is known what twelve take: 20 s each here, so eleven more do not fit into 200 s.
func TestABudgetThatProvesTooSmallIsRefused(t *testing.T) {
	j := underWay(t, 1, 0, 1, 200*time.Second)
	_, err := j.goesOn()
	require.ErrorContains(t, err, "--budget 3m20s: a pair takes 20s, as preparing and checking a window takes 2s beside its clock, so that 12 pairs cannot be made: use --budget 5m0s, or --for 3.5s")
	require.Equal(t, exitUsage, err.(*exitError).code)
	// 12 x 2 windows x (2 + 2 + 3.5 s) = 180 s, and a tenth to spare is 198 s.
}

func TestWarningsOfWindowsNameTheirSide(t *testing.T) {
	var said strings.Builder
	w := warningsOf{&side{name: "base", stderr: &said}}
	say(w, "clock started")
	say(w, "warning: the mailboxes are empty")
	require.Equal(t, "portalbench: warning: base: the mailboxes are empty\n", said.String())
}

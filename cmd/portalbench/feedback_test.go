package main

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/results/stats"
)

// tookAlways is a valid load of 100 operations each of which took a time; one of them failed.
func tookAlways(took time.Duration) *bench.Result {
	of := func(n int64) *stats.Histogram {
		h := stats.NewHistogram(time.Hour.Microseconds(), 5)
		h.RecordN(took.Microseconds(), n)
		return h
	}
	return &bench.Result{Histograms: map[string]*stats.Histogram{"all.response": of(99), "all.failed": of(1), "inbox.response": of(60), "reply.response": of(58)},
		Load: results.Load{Validity: results.RunValid, RunID: "r1", Staff: []results.StaffWait{{Role: "physician", PortalWaitMinutes: 3}},
			Ops: []results.OpResult{{Op: "all", Offered: 100, Sent: 100, Outcomes: map[string]int64{"ok": 99, "timeout": 1}}}}}
}

func fedBack(t *testing.T, ctx context.Context, measured *bench.Result) *results.FeedBack {
	f, err := smokeStudy(t, "physician-first").feedBack(ctx, &common{seed: 1, quiet: true}, 4, measured, io.Discard)
	require.NoError(t, err)
	return f
}

// A portal that was measured to take two seconds does what one that is said to take them does: to physicians 2.9 minutes
// of waiting, a good part of it after hours.
func TestFeedBackOfSlowAnswers(t *testing.T) {
	f := fedBack(t, t.Context(), tookAlways(2*time.Second))
	require.Empty(t, f.Why)
	require.Equal(t, 4, f.Replications)
	said, err := parseSlowPortal("2s")
	require.NoError(t, err)
	e := smokeStudy(t, "physician-first").twice(&common{seed: 1}, 4, said)
	require.NoError(t, e.run(t.Context()))
	again := e.fedBack(said, &results.Load{})
	for i, got := range f.Effects {
		require.InDelta(t, float64(again.Effects[i].Difference), float64(got.Difference), 1e-9, got.Key())
	}
	physician := f.Waits[0]
	require.Equal(t, "physician", physician.Role)
	require.Equal(t, results.Number(3), physician.Measured)
	require.Greater(t, float64(physician.Low), 2.)
	require.Less(t, float64(physician.High), 4.)
	inbox, _ := f.Effect(results.FedBackQuantities()[3])
	evening, _ := f.Effect(results.FedBackQuantities()[4])
	require.True(t, inbox.Shown && evening.Shown)
	require.InDelta(t, float64(physician.Simulated), float64(inbox.Difference), .3, "waiting is inbox time")
	require.Less(t, float64(evening.Low), float64(inbox.High), "not all of it falls after hours")
	from := map[string]string{}
	for _, op := range f.Operations {
		from[op.Op] = op.From
		require.Equal(t, results.Number(2000), op.MeanMS)
	}
	require.Equal(t, "inbox", from["inbox"])
	require.Equal(t, "all", from["reply"], "58 answers are too few")
	require.Equal(t, "all", from["close"])
}

// The slower the portal, the more work falls after hours, until the backlog grows and there is no steady state.
func TestFeedBackOfHopelessPortals(t *testing.T) {
	last := 0.
	for _, took := range []time.Duration{500 * time.Millisecond, 2 * time.Second, 8 * time.Second} {
		evening, found := fedBack(t, t.Context(), tookAlways(took)).Effect(results.FedBackQuantities()[4])
		require.True(t, found)
		require.Greater(t, float64(evening.Difference), last, took)
		last = float64(evening.Difference)
	}
	f := fedBack(t, t.Context(), tookAlways(20*time.Minute))
	require.True(t, f.Unstable)
	require.Empty(t, f.Effects)
	require.Contains(t, report.FeedBackSentence(f), "the backlog grows")
}

func TestNothingIsFedBack(t *testing.T) {
	invalid := tookAlways(time.Second)
	invalid.Load.Validity, invalid.Load.Why = results.RunInvalid, []string{"the generator was busy"}
	require.Equal(t, "the load is invalid: the generator was busy", fedBack(t, t.Context(), invalid).Why)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, "it was interrupted", fedBack(t, ctx, tookAlways(time.Second)).Why)
	unmeasured := tookAlways(time.Second)
	unmeasured.Histograms = nil
	_, err := smokeStudy(t, "physician-first").feedBack(t.Context(), &common{quiet: true}, 4, unmeasured, io.Discard)
	require.ErrorContains(t, err, "measured no latency")
}

// A study behind a slow portal is another study: its digest and its label say so. The one it was made from stays.
func TestStudiesBehindPortals(t *testing.T) {
	s := smokeStudy(t, "physician-first")
	portals, err := slowPortals([]string{"0s", "2s"})
	require.NoError(t, err)
	atOnce, slow := s.behind(portals[0]), s.behind(portals[1])
	require.Equal(t, map[string]string{portalDelayKey: "2s"}, slow.overrides())
	require.Empty(t, s.overrides())
	require.NotEqual(t, s.digest(), slow.digest())
	require.NotEqual(t, atOnce.digest(), slow.digest())
	require.Equal(t, slow.digest(), s.behind(portals[1]).digest())
	require.Nil(t, s.arms[0].Portal)
	require.NotNil(t, slow.arms[0].Portal)
}

// What a load has written can be read back, and makes the portal that the load itself would have made.
func TestPortalDelayOfARun(t *testing.T) {
	dir := t.TempDir()
	folder, err := results.Create(dir + "/run")
	require.NoError(t, err)
	measured := tookAlways(300 * time.Millisecond)
	require.NoError(t, folder.WriteHistograms(results.Histograms{Unit: "us", Of: measured.Histograms}))
	require.NoError(t, folder.WriteRun(&results.Run{Format: results.Format, Kind: "load", Load: &measured.Load}))
	want, err := measuredPortal(measured.Histograms)
	require.NoError(t, err)
	for _, path := range []string{folder.Dir(), folder.Path("histograms.hlog")} {
		got, err := parseSlowPortal(path)
		require.NoError(t, err)
		require.Equal(t, path, got.named)
		require.Equal(t, want.takes, got.takes)
	}
}

// Whatever is written after --portal-delay is a time that can be simulated, or refused in a line.
func FuzzParseSlowPortal(f *testing.F) {
	for _, text := range []string{"", "0s", "800ms", "2s", "1h", "61m", "-1s", "2", "9e9s", "no/such/run", "1µs"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := time.ParseDuration(text); err != nil && bytes.ContainsAny([]byte(text), "./\\") {
			t.Skip("a path")
		}
		p, err := parseSlowPortal(text)
		if err != nil {
			require.NotContains(t, err.Error(), "panic")
			return
		}
		mean := p.takes.Mean(results.OpReply)
		require.True(t, 0 <= mean && mean <= time.Hour)
	})
}

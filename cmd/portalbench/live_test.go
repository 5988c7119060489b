package main

import (
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// snapshotAt is a replay of 2:15 with a warm-up of 15 s, in the last 5 s of which 1,000 operations fell due.
func snapshotAt(elapsed time.Duration) bench.Snapshot {
	s := bench.Snapshot{Elapsed: elapsed, Length: 135 * time.Second, WarmUp: 15 * time.Second, InFlight: 1234, Limit: 6000}
	s.Recent = bench.Stretch{Length: 5 * time.Second, Offered: 1000, Sent: 998, ResponseP50: 3.14159, ResponseP99: 1234.5,
		ServiceP50: 3, ServiceP99: 24.06, LagP99: .0004}
	s.Recent.Outcomes[results.OK] = 1000
	s.Total.Outcomes[results.OK] = 12_345
	return s
}

func TestLiveLines(t *testing.T) {
	warm, steady := snapshotAt(14*time.Second), snapshotAt(42*time.Second)
	require.Equal(t, []string{
		"0:14 of 2:15, warm-up: offered 200/s, achieved 200/s, 1,234 of 6,000 in flight",
		"last 5 s: response p50/p99 3.14/1,235 ms, service 3/24.1 ms, lag p99 <0.001 ms",
		"not ok 0 of 12,345",
	}, liveLines(warm))
	require.Equal(t, "0:42 of 2:15: offered 200/s, achieved 200/s, 1,234 of 6,000 in flight", liveLines(steady)[0])
	require.Contains(t, liveLines(snapshotAt(140 * time.Second))[0], "2:20 of 2:15, ending: ")
	steady.Stopping = "the run was interrupted"
	require.Contains(t, liveLines(steady)[0], "0:42 of 2:15, stopping: ")
}

// Of 12,395 that ended since the start 50 were not ok, .403%; of the 1,050 of the last 5 s, 50, 4.76%.
func TestLiveLinesOfTrouble(t *testing.T) {
	s := snapshotAt(time.Minute)
	for outcome, n := range map[results.Outcome]int64{results.Timeout: 20, results.Capped: 25, results.Skipped: 5} {
		s.Total.Outcomes[outcome], s.Recent.Outcomes[outcome] = n, n
	}
	require.Equal(t, "not ok 50 of 12,395 (0.403%), last 5 s 4.76%: 20 timeout, 25 capped, 5 skipped", liveLines(s)[2])
}

func TestLiveLinesWithoutAnswers(t *testing.T) {
	none := math.NaN()
	s := bench.Snapshot{Length: time.Hour, Recent: bench.Stretch{ResponseP50: none, ResponseP99: none, ServiceP50: none, ServiceP99: none, LagP99: none}}
	require.Equal(t, []string{
		"0:00 of 1:00:00: offered -/s, achieved -/s, 0 of 0 in flight",
		"last 0 s: response p50/p99 -/- ms, service -/- ms, lag p99 - ms",
		"not ok 0 of 0",
	}, liveLines(s))
}

// Large numbers still fit in 100 columns; what can happen in many ways at once is cut.
func TestLiveViewFits(t *testing.T) {
	s := snapshotAt(2 * time.Hour)
	s.Length, s.InFlight, s.Limit = 2*time.Hour, 10_000, 10_000
	s.Recent.Offered, s.Recent.Sent = 4995, 4995
	s.Recent.ResponseP50, s.Recent.ResponseP99, s.Recent.ServiceP50, s.Recent.ServiceP99, s.Recent.LagP99 = 6e4, 6e4, 6e4, 6e4, 9e3
	for i, line := range liveLines(s) {
		require.LessOrEqual(t, len(line), 87, "%d: %s", i, line)
	}
	for o := range s.Total.Outcomes {
		s.Total.Outcomes[o] = 1_000_000
	}
	for _, line := range strings.Split(strings.TrimSuffix(frame(liveLines(s), 60), "\n"), "\n") {
		require.Less(t, len([]rune(line)), 60, line)
	}
	require.Equal(t, "abc", cut("abc", 3))
	require.Equal(t, "a…", cut("abc", 2))
	require.Empty(t, cut("abc", 0))
}

// Each frame is drawn over the one before, and the last is removed: what stands above is untouched, and nothing stays.
func TestLiveViewOnATerminal(t *testing.T) {
	var out strings.Builder
	v := &liveView{w: &out, frames: make(chan bench.Snapshot), done: make(chan struct{})}
	go func() {
		defer close(v.done)
		v.redraw()
	}()
	first, second := snapshotAt(time.Second), snapshotAt(2*time.Second)
	v.frames <- first
	v.frames <- second
	v.stop()
	clear := "\r\x1b[3A\x1b[J"
	require.Equal(t, frame(liveLines(first), 100)+clear+frame(liveLines(second), 100)+clear, out.String())
}

// Without a terminal there are lines every ten seconds of the replay, each with the program's name.
func TestLiveViewInALog(t *testing.T) {
	var out strings.Builder
	v := &liveView{w: &out, frames: make(chan bench.Snapshot), done: make(chan struct{})}
	go func() {
		defer close(v.done)
		v.log()
	}()
	for s := range 25 {
		v.frames <- snapshotAt(time.Duration(s+1) * time.Second)
	}
	v.stop()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 6)
	require.Contains(t, lines[0], "portalbench: 0:10 of 2:15, warm-up")
	require.Contains(t, lines[3], "portalbench: 0:20 of 2:15: ")
	for _, line := range lines {
		require.LessOrEqual(t, len(line), 100)
	}
}

// blocked is a terminal that is held: a write returns when it is released.
type blocked struct{ released chan struct{} }

func (b blocked) Write(p []byte) (int, error) {
	<-b.released
	return len(p), nil
}

// A held terminal does not hold up whoever reports.
func TestLiveViewDoesNotWait(t *testing.T) {
	held := blocked{make(chan struct{})}
	v := startLive(held, true)
	for i := range 100 {
		v.show(snapshotAt(time.Duration(i) * time.Second))
	}
	close(held.released)
	v.stop()
}

func TestReplayViewPhases(t *testing.T) {
	var out strings.Builder
	v := newReplayView(&out, true)
	for _, p := range []bench.Progress{{Phase: "seed", Done: 1, Total: 2}, {Phase: "replay"}, {Phase: "replay", Live: &bench.Snapshot{}}, {Phase: "ledger"}} {
		v.report(p)
	}
	v.stop()
	require.Equal(t, "portalbench: clock started\n", out.String(), "quiet")
	require.False(t, canRedraw(io.Discard))
	require.Equal(t, 100, columns(io.Discard))
}

package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// replayView shows how far a load has come: a bar for each phase that prepares it, then how the replay stands.
type replayView struct {
	bar    *progress
	stderr io.Writer
	quiet  bool
	phase  string
	live   *liveView // while the replay lasts; nil when quiet
}

func newReplayView(stderr io.Writer, quiet bool) *replayView {
	return &replayView{bar: newProgress(stderr, quiet), stderr: stderr, quiet: quiet}
}

// report is called by one goroutine at a time.
func (r *replayView) report(p bench.Progress) {
	if p.Phase != r.phase {
		r.stop()
		r.phase = p.Phase
		r.start(p)
	}
	switch {
	case p.Phase != "replay":
		r.bar.set(int(p.Done), int(p.Total))
	case r.live != nil && p.Live != nil:
		r.live.show(*p.Live)
	}
}

func (r *replayView) start(p bench.Progress) {
	if p.Phase != "replay" {
		r.bar.start(p.Phase, int(p.Total))
		return
	}
	say(r.stderr, "clock started")
	if !r.quiet {
		r.live = startLive(r.stderr, canRedraw(r.stderr))
	}
}

// stop clears what is shown.
func (r *replayView) stop() {
	r.bar.stop()
	if r.live != nil {
		r.live.stop()
		r.live = nil
	}
}

// liveView draws snapshots of a replay: in place on a terminal, every ten seconds elsewhere. It does so on a goroutine of
// its own, as a terminal that is held must not hold up the load.
type liveView struct {
	w      io.Writer
	frames chan bench.Snapshot // holds the latest
	done   chan struct{}
}

func startLive(w io.Writer, inPlace bool) *liveView {
	v := &liveView{w: w, frames: make(chan bench.Snapshot, 1), done: make(chan struct{})}
	go func() {
		defer close(v.done)
		if inPlace {
			v.redraw()
			return
		}
		v.log()
	}()
	return v
}

// show hands over a snapshot, in place of an earlier one that was not drawn yet. It does not wait.
func (v *liveView) show(s bench.Snapshot) {
	select {
	case <-v.frames:
	default:
	}
	v.frames <- s
}

// stop ends the view and returns when the terminal is as it was.
func (v *liveView) stop() {
	close(v.frames)
	<-v.done
}

// redraw writes each snapshot over the one before, and removes the last.
func (v *liveView) redraw() {
	lines := 0
	for s := range v.frames {
		shown := liveLines(s)
		io.WriteString(v.w, erase(lines)+frame(shown, columns(v.w)))
		lines = len(shown)
	}
	io.WriteString(v.w, erase(lines))
}

// erase returns what takes the cursor up so many lines and clears the screen from there on.
func erase(lines int) string {
	if lines == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", lines)
}

// frame returns lines that fit in a terminal: one that wrapped would not be cleared.
func frame(lines []string, width int) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(cut(line, width-1) + "\n")
	}
	return b.String()
}

// cut shortens a line to so many columns.
func cut(line string, columns int) string {
	runes := []rune(line)
	switch {
	case len(runes) <= columns:
		return line
	case columns < 1:
		return ""
	}
	return string(runes[:columns-1]) + "…"
}

// log writes a snapshot every ten seconds of the replay.
func (v *liveView) log() {
	var said time.Duration
	for s := range v.frames {
		if s.Elapsed-said < logEvery {
			continue
		}
		said = s.Elapsed
		for _, line := range liveLines(s) {
			say(v.w, "%s", cut(line, lineWidth-len("portalbench: ")))
		}
	}
}

// lineWidth is how many columns anything that people read takes at most.
const lineWidth = 100

func columns(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return lineWidth
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return min(width, lineWidth)
	}
	return lineWidth
}

// canRedraw reports whether w is a terminal that can move its cursor.
func canRedraw(w io.Writer) bool {
	if runtime.GOOS == "windows" && os.Getenv("WT_SESSION") == "" {
		return false // the old console needs to be told first
	}
	return isTerminal(w) && os.Getenv("TERM") != "dumb"
}

// liveLines puts a snapshot into three lines: how far it is and how fast, how long answers take, and what went wrong.
func liveLines(s bench.Snapshot) []string {
	return []string{paceLine(&s), timesLine(&s.Recent), troubleLine(&s)}
}

func paceLine(s *bench.Snapshot) string {
	phase := ""
	switch {
	case s.Stopping != "":
		phase = ", stopping"
	case s.WarmingUp():
		phase = ", warm-up"
	case s.Elapsed >= s.Length:
		phase = ", ending"
	}
	return fmt.Sprintf("%s of %s%s: offered %s/s, achieved %s/s, %s of %s in flight", clockText(s.Elapsed), clockText(s.Length),
		phase, figure(rate(s.Recent.Offered, s.Recent.Length)), figure(rate(s.Recent.Sent, s.Recent.Length)),
		grouped(int64(s.InFlight)), grouped(int64(s.Limit)))
}

func timesLine(recent *bench.Stretch) string {
	return fmt.Sprintf("last %.0f s: response p50/p99 %s/%s ms, service %s/%s ms, lag p99 %s ms",
		recent.Length.Seconds(), figure(recent.ResponseP50), figure(recent.ResponseP99), figure(recent.ServiceP50),
		figure(recent.ServiceP99), figure(recent.LagP99))
}

// troubleLine counts what did not end ok since the clock started, and of the last seconds.
func troubleLine(s *bench.Snapshot) string {
	ended, failed := s.Total.Ended(), s.Total.NotOK()
	line := fmt.Sprintf("not ok %s of %s", grouped(failed), grouped(ended))
	if failed == 0 {
		return line
	}
	line += fmt.Sprintf(" (%s), last %.0f s %s:", share(failed, ended), s.Recent.Length.Seconds(),
		share(s.Recent.NotOK(), s.Recent.Ended()))
	for o, n := range s.Total.Outcomes {
		if n > 0 && results.Outcome(o) != results.OK {
			line += fmt.Sprintf(" %s %s,", grouped(n), results.Outcome(o))
		}
	}
	return strings.TrimSuffix(line, ",")
}

// rate returns operations a second, NaN of no time.
func rate(n int64, over time.Duration) float64 {
	if over <= 0 {
		return math.NaN()
	}
	return float64(n) / over.Seconds()
}

// share writes a part of a whole as a percentage.
func share(n, of int64) string {
	if of == 0 {
		return "-"
	}
	return figure(100*float64(n)/float64(of)) + "%"
}

// figure writes a number with about three digits, and - for one that is missing.
func figure(x float64) string {
	switch {
	case math.IsNaN(x):
		return "-"
	case math.Abs(x) >= 100:
		return grouped(int64(math.Round(x)))
	case x > 0 && x < .001:
		return "<0.001"
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// grouped writes a whole number with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// clockText writes a time as 0:42 or 1:02:03.
func clockText(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

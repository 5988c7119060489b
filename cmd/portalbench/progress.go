package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// logEvery is how often progress is reported where there is no terminal.
const logEvery = 10 * time.Second

// progress shows how far long work has come: a bar with the time left on a terminal, a line every ten seconds
// elsewhere. Safe for concurrent use.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	quiet bool
	bar   *progressbar.ProgressBar // nil without a terminal
	phase string
	said  time.Time
}

func newProgress(w io.Writer, quiet bool) *progress { return &progress{w: w, quiet: quiet} }

// start begins a phase of a number of steps, -1 if nobody knows how many.
func (p *progress) start(phase string, steps int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.said = phase, time.Now()
	if p.quiet || !isTerminal(p.w) {
		return
	}
	p.bar = progressbar.NewOptions(steps, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(phase),
		progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount())
}

// set says how many steps are done, of how many, -1 if nobody knows.
func (p *progress) set(done, steps int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.ChangeMax(steps)
		_ = p.bar.Set(done) // a bar that cannot be drawn is no reason to stop
		return
	}
	if p.quiet || time.Since(p.said) < logEvery {
		return
	}
	p.said = time.Now()
	if steps < 0 {
		say(p.w, "%s: %d", p.phase, done)
		return
	}
	say(p.w, "%s: %d of %d", p.phase, done, steps)
}

// stop ends the phase and clears the bar.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// watchFlags say what of the portal under test is watched.
type watchFlags struct {
	profiles string // base of net/http/pprof
	process  int    // its number
}

func (w *watchFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.profiles, "target-pprof", "", "net/http/pprof `URL` of the portal, such as http://127.0.0.1:6060/debug/pprof")
	f.IntVar(&w.process, "target-pid", 0, "`PID` of the portal on this machine: its CPU, memory and threads are sampled")
}

// check refuses what cannot be watched. The portal that load starts itself is watched without being asked.
func (w *watchFlags) check(cmd *cobra.Command, t *target) error {
	asked := func(flag string) bool { return cmd.Flags().Changed(flag) }
	if (asked("target-pprof") || asked("target-pid")) && !asked("url") {
		return errors.New("--target-pprof and --target-pid are for a portal that is running: name it with --url; the one that is started otherwise is watched anyway")
	}
	if asked("target-pprof") {
		if err := bench.CheckTarget(w.profiles, t.allowHosts); err != nil {
			return fmt.Errorf("--target-pprof: %w", err)
		}
	}
	if !asked("target-pid") {
		return nil
	}
	if _, err := processUsage(w.process); err != nil && !errors.Is(err, errNotHere) {
		return fmt.Errorf("--target-pid %d: %w", w.process, err)
	}
	return nil
}

// errNotHere is returned where this program does not know how to look at other processes.
var errNotHere = errors.New("the processor time and memory of another process are not available on this system")

// usage is what a process has used until now.
type usage struct {
	cpu     time.Duration // all cores together
	rss     int64         // bytes
	threads int
}

// portalWatch watches the portal under test while a load runs. A failure of its own is a warning. Nil watches nothing.
type portalWatch struct {
	pid      int                   // 0: no process
	used     func() (usage, error) // of the process, or of all that belong to it; nil: what pid itself has used
	asked    bool                  // for the process, by a flag
	pprof    string                // base of net/http/pprof; empty: no profiles
	allow    []string
	warmUp   time.Duration
	measured time.Duration

	begun    bool
	over     context.Context // ends with the replay
	end      context.CancelFunc
	fetching context.Context // ends when the CPU profile is not waited for any more
	give     context.CancelFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	series   results.TargetSeries
	profiles []portalProfile
	warnings []string
}

// report begins when the clock starts and ends when the replay is over. It does not wait.
func (w *portalWatch) report(p bench.Progress) {
	switch {
	case w == nil:
	case p.Phase == "replay" && !w.begun:
		w.begin()
	case p.Phase != "replay" && w.begun:
		w.end()
	}
}

func (w *portalWatch) begin() {
	w.begun = true
	start := time.Now()
	w.over, w.end = context.WithCancel(context.Background())
	w.fetching, w.give = context.WithCancel(context.Background())
	if w.pid != 0 {
		w.series.PID = w.pid
		w.running.Go(func() { w.sample(start.Add(w.warmUp)) })
	}
	if w.pprof != "" {
		w.capture()
	}
}

// sample looks at the process each second until the replay is over, and then. The seconds are those of the measured window,
// so that a look falls on its beginning.
func (w *portalWatch) sample(measuredFrom time.Time) {
	if w.used == nil {
		w.used = func() (usage, error) { return processUsage(w.pid) }
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	measured := time.NewTimer(time.Until(measuredFrom))
	defer measured.Stop()
	for over := false; ; {
		used, err := w.used()
		if err != nil {
			if w.asked || !errors.Is(err, errNotHere) {
				w.warn("the portal's process %d could not be watched to the end: %v", w.pid, err)
			}
			return
		}
		w.series.Samples = append(w.series.Samples, results.TargetSample{At: time.Since(measuredFrom), CPU: used.cpu,
			RSS: used.rss, Threads: used.threads})
		if over {
			return
		}
		select {
		case <-ticker.C:
		case <-measured.C:
			ticker.Reset(time.Second)
		case <-w.over.Done():
			over = true
		}
	}
}

func (w *portalWatch) warn(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
}

// profileGrace is how long after a complete run its profiles may still take to come.
const profileGrace = 15 * time.Second

// finish waits for what is under way and adds what was seen to the result. The CPU profile of a run that ended early is not
// waited for: it was to last longer.
func (w *portalWatch) finish(l *results.Load) {
	if w == nil || !w.begun {
		return
	}
	if l.Incomplete {
		w.give()
	}
	late := time.AfterFunc(profileGrace, w.give)
	defer late.Stop()
	w.end()
	w.running.Wait()
	w.give()
	all, _ := l.Op("all")
	l.Target = w.series.Summarize(time.Duration(float64(l.DurationS)*float64(time.Second)), all.Requests)
	slices.Sort(w.warnings) // they come from several goroutines
	l.Warnings = append(l.Warnings, w.warnings...)
}

// write puts what was seen into the run folder.
func (w *portalWatch) write(f *results.Folder) error {
	if w == nil {
		return nil
	}
	for _, p := range w.profiles {
		if err := f.WriteFile(p.name, p.content); err != nil {
			return err
		}
	}
	if len(w.series.Samples) == 0 {
		return nil
	}
	return f.WriteTarget(w.series)
}

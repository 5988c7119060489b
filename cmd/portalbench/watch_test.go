package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// profiled starts a server of net/http/pprof as portal serve --pprof does, and returns its base. A process has one CPU
// profile at a time, so the test is over only when the server's has ended.
func profiled(t *testing.T) string {
	t.Helper()
	var said strings.Builder
	stop, err := (&serveFlags{pprof: "127.0.0.1:0"}).serveProfiles(&said)
	require.NoError(t, err)
	t.Cleanup(func() {
		stop()
		require.Eventually(t, func() bool { return pprof.StartCPUProfile(io.Discard) == nil }, time.Minute, 10*time.Millisecond)
		pprof.StopCPUProfile()
	})
	return strings.TrimSpace(strings.TrimPrefix(said.String(), "portalbench: profiles at "))
}

// watchFor takes a watch through a replay that is over when between returns, and returns its result.
func watchFor(w *portalWatch, l *results.Load, between func()) *results.Load {
	w.report(bench.Progress{Phase: "seed"})
	w.report(bench.Progress{Phase: "replay"})
	between()
	w.report(bench.Progress{Phase: "ledger"})
	w.finish(l)
	return l
}

func TestPortalIsProfiled(t *testing.T) {
	w := &portalWatch{pprof: profiled(t) + "/", measured: time.Second}
	l := watchFor(w, &results.Load{DurationS: 1}, func() {})
	require.Empty(t, l.Warnings)
	folder, err := results.Create(filepath.Join(t.TempDir(), "run"))
	require.NoError(t, err)
	require.NoError(t, w.write(folder))
	for name, of := range map[string]string{"target-cpu.pprof": "cpu", "target-heap.pprof": "inuse_space"} {
		content, err := os.ReadFile(folder.Path(name))
		require.NoError(t, err)
		p, err := profile.ParseData(content)
		require.NoError(t, err)
		var types []string
		for _, s := range p.SampleType {
			types = append(types, s.Type)
		}
		require.Contains(t, types, of)
	}
	require.NoFileExists(t, folder.Path("target.csv"))
}

// A run that is over early does not wait for the CPU profile, which was to last longer, and takes the heap at once.
func TestRunThatEndsEarlyKeepsTheHeap(t *testing.T) {
	for name, warmUp := range map[string]time.Duration{"in the warm-up": time.Hour, "in the window": 0} {
		t.Run(name, func(t *testing.T) {
			w := &portalWatch{pprof: profiled(t), warmUp: warmUp, measured: time.Hour}
			l := watchFor(w, &results.Load{Incomplete: true}, func() {})
			require.Equal(t, []string{"target-cpu.pprof is missing: the run was over before the portal had sent the profile"}, l.Warnings)
			require.Len(t, w.profiles, 1)
			require.Equal(t, "target-heap.pprof", w.profiles[0].name)
		})
	}
}

func TestProfileMistakesAreWarnings(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, nobody.Close())
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/html/heap" || r.URL.Path == "/html/profile" {
			fmt.Fprint(w, "<html>sign in</html>")
			return
		}
		http.NotFound(w, r)
	}))
	defer page.Close()
	for base, says := range map[string]string{
		page.URL + "/none":                 "answers 404 Not Found: name the base of its net/http/pprof",
		page.URL + "/html":                 "sends is no profile",
		"http://" + nobody.Addr().String(): "connection refused",
		"http://192.0.2.1/debug/pprof":     "not on this machine",
	} {
		w := &portalWatch{pprof: base, measured: time.Millisecond}
		l := watchFor(w, &results.Load{}, func() {})
		require.Len(t, l.Warnings, 2, base)
		require.Contains(t, l.Warnings[0], "target-cpu.pprof is missing: ")
		require.Contains(t, l.Warnings[1], "target-heap.pprof is missing: ")
		if runtime.GOOS == "windows" && says == "connection refused" {
			continue // its words differ
		}
		require.Contains(t, l.Warnings[0], says)
		require.Empty(t, w.profiles)
	}
}

// This process watches itself: it has memory and threads, and the work it does shows.
func TestProcessIsSampled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are watched on Linux")
	}
	w := &portalWatch{pid: os.Getpid(), asked: true, measured: time.Second}
	l := watchFor(w, &results.Load{DurationS: 60, Ops: []results.OpResult{{Op: "all", Requests: 100}}}, func() {
		before, err := processUsage(os.Getpid())
		require.NoError(t, err)
		for after := before; after.cpu < before.cpu+50*time.Millisecond; {
			_ = strings.Repeat("work", 100_000)
			after, err = processUsage(os.Getpid())
			require.NoError(t, err)
		}
	})
	require.Empty(t, l.Warnings)
	require.NotNil(t, l.Target)
	require.Equal(t, os.Getpid(), l.Target.PID)
	require.GreaterOrEqual(t, l.Target.Samples, 2)
	require.Positive(t, l.Target.CPUCoresMean)
	require.Positive(t, l.Target.RSSMeanMB)
	require.Positive(t, l.Target.ThreadsMax)
	require.Positive(t, l.Target.CPUMSPerRequest)
}

// A process that is not there is a warning while a run is under way, and a mistake before it.
func TestProcessThatIsNotThere(t *testing.T) {
	const none = 1 << 30 // more than any system has
	l := watchFor(&portalWatch{pid: none, asked: true}, &results.Load{}, func() {})
	require.Len(t, l.Warnings, 1)
	require.Contains(t, l.Warnings[0], "could not be watched to the end: ")
	require.Nil(t, l.Target)
	if runtime.GOOS == "linux" {
		cmd := newLoadCommand()
		require.NoError(t, cmd.ParseFlags([]string{"--url", "http://127.0.0.1:1", "--target-pid", strconv.Itoa(none)}))
		err := (&watchFlags{process: none}).check(cmd, &target{})
		require.ErrorContains(t, err, "there is no such process")
	}
}

func TestNothingIsWatched(t *testing.T) {
	var w *portalWatch
	require.NotPanics(t, func() {
		watchFor(w, &results.Load{}, func() {})
		require.NoError(t, w.write(nil))
	})
	l := watchFor(&portalWatch{}, &results.Load{}, func() {})
	require.Empty(t, l.Warnings)
	require.Nil(t, l.Target)
	(&portalWatch{}).finish(l) // the clock never started
}

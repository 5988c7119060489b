package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/portalbench/portalbench/bench"
)

// portalProfile is a profile of the portal under test, for the run folder.
type portalProfile struct {
	name    string
	content []byte
}

const (
	cpuProfile  = "target-cpu.pprof"
	heapProfile = "target-heap.pprof"

	longestProfile = 30 * time.Second
	largestProfile = 64 << 20 // bytes
	heapBeforeEnd  = time.Second
)

// capture takes the profiles: of the processor over the measured window, or its first 30 seconds, and of the heap near
// its end, or at once when it ends early. It asks for whole seconds, as net/http/pprof does.
func (w *portalWatch) capture() {
	base := strings.TrimSuffix(w.pprof, "/")
	seconds := max(1, int(min(longestProfile, w.measured)/time.Second))
	w.running.Go(func() {
		if !waited(w.warmUp, w.fetching.Done()) {
			w.warn("%s is missing: %v", cpuProfile, errEndedEarly)
			return
		}
		w.fetch(w.fetching, cpuProfile, fmt.Sprintf("%s/profile?seconds=%d", base, seconds))
	})
	w.running.Go(func() {
		waited(w.warmUp+max(w.measured-heapBeforeEnd, w.measured/2), w.over.Done())
		ctx, cancel := context.WithTimeout(context.Background(), profileGrace)
		defer cancel()
		w.fetch(ctx, heapProfile, base+"/heap")
	})
}

// waited reports whether it could wait for all of a time.
func waited(d time.Duration, ended <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ended:
		return false
	}
}

// fetch gets one profile and keeps it.
func (w *portalWatch) fetch(ctx context.Context, name, url string) {
	content, err := fetchProfile(ctx, url, w.allow)
	if errors.Is(err, context.Canceled) {
		err = errEndedEarly
	}
	if err != nil {
		w.warn("%s is missing: %v", name, err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.profiles = append(w.profiles, portalProfile{name, content})
}

var errEndedEarly = errors.New("the run was over before the portal had sent the profile")

// fetchProfile gets a profile and checks that it can be read. Its connection is apart from those that are measured.
func fetchProfile(ctx context.Context, url string, allow []string) ([]byte, error) {
	client := bench.NewClient(bench.ClientConfig{AllowHosts: allow})
	defer client.CloseIdle()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s: name the base of its net/http/pprof, such as http://127.0.0.1:6060/debug/pprof",
			url, resp.Status)
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, largestProfile+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", url, err)
	}
	return content, checkProfile(url, content)
}

func checkProfile(url string, content []byte) error {
	if len(content) > largestProfile {
		return fmt.Errorf("what %s sends is larger than %d MB", url, largestProfile>>20)
	}
	if _, err := profile.ParseData(content); err != nil {
		return fmt.Errorf("what %s sends is no profile: %w", url, err)
	}
	return nil
}

package bench_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// serveNoop is set in the environment of a child that is to be the portal, to how long its answers take: what the
// generator costs is told from its own process alone.
const serveNoop = "PORTALBENCH_TEST_NOOP"

func TestMain(m *testing.M) {
	takes, err := time.ParseDuration(os.Getenv(serveNoop))
	if err != nil {
		os.Exit(m.Run())
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%s\n", ln.Addr())
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	portal := refportal.NewNoop(time.Now)
	slow := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			time.Sleep(takes)
		}
		portal.ServeHTTP(w, r)
	}
	if err := refportal.Serve(ctx, ln, http.HandlerFunc(slow)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// noop starts a portal that keeps nothing, in a process of its own. It takes a while to answer a GET, and answers
// everything else at once.
func noop(b *testing.B, takes time.Duration) (url string) {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), serveNoop+"="+takes.String())
	child.Stderr = os.Stderr
	stdin, err := child.StdinPipe()
	require.NoError(b, err)
	stdout, err := child.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, child.Start())
	b.Cleanup(func() {
		stdin.Close()
		_ = child.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(line)
}

// request is what an operation sent, and when.
type request struct {
	at          time.Duration
	method, url string
	header      http.Header
	body        []byte
}

// tape is a transport that keeps what goes through it from the moment the clock starts.
type tape struct {
	next  http.RoundTripper
	mu    sync.Mutex
	start time.Time
	kept  []request
}

func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	if !t.start.IsZero() {
		kept := request{at: time.Since(t.start), method: r.Method, url: r.URL.String(), header: r.Header.Clone()}
		if r.Body != nil {
			kept.body, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(kept.body))
		}
		t.kept = append(t.kept, kept)
	}
	t.mu.Unlock()
	return t.next.RoundTrip(r)
}

// independent are so many operations a second, at random moments, by as many people as there are in two seconds.
func independent(rate, seconds int) bench.Workload {
	w := bench.Workload{Until: des.Time(seconds) * des.Second, Speed: 1, Openings: []sim.Opening{{}},
		Describe: func(sim.Actor) sim.Person { return sim.Person{Name: "Somebody"} }}
	k := des.NewKey(7)
	for due := 0.; due < float64(w.Until); due += 1000 * k.Sub(uint64(len(w.Ops))).Exp() / float64(rate) {
		w.Ops = append(w.Ops, sim.Op{Due: des.Time(due), Kind: results.OpUnread,
			Actor: sim.Actor{Index: int32(len(w.Ops) % (2 * rate)), Kind: sim.ActorPatient}})
	}
	return w
}

// engine replays a workload and reports what an operation costs this process, and the lag. A tape may listen.
func engine(b *testing.B, url string, w bench.Workload, listen *tape) {
	b.Helper()
	client := bench.NewClient(bench.ClientConfig{})
	defer client.CloseIdle()
	web := client.HTTP
	if listen != nil {
		listen.next = client.HTTP.Transport
		web = &http.Client{Transport: listen}
	}
	r, err := bench.Run(b.Context(), bench.Config{Portal: refportal.NewPortal(web, url), Client: client, Workload: w,
		Admin: bench.Account{Kind: bench.AdminAccount, Login: refportal.AdminLogin, Secret: secret}, Digest: "d", RunID: "run",
		SkipLedger: true, FineAlarm: true, Progress: func(p bench.Progress) {
			if listen != nil && p.Phase == "replay" && p.Elapsed == 0 {
				listen.start = time.Now()
			}
		}})
	require.NoError(b, err)
	all, _ := r.Load.Op("all")
	require.EqualValues(b, all.Offered, all.Outcomes["ok"])
	g := r.Load.Generator
	cpu := float64(g.CPUShare) * float64(g.GOMAXPROCS) * float64(r.Load.DurationS)
	b.ReportMetric(1e6*cpu/float64(all.Offered), "cpu-us/op")
	b.ReportMetric(float64(all.LagMS.P99), "lag-p99-ms")
	b.ReportMetric(float64(r.Load.Dispersion/r.Load.ScheduledDispersion), "dispersion/scheduled")
}

// bare sends the same requests at the same moments with nothing but net/http.
func bare(b *testing.B, kept []request, ops int) {
	b.Helper()
	web := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 10_000, DisableCompression: true}}
	defer web.CloseIdleConnections()
	lag := stats.NewHistogram(60_000_000, 3)
	var mu sync.Mutex
	var all sync.WaitGroup
	cpu, start := results.ProcessCPU(), time.Now()
	for i := range kept {
		r := &kept[i]
		time.Sleep(r.at - time.Since(start))
		all.Go(func() {
			late := time.Since(start) - r.at
			req, err := http.NewRequest(r.method, r.url, bytes.NewReader(r.body))
			if err != nil {
				panic(err)
			}
			req.Header = r.header
			resp, err := web.Do(req)
			if err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			mu.Lock()
			lag.Record(late.Microseconds())
			mu.Unlock()
		})
	}
	all.Wait()
	b.ReportMetric(1e6*(results.ProcessCPU()-cpu).Seconds()/float64(ops), "cpu-us/op")
	b.ReportMetric(lag.Quantile(.99)/1000, "lag-p99-ms")
}

// BenchmarkCost sets this engine beside a bare net/http loop that sends the same requests at the same moments: single
// operations at 500 and 2,000 a second, and a clinic's morning. Use -benchtime 1x -count 3 or more.
func BenchmarkCost(b *testing.B) {
	for _, c := range []struct {
		name string
		work func() bench.Workload
	}{
		{"unread-500", func() bench.Workload { return independent(500, 10) }},
		{"unread-2000", func() bench.Workload { return independent(2000, 10) }},
		{"clinic", func() bench.Workload { return replayed(b, "nurse-first", 60, 15*time.Minute, 60) }},
	} {
		work := sync.OnceValue(c.work)
		url := sync.OnceValue(func() string { return noop(b, 0) })
		b.Run(c.name+"/engine", func(b *testing.B) {
			for range b.N {
				engine(b, url(), work(), nil)
			}
		})
		b.Run(c.name+"/bare", func(b *testing.B) {
			listen := &tape{}
			engine(b, url(), work(), listen)
			slices.SortFunc(listen.kept, func(x, y request) int { return int(x.at - y.at) })
			runtime.GC()
			b.ResetTimer()
			for range b.N {
				bare(b, listen.kept, len(work().Ops))
			}
		})
	}
}

// BenchmarkInFlight sets the memory of this engine with 2,000 operations in flight beside that of a bare net/http loop.
// The metric is the process's peak: run engine and bare each by itself.
func BenchmarkInFlight(b *testing.B) {
	const rate = 2000
	work := independent(rate, 5)
	b.Run("engine", func(b *testing.B) {
		for range b.N {
			engine(b, noop(b, time.Second), work, nil)
		}
		reportPeak(b)
	})
	b.Run("bare", func(b *testing.B) {
		for range b.N {
			url := noop(b, time.Second) + "/v1/unread"
			var requests []request
			for _, op := range work.Ops {
				requests = append(requests, request{at: time.Duration(op.Due) * time.Millisecond, method: http.MethodGet,
					url: url, header: http.Header{"Authorization": {"Bearer " + secret}}})
			}
			bare(b, requests, len(requests))
		}
		reportPeak(b)
	})
}

// reportPeak reports the most memory that the process has held so far.
func reportPeak(b *testing.B) {
	b.Helper()
	content, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("needs Linux")
	}
	var kib float64
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_, err = fmt.Sscan(rest, &kib)
		}
	}
	require.NoError(b, err)
	b.ReportMetric(kib/1024, "peak-MiB")
}

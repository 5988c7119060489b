package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// Config is a run to be made.
type Config struct {
	Portal   Portal
	Client   *Client // the one the portal's adapter sends through; nil if it uses none
	Admin    Account // may provision; its secret is also the key of all secrets of the run
	Workload Workload

	Scenario string // for the result only
	URL      string // for the result only
	At       string // for the result only: when the window begins, such as mon-08:00
	Digest   string // of the scenario: with Seed, says who the patients are
	Seed     uint64
	RunID    string // letters, digits and hyphens; another one for every run on a portal

	WarmUp      time.Duration // replayed at the start, and not counted
	Timeout     time.Duration // of one operation; 0: 30 s
	MaxInFlight int           // 0: what the offered rate needs (see InFlightLimit)
	Workers     int           // goroutines that provision, seed and check; 0: 16
	SkipLedger  bool          // the portal cannot show messages again

	KeepOps      io.Writer // every operation, as in ops.csv; nil: they are not kept
	KeepRequests io.Writer // every request of the replay without credentials, as in requests.jsonl; nil: not kept

	// Of the simulation, by role: operations on the portal, and minutes of work on messages, of one member of staff on one
	// workday. The time staff wait for the portal is given only for the roles in OpsPerWorkday.
	OpsPerWorkday      map[scenarios.Role]float64
	HandlingPerWorkday map[scenarios.Role]float64

	Thresholds []results.ParsedThreshold
	Progress   func(Progress) // called by one goroutine at a time; may be nil
}

// Progress tells how far a run is. The phases are provision, sign in, seed, replay and ledger, in this order. The first
// report of the replay, with Elapsed 0, comes when the clock starts.
type Progress struct {
	Phase    string
	Done     int64 // accounts, people, threads or operations
	Total    int64
	InFlight int           // replay only
	Elapsed  time.Duration // replay only, since the clock started
}

// Result is what a run measured.
type Result struct {
	Load       results.Load
	Histograms map[string]*stats.Histogram // microseconds, by operation and latency, such as send.response
	Series     []results.SecondRow
	Examples   []Example // answers that were not ok
	Skipped    []Skipped // what was skipped, by its root
}

// Skipped counts the operations that were not sent because another one had failed.
type Skipped struct {
	Root  Cause
	Count int64
}

// Defaults of Config.
const (
	defaultTimeout = 30 * time.Second
	defaultWorkers = 16
)

// Run prepares the portal, replays the workload and checks what became of the messages. An error means that no result
// could be had: the portal could not be reached, refused an account, or failed while it was seeded. When ctx is
// cancelled during the replay, Run returns what was measured until then, marked incomplete.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	r := newRun(&cfg)
	if err := r.limitInFlight(); err != nil {
		return nil, err
	}
	var err error
	if inPhase(ctx, "prepare", func(ctx context.Context) { err = r.prepare(ctx) }); err != nil {
		return nil, err
	}
	inPhase(ctx, "replay", r.replay)
	if inPhase(ctx, "ledger", func(ctx context.Context) { err = r.checkLedger(ctx) }); err != nil {
		r.warnings = append(r.warnings, err.Error())
	}
	return r.result(), nil
}

// complete checks a configuration and fills in its defaults.
func (c *Config) complete() error {
	if c.Portal == nil {
		return errors.New("running without a portal")
	}
	if c.Admin.Secret == "" {
		return errors.New("running without an administrator's secret: name the portal's credential file with --auth file:FILE")
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Workers <= 0 {
		c.Workers = defaultWorkers
	}
	if err := checkRunID(c.RunID); err != nil {
		return err
	}
	if err := c.Workload.check(); err != nil {
		return err
	}
	if whole := c.Workload.Duration(); c.WarmUp < 0 || c.WarmUp >= whole {
		return fmt.Errorf("a warm-up of %s leaves nothing of the run's %s to measure", c.WarmUp, whole)
	}
	return c.Portal.Capabilities().needed()
}

// run is a run under way.
type run struct {
	cfg      *Config
	ops      []sim.Op
	threads  []*sim.OpenThread // to be seeded
	stage    *stage
	engine   *engine
	warnings []string

	seeded     int64 // messages
	wall       time.Duration
	cpu        time.Duration
	gcPause    time.Duration
	ledgerSeen *results.Ledger
}

func newRun(cfg *Config) *run {
	w := &cfg.Workload
	r := &run{cfg: cfg}
	if cfg.SkipLedger {
		r.warnings = append(r.warnings, "the portal keeps nothing, so this is the generator's own floor and says nothing of a portal")
	}
	var left map[results.OpKind]int
	r.ops, left = without(w.Ops, cfg.Portal.Capabilities())
	for _, k := range slices.Sorted(maps.Keys(left)) {
		r.warnings = append(r.warnings, fmt.Sprintf("the portal has no %s: %d operations were left out", k, left[k]))
	}
	r.threads = seededThreads(w, r.ops)
	keys := accountKeys{cfg.Digest, cfg.Seed, cfg.RunID, []byte(cfg.Admin.Secret)}
	people := newRoster(w, r.ops, r.threads, keys)
	r.stage = &stage{portal: cfg.Portal, roster: people, table: newTable(cfg.RunID), timeout: max(cfg.Timeout, defaultTimeout),
		workers: cfg.Workers, progress: cfg.Progress}
	r.engine = &engine{portal: cfg.Portal, work: w, ops: r.ops, roster: people, table: r.stage.table,
		record: newRecorder(cfg.WarmUp, w.Duration()), timeout: cfg.Timeout, warmUp: cfg.WarmUp, progress: cfg.Progress}
	return r
}

// prepare brings the portal into the state the window begins with.
func (r *run) prepare(ctx context.Context) (err error) {
	if err := r.stage.provision(ctx, &r.cfg.Admin); err != nil {
		return err
	}
	if err := r.stage.signInEarly(ctx, r.ops); err != nil {
		return err
	}
	r.seeded, err = r.stage.seed(ctx, r.threads)
	return err
}

// replay runs the clock, and notes what it cost this process.
func (r *run) replay(ctx context.Context) {
	r.engine.startKeeping(r.cfg)
	runtime.GC() // what preparing left must not be collected on the clock
	cpu, gc, start := results.ProcessCPU(), results.GCPause(), time.Now()
	r.stage.report("replay", 0, len(r.ops))
	r.engine.replay(ctx)
	r.wall, r.cpu = r.engine.spentAt.Sub(start), r.engine.spent-cpu
	r.gcPause = results.GCPause() - gc
	r.warnings = append(r.warnings, r.engine.keep.stop()...)
}

// checkLedger looks for the messages; what an interruption leaves undone makes the run incomplete.
func (r *run) checkLedger(ctx context.Context) (err error) {
	defer func() { r.engine.incomplete = r.engine.incomplete || ctx.Err() != nil }()
	if r.cfg.SkipLedger || r.cfg.Portal.Capabilities().Ops[results.OpThread] == Absent || ctx.Err() != nil {
		return nil
	}
	r.ledgerSeen, err = r.stage.check(ctx, r.cfg.Seed)
	return err
}

// result puts together what was measured.
func (r *run) result() *Result {
	rec := r.engine.record
	out := &Result{Load: r.load(), Histograms: rec.histograms(), Series: rec.series.seconds, Skipped: rec.skipped()}
	for _, key := range slices.SortedFunc(maps.Keys(rec.examples), exampleKey.compare) {
		out.Examples = append(out.Examples, *rec.examples[key])
	}
	out.Load.Warnings = append(append([]string{}, r.warnings...), warnSkipped(out.Skipped)...)
	out.Load.Warnings = append(append(out.Load.Warnings, warnExamples(out.Examples)...), out.Load.WaitWarning()...)
	out.Load.Validate(false)
	out.Load.Check(r.cfg.Thresholds)
	return out
}

func (r *run) load() results.Load {
	cfg, rec := r.cfg, r.engine.record
	measured := max(r.engine.end-cfg.WarmUp, 0)
	all := &rec.rows[0]
	l := results.Load{Format: results.Format, Kind: "load", Scenario: cfg.Scenario, Digest: cfg.Digest, Seed: cfg.Seed,
		RunID: cfg.RunID, ClockStarted: r.engine.start.UTC().Round(0), Portal: cfg.Portal.Capabilities().Name, URL: cfg.URL, Incomplete: r.engine.incomplete,
		OfferedPerS: perSecond(all.offered, measured), AchievedPerS: perSecond(all.inTime, measured),
		CompletedPerS: perSecond(all.completed, measured),
		RequestsPerS:  perSecond(all.requests, measured), CareNetworks: len(cfg.Workload.Openings),
		Speed: results.Number(cfg.Workload.Speed), At: cfg.At, WarmUpS: results.Number(cfg.WarmUp.Seconds()),
		DurationS:  results.Number(measured.Seconds()),
		Dispersion: results.Number(stats.IndexOfDispersion(rec.sends[:min(len(rec.sends), int(measured/sendSlice))])),
		Mailbox:    results.Mailbox{Start: r.seeded, End: r.seeded + rec.acknowledged},
		NotListed:  rec.notListed, Ledger: r.ledgerSeen, Staff: rec.staff(cfg)}
	if cfg.SkipLedger {
		l.NotListed = 0 // such a portal lists nothing
	}
	for i := range rec.rows {
		l.Ops = append(l.Ops, rec.rows[i].result(rowName(i)))
	}
	l.Generator = r.health()
	return l
}

// health is what the replay, warm-up included, cost this process.
func (r *run) health() results.GeneratorHealth {
	cores := runtime.GOMAXPROCS(0)
	h := results.GeneratorHealth{CPUShare: results.Number(math.NaN()), GOMAXPROCS: cores,
		GCPauseMS: results.Number(float64(r.gcPause) / float64(time.Millisecond))}
	if r.cpu > 0 && r.wall > 0 {
		h.CPUShare = results.Number(r.cpu.Seconds() / (r.wall.Seconds() * float64(cores)))
	}
	if r.cfg.Client != nil {
		h.OpenedConn = r.cfg.Client.Opened()
	}
	return h
}

func perSecond(n int64, over time.Duration) results.Number {
	return results.Number(float64(n) / over.Seconds())
}

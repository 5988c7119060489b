package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"time"

	"golang.org/x/time/rate"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/scenarios"
)

// Config is a run to be made.
type Config struct {
	Portal   Portal
	Client   *Client // the one the portal's adapter sends through; nil if it uses none
	Admin    Account // may provision; its secret is also the key of all secrets of the run
	Workload Workload
	// People are accounts that are on the portal already. If there are any, none is made, and everybody the run needs is given
	// one of them; with ShareAccounts several people may be given the same.
	People        []Account
	ShareAccounts bool

	Scenario string // for the result only
	URL      string // for the result only
	At       string // for the result only: when the window begins, such as mon-08:00
	Digest   string // of the scenario: with Seed, says who the patients are
	Seed     uint64
	RunID    string // letters, digits and hyphens; another one for every run on a portal

	WarmUp      time.Duration // replayed at the start, and not counted
	Timeout     time.Duration // of one operation; 0: 30 s
	MaxInFlight int           // 0: what the offered rate needs (see InFlightLimit)
	SignInsPerS float64       // before the clock starts, at most; 0: as fast as the portal answers
	Workers     int           // goroutines that provision, seed and check; 0: 16
	FineAlarm   bool          // wake up in time to a tenth of a millisecond, where the system can; never with a simulated clock
	SkipLedger  bool          // the portal cannot show messages again
	Mailboxes   bool          // whether to look into some patients' mailboxes before the clock, as empty ones flatter a portal
	Lookout     bool          // whether to measure how long acknowledged messages take to be seen

	Preflight *results.Preflight // what was found before; for the result and its validity. nil: nothing was looked at

	KeepOps      io.Writer // every operation, as in ops.csv; nil: they are not kept
	KeepRequests io.Writer // every request of the replay without credentials, as in requests.jsonl; nil: not kept

	// Of the simulation, by role: operations on the portal, and minutes of work on messages, of one member of staff on one
	// workday. The time staff wait for the portal is given only for the roles in OpsPerWorkday.
	OpsPerWorkday      map[scenarios.Role]float64
	HandlingPerWorkday map[scenarios.Role]float64

	Thresholds []results.ParsedThreshold
	StopWhen   []results.StopRule // end the replay early
	Progress   func(Progress)     // called by one goroutine at a time; may be nil
	Notice     func(text string)  // called before the clock starts with each warning that is known by then; may be nil
}

// Progress tells how far a run is. The phases are provision, sign in, seed, replay and ledger, in this order. The first
// report of the replay, with Elapsed 0, comes when the clock starts.
type Progress struct {
	Phase    string
	Done     int64 // accounts, people, threads or operations
	Total    int64
	InFlight int           // replay only
	Elapsed  time.Duration // replay only, since the clock started
	Live     *Snapshot     // replay only, and not in its first report
}

// Result is what a run measured.
type Result struct {
	Load       results.Load
	Histograms map[string]*stats.Histogram // microseconds, by operation and latency, such as send.response
	Series     []results.SecondRow
	Examples   []Example // answers that were not ok
	Skipped    []Skipped // what was skipped, by its root
	Counts     Counts
	// Capabilities says how the portal provides each operation.
	Capabilities map[string]string
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
	r, err := newRun(&cfg)
	if err != nil {
		return nil, err
	}
	if err := r.limitInFlight(); err != nil {
		return nil, err
	}
	defer r.stage.table.close()
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
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Workers <= 0 {
		c.Workers = defaultWorkers
	}
	if err := CheckRunID(c.RunID); err != nil {
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
	survey   *survey
	stage    *stage
	engine   *engine
	warnings []string

	seeded     int64 // messages
	wall       time.Duration
	cpu        time.Duration
	gcPause    time.Duration
	ledgerSeen *results.Ledger
	caps       pageCaps
}

func newRun(cfg *Config) (*run, error) {
	w := &cfg.Workload
	r := &run{cfg: cfg}
	if cfg.SkipLedger {
		r.warnings = append(r.warnings, "the portal keeps nothing, so this is the generator's own floor and says nothing of a portal")
	}
	keys := accountKeys{cfg.Digest, cfg.Seed, cfg.RunID, []byte(cfg.Admin.Secret)}
	var err error
	if r.survey, err = newSurvey(w, cfg.Portal.Capabilities(), keys, cfg.WarmUp); err != nil {
		return nil, err
	}
	people, portal := r.survey.roster, ownCookies{cfg.Portal, &r.caps}
	r.stage = &stage{portal: portal, roster: people, table: newTable(cfg.RunID), timeout: max(cfg.Timeout, defaultTimeout),
		workers: cfg.Workers, signIns: rate.Inf, progress: cfg.Progress}
	if cfg.SignInsPerS > 0 {
		r.stage.signIns = rate.Limit(cfg.SignInsPerS)
	}
	r.engine = &engine{portal: portal, work: w, total: r.survey.total, roster: people, table: r.stage.table,
		record: newRecorder(cfg.WarmUp, w.Duration()), timeout: cfg.Timeout, warmUp: cfg.WarmUp, progress: cfg.Progress,
		watches: newWatches(cfg.StopWhen), newAlarm: newTimerAlarm}
	if cfg.FineAlarm {
		r.engine.newAlarm = newFineAlarm
	}
	return r, nil
}

// prepare brings the portal into the state the window begins with.
func (r *run) prepare(ctx context.Context) (err error) {
	r.notice(r.survey.leftOut(r.cfg.Portal.Capabilities())...)
	said, err := r.stage.settleIn(ctx, &r.cfg.Admin, r.cfg.People, r.cfg.ShareAccounts)
	if r.notice(said...); err != nil {
		return err
	}
	r.signInsAhead()
	start := time.Now()
	if err := r.stage.signInEarly(ctx, r.survey.early); err != nil {
		return err
	}
	r.judgeSignIns(time.Since(start))
	r.lookIntoMailboxes(ctx)
	if r.seeded, err = r.stage.seed(ctx, r.survey.threads); err != nil {
		return err
	}
	if r.cfg.Lookout && r.cfg.Portal.Capabilities().Can(StaffAccount, results.OpInbox) {
		r.engine.lookout = newLookout(r.engine.portal, r.cfg.Timeout, r.survey.roster, r.survey.to)
		if err := r.stage.man(ctx, r.engine.lookout); err != nil {
			return fmt.Errorf("signing in to watch inboxes: %w", err)
		}
	}
	for _, name := range r.stage.table.met {
		r.stage.table.rest(r.stage.table.awake[name], 0)
	}
	return nil
}

// replay runs the clock, and notes what it cost this process.
func (r *run) replay(ctx context.Context) {
	r.engine.startKeeping(r.cfg)
	runtime.GC() // what preparing left must not be collected on the clock
	cpu, gc, start := results.ProcessCPU(), results.GCPause(), time.Now()
	r.stage.report("replay", 0, int(r.survey.total))
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
	rec, rows := r.engine.record, r.engine.record.rows()
	out := &Result{Load: r.load(rows), Capabilities: r.cfg.Portal.Capabilities().Row(), Histograms: histograms(rows), Series: rec.series.seconds, Skipped: rec.roots(),
		Examples: rec.examples(), Counts: rec.live.counts}
	if cfg := r.cfg; cfg.Preflight != nil {
		r.warnings = append(cfg.Preflight.Warnings, r.warnings...)
	}
	out.Load.Warnings = append(append(r.stage.repeats.warning(), r.warnings...), warnSkipped(out.Skipped)...)
	out.Load.Warnings = append(out.Load.Warnings, r.caps.warnings()...)
	out.Load.Warnings = append(append(out.Load.Warnings, warnLate(r.ledgerSeen)...), r.engine.lookout.warnings()...)
	out.Load.Warnings = append(append(out.Load.Warnings, warnExamples(out.Examples)...), out.Load.WaitWarning()...)
	for _, err := range []error{r.engine.feedError, r.stage.table.failed} {
		if err != nil {
			out.Load.Warnings = append(out.Load.Warnings, err.Error())
		}
	}
	out.Load.Validate(r.engine.starved || r.engine.feedError != nil)
	out.Load.Check(r.cfg.Thresholds)
	return out
}

func (r *run) load(rows []row) results.Load {
	cfg, rec := r.cfg, r.engine.record
	measured := max(r.engine.end-cfg.WarmUp, 0)
	all := &rows[0]
	l := results.Load{Format: results.Format, Kind: "load", Scenario: cfg.Scenario, Digest: cfg.Digest, Seed: cfg.Seed,
		RunID: cfg.RunID, ClockStarted: r.engine.start.UTC().Round(0), Portal: cfg.Portal.Capabilities().Name, URL: cfg.URL,
		Incomplete: r.engine.incomplete, Stopped: r.engine.halted,
		OfferedPerS: perSecond(all.offered, measured), AchievedPerS: perSecond(all.inTime, measured),
		CompletedPerS: perSecond(all.completed, measured),
		RequestsPerS:  perSecond(all.requests, measured), CareNetworks: len(cfg.Workload.Openings),
		Speed: results.Number(cfg.Workload.Speed), At: cfg.At, WarmUpS: results.Number(cfg.WarmUp.Seconds()),
		DurationS:  results.Number(measured.Seconds()),
		Dispersion: dispersion(rec.sends, measured), ScheduledDispersion: dispersion(rec.dues, measured),
		Mailbox:   results.Mailbox{Start: r.seeded, End: r.seeded + rec.acknowledged},
		Preflight: cfg.Preflight, NotListed: rec.notListed, VisibleAfterMS: r.engine.lookout.latency(), Ledger: r.ledgerSeen, Staff: rec.staff(cfg)}
	if cfg.SkipLedger {
		l.NotListed = 0 // such a portal lists nothing
	}
	for i := range rows {
		l.Ops = append(l.Ops, rows[i].result(rowName(i)))
	}
	l.Errors, l.Mix = rec.errors.list(), r.shares(rows)
	l.Generator = r.health()
	return l
}

// dispersion returns the index of dispersion of counts per 100 ms: their variance over their mean.
func dispersion(counts []int64, measured time.Duration) results.Number {
	return results.Number(stats.IndexOfDispersion(counts[:min(len(counts), int(measured/sendSlice))]))
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

package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
)

//go:embed page/*.html page/*.css
var pageFiles embed.FS

// page is everything the templates show, ready to print.
type page struct {
	Style      template.CSS
	Title      string
	When       string
	Incomplete bool
	Stopped    string // the rule that ended it, if one did
	Short      string // why a search ended before it had found what it looked for, if so
	Sim        *simulationPart
	Load       *loadPart
	Capacity   *capacityPart
	Trust      []fact
	Grounds    grounds
}

// simulationPart is the analyst's half.
type simulationPart struct {
	Setting, Staffing string
	Headlines         []headline
	Outcomes          []sheet
	Chapters          []chapter
}

// loadPart is the engineer's half.
type loadPart struct {
	Setting    string
	Valid      bool
	Why        []string
	Thresholds []fact
	Notes      []string
	Ranges     []rangeFigure
	Sheet      sheet
	Waits      sheet
	FeedBack   *feedBackPart // nil: not asked for
}

// sheet is a table; its first column heads the rows.
type sheet struct {
	Caption string
	Header  []string
	Rows    [][]string
}

// tableCell is a value with its interval, which stands below it where there is little room.
type tableCell struct{ Value, Interval string }

func splitCell(text string) tableCell {
	value, bounds, found := strings.Cut(text, " (")
	if !found {
		return tableCell{Value: text}
	}
	return tableCell{value, "(" + bounds}
}

// legendEntry shows a policy's line.
type legendEntry struct {
	Name   string
	Style  int
	Marker string
}

// fact is a line of the trust panel, or a threshold with its verdict.
type fact struct{ Name, Value, State string }

// HTML writes a run as one file that needs nothing else: no script, no network. It reads on a phone, in the dark and on
// paper. A run with neither simulation nor load is an error.
func HTML(w io.Writer, record *results.Record) error {
	run := record.Run
	if run.Simulate == nil && run.Load == nil && run.Capacity == nil {
		return fmt.Errorf("writing the report of run %s: it holds neither a simulation nor a load", run.RunID)
	}
	css, err := styleSheet()
	if err != nil {
		return fmt.Errorf("writing the report of run %s: %w", run.RunID, err)
	}
	t := template.New("page.html")
	t.Funcs(template.FuncMap{"cell": splitCell, "drawn": func(p panel) (template.HTML, error) { return draw(t, p) }})
	if t, err = t.ParseFS(pageFiles, "page/*.html"); err != nil {
		return fmt.Errorf("writing the report of run %s: %w", run.RunID, err)
	}
	p := page{Style: css, Title: run.Scenario, When: when(run), Incomplete: run.Incomplete, Trust: trust(run), Grounds: groundsOf(run)}
	if run.Load != nil {
		p.Stopped = run.Load.Stopped
	}
	if run.Simulate != nil {
		p.Sim = simulationOf(record)
	}
	if run.Load != nil {
		p.Load = loadOf(run.Load)
	}
	if run.Capacity != nil {
		p.Short = run.Capacity.WhyIncomplete
		p.Capacity = capacityOf(run.Capacity)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("writing the report of run %s: %w", run.RunID, err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// styleSheet joins the parts of the style sheet: style.css first, then what adds to it.
func styleSheet() (template.CSS, error) {
	css, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return "", err
	}
	parts, err := fs.Glob(pageFiles, "page/*.css")
	if err != nil {
		return "", err
	}
	for _, name := range parts {
		if name == "page/style.css" {
			continue
		}
		more, err := pageFiles.ReadFile(name)
		if err != nil {
			return "", err
		}
		css = append(css, more...)
	}
	return template.CSS(css), nil
}

func when(run *results.Run) string {
	return fmt.Sprintf("%s, %s, portalbench %s", run.Started.Format("2 January 2006 15:04 MST"),
		run.Finished.Sub(run.Started).Round(time.Second), run.Version)
}

func simulationOf(record *results.Record) *simulationPart {
	s := record.Run.Simulate
	return &simulationPart{Setting: Setting(s), Staffing: Staffing(s), Headlines: headlines(s), Outcomes: outcomeSheets(s),
		Chapters: chapters(record)}
}

func outcomeSheets(s *results.Simulate) []sheet {
	return compareSheets("Main outcomes with 95% intervals", s.Policies, func(o outcome, p results.PolicyResult) string { return o.text(p) })
}

func differenceSheets(s *results.Simulate) []sheet {
	return compareSheets("Paired differences from "+baselineOf(s)+"; shares in percentage points", compared(s),
		func(o outcome, p results.PolicyResult) string { return o.differenceText(s, p) })
}

// compareSheets sets the main outcomes against the policies. Many policies become rows, and the outcomes are then dealt
// out over two tables, each narrow enough for paper: what patients meet, and what it takes.
func compareSheets(caption string, policies []results.PolicyResult, cell func(outcome, results.PolicyResult) string) []sheet {
	outcomes := mainOutcomes()
	if len(policies) <= maxPolicyColumns {
		return []sheet{sheetOf(caption, comparison(outcomes, policies, cell))}
	}
	half := len(outcomes) / 2
	return []sheet{sheetOf(caption+": patients", comparison(outcomes[:half], policies, cell)),
		sheetOf(caption+": staff", comparison(outcomes[half:], policies, cell))}
}

func sheetOf(caption string, g grid) sheet {
	return sheet{Caption: caption, Header: g.header, Rows: g.rows}
}

func loadOf(l *results.Load) *loadPart {
	part := &loadPart{Setting: LoadSetting(l), Valid: l.Validity == results.RunValid, Why: l.Why, Sheet: latencySheet(l), Waits: waitSheet(l),
		FeedBack: feedBackOf(l.FeedBack)}
	for _, t := range l.Thresholds {
		part.Thresholds = append(part.Thresholds, fact{t.Expression, thresholdText(t), t.Status})
	}
	part.Notes = notes(l)
	if ops := measuredOps(l); len(ops) > 0 {
		for _, f := range frames() {
			part.Ranges = append(part.Ranges, drawLatency(f, ops))
		}
	}
	return part
}

func latencySheet(l *results.Load) sheet {
	t := sheet{Caption: "Latency by operation, ms", Header: []string{"operation", "offered", "ok", "other", "response p50", "response p95", "response p99",
		"service p50", "service p95", "service p99", "lag p99"}}
	for _, op := range l.Ops {
		if op.Offered == 0 {
			continue
		}
		ok := op.Outcomes[results.OK.String()]
		row := []string{op.Op, count(op.Offered), count(ok), count(op.Offered - ok)}
		for _, ms := range []results.Number{op.ResponseMS.P50, op.ResponseMS.P95, op.ResponseMS.P99, op.ServiceMS.P50,
			op.ServiceMS.P95, op.ServiceMS.P99, op.LagMS.P99} {
			row = append(row, number(float64(ms)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func waitSheet(l *results.Load) sheet {
	t := sheet{Caption: "Lost waiting for the portal, per workday and person", Header: []string{"role", "waiting, s", "handling messages, min"}}
	for _, s := range l.Staff {
		t.Rows = append(t.Rows, []string{roleName(s.Role), number(60 * float64(s.PortalWaitMinutes)), number(float64(s.HandlingMinutesPerWorkday))})
	}
	return t
}

// trust lists what a reader needs to judge or repeat the run.
func trust(run *results.Run) []fact {
	facts := []fact{{"Scenario digest", run.Digest, ""}, {"Seed", fmt.Sprint(run.Seed), ""}, {"Run", run.RunID, ""},
		{"portalbench", run.Version, ""}}
	if s := run.Simulate; s != nil {
		facts = append(facts,
			fact{"Replications", manyReplications(s) + ", each with its own population and the unit of every interval", ""},
			fact{"Warm-up", fmt.Sprintf("%s Then %s are observed.", strings.TrimPrefix(WarmUp(s), "Warm-up: "), plural(s.HorizonDays, "day")), ""},
			fact{"Patients", fmt.Sprintf("%s in %s", count(int64(s.Patients)), plural(s.CareNetworks, "care network")), ""},
			fact{"Staffing", Staffing(s), ""},
			fact{"Intervals", "95%, simulation error only: they do not cover doubt about the parameters", ""})
	}
	if l := run.Load; l != nil {
		facts = append(facts, fact{"Load", validity(l), ""},
			fact{"Window", fmt.Sprintf("%s at %sx, warm-up %s s, %s", l.At, number(float64(l.Speed)), number(float64(l.WarmUpS)),
				plural(l.CareNetworks, "care network")), ""},
			fact{"Generator", fmt.Sprintf("%s%% of its cores, %s ms of garbage collection", number(100*float64(l.Generator.CPUShare)),
				number(float64(l.Generator.GCPauseMS))), ""})
	}
	m := run.Machine
	return append(facts, fact{"Machine", strings.TrimPrefix(fmt.Sprintf("%s, %s/%s, %s, GOMAXPROCS %d", m.CPU, m.GOOS, m.GOARCH,
		plural(m.Cores, "core"), m.GOMAXPROCS), ", "), ""})
}

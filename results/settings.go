package results

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Aim is what runs are put beside each other for.
type Aim int

// The aims: what must be the same differs.
const (
	SideBySide   Aim = iota // to be read side by side
	EarlierLoads            // of which a difference is to be the portal's
	EqualResults            // of simulations, to the last digit
)

// Setting is one thing that runs were asked for, or where they ran, in words: a value for each of them.
type Setting struct {
	Name   string
	Values []string
	Edits  [][]Edit // of what a file declares, against the first run's
	Apart  bool     // they differ in what must be the same for the aim
	Doubt  bool     // they differ in what makes a comparison doubtful, without ruling it out
	unlike []bool   // the runs that are not as the first
}

// Edit is a value that is not the same in two files.
type Edit struct {
	Path         string
	First, Other string // empty: it is not there
}

// Compare finds the edits between what two files declare.
type Compare func(first, other []byte) ([]Edit, error)

// Differs reports whether the runs do not all have the same value.
func (s Setting) Differs() bool {
	return slices.ContainsFunc(s.Values, func(v string) bool { return v != s.Values[0] }) || slices.Contains(s.unlike, true)
}

// Same reports whether two of the runs have the same value.
func (s Setting) Same(a, b int) bool {
	return s.Values[a] == s.Values[b] && (s.Edits == nil || slices.Equal(s.Edits[a], s.Edits[b]))
}

// mostEdits is how many edits of a file are told.
const mostEdits = 3

// Text is the value of a run, with what its file edits of the first run's.
func (s Setting) Text(run int) string {
	if s.Edits == nil || len(s.Edits[run]) == 0 {
		return s.Values[run]
	}
	return s.Values[run] + ": " + toldEdits(s.Edits[run], func(e Edit) string { return e.Path + " " + or(e.Other, "missing") })
}

// Line says in what the runs differ from the first, by the names of their folders.
func (s Setting) Line(names []string) string {
	if s.Edits != nil {
		for i, edits := range s.Edits {
			if len(edits) > 0 {
				return s.Name + ": " + toldEdits(edits, func(e Edit) string { return e.line(names[0], names[i]) })
			}
		}
	}
	parts, told := []string{s.Values[0] + " in " + names[0]}, []string{s.Values[0]}
	for i, v := range s.Values {
		if s.unlike[i] && !slices.Contains(told, v) {
			parts, told = append(parts, v+" in "+names[i]), append(told, v)
		}
	}
	return s.Name + ": " + strings.Join(parts, ", ")
}

// line tells an edit between two runs.
func (e Edit) line(first, other string) string {
	switch {
	case e.Other == "":
		return e.Path + ": only in " + first
	case e.First == "":
		return e.Path + ": only in " + other
	}
	return fmt.Sprintf("%s: %s in %s, %s in %s", e.Path, e.First, first, e.Other, other)
}

func toldEdits(edits []Edit, text func(Edit) string) string {
	var told []string
	for _, e := range edits[:min(mostEdits, len(edits))] {
		told = append(told, text(e))
	}
	if more := len(edits) - mostEdits; more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(told, "; ")
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// Settings returns what runs were asked for and where they ran, and in what they are apart for an aim. It is the one place
// that says so. To be read side by side, simulations must have the version of portalbench and the scenario in common, and
// loads what else changes the numbers without being what readers compare: whose work was replayed, the window, the rate, the
// architecture, and the mailbox within 10%; policies of simulations, portals, seeds and machines may differ. Loads before and
// after must also have been made of the same kind of portal. Simulations of which equal results are expected must have the
// seed, the policies and the replications in common; their version may differ. A simulation and a load are compared where all
// runs have one. What files declare is compared value by value: their order and remarks are nothing.
func Settings(runs []*Record, aim Aim, compare Compare) ([]Setting, error) {
	table := &settingTable{runs: runs, aim: aim, compare: compare}
	table.row("portalbench", func(r *Record) string { return r.Run.Version }, SideBySide, EarlierLoads)
	table.file("scenario", "scenario.yaml", func(r *Record) string { return r.Run.Scenario }, SideBySide, EarlierLoads, EqualResults)
	table.row("digest of scenario and policies", func(r *Record) string { return brieflyDigest(r.Run.Digest) }, EarlierLoads, EqualResults)
	table.row("seed", func(r *Record) string { return strconv.FormatUint(r.Run.Seed, 10) }, EqualResults)
	if Simulated(runs) {
		table.simulated()
	}
	if Loaded(runs) {
		table.loaded()
	}
	table.doubt("processor", func(r *Record) string { return r.Run.Machine.CPU })
	table.doubt("cores", func(r *Record) string {
		return fmt.Sprintf("%d, GOMAXPROCS %d", r.Run.Machine.Cores, r.Run.Machine.GOMAXPROCS)
	})
	return table.rows, table.failed
}

// Apart says in what runs differ that must be the same, a line for each, by the names of their folders.
func Apart(settings []Setting, names []string) (lines []string) {
	for _, s := range settings {
		if s.Apart {
			lines = append(lines, s.Line(names))
		}
	}
	return lines
}

// Simulated reports whether every run holds a simulation.
func Simulated(runs []*Record) bool {
	return !slices.ContainsFunc(runs, func(r *Record) bool { return r.Run.Simulate == nil })
}

// Loaded reports whether every run holds a load.
func Loaded(runs []*Record) bool {
	return !slices.ContainsFunc(runs, func(r *Record) bool { return r.Run.Load == nil })
}

// settingTable is the table being made, and the first error.
type settingTable struct {
	runs    []*Record
	aim     Aim
	compare Compare
	rows    []Setting
	failed  error
}

// row adds a setting, which has to be the same for some aims.
func (t *settingTable) row(name string, of func(*Record) string, aims ...Aim) *Setting {
	s := Setting{Name: name}
	for _, r := range t.runs {
		s.Values = append(s.Values, or(of(r), "none"))
		s.unlike = append(s.unlike, s.Values[len(s.Values)-1] != s.Values[0])
	}
	s.Apart = slices.Contains(aims, t.aim) && slices.Contains(s.unlike, true)
	t.rows = append(t.rows, s)
	return &t.rows[len(t.rows)-1]
}

// doubt adds a setting that may differ, and then makes a comparison of loads doubtful.
func (t *settingTable) doubt(name string, of func(*Record) string) {
	s := t.row(name, of)
	s.Doubt = t.aim == EarlierLoads && s.Differs()
}

// file adds what a file of the run folders declares, by a name. Where a folder has none, as after a replayed trace, the name
// is all there is.
func (t *settingTable) file(name, file string, of func(*Record) string, aims ...Aim) {
	s := t.row(name, of, aims...)
	s.Edits = make([][]Edit, len(t.runs))
	first := t.read(t.runs[0], file)
	for i, r := range t.runs {
		other := t.read(r, file)
		if first == nil || other == nil || t.failed != nil {
			continue
		}
		edits, err := t.compare(first, other)
		if err != nil {
			t.failed = fmt.Errorf("comparing %s of %s with that of %s: %w", file, r.Dir, t.runs[0].Dir, err)
		}
		s.Edits[i], s.unlike[i] = edits, s.unlike[i] || len(edits) > 0
	}
	s.Apart = slices.Contains(aims, t.aim) && slices.Contains(s.unlike, true)
}

// read returns what a file of a run folder holds, nil where there is none.
func (t *settingTable) read(r *Record, file string) []byte {
	text, err := os.ReadFile(filepath.Join(r.Dir, file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && t.failed == nil {
		t.failed = fmt.Errorf("comparing runs: %w", err)
	}
	return text
}

// amount adds a number that may differ by chance: as far allows, from the first run's. Negative ones are not known.
func (t *settingTable) amount(name string, of func(*Record) float64, chance func(x, y float64) float64) {
	s := t.row(name, func(r *Record) string {
		if n := of(r); n >= 0 {
			return Number(n).text()
		}
		return ""
	})
	first := of(t.runs[0])
	for i, r := range t.runs {
		n := of(r)
		s.unlike[i] = n >= 0 && first >= 0 && far(n, first, chance(n, first))
		s.Apart = s.Apart || s.unlike[i] && t.aim != EqualResults
	}
}

func (t *settingTable) simulated() {
	t.row("policies", func(r *Record) string {
		var names []string
		for _, p := range r.Run.Simulate.Policies {
			names = append(names, PolicyText(p.Name, p.Set))
		}
		return strings.Join(names, ", ")
	}, EqualResults)
	t.row("replications", func(r *Record) string {
		var counts []string
		for _, p := range r.Run.Simulate.Policies {
			counts = append(counts, strconv.Itoa(p.Replications))
		}
		return strings.Join(slices.Compact(counts), ", ")
	}, EqualResults)
	t.row("days observed, after warm-up", func(r *Record) string {
		return fmt.Sprintf("%d after %d", r.Run.Simulate.HorizonDays, r.Run.Simulate.WarmUpDays)
	})
}

func (t *settingTable) loaded() {
	t.file("policy replayed", "policy.yaml", func(r *Record) string { return r.Run.Load.Policy }, SideBySide, EarlierLoads)
	t.row("trace replayed", func(r *Record) string {
		if r.Run.Load.Trace == "" {
			return ""
		}
		return r.Run.Load.Trace + ", " + brieflyDigest(r.Run.Digest)
	}, SideBySide, EarlierLoads)
	t.row("window", func(r *Record) string {
		l := r.Run.Load
		// as measured, to the tenth of a second: the moment at which the last operation ended is in it
		return fmt.Sprintf("%s for %s s, warm-up %s s", l.At, Number(math.Round(10*float64(l.DurationS))/10).text(), l.WarmUpS.text())
	}, SideBySide, EarlierLoads)
	t.row("rate asked for", func(r *Record) string { return r.Run.Load.asked() }, SideBySide, EarlierLoads)
	t.row("care networks, speed", func(r *Record) string { // as many as the rate takes, which depends on the seed
		return fmt.Sprintf("%d at %.3gx", r.Run.Load.CareNetworks, float64(r.Run.Load.Speed))
	})
	portal := t.row("portal", func(r *Record) string { return r.Run.Load.Portal })
	portal.Apart = t.aim == EarlierLoads && slices.ContainsFunc(t.runs, func(r *Record) bool { return r.kind() != t.runs[0].kind() })
	t.row("portal's host", func(r *Record) string {
		u, err := url.Parse(r.Run.Load.URL)
		if err != nil {
			return ""
		}
		return u.Hostname() // the reference portal has another port every time
	})
	t.row("architecture", func(r *Record) string { return r.Run.Machine.GOOS + "/" + r.Run.Machine.GOARCH }, SideBySide, EarlierLoads)
	t.mailboxes()
}

// kind is what the portal of a load is: the reference portal is the same with faults, as any other is with a new version.
func (r *Record) kind() string {
	kind, _, _ := strings.Cut(r.Run.Load.Portal, " with faults ")
	return kind
}

// mailboxes adds what the portals held before the clock: the messages that the run itself began with, and the threads that
// patients found in their lists, which is what earlier runs and portal seed left there. Both vary by chance from seed to
// seed: three standard deviations of Poisson counts, and a thread more or less in a list, are no difference.
func (t *settingTable) mailboxes() {
	t.amount("messages put there before the clock", func(r *Record) float64 { return float64(r.Run.Load.Mailbox.Start) },
		func(x, y float64) float64 { return 3 * math.Sqrt(x+y) })
	t.amount("threads in a patient's list", func(r *Record) float64 {
		if p := r.Run.Load.Preflight; p != nil {
			return float64(p.MailboxThreads)
		}
		return -1
	}, func(x, y float64) float64 { return 1 })
}

// mailboxWithin is how much the mailboxes of two loads may differ at their beginning, as a share of the larger.
const mailboxWithin = .10

// far reports whether two mailboxes differ by more than the share that they may, and by more than chance.
func far(x, y, chance float64) bool {
	apart := math.Abs(x - y)
	return apart > mailboxWithin*math.Max(x, y) && apart > chance
}

// asked says which rate a load was asked for.
func (l *Load) asked() string {
	switch {
	case l.Stages != "":
		return l.Stages
	case math.IsNaN(float64(l.AskedPerS)):
		return fmt.Sprintf("by hand: %d care networks at %.3gx", l.CareNetworks, float64(l.Speed))
	}
	return l.AskedPerS.text() + "/s"
}

// brieflyDigest keeps so much of a digest as tells two of them apart.
func brieflyDigest(digest string) string {
	const enough = 8
	kind, hex, found := strings.Cut(digest, ":")
	if !found {
		kind, hex = "", digest
	}
	return strings.TrimPrefix(kind+":", ":") + hex[:min(enough, len(hex))]
}

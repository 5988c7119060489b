package results

import (
	"crypto/sha256"
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

// Setting is one thing that runs were asked for, or where they ran, in words: a value for each of them.
type Setting struct {
	Name   string
	Values []string
	Apart  bool // they differ in what must be the same for their numbers to stand side by side
}

// Differs reports whether the runs do not all have the same value.
func (s Setting) Differs() bool {
	return slices.ContainsFunc(s.Values, func(v string) bool { return v != s.Values[0] })
}

// mailboxApart is by which share the mailboxes may differ before runs are apart.
const mailboxApart = .10

// Settings returns what runs were asked for and where they ran. What must be the same is what changes the numbers
// without being what readers compare: the version of portalbench and the scenario; of loads also whose work was
// replayed, the window, the rate, the kind of processor, and the mailbox within 10%. Policies of simulations, portals,
// seeds and machines may differ: that is what reports are made for, and readers are told. A simulation and a load are
// compared where all runs have one. The scenario is compared as it was used, by the file in the folders.
func Settings(runs []*Record) ([]Setting, error) {
	table := &settingTable{runs: runs}
	table.must("portalbench", func(r *Record) string { return r.Run.Version })
	table.must("scenario", func(r *Record) string { return table.file(r, "scenario.yaml", r.Run.Scenario) })
	table.may("digest of scenario and policies", func(r *Record) string { return brieflyDigest(r.Run.Digest) })
	table.may("seed", func(r *Record) string { return strconv.FormatUint(r.Run.Seed, 10) })
	if Simulated(runs) {
		table.simulated()
	}
	if Loaded(runs) {
		table.loaded()
	}
	table.may("processor", func(r *Record) string { return r.Run.Machine.CPU })
	table.may("cores", func(r *Record) string {
		return fmt.Sprintf("%d, GOMAXPROCS %d", r.Run.Machine.Cores, r.Run.Machine.GOMAXPROCS)
	})
	return table.rows, table.failed
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
	runs   []*Record
	rows   []Setting
	failed error
}

// may adds a setting in which runs may differ.
func (t *settingTable) may(name string, of func(*Record) string) {
	s := Setting{Name: name}
	for _, r := range t.runs {
		s.Values = append(s.Values, of(r))
	}
	t.rows = append(t.rows, s)
}

// must adds a setting that has to be the same.
func (t *settingTable) must(name string, of func(*Record) string) {
	t.may(name, of)
	last := &t.rows[len(t.rows)-1]
	last.Apart = last.Differs()
}

func (t *settingTable) simulated() {
	t.may("policies", func(r *Record) string {
		var names []string
		for _, p := range r.Run.Simulate.Policies {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
		return strings.Join(names, ", ")
	})
	t.may("replications", func(r *Record) string { return strconv.Itoa(r.Run.Simulate.Replications) })
	t.may("days observed, after warm-up", func(r *Record) string {
		return fmt.Sprintf("%d after %d", r.Run.Simulate.HorizonDays, r.Run.Simulate.WarmUpDays)
	})
}

func (t *settingTable) loaded() {
	t.must("policy replayed", func(r *Record) string { return t.file(r, "policy.yaml", r.Run.Load.Policy) })
	t.must("trace replayed", func(r *Record) string {
		if r.Run.Load.Trace == "" {
			return "none"
		}
		return r.Run.Load.Trace + ", " + brieflyDigest(r.Run.Digest)
	})
	t.must("window", func(r *Record) string {
		l := r.Run.Load
		// as measured, to the tenth of a second: the moment at which the last operation ended is in it
		return fmt.Sprintf("%s for %s s, warm-up %s s", l.At, Number(math.Round(10*float64(l.DurationS))/10).text(), l.WarmUpS.text())
	})
	t.must("rate asked for", func(r *Record) string { return r.Run.Load.asked() })
	t.may("care networks, speed", func(r *Record) string {
		return fmt.Sprintf("%d at %.3gx", r.Run.Load.CareNetworks, float64(r.Run.Load.Speed))
	})
	t.may("portal", func(r *Record) string { return r.Run.Load.Portal })
	t.may("portal's host", func(r *Record) string {
		u, err := url.Parse(r.Run.Load.URL)
		if err != nil {
			return ""
		}
		return u.Hostname() // the reference portal has another port every time
	})
	t.must("architecture", func(r *Record) string { return r.Run.Machine.GOOS + "/" + r.Run.Machine.GOARCH })
	t.may("messages put there before the clock", func(r *Record) string { return strconv.FormatInt(r.Run.Load.Mailbox.Start, 10) })
	t.rows[len(t.rows)-1].Apart = t.mailboxesApart()
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

// mailboxesApart reports whether a mailbox is not that of the first run: by more than the share that it may, and by more
// than chance, which is three standard deviations of Poisson counts.
func (t *settingTable) mailboxesApart() bool {
	first := float64(t.runs[0].Run.Load.Mailbox.Start)
	return slices.ContainsFunc(t.runs, func(r *Record) bool {
		n := float64(r.Run.Load.Mailbox.Start)
		return math.Abs(n-first) > math.Max(mailboxApart*math.Max(n, first), 3*math.Sqrt(n+first))
	})
}

// file names what a file of the run folder holds by a name and the beginning of its digest.
func (t *settingTable) file(r *Record, file, name string) string {
	text, err := os.ReadFile(filepath.Join(r.Dir, file))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name // a trace was replayed
	case err != nil && t.failed == nil:
		t.failed = fmt.Errorf("comparing runs: %w", err)
	}
	return fmt.Sprintf("%s (%.8x)", name, sha256.Sum256(text))
}

// ScenarioChange tells the first line in which the scenarios of two runs differ, as they were used: nothing where they do
// not, or a folder has none.
func ScenarioChange(a, b *Record) string {
	var lines [2][]string
	for i, r := range []*Record{a, b} {
		text, err := os.ReadFile(filepath.Join(r.Dir, "scenario.yaml"))
		if err != nil {
			return ""
		}
		lines[i] = strings.Split(string(text), "\n")
	}
	for n := range max(len(lines[0]), len(lines[1])) {
		if x, y := declaredIn(lines[0], n), declaredIn(lines[1], n); x != y {
			return fmt.Sprintf("%s against %s in line %d of scenario.yaml", x, y, n+1)
		}
	}
	return ""
}

// declaredIn returns what a line says, without its remark, in quotes.
func declaredIn(lines []string, n int) string {
	if n >= len(lines) {
		return "nothing"
	}
	text, _, _ := strings.Cut(lines[n], " # ")
	return strconv.Quote(strings.TrimSpace(text))
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

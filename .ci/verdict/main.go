// Command verdict reads what .ci/real measured and says whether it is what it must be. With -update it writes the tables
// of what portals can do, and of how long they take, into a document.
//
//	verdict [-update FILE] [-about TEXT] FOLDER NAME=TITLE...
//
// For each NAME the folder holds NAME.verify.json, NAME.seed.json, NAME.load.json, and NAME.resumed.json and
// NAME.cleaned.json of a filing that was killed, went on, and was removed.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

func main() {
	update := flag.String("update", "", "`FILE` whose tables are written anew")
	about := flag.String("about", "", "`TEXT` about the machine, for the document")
	flag.Parse()
	err := run(os.Stdout, *update, *about, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	switch {
	case err == nil:
	case errors.Is(err, errNotMeasured):
		os.Exit(77)
	default:
		os.Exit(1)
	}
}

// errNotMeasured is of a portal with which nothing is wrong, and of which no load counted.
var errNotMeasured = errors.New("not measured")

func run(out io.Writer, update, about string, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: verdict [-update FILE] [-about TEXT] FOLDER NAME=TITLE, of one portal or more")
	}
	var all []measured
	var failed, skipped []error
	for _, arg := range args[1:] {
		name, title, _ := strings.Cut(arg, "=")
		m, err := read(args[0], name, title)
		if err == nil {
			err = m.judge()
			all = append(all, m)
		}
		switch {
		case err != nil:
			failed = append(failed, each("FAIL: "+title+": ", err))
		case m.load.Validity != "valid":
			skipped = append(skipped, fmt.Errorf("SKIPPED: %s: %w: the load was %s: %s", title, errNotMeasured, m.load.Validity, strings.Join(m.load.Why, "; ")))
		default:
			fmt.Fprintln(out, m.line())
		}
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	if err := errors.Join(skipped...); err != nil || update == "" {
		return err
	}
	return write(update, about, all)
}

// each puts a prefix before each line of an error.
func each(prefix string, err error) error {
	return errors.New(prefix + strings.ReplaceAll(err.Error(), "\n", "\n"+prefix))
}

// measured is what one portal showed.
type measured struct {
	title  string
	verify results.Verify
	seed   results.Filing
	load   results.Load
	// Of a filing that was killed and went on: what it came to, and what was removed of it.
	resumed results.Filing
	cleaned results.Cleaned
}

func read(folder, name, title string) (m measured, err error) {
	m.title = title
	for _, part := range []struct {
		of   string
		into any
	}{{"verify", &m.verify}, {"seed", &m.seed}, {"load", &m.load}, {"resumed", &m.resumed}, {"cleaned", &m.cleaned}} {
		src, err := os.ReadFile(filepath.Join(folder, name+"."+part.of+".json"))
		if err == nil {
			err = json.Unmarshal(src, part.into)
		}
		if err != nil {
			return m, fmt.Errorf("%s gave no result: %w", part.of, err)
		}
	}
	return m, nil
}

// fewestHeld is how many meanings must hold of any portal: a verification that checks nothing must not pass.
const fewestHeld = 25

// fewestFiled is how many messages a history must have brought: about 10,000 are asked for.
const fewestFiled = 9000

// conflicting are the operations that somebody else's may come before.
var conflicting = []string{"claim", "route", "label", "close", "reopen"}

// judge says everything that is not as it must be.
func (m *measured) judge() error {
	var failed []error
	fail := func(format string, args ...any) { failed = append(failed, fmt.Errorf(format, args...)) }
	if held := m.held(); held < fewestHeld {
		fail("verify: only %d meanings hold", held)
	}
	for _, broken := range m.verify.Broken() {
		fail("verify: %s", broken)
	}
	if n := m.seed.Messages; n < fewestFiled || m.seed.Incomplete {
		fail("seed: %d messages are there, %d are needed", n, fewestFiled)
	}
	if made := m.resumed.Threads + m.resumed.FoundBefore; m.resumed.Incomplete || made == 0 || m.cleaned.Threads != made {
		fail("seed --resume: %d threads were made, and %d were there to remove", made, m.cleaned.Threads)
	}
	if m.load.Incomplete {
		fail("load: incomplete: %s", strings.Join(m.load.Why, "; "))
	}
	for _, op := range m.load.Ops {
		for outcome, n := range op.Outcomes {
			expected := outcome == "ok" || outcome == "conflict" && (op.Op == "all" || slices.Contains(conflicting, op.Op))
			if n > 0 && !expected {
				fail("load: %d of %s were %s", n, op.Op, outcome)
			}
		}
	}
	if len(m.load.Ops) == 0 || m.load.Ops[0].Outcomes["ok"] == 0 {
		fail("load: nothing was measured")
	}
	failed = append(failed, clean("seed", &m.seed.Check), clean("seed --resume", &m.resumed.Check), clean("load", m.load.Ledger))
	return errors.Join(failed...)
}

// clean says what is wrong with a ledger.
func clean(of string, l *results.Ledger) error {
	switch {
	case l == nil || l.Checked == 0:
		return fmt.Errorf("%s: the ledger checked nothing", of)
	case l.Broken() > 0 || l.Found != l.Checked || l.Unread > 0:
		return fmt.Errorf("%s: of %d messages in the ledger %d were found, %d lost, %d duplicated, %d out of order, %d leaked, %d not read",
			of, l.Checked, l.Found, l.Lost, l.Duplicated, l.OutOfOrder, l.Leaks(), l.Unread)
	}
	return nil
}

func (m *measured) held() (n int) {
	for _, op := range m.verify.Ops {
		held, _ := count(op)
		n += held
	}
	return n
}

func count(op results.VerifiedOp) (held, checked int) {
	for _, c := range op.Checks {
		if c.Verdict == results.Means {
			held++
		}
		if c.Verdict != results.NotChecked {
			checked++
		}
	}
	return held, checked
}

// line says in one line what was seen.
func (m *measured) line() string {
	all := m.load.Ops[0]
	return fmt.Sprintf("%s: %d meanings hold; %d messages of %d people filed in %.0f s; %d operations at %.1f/s, %d ok, %d conflicts; response p50 %s, p95 %s, p99 %s ms; %d messages found, none lost, doubled or out of order",
		m.title, m.held(), m.seed.Messages, m.seed.People, float64(m.seed.Seconds), all.Offered, float64(m.load.OfferedPerS), all.Outcomes["ok"], all.Outcomes["conflict"],
		ms(all.ResponseMS.P50), ms(all.ResponseMS.P95), ms(all.ResponseMS.P99), m.load.Ledger.Found)
}

func ms(n results.Number) string {
	switch f := float64(n); {
	case math.IsNaN(f):
		return "–"
	case f < 10:
		return fmt.Sprintf("%.1f", f)
	default:
		return fmt.Sprintf("%.0f", f)
	}
}

// The lines between which the tables stand.
const (
	begin = "<!-- written by .ci/real --update -->"
	end   = "<!-- end -->"
)

// write puts the tables into a document.
func write(file, about string, all []measured) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begun := strings.Cut(string(src), begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return fmt.Errorf("%s has no lines %s and %s", file, begin, end)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n\n%s\n\n", before, begin, about)
	capabilities(&b, all)
	for i := range all {
		latencies(&b, &all[i])
	}
	b.WriteString(end + after)
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

func capabilities(b *strings.Builder, all []measured) {
	b.WriteString("### What operations mean\n\n| operation |")
	for _, m := range all {
		fmt.Fprintf(b, " %s |", m.title)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(all)) + "\n")
	for i, op := range all[0].verify.Ops {
		fmt.Fprintf(b, "| %s |", op.Op)
		for _, m := range all {
			fmt.Fprintf(b, " %s |", cell(m.verify.Ops[i]))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// cell says how a portal has an operation, and how many of the meanings that could be checked hold.
func cell(op results.VerifiedOp) string {
	held, checked := count(op)
	if op.Verdict == results.NotThere {
		return "absent"
	}
	text := fmt.Sprintf("%s, %d of %d", op.Support, held, checked)
	if left := len(op.Checks) - checked; left > 0 {
		text += fmt.Sprintf(" (%d not checked)", left)
	}
	return text
}

func latencies(b *strings.Builder, m *measured) {
	l := &m.load
	leaked := "leaks cannot be told"
	if l.Ledger.Leaked != nil {
		leaked = fmt.Sprintf("%d leaked", *l.Ledger.Leaked)
	}
	fmt.Fprintf(b, "### %s\n\nHistory: %d messages in %d threads, accounts for %d people and pools, filed and looked for in %.0f s.\n", m.title,
		m.seed.Messages, m.seed.Threads, m.seed.People, float64(m.seed.Seconds))
	fmt.Fprintf(b, "Scenario %s, %s, %.0f s: %.1f operations/s offered, %.1f achieved, %.1f requests/s; %s. Ledger: %d messages checked, %d lost, %d duplicated, %d out of order, %s.\n\n",
		l.Scenario, cmp.Or(l.At, "by trace"), float64(l.DurationS), float64(l.OfferedPerS), float64(l.AchievedPerS),
		float64(l.RequestsPerS), l.Validity, l.Ledger.Checked, l.Ledger.Lost, l.Ledger.Duplicated, l.Ledger.OutOfOrder, leaked)
	b.WriteString("| operation | offered | ok | conflict | response p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|---|---|\n")
	for _, op := range l.Ops {
		if op.Offered > 0 {
			r := op.ResponseMS
			fmt.Fprintf(b, "| %s | %d | %d | %d | %s | %s | %s |\n", op.Op, op.Offered, op.Outcomes["ok"], op.Outcomes["conflict"], ms(r.P50), ms(r.P95), ms(r.P99))
		}
	}
	b.WriteString("\n")
}

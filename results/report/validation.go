package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim/verify"
)

// Validation writes how far the simulator can be believed: exact cases, properties, and targets by their kind.
func Validation(w io.Writer, format Format, v *verify.Validation) error {
	sections := []func(io.Writer, Format, *verify.Validation) error{}
	if len(v.Cases) > 0 {
		sections = append(sections, verification)
	}
	if len(v.Properties) > 0 {
		sections = append(sections, properties)
	}
	if len(v.Targets) > 0 {
		sections = append(sections, targets)
	}
	for i, section := range sections {
		if i > 0 && format != Markdown {
			fmt.Fprintln(w)
		}
		if err := section(w, format, v); err != nil {
			return err
		}
	}
	return nil
}

func verification(w io.Writer, format Format, v *verify.Validation) error {
	g := grid{header: []string{"case", "metric", "exact", "simulated", "t", "ok"}, words: 2}
	holding := 0
	var failures []string
	for _, c := range v.Cases {
		verdict := "yes"
		if c.Holds {
			holding++
		} else {
			verdict = "NO"
			failures = append(failures, fmt.Sprintf("%s, %s: %s.", c.Name, c.Metric, c.Why))
		}
		name := c.Name
		if c.Controls > 0 {
			name += "*"
		}
		g.rows = append(g.rows, []string{name, metricText(c), digits(float64(c.Expected)), simulated(c), number(float64(c.T)), verdict})
	}
	heading(w, format, fmt.Sprintf("Verification: %d of %s from queueing theory hold", holding, plural(len(v.Cases), "exact value")))
	if err := g.render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	paragraph(w, format, fmt.Sprintf("Each is the mean of %d runs with its 95%% interval. *: corrected by two control variates, averages whose exact value is known too and must come out as well. A case holds when the half-width is at most 2%% of the exact value and "+
		"the mean is less than 4.5 standard errors (t) away, which chance exceeds in about 1%% of verifications; where nothing is random, when it is equal.", verify.Runs))
	for _, f := range failures {
		paragraph(w, format, f)
	}
	return nil
}

// metricText is a metric's name, short enough for a terminal, with what it is taken at.
func metricText(c verify.Verdict) string {
	name := strings.NewReplacer(
		"mean number in system at t (periodic steady state)", "mean number in system at 15:00",
		"fraction arriving outside office hours", "share arriving out of office hours",
		"share of expected volume from top 10% by rate", "share of volume from the top 10%",
		"mean wait (all, incl. abandoning)", "mean wait, abandoning included").Replace(c.Metric)
	if c.At != "" {
		name += ", " + c.At
	}
	return name
}

// digits writes an exact value with four significant digits.
func digits(x float64) string { return strconv.FormatFloat(x, 'f', places(x), 64) }

// places is how many decimals show four significant digits of x.
func places(x float64) int {
	if x == 0 {
		return 0
	}
	return max(0, 3-int(math.Floor(math.Log10(math.Abs(x)))))
}

func simulated(c verify.Verdict) string {
	p := places(float64(c.Expected))
	got := strconv.FormatFloat(float64(c.Got), 'f', p, 64)
	if c.HalfWidth == 0 {
		return got
	}
	return got + " ± " + strconv.FormatFloat(float64(c.HalfWidth), 'f', p, 64)
}

func properties(w io.Writer, format Format, v *verify.Validation) error {
	g := grid{header: []string{"property", "looked at", "broken"}}
	var broken []string
	for _, p := range v.Properties {
		g.rows = append(g.rows, []string{p.Name, count(p.Events), count(p.Broken)})
		if p.First != "" {
			broken = append(broken, p.Name+" is broken: "+p.First+".")
		}
	}
	heading(w, format, "Properties of every event, under every built-in policy that the scenario has the staff for")
	if err := g.render(w, format); err != nil {
		return err
	}
	fmt.Fprintln(w)
	paragraph(w, format, "Tests look at more, under combinations of levers: TestProperties and TestLeversLeaveOtherDrawsAlone in sim, "+
		"TestWorkersDoNotMatter in sim/triage.")
	for _, b := range broken {
		paragraph(w, format, b)
	}
	return nil
}

// targetKinds says what each kind of targets means.
func targetKinds() map[string]string {
	return map[string]string{
		"fit":    "Fitted: the model was set so that these come out",
		"target": "Targets: compared once, never fitted",
		"check":  "Checks: an input already contains these, so they test consistency only",
	}
}

func targets(w io.Writer, format Format, v *verify.Validation) error {
	for _, kind := range verify.Kinds() {
		g := grid{header: []string{"id", "what", "band", "simulated", "verdict"}, words: 2}
		var sources []string
		for _, o := range v.Targets {
			if o.Kind != kind {
				continue
			}
			low, high := decimals(float64(o.Low)), decimals(float64(o.High))
			band := fixed(float64(o.Low), max(low, high)) + "–" + fixed(float64(o.High), max(low, high))
			g.rows = append(g.rows, []string{o.ID, what(o), band, interval(float64(o.Value), float64(o.From), float64(o.To)), o.Verdict})
			source := o.ID + " (" + o.Policy + "): " + o.Source
			if o.Why != "" {
				source += "; " + o.Verdict + " as " + o.Why
			}
			sources = append(sources, source+".")
		}
		if len(g.rows) == 0 {
			continue
		}
		heading(w, format, targetKinds()[kind])
		if err := g.render(w, format); err != nil {
			return err
		}
		fmt.Fprintln(w)
		for _, s := range sources {
			paragraph(w, format, s)
		}
		fmt.Fprintln(w)
	}
	staff := staffing{number(float64(v.PatientsPerPhysicianFTE)), number(float64(v.PatientsPerRNFTE))}
	paragraph(w, format, fmt.Sprintf("%s: %s; 95%% intervals, simulation error only. Met: the interval lies inside the band; missed: outside; undecided: across an edge. Patients per full-time equivalent: %s.",
		v.Scenario, plural(v.Replications, "replication"), staff))
	return nil
}

// what says which number of which part a target is about.
func what(o verify.Outcome) string {
	text := strings.ReplaceAll(strings.ReplaceAll(o.Measure, "_minutes_per_workday", "_min/workday"), "_", " ")
	if len(o.Where) > 0 {
		text += ", " + whereValues(o)
	}
	if o.Statistic != "share" {
		text += ", " + o.Statistic
	}
	return text
}

// whereValues names a part by the values alone.
func whereValues(o verify.Outcome) string {
	pairs := strings.Split(results.WhereText(o.Where), ";")
	for i, pair := range pairs {
		_, pairs[i], _ = strings.Cut(pair, "=")
	}
	return strings.Join(pairs, ", ")
}

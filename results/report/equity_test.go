package report

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// equityReplications gives a policy three replications in which the median wait of a stratum is its place among those of
// its trait, in hours, plus a wait of the policy; the second replication is slower by an hour and widens the differences
// by half an hour for each place. Asian patients have 16 threads in each, 48 in all, and proxies never get an answer.
func equityReplications(wait float64) [][]results.Measure {
	var all [][]results.Measure
	for r, slower := range []float64{0, 1, 0} {
		list := []results.Measure{{Name: "first_response_hours", Statistic: "median", Value: num(wait), N: 500},
			{Name: "first_response_hours", Statistic: "p90", Value: num(math.Inf(1)), N: 500, NotReached: 60},
			{Name: "first_response_hours", Where: routine(), Statistic: "median", Value: num(wait + 1), N: 450}}
		for _, trait := range results.Traits() {
			for place, stratum := range trait.Strata {
				hours, n := wait+slower+float64(place)*(1+slower/2), int64(100)
				switch stratum {
				case "asian":
					n = 16
				case "proxy":
					hours = math.Inf(1)
				}
				where := results.Where{trait.Key: stratum}
				of := func(name, statistic string, value float64) results.Measure {
					return results.Measure{Name: name, Where: where, Statistic: statistic, Value: num(value), N: n}
				}
				list = append(list, of("first_response_hours", "median", hours), of("threads", "count", float64(n)),
					of("answered_within_1_business_day", "share", .8-.01*float64(place+r)))
			}
		}
		renewals := results.Where{"category": "renewal"}
		all = append(all, append(list, results.Measure{Name: "first_response_hours", Where: renewals, Statistic: "median",
			Value: num(wait), N: 400}))
	}
	return all
}

// unequal compares the strata of several policies. The last is unstable if there are more than two.
func unequal(names ...string) *results.Simulate {
	s := &results.Simulate{Scenario: "cardiopulmonary", Patients: 12000, HorizonDays: 364, Replications: 3}
	for i, name := range names {
		p := results.PolicyResult{Name: name, Set: map[string]string{}, Replications: 3, PatientsPerPhysicianFTE: 1714, PatientsPerRNFTE: 2400}
		if i > 1 && i == len(names)-1 {
			p.Unstable = new(true)
			s.Policies = append(s.Policies, p)
			continue
		}
		replications := equityReplications(4 + 2*float64(i))
		p.Measures = results.Summarize(replications)
		s.Policies, s.Strata = append(s.Policies, p), append(s.Strata, results.StratumDifferences(name, replications)...)
	}
	return s
}

func TestTablesByStratum(t *testing.T) {
	quantity := func(text string) *results.Quantity {
		q, err := results.ParseQuantity(text)
		require.NoError(t, err)
		return &q
	}
	two, six := unequal("physician-first", "nurse-first"), unequal("a", "b", "c", "d", "e", "growing")
	for name, write := range map[string]func(w io.Writer) error{
		"by-race.txt":      func(w io.Writer) error { return By(w, Table, two, "race", nil) },
		"by-sender.md":     func(w io.Writer) error { return By(w, Markdown, two, "sender", nil) },
		"by-race-many.txt": func(w io.Writer) error { return By(w, Table, six, "race", quantity("first_response_hours")) },
		"by-category.txt":  func(w io.Writer) error { return By(w, Table, two, "category", quantity("first_response_hours")) },
		"by-counts.txt":    func(w io.Writer) error { return By(w, Table, two, "sex", quantity("threads")) },
		"measure.txt": func(w io.Writer) error {
			return Measure(w, Table, two, results.Quantity{Measure: "first_response_hours"})
		},
	} {
		for line := range strings.Lines(golden(t, name, write)) {
			width := utf8.RuneCountInString(strings.TrimSuffix(line, "\n"))
			require.True(t, strings.HasSuffix(name, ".md") || width <= maxWidth, "%s: %s", name, line)
		}
	}
}

// Black patients are the second stratum: they wait 1, 1.5 and 1 hours longer than white ones, a mean of 1.17, with s
// .289 and half-width 4.303 x .289 / sqrt(3) = .717. The share answered is a point lower in every replication.
func TestByShowsPairedDifferences(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, By(&b, Table, unequal("nurse-first"), "race", nil))
	require.Regexp(t, `black against white +\+1\.17 \(\+0\.45 to \+1\.88\)`, b.String())
	require.Regexp(t, `black against white +−1\.00 \(−1\.00 to −1\.00\)`, b.String())
	require.Regexp(t, `asian +fewer than 50\n`, b.String(), "3 x 16 threads")
	require.Regexp(t, `asian against white +fewer than 50\n`, b.String())
	require.Contains(t, strings.Join(strings.Fields(b.String()), " "), "Not given by race: urgent: unread over 4 h, %; ")
}

func TestByRefuses(t *testing.T) {
	none, err := results.ParseQuantity("held_back")
	require.NoError(t, err)
	err = By(io.Discard, Table, unequal("a"), "race", &none)
	require.ErrorContains(t, err, "held_back is not given by race or any other key: leave --by out")
	threads, err := results.ParseQuantity("threads")
	require.NoError(t, err)
	err = By(io.Discard, Table, unequal("a"), "category", &threads)
	require.ErrorContains(t, err, "threads is not given by category, but by sender, sex, age,")
}

// Where every backlog grows there is no number, and that is no mistake of the user's.
func TestNothingIsShownWithoutSteadyState(t *testing.T) {
	s := unequal("a")
	s.Policies[0].Unstable = new(true)
	var by, measure bytes.Buffer
	require.NoError(t, By(&by, Table, s, "race", nil))
	require.NoError(t, Measure(&measure, Table, s, results.Quantity{Measure: "first_response_hours"}))
	require.Contains(t, by.String(), noSteadyState)
	require.Contains(t, measure.String(), noSteadyState)
}

// A part that is asked for is shown, though nobody is asked to see all of them; one that is suppressed says so.
func TestMeasureShowsThePartThatIsAskedFor(t *testing.T) {
	for part, want := range map[string]string{
		"black": "race=black, median, hours  5.50 ",
		"asian": "race=asian, median, hours  fewer than 50\n",
	} {
		var b bytes.Buffer
		q := results.Quantity{Measure: "first_response_hours", Where: results.Where{"race": part}}
		require.NoError(t, Measure(&b, Table, unequal("nurse-first"), q))
		require.Contains(t, b.String(), want) // 4 + 1, 4 + 1 + 1.5, 4 + 1
		require.NotContains(t, b.String(), "--by")
	}
	var b bytes.Buffer
	q := results.Quantity{Measure: "first_response_hours", Where: results.Where{"sender": "proxy"}}
	require.NoError(t, Measure(&b, Table, unequal("nurse-first"), q))
	require.Contains(t, b.String(), "not reached", "it is all there is to say")
	q.Where = results.Where{"sender": "neighbour"}
	require.ErrorContains(t, Measure(&b, Table, unequal("nurse-first"), q), "no value for sender=neighbour")
}

func TestPageShowsStrata(t *testing.T) {
	page := rendered(t, sampleRun(unequal("physician-first", "nurse-first"), nil))
	wellFormed(t, page)
	for _, part := range []string{"Equity: who waits longer", "education, against beyond high school", "race: black against white",
		"fewer than 50", "not reached"} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "NaN")
	require.NotContains(t, page, "Inf")
	page = rendered(t, sampleRun(unequal("a", "b", "c", "d", "e", "growing"), nil))
	require.NotContains(t, page, "Drawn are the first", "five policies are drawn, and a sixth has no steady state")
	require.Contains(t, page, "Not drawn, as the backlog grows and there is no steady state: growing.")
	require.NotContains(t, rendered(t, sampleRun(threePolicies(), nil)), "Equity: who", "no strata, no section")
}

// Every stratum but the reference has a line for each policy that has a number, or one word in its place.
func TestEquityFigureHasALineForEveryStratum(t *testing.T) {
	s := unequal("physician-first", "nurse-first")
	figures := equityFigures(s)
	require.Len(t, figures, 1)
	require.Len(t, figures[0].Panels, 3, "one for a page, and for a phone one for each outcome")
	require.Len(t, figures[0].Numbers, 4, "levels and differences of two outcomes")
	wide := figures[0].Panels[0].Drawing.(equityDrawing)
	require.Len(t, wide.Traits, 8)
	require.Len(t, wide.Strata, 13, "21 strata, of which 8 are references")
	wait := wide.Panels[0]
	require.Len(t, wait.Marks, 2*(13-2), "without asian patients and proxies")
	require.Len(t, wait.Missing, 2)
	require.Equal(t, []string{fewThreads, notReached}, []string{wait.Missing[0].Text, wait.Missing[1].Text})
	require.Len(t, wide.Panels[1].Marks, 2*(13-1), "proxies have a share")
	for _, m := range wait.Marks {
		require.Greater(t, m.High, wait.Zero, "all wait longer")
		require.LessOrEqual(t, m.Low, m.High)
	}
}

// A mark that lies beyond the panel is an arrow; one of which an end does keeps its place.
func TestWideIntervalsGetArrows(t *testing.T) {
	p := deltaPanel{x: axis{low: -10, high: 10, left: 0, right: 200}}
	for _, c := range []struct {
		value, low, high float64
		ends             int
		marked           bool
	}{{1, 0, 2, 0, true}, {1, -20, 2, 1, true}, {1, -20, 22, 2, true}, {15, 11, 19, 1, false}, {3, math.NaN(), math.NaN(), 0, true}} {
		m := p.mark(0, 1, num(c.value), num(c.low), num(c.high), 5)
		require.Equal(t, c.ends, strings.Count(m.Arrows, "M"), "%v", c)
		require.Equal(t, c.marked, m.Marker != "", "%v", c)
	}
}

func TestSignedTicks(t *testing.T) {
	require.Equal(t, []tick{{0, "−2"}, {50, "−1"}, {100, "0"}, {150, "+1"}, {200, "+2"}}, signedTicks(axis{low: -2, high: 2, right: 200}))
	require.Equal(t, []string{"−0.5", "0", "+0.5"}, labels(signedTicks(axis{low: -.8, high: .8, right: 200})))
	require.Equal(t, []string{"−20", "−10", "0", "+10", "+20"}, labels(signedTicks(axis{low: -29, high: 29, right: 200})))
}

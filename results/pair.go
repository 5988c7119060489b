package results

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results/stats"
)

// Names of the sides of a pair.
const (
	BaseSide      = "base"
	CandidateSide = "candidate"
)

// Pair is two loads that were made one after the other with the same operations: one of the base, one of the candidate.
type Pair struct {
	Number    int  // counted from 1, those that do not count included
	Swapped   bool // the candidate went first
	Base      *Load
	Candidate *Load
}

// Dropped says why a pair does not count; it is empty if it does. A pair counts if both loads are valid. A candidate that
// is itself the only reason for its load's being invalid, because it answers too late for people to go on, counts too:
// a candidate must not escape by failing badly enough. A base does not, as nothing can be measured by it.
func (p Pair) Dropped() string {
	switch {
	case p.Base.Validity != RunValid:
		return BaseSide + ": " + strings.Join(p.Base.Why, "; ")
	case p.Candidate.Validity != RunValid && !slices.Equal(p.Candidate.LimitedBy, []string{LimitedByPortal}):
		return CandidateSide + ": " + strings.Join(p.Candidate.Why, "; ")
	}
	return ""
}

// Log returns d = log(candidate / base) of a metric, NaN where either was not measured. Where the base never answered
// there is nothing to compare with: NaN as well.
func (p Pair) Log(m Metric) float64 {
	base := m.Log(p.Base)
	if math.IsInf(base, 0) {
		return math.NaN()
	}
	return m.Log(p.Candidate) - base
}

// Pairs is a gate of kind ab or calibration: what was measured, and by what it is judged.
type Pairs struct {
	Kind    string // GatePaired or GateCalibration
	Margin  float64
	Metrics []Metric
	All     []Pair
	Early   string // why it ended without a verdict, if that was not for want of pairs
	// Incomplete says that the gate was cut off, and how: then it judges nothing but broken messages. Empty: it was not.
	Incomplete string
}

// MostDropped is how many pairs may be dropped: a quarter of the most that are looked at (assumed). Past it the machine,
// not the portal, decides.
const MostDropped = 6

// Rule returns that of the gate's verdicts.
func (p *Pairs) Rule() stats.PairRule {
	return stats.PairRule{Margin: p.Margin, Metrics: len(p.Metrics)}
}

// Counted returns how many pairs count.
func (p *Pairs) Counted() int {
	n := 0
	for _, pair := range p.All {
		if pair.Dropped() == "" {
			n++
		}
	}
	return n
}

// Logs returns d of a metric for every pair that counts, in order.
func (p *Pairs) Logs(m Metric) []float64 {
	var d []float64
	for _, pair := range p.All {
		if pair.Dropped() == "" {
			d = append(d, pair.Log(m))
		}
	}
	return d
}

// Decided reports whether a verdict is reached: some metric is worse, or all are not worse.
func (p *Pairs) Decided() bool {
	passed := 0
	for _, m := range p.Metrics {
		switch p.Rule().Look(p.Logs(m)).Verdict {
		case stats.Worse:
			return true
		case stats.NotWorse:
			passed++
		}
	}
	return passed == len(p.Metrics)
}

// Unmeasured names a metric that no pair that counts has, although there are such pairs; empty: none.
func (p *Pairs) Unmeasured() string {
	for _, m := range p.Metrics {
		if p.Counted() > 0 && len(present(p.Logs(m))) == 0 {
			return m.Name
		}
	}
	return ""
}

// present returns the values that are not missing.
func present(d []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(d), math.IsNaN)
}

// Broken says what the candidate did to messages that no portal may, in the first load in which it did.
func (p *Pairs) Broken() string {
	for _, pair := range p.All {
		if pair.Candidate.Ledger.Broken() > 0 {
			return fmt.Sprintf("in pair %d: %s", pair.Number, pair.Candidate.Ledger.broken())
		}
	}
	return ""
}

// seenPower is with what chance the effect called the smallest visible one is found.
const seenPower = .8

// Judge returns a gate for every metric, and one more where the candidate has broken messages. draw returns a random
// number from 0 to n-1: the smallest visible effect is found by drawing pairs anew.
func (p *Pairs) Judge(draw func(n int) int) []Gate {
	var gates []Gate
	for _, m := range p.Metrics {
		d := p.Logs(m)
		f := p.Rule().Look(d)
		g := Gate{Kind: p.Kind, Name: m.Name, Unit: "ratio", Base: Number(math.NaN()), Value: ratio(f.Effect.Value),
			Low: ratio(f.Effect.Low), High: ratio(f.Effect.High), Limit: Number(1 + p.Margin), P: Number(math.NaN()),
			Samples: int64(f.Effect.N), Smallest: Number(p.Rule().Noise(d, seenPower, draw).Smallest)}
		p.settle(&g, f, m)
		gates = append(gates, g)
	}
	if broken := p.Broken(); broken != "" {
		none := Number(math.NaN())
		gates = append(gates, Gate{Kind: p.Kind, Name: "candidate's messages", Status: Fail, Base: none, Value: none, Low: none,
			High: none, Limit: none, P: none, Smallest: none, Samples: int64(len(p.All)), Why: broken})
	}
	return gates
}

func ratio(d float64) Number { return Number(math.Exp(d)) }

// settle gives a gate its status and says why.
func (p *Pairs) settle(g *Gate, f stats.PairFinding, m Metric) {
	alpha := p.Rule().Alpha()
	switch {
	case p.Incomplete != "":
		g.Status, g.Why = Inconclusive, fmt.Sprintf("%s, after %s", p.Incomplete, pairsOf(f.Effect.N))
	case f.Effect.N == 0:
		g.Status, g.Why = NoData, p.nothing(m)
	case p.Kind == GateCalibration:
		p.calibrated(g, f)
	case f.Verdict == stats.Worse:
		g.Status, g.P = Fail, Number(f.PWorse)
		g.Why = fmt.Sprintf("worse by %s, more than the margin of %s, in %d pairs: p = %s, below %s; the median went from %s to %s",
			change(f.Effect.Value), percent(p.Margin), f.Effect.N, probability(f.PWorse), probability(alpha), p.median(m, baseOf), p.median(m, candidateOf))
	case f.Verdict == stats.NotWorse:
		g.Status, g.P = Pass, Number(f.PBelow)
		g.Why = fmt.Sprintf("not worse by the margin of %s, in %d pairs: p = %s, below .05", percent(p.Margin), f.Effect.N, probability(f.PBelow))
	default:
		g.Status, g.Why = Inconclusive, p.open(f)
	}
}

// nothing says why a metric has no pair at all.
func (p *Pairs) nothing(m Metric) string {
	switch counted := p.Counted(); {
	case len(p.All) == 0:
		return joined("no pair was complete", p.Early)
	case counted == 0:
		return joined(fmt.Sprintf("none of %d pairs counts; the last, %s", len(p.All), p.lastDropped()), p.Early)
	default:
		return fmt.Sprintf("%s was not measured in %d pairs", m.Name, counted)
	}
}

// open says why there is no verdict.
func (p *Pairs) open(f stats.PairFinding) string {
	if f.Effect.N < stats.FewestPairs() {
		text := fmt.Sprintf("%s, and %d are the fewest", pairsOf(f.Effect.N), stats.FewestPairs())
		if dropped := len(p.All) - p.Counted(); dropped > 0 {
			text += fmt.Sprintf("; %d of %d do not count; the last, %s", dropped, len(p.All), p.lastDropped())
		}
		return joined(text, p.Early)
	}
	return joined(fmt.Sprintf("after %d pairs neither shown to be worse (p = %s, wanted below %s, and %s above the margin) nor to keep the margin (p = %s, wanted below .05)",
		f.Effect.N, probability(f.PWorse), probability(p.Rule().Alpha()), change(f.Effect.Value), probability(f.PBelow)), p.Early)
}

// calibrated settles a gate of A against A: it passes if it finds nothing, which is as it should be.
func (p *Pairs) calibrated(g *Gate, f stats.PairFinding) {
	switch {
	case f.Effect.N < stats.FewestPairs():
		g.Status, g.Why = Inconclusive, p.open(f)
	case f.Verdict == stats.Worse:
		g.Status, g.P = Inconclusive, Number(f.PWorse)
		g.Why = fmt.Sprintf("a false alarm: two of a kind differ by %s, p = %s", change(f.Effect.Value), probability(f.PWorse))
	default:
		g.Status, g.P = Pass, Number(f.PWorse)
		g.Why = fmt.Sprintf("two of a kind are not told apart in %d pairs", f.Effect.N)
	}
}

func (p *Pairs) lastDropped() string {
	for _, pair := range slices.Backward(p.All) {
		if why := pair.Dropped(); why != "" {
			return why
		}
	}
	return ""
}

func pairsOf(n int) string {
	if n == 1 {
		return "1 pair"
	}
	return fmt.Sprintf("%d pairs", n)
}

func joined(text, more string) string {
	if more == "" {
		return text
	}
	return text + "; " + more
}

func baseOf(p Pair) *Load      { return p.Base }
func candidateOf(p Pair) *Load { return p.Candidate }

// median writes the middle one of what the loads of one side have of a metric, with its unit.
func (p *Pairs) median(m Metric, side func(Pair) *Load) string {
	var all []float64
	for _, pair := range p.All {
		if v := m.Of(side(pair)); pair.Dropped() == "" && !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return m.text(all[len(all)/2])
}

// text writes a value with its unit.
func (m Metric) text(v float64) string {
	switch {
	case math.IsInf(v, 0):
		return "no answer"
	case m.Unit() == "share":
		return fmt.Sprintf("%.3g%%", 100*v)
	}
	return brief(v) + " " + m.Unit()
}

// change writes d as a percentage of the base.
func change(d float64) string {
	if math.IsInf(d, 0) {
		return "all bounds"
	}
	return fmt.Sprintf("%+.1f%%", 100*math.Expm1(d))
}

// Change writes how much more a candidate has than a base: +6.1%.
func Change(d float64) string {
	if math.IsNaN(d) {
		return "not measured"
	}
	return change(d)
}

// probability writes a p with two digits.
func probability(p float64) string {
	if p < 1e-4 {
		return "<.0001"
	}
	return strings.TrimPrefix(strconv.FormatFloat(p, 'g', 2, 64), "0")
}

// SamplesNeeded returns how many operations of one load the metric needs, and of which operation; 0 of the portal's process.
func (m Metric) SamplesNeeded() (op string, n int) {
	switch {
	case m.subject.Op == targetOp:
		return "all", 0
	case m.subject.Metric == "errors":
		return m.subject.Op, 1
	}
	return m.subject.Op, m.subject.SamplesNeeded()
}

// Tail reports whether the metric is a percentile from p90 up, or a maximum: on machines that others use as well it swings
// too much to be compared.
func (m Metric) Tail() bool { return m.subject.quantile() >= .9 || m.subject.Statistic == "max" }

// Comparable refuses a metric that says nothing of a portal by its ratio: the generator's lag, and the wait for earlier
// answers, which is mostly 0.
func (m Metric) Comparable() error {
	if m.subject.Metric == "lag" || m.subject.Metric == "wait" {
		return fmt.Errorf("metric %q: the %s has no ratio that says something of a portal: compare response, service, schedule or errors", m.Name, m.subject.Metric)
	}
	return nil
}

// OfProcess reports whether the metric is one of the portal's process.
func (m Metric) OfProcess() bool { return m.subject.Op == targetOp }

// WritePairs writes pairs.csv: a row for every load. The columns of the metrics have their names.
func (f *Folder) WritePairs(p *Pairs) error {
	header := []string{"pair", "order", "side", "counts", "seed", "run_id", "offered", "validity"}
	for _, m := range p.Metrics {
		header = append(header, m.Name)
	}
	rows := [][]string{append(header, "why")}
	for _, pair := range p.All {
		sides := []string{BaseSide, CandidateSide}
		if pair.Swapped {
			slices.Reverse(sides)
		}
		for i, side := range sides {
			rows = append(rows, pair.row(p.Metrics, side, i+1))
		}
	}
	return f.writeCSV("pairs.csv", rows)
}

func (p Pair) row(metrics []Metric, side string, order int) []string {
	l := p.Base
	if side == CandidateSide {
		l = p.Candidate
	}
	all, _ := l.Op("all")
	row := []string{strconv.Itoa(p.Number), strconv.Itoa(order), side, strconv.FormatBool(p.Dropped() == ""),
		strconv.FormatUint(l.Seed, 10), l.RunID, strconv.FormatInt(all.Offered, 10), l.Validity}
	for _, m := range metrics {
		row = append(row, Number(m.Of(l)).text())
	}
	return append(row, strings.Join(l.Why, "; "))
}

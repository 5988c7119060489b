package results

import (
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results/stats"
)

// confidence is that of every interval in a run. The intervals are over replications: simulation error only.
const confidence = .95

// Key identifies a measure within a run by its name, its part and its statistic, such as
// "first_response_hours{actual_urgency=urgent} median".
func (m Measure) Key() string {
	key := m.Name
	if len(m.Where) > 0 {
		key += "{" + WhereText(m.Where) + "}"
	}
	return key + " " + m.Statistic
}

// WhereText writes a part as "key=value;key=value", in the order of the keys. It is empty for the whole.
func WhereText(where map[string]string) string {
	pairs := make([]string, 0, len(where))
	for k, v := range where {
		pairs = append(pairs, k+"="+v)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ";")
}

// NeverReached reports whether m is a quantile that fell among the threads in which nothing ever happened. After
// reading a file this is all that distinguishes it from a missing value.
func (m Measure) NeverReached() bool {
	v := float64(m.Value)
	return math.IsInf(v, 1) || math.IsNaN(v) && m.NotReached > 0
}

// fewest is how many threads a stratum must have for its outcome to be shown.
const fewest = 50

// Suppressed reports whether m is about a stratum of people or threads, other than actual urgency, with so few threads
// that its value would say more about those than about the stratum.
func (m Measure) Suppressed() bool {
	strata := len(m.Where)
	for _, key := range []string{"actual_urgency", "role"} {
		if _, ok := m.Where[key]; ok {
			strata--
		}
	}
	return strata > 0 && m.N < fewest
}

// Summarize returns the mean of every measure over its replications with a 95% interval, in the order in which the
// measures first occur. N and NotReached are summed. Measures are matched by Key; one that a replication lacks is
// missing there. A measure that any replication did not reach is +Inf, without bounds. With a single replication there
// are no bounds. Suppressed strata are missing, and keep N.
func Summarize(replications [][]Measure) []Measure {
	var order []string
	rows := map[string]Measure{}
	values := map[string][]float64{}
	for _, measures := range replications {
		for _, m := range measures {
			key := m.Key()
			row, seen := rows[key]
			if !seen {
				order = append(order, key)
				row = Measure{Name: m.Name, Where: m.Where, Statistic: m.Statistic}
			}
			row.N += m.N
			row.NotReached += m.NotReached
			rows[key] = row
			values[key] = append(values[key], float64(m.Value))
		}
	}
	out := make([]Measure, 0, len(order))
	for _, key := range order {
		m := rows[key]
		i := stats.MeanInterval(values[key], confidence)
		m.Value, m.Low, m.High = Number(i.Value), Number(i.Low), Number(i.High)
		m.Low = max(0, m.Low) // the interval of a mean knows no bounds, but none of the measures is ever negative
		if m.Statistic == "share" {
			m.High = min(1, m.High)
		}
		if m.Suppressed() {
			m.Value, m.Low, m.High = Number(math.NaN()), Number(math.NaN()), Number(math.NaN())
		}
		out = append(out, m)
	}
	return out
}

// Comparisons are what was declared of differences before the first replication: which measures are primary, and how
// many of their intervals shall hold together with 95% confidence. All others stand alone.
type Comparisons struct {
	Primary []Quantity
	Count   int // policies but the baselines, times primary measures; 0: no interval is adjusted
}

// confidence returns the confidence of the interval of a difference, and whether it allows for the number of them.
func (c Comparisons) confidence(of Measure) (level float64, adjusted bool) {
	if c.Count == 0 || !slices.ContainsFunc(c.Primary, func(q Quantity) bool { return q.Is(of) }) {
		return confidence, false
	}
	return stats.AdjustedConfidence(confidence, c.Count), true
}

// Differences returns the paired differences other - base of the measures that keep selects (nil: all), replication by
// replication, in the order of base. Measures that other lacks, or that no replication of either reached, are left
// out: there is nothing to compare. The intervals of primary measures allow for the number of comparisons.
func Differences(policy, baseline string, base, other [][]Measure, declared Comparisons, keep func(Measure) bool) []Difference {
	pairs := min(len(base), len(other))
	var out []Difference
	_, theirs := byKey(other[:pairs])
	list, ours := byKey(base[:pairs])
	for _, m := range list {
		key := m.Key()
		if keep != nil && !keep(m) || theirs[key] == nil {
			continue
		}
		level, adjusted := declared.confidence(m)
		i := stats.PairedInterval(ours[key], theirs[key], level)
		if math.IsNaN(i.Value) {
			continue
		}
		out = append(out, Difference{Policy: policy, Baseline: baseline, Measure: m.Name, Where: m.Where,
			Statistic: m.Statistic, Value: Number(i.Value), Low: Number(i.Low), High: Number(i.High), Adjusted: adjusted})
	}
	return out
}

// byKey returns the measures in the order in which they first occur, and each one's values: one for every replication,
// NaN where a replication lacks it.
func byKey(replications [][]Measure) (order []Measure, values map[string][]float64) {
	values = map[string][]float64{}
	for r, measures := range replications {
		for _, m := range measures {
			key := m.Key()
			if values[key] == nil {
				order = append(order, m)
				values[key] = slices.Repeat([]float64{math.NaN()}, len(replications))
			}
			values[key][r] = float64(m.Value)
		}
	}
	return order, values
}

package results

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results/stats"
)

// Trait divides the patients, or those who write for them, into strata.
type Trait struct {
	Key    string   // of Where
	Strata []string // its values; the first is the reference
}

// Traits are those that outcomes are compared by. The reference is where comparisons start from, and no norm: the
// largest stratum as a rule, or the one without what the others have.
func Traits() []Trait {
	return []Trait{
		{"sex", []string{"men", "women"}},
		{"age", []string{"18-49", "50-64", "65+"}},
		{"race", []string{"white", "black", "hispanic", "asian"}},
		{"income", []string{"higher", "lower"}},
		{"education", []string{"beyond_high_school", "high_school"}},
		{"language", []string{"english", "other"}},
		{"conditions", []string{"0", "1", "2+"}},
		{"sender", []string{"self", "caregiver", "proxy"}},
	}
}

// Reference returns the stratum that the others are compared with.
func (t Trait) Reference() string { return t.Strata[0] }

// TraitOf returns the trait of a key of Where, and false for a key that compares nobody.
func TraitOf(key string) (Trait, bool) {
	all := Traits()
	i := slices.IndexFunc(all, func(t Trait) bool { return t.Key == key })
	if i < 0 {
		return Trait{}, false
	}
	return all[i], true
}

// PartKeys are the keys of Where by which threads and patients are divided: all but the role of staff.
func PartKeys() []string {
	return slices.DeleteFunc(WhereKeys(), func(key string) bool { return key == "role" })
}

// ParsePartKey finds a key by which threads and patients are divided. The error lists them and offers the nearest.
func ParsePartKey(key string) error {
	if key == "role" {
		return fmt.Errorf("role divides the staff, not threads or patients: measures of staff are given by role as they "+
			"are; choose one of %s", strings.Join(PartKeys(), ", "))
	}
	if !slices.Contains(PartKeys(), key) {
		return unknownName("part", key, PartKeys())
	}
	return nil
}

// StratumDifference is a paired difference between two strata under one policy: stratum minus reference, replication by
// replication. The strata differ in other traits too, which it does not adjust for, nor for the number of comparisons.
type StratumDifference struct {
	Policy    string            `json:"policy"`
	Set       map[string]string `json:"set,omitempty"` // overrides, by path, where a run sweeps them
	Measure   string            `json:"measure"`
	Where     Where             `json:"where"`     // the stratum
	Reference string            `json:"reference"` // the value that the other stratum has for the same key
	Statistic string            `json:"statistic"`
	Value     Number            `json:"value"`
	Low       Number            `json:"low"`
	High      Number            `json:"high"`
}

// StratumDifferences returns how every stratum of a policy differs from the reference of its trait, with 95% intervals,
// in the order in which the measures first occur. Counts are not compared, as strata differ in size. A measure that is
// suppressed or missing in either stratum, or that any replication did not reach, is left out.
func StratumDifferences(policy string, replications [][]Measure) []StratumDifference {
	order, rows := strata(replications)
	var out []StratumDifference
	for _, of := range order {
		reference := rows[of.inReference()]
		if of.value == of.reference || reference == nil || !rows[of].comparable() || !reference.comparable() {
			continue
		}
		i := stats.PairedInterval(reference.values, rows[of].values, confidence)
		if math.IsNaN(i.Value) {
			continue // no replication has both
		}
		out = append(out, StratumDifference{Policy: policy, Measure: of.measure, Where: Where{of.key: of.value},
			Reference: of.reference, Statistic: of.statistic,
			Value: Number(i.Value), Low: Number(i.Low), High: Number(i.High)})
	}
	return out
}

// stratumMeasure names a measure of one stratum. It is a key of maps, and much cheaper than a text for each of the
// hundred thousand measures that a run may have.
type stratumMeasure struct{ measure, statistic, key, value, reference string }

// inReference names the same measure of the reference stratum.
func (s stratumMeasure) inReference() stratumMeasure {
	s.value = s.reference
	return s
}

// stratumValues are a measure's values, one for every replication, NaN where a replication lacks it.
type stratumValues struct {
	values     []float64
	n          int64
	notReached bool // in some replication
}

func (v *stratumValues) comparable() bool { return v.n >= fewest && !v.notReached }

// strata collects the measures of single strata that can be compared, in one pass.
func strata(replications [][]Measure) (order []stratumMeasure, rows map[stratumMeasure]*stratumValues) {
	references := map[string]string{}
	for _, t := range Traits() {
		references[t.Key] = t.Reference()
	}
	rows = map[stratumMeasure]*stratumValues{}
	for r, measures := range replications {
		for _, m := range measures {
			of, ok := stratumOf(m, references)
			if !ok {
				continue
			}
			row := rows[of]
			if row == nil {
				row = &stratumValues{values: slices.Repeat([]float64{math.NaN()}, len(replications))}
				order, rows[of] = append(order, of), row
			}
			row.values[r] = float64(m.Value)
			row.n += m.N
			row.notReached = row.notReached || math.IsInf(float64(m.Value), 0)
		}
	}
	return order, rows
}

// stratumOf names a measure of a single stratum, and returns false for all other measures and for those that say how
// many there are.
func stratumOf(m Measure, references map[string]string) (stratumMeasure, bool) {
	if len(m.Where) != 1 || m.Statistic == "count" || m.Statistic == "cv" {
		return stratumMeasure{}, false
	}
	for key, value := range m.Where { // its only one
		reference, ok := references[key]
		return stratumMeasure{m.Name, m.Statistic, key, value, reference}, ok
	}
	return stratumMeasure{}, false
}

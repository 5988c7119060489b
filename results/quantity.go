package results

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results/stats"
)

// Quantity names one number of a policy's results: a measure, of which part of the threads or staff, in which
// statistic.
type Quantity struct {
	Measure   string `json:"measure"`
	Where     Where  `json:"where"`
	Statistic string `json:"statistic"`
}

// PrimaryQuantities are those that differences between policies are judged by where nobody declares others: how soon
// families are answered, how soon a clinician sees what is urgent, and what it costs physicians.
func PrimaryQuantities() []Quantity {
	return []Quantity{
		{"first_response_hours", nil, "median"},
		{"first_clinical_read_hours", Where{"actual_urgency": "urgent"}, "median"},
		{"inbox_minutes_per_workday", Where{"role": "physician"}, "mean"},
	}
}

// WhereKeys are the traits by which parts of the threads and staff are named.
func WhereKeys() []string {
	return []string{"actual_urgency", "felt_urgency", "label", "category", "trigger", "role", "sender", "sex", "age", "race", "income",
		"education", "language", "conditions"}
}

// ParseQuantity reads a measure, a part and a statistic, such as first_response_hours{actual_urgency=urgent}.p90. Part
// and statistic may be left out: measures of staff are then about physicians, all others about everything, and clocks
// are given by their median.
func ParseQuantity(text string) (Quantity, error) {
	name, statistic, where, err := cutQuantity(text)
	if err != nil {
		return Quantity{}, err
	}
	spec, err := ParseMeasure(name)
	if err != nil {
		return Quantity{}, err
	}
	q := Quantity{name, where, statistic}
	if q.Statistic == "" {
		q.Statistic = spec.usual()
	}
	if !slices.Contains(spec.Statistics, q.Statistic) {
		return Quantity{}, fmt.Errorf("%s has no %s: use %s", name, q.Statistic, strings.Join(spec.Statistics, ", "))
	}
	if q.Where == nil && spec.ofStaff() {
		q.Where = Where{"role": "physician"}
	}
	return q, nil
}

// cutQuantity cuts name{key=value;key=value}.statistic into its parts.
func cutQuantity(text string) (name, statistic string, where Where, err error) {
	head, rest, braced := strings.Cut(text, "{")
	if !braced {
		name, statistic, _ = strings.Cut(text, ".")
		return name, statistic, nil, nil
	}
	part, statistic, closed := strings.Cut(rest, "}")
	if !closed {
		return "", "", nil, fmt.Errorf("%q: the brace is not closed: write it as first_response_hours{actual_urgency=urgent}.p90", text)
	}
	where, err = parseWhere(part)
	return head, strings.TrimPrefix(statistic, "."), where, err
}

// parseWhere reads key=value;key=value.
func parseWhere(text string) (Where, error) {
	where := Where{}
	for _, pair := range strings.Split(text, ";") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || value == "" {
			return nil, fmt.Errorf("%q is no part: write it as actual_urgency=urgent", pair)
		}
		if !slices.Contains(WhereKeys(), key) {
			return nil, unknownName("part", key, WhereKeys())
		}
		where[key] = value
	}
	return where, nil
}

// usual returns the statistic that stands for a measure.
func (s MeasureSpec) usual() string {
	if slices.Contains(s.Statistics, "median") {
		return "median"
	}
	return s.Statistics[0]
}

// ofStaff reports whether the measure is given by role.
func (s MeasureSpec) ofStaff() bool {
	return strings.HasSuffix(s.Name, "_workday") || slices.Contains([]string{"messages_per_8_hours_scheduled", "outside_hours_share_of_inbox", "utilisation", "queue_at_close"}, s.Name)
}

// Better returns which values of the measure are good, and false where neither more nor less is better by itself.
func (s MeasureSpec) Better() (stats.Direction, bool) {
	switch s.Name {
	case "answered_within_1_business_day", "answered_within_2_business_days", "answered_by_addressee":
		return stats.LargerIsBetter, true
	case "sent_outside_clinic_hours", "messages_per_workday", "messages_per_8_hours_scheduled", "touches_per_workday", "utilisation", "messages_per_thread", "closed_before_physician",
		"threads", "threads_per_patient_year", "messages_per_patient_year", "needs_per_patient_year",
		"needs_kept_for_visit_per_patient_year", "patients_who_write", "threads_per_writing_patient",
		"share_of_messages_from_top_5_percent", "follow_ups", "needs", "kept_for_visit", "telephone_replies":
		return 0, false
	}
	return stats.SmallerIsBetter, true
}

// Key identifies the quantity as Measure.Key does.
func (q Quantity) Key() string {
	return Measure{Name: q.Measure, Where: q.Where, Statistic: q.Statistic}.Key()
}

// Is reports whether m is the quantity.
func (q Quantity) Is(m Measure) bool {
	return m.Name == q.Measure && m.Statistic == q.Statistic && maps.Equal(m.Where, q.Where)
}

// Of returns the quantity in every replication: NaN where a replication lacks it.
func (q Quantity) Of(replications [][]Measure) []float64 {
	values := make([]float64, len(replications))
	for i, measures := range replications {
		values[i] = math.NaN()
		if at := slices.IndexFunc(measures, q.Is); at >= 0 {
			values[i] = float64(measures[at].Value)
		}
	}
	return values
}

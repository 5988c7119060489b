package results

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limit is one thing asked of a run: a threshold on its load, or a limit on a simulated measure. One of the two is set.
type Limit struct {
	Threshold *ParsedThreshold
	Measure   *MeasureLimit
}

// MeasureLimit is a limit on one measure of a simulation, in the measure's unit.
type MeasureLimit struct {
	Expression string   // as written
	Policy     string   // as PolicyText names it; empty: every policy of the run
	Of         Quantity // what is limited
	Unit       string   // of the bound: hours, minutes, share and so on
	Above      bool     // the measure must be above the bound, not below
	OrEqual    bool     // whether the bound itself still passes
	Bound      float64
}

// ParseLimit reads a threshold such as send.response.p95<500ms, or a limit on a measure such as
// first_response_hours{actual_urgency=urgent}.median<4h: a quantity, after the name of a policy and a slash where only
// one is meant, then <, <=, > or >= and a number in the measure's unit, a duration or a percentage.
func ParseLimit(text string) (Limit, error) {
	subject, _, _ := cutSign(text)
	policy, quantity := cutPolicy(strings.TrimSpace(subject))
	name := quantity[:leadingName(quantity)]
	if policy == "" && !strings.Contains(quantity, "{") && !slices.Contains(MeasureNames(), name) {
		if !slices.Contains(OpNames(), name) && nearerToMeasure(name) {
			return Limit{}, fmt.Errorf("reading limit %q: %w", text, unknownName("measure", name, MeasureNames()))
		}
		t, err := ParseThreshold(text)
		return Limit{Threshold: &t}, err
	}
	m, err := parseMeasureLimit(text, policy, quantity)
	if err != nil {
		return Limit{}, fmt.Errorf("reading limit %q: %w", text, err)
	}
	return Limit{Measure: &m}, nil
}

// cutSign cuts a limit at its sign of comparison, which is empty where there is none.
func cutSign(text string) (subject, sign, bound string) {
	i := strings.IndexAny(text, "<>")
	if i < 0 {
		return text, "", ""
	}
	sign = text[i : i+1]
	if strings.HasPrefix(text[i+1:], "=") {
		sign += "="
	}
	return text[:i], sign, text[i+len(sign):]
}

// cutPolicy cuts off the policy that stands before a slash; neither measures nor operations hold one.
func cutPolicy(subject string) (policy, quantity string) {
	head, _, _ := strings.Cut(subject, "{")
	i := strings.LastIndexByte(head, '/')
	return subject[:max(i, 0)], subject[i+1:]
}

// leadingName returns how long the name is that a subject begins with.
func leadingName(subject string) int {
	if i := strings.IndexAny(subject, ".{"); i >= 0 {
		return i
	}
	return len(subject)
}

// nearerToMeasure reports whether a name that is neither looks like a measure rather than an operation.
func nearerToMeasure(name string) bool {
	near := Nearest(name, append(OpNames(), MeasureNames()...), 1)
	return len(near) == 1 && slices.Contains(MeasureNames(), near[0])
}

func parseMeasureLimit(text, policy, quantity string) (MeasureLimit, error) {
	_, sign, bound := cutSign(text)
	m := MeasureLimit{Expression: text, Policy: policy, Above: strings.HasPrefix(sign, ">"), OrEqual: strings.HasSuffix(sign, "=")}
	if sign == "" {
		return m, fmt.Errorf("it has none of <, <=, > and >=: write it like first_response_hours{actual_urgency=urgent}.median<4h")
	}
	var err error
	if m.Of, err = ParseQuantity(strings.TrimSpace(quantity)); err != nil {
		return m, err
	}
	spec, err := ParseMeasure(m.Of.Measure)
	if err != nil {
		return m, err
	}
	m.Unit = spec.Unit
	m.Bound, err = parseBound(strings.TrimSpace(bound), spec.Unit)
	return m, err
}

// parseBound reads a number in a measure's unit: hours and minutes also as durations, shares also in percent.
func parseBound(text, unit string) (float64, error) {
	per := map[string]time.Duration{"hours": time.Hour, "business hours": time.Hour, "minutes": time.Minute}[unit]
	if d, err := time.ParseDuration(text); err == nil && per > 0 && d >= 0 {
		return float64(d) / float64(per), nil
	}
	if share, ok := parseShare(text); ok && unit == "share" && strings.Contains(text, "%") {
		return share, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && v >= 0 && !math.IsInf(v, 0) && (unit != "share" || v <= 1) {
		return v, nil
	}
	hint := ""
	switch {
	case per > 0:
		hint = ", or a duration such as 4h or 30m"
	case unit == "share":
		hint = " from 0 to 1, or a percentage"
	}
	return 0, fmt.Errorf("the limit %q is not a number of %s%s", text, unit, hint)
}

// keeps reports whether a value is on the good side of the bound.
func (m *MeasureLimit) keeps(v float64) bool {
	switch {
	case v == m.Bound:
		return m.OrEqual
	case m.Above:
		return v > m.Bound
	}
	return v < m.Bound
}

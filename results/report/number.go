package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

const (
	missing    = "–"
	notReached = "not reached"
	unstable   = "unstable"
)

// decimals returns how many decimals show about three digits of v.
func decimals(v float64) int {
	switch a := math.Abs(v); {
	case a < 9.995:
		return 2
	case a < 99.95:
		return 1
	}
	return 0
}

// number writes v with about three digits, or the word for why it has none.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return missing
	case math.IsInf(v, 0):
		return notReached
	}
	return fixed(v, decimals(v))
}

// fixed writes v with a true minus sign and with commas between thousands.
func fixed(v float64, places int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	whole, part, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	if v < 0 && strings.Trim(whole, "0.,") != "" {
		whole = "−" + whole
	}
	return whole
}

// count writes a whole number with commas between thousands.
func count(n int64) string { return fixed(float64(n), 0) }

// interval writes "value (low–high)", all three with the same decimals, or the value alone when it has no bounds.
func interval(value, low, high float64) string {
	if math.IsNaN(low) || math.IsNaN(high) || math.IsInf(value, 0) || math.IsNaN(value) {
		return number(value)
	}
	p := decimals(value)
	between := "–"
	if low < 0 {
		between = " to "
	}
	return fixed(value, p) + " (" + fixed(low, p) + between + fixed(high, p) + ")"
}

// difference writes a signed difference with its interval.
func difference(d results.Difference, scale float64) string {
	value, low, high := scale*float64(d.Value), scale*float64(d.Low), scale*float64(d.High)
	switch {
	case math.IsNaN(value):
		return missing
	case math.IsInf(value, 0):
		return notReached
	}
	p := decimals(math.Max(math.Abs(value), math.Max(math.Abs(low), math.Abs(high)))) // NaN bounds count as 0 places
	if math.IsNaN(low) || math.IsNaN(high) {
		return signed(value, decimals(value))
	}
	return signed(value, p) + " (" + signed(low, p) + " to " + signed(high, p) + ")"
}

func signed(v float64, places int) string {
	s := fixed(v, places)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		s = "+" + s
	}
	return s
}

// measured writes a measure of a policy in the units of scale.
func measured(p results.PolicyResult, m results.Measure, found bool, scale float64) string {
	switch {
	case p.Grows():
		return unstable
	case !found:
		return missing
	case m.NeverReached():
		return notReached
	}
	return interval(scale*float64(m.Value), scale*float64(m.Low), scale*float64(m.High))
}

// nanTo returns v, or instead when v is missing.
func nanTo(v, instead float64) float64 {
	if math.IsNaN(v) {
		return instead
	}
	return v
}

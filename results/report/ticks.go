package report

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// niceEnd returns the first of 1, 2, 2.5, 4, 5, 6, 8 and 10 times a power of ten that is not below v; 1 for none.
func niceEnd(v float64) float64 {
	if !(v > 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 4, 5, 6, 8} {
		if v <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// linearTicks divides an axis that ends at a niceEnd into two or four equal steps.
func linearTicks(a axis) []tick {
	const steps = 2
	var out []tick
	for i := range steps + 1 {
		v := a.high * float64(i) / steps
		out = append(out, tick{a.at(v), roundNumber(v)})
	}
	return out
}

// tickLetter is about how wide a letter of a tick's label is, in pixels.
const tickLetter = 7

// spaced takes away labels that would run into the one before; the lines stay.
func spaced(ticks []tick) []tick {
	end := math.Inf(-1)
	for i, t := range ticks {
		half := tickLetter * float64(utf8.RuneCountInString(t.Label)) / 2
		if t.At-half < end {
			ticks[i].Label = ""
			continue
		}
		end = t.At + half + tickLetter
	}
	return ticks
}

// unitTicks are linearTicks with a unit behind all but 0.
func unitTicks(a axis, unit string) []tick {
	out := linearTicks(a)
	for i := range out[1:] {
		out[i+1].Label += unit
	}
	return out
}

// powerTicks are the powers of ten on a; in between are 2 and 5 times them where there would be fewer than three.
func powerTicks(a axis) []tick {
	factors := []float64{1}
	if a.high/a.low < 99 {
		factors = []float64{1, 2, 5}
	}
	var out []tick
	for power := a.low; power <= a.high*1.001; power *= 10 {
		for _, m := range factors {
			if v := m * power; v <= a.high*1.001 {
				out = append(out, tick{a.at(v), roundNumber(v)})
			}
		}
	}
	return out
}

// secondTicks are about eight round moments; from three minutes on they are written as minutes and seconds.
func secondTicks(a axis) []tick {
	room := math.Max(2, (a.right-a.left)/labelSpace/1.3)
	step := 7200.
	for _, s := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600} {
		if (a.high-a.low)/s <= room {
			step = s
			break
		}
	}
	var out []tick
	for v := math.Ceil(a.low/step-1e-9) * step; v <= a.high+1e-9; v += step {
		out = append(out, tick{a.at(v), moment(v, a.high > 180)})
	}
	return out
}

// moment writes seconds since the end of the warm-up.
func moment(seconds float64, minutes bool) string {
	if !minutes {
		return fixed(seconds, 0) + " s"
	}
	s := int(math.Round(math.Abs(seconds)))
	text := strconv.Itoa(s/60) + ":" + strconv.Itoa(s%60/10) + strconv.Itoa(s%10)
	if seconds < 0 {
		text = "−" + text
	}
	return text
}

// roundNumber writes a round number without zeros that say nothing.
func roundNumber(v float64) string {
	places := 0
	for places < 6 && math.Abs(v*math.Pow(10, float64(places))-math.Round(v*math.Pow(10, float64(places)))) > 1e-6 {
		places++
	}
	return fixed(v, places)
}

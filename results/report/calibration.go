package report

import (
	"io"
	"math"
	"strconv"

	"github.com/portalbench/portalbench/results"
)

// Calibration writes what gates of pairs could see on the machine that they ran on.
func Calibration(w io.Writer, format Format, j *results.Judgement) error {
	g := grid{words: 1, header: []string{"metric", "pairs", "noise of a\npair, %", "false\nalarms, %", "passes, %", "sees\nfrom %"}}
	for _, c := range j.Calibration {
		g.rows = append(g.rows, []string{literal(format, c.Metric), strconv.Itoa(c.Pairs), inPercent(c.Noise), inPercent(c.FalseAlarms),
			inPercent(c.Passes), seenFrom(c.Smallest)})
	}
	heading(w, format, "What gate ab sees here")
	if err := g.render(w, format); err != nil {
		return err
	}
	paragraph(w, format, "noise: standard deviation of log(candidate/base). False alarms and passes: of gates with nothing to find. Sees: the smallest effect that four of five gates find. All but the noise by drawing these pairs anew.")
	return nil
}

func inPercent(n results.Number) string {
	if math.IsNaN(float64(n)) {
		return missing
	}
	return number(100 * float64(n))
}

// seenFrom writes an effect as a percentage of the base; one beyond what is looked for has no number.
func seenFrom(n results.Number) string {
	if !finite(float64(n)) {
		return missing
	}
	return signed(100*float64(n), decimals(100*float64(n)))
}

package verify

import (
	"fmt"
	"math"
	"strconv"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// A case holds when the half-width of the 95% interval over its runs is at most sharpness of the expected value, so that
// the test can tell, and the mean is within outlier standard errors of it, as are the controls' means of 0. With 20 runs
// chance alone exceeds that once in 4,000 comparisons (Student's t, 19 degrees of freedom): in 0.9% of verifications one
// of 36 cases, in 0.3% one of 14 controls.
const (
	Runs      = 20
	sharpness = .02
	outlier   = 4.5
)

// Verdict is what became of a case.
type Verdict struct {
	Name      string         `json:"name"`
	Model     string         `json:"model"`
	Metric    string         `json:"metric"`
	At        string         `json:"at"` // what the metric is of, such as t=10; may be empty
	Expected  results.Number `json:"expected"`
	Got       results.Number `json:"value"`      // mean over the runs
	HalfWidth results.Number `json:"half_width"` // of its 95% interval
	T         results.Number `json:"t"`          // distance from the expected value in standard errors
	Runs      int            `json:"runs"`
	Controls  int            `json:"controls"` // control variates that the mean is corrected by
	Holds     bool           `json:"holds"`
	Why       string         `json:"why"` // it does not hold; empty otherwise
}

// at says what a metric is of where its name does not.
func (c *Case) at() string {
	if c.Inputs.T > 0 {
		return "t=" + strconv.FormatFloat(c.Inputs.T, 'g', -1, 64)
	}
	return ""
}

// judge compares what the runs gave with the exact value, by the help of controls. The controls' own means, which are 0,
// are part of what must hold: were they not, they would pull a wrong result towards the right one.
func (c *Case) judge(values []float64, controls [][]float64) Verdict {
	e := stats.ControlledMean(values, controls, .95)
	v := Verdict{Name: c.Name, Model: c.Model, Metric: c.Metric, At: c.at(), Expected: results.Number(c.Expected),
		Got: results.Number(e.Value), HalfWidth: results.Number(e.HalfWidth), Runs: len(values), Controls: len(controls)}
	off := e.Value - c.Expected
	switch {
	case math.IsNaN(e.Value) || math.IsNaN(e.HalfWidth):
		v.T, v.Why = results.Number(math.NaN()), "the runs gave no number"
	case e.HalfWidth > 0:
		v.T = results.Number(off / e.StandardError)
		v.Holds, v.Why = sharp(e.HalfWidth, c.Expected, float64(v.T))
	case math.Abs(off) <= digits*math.Abs(c.Expected):
		v.Holds = true
	default: // not random
		v.T = results.Number(math.Inf(int(math.Copysign(1, off))))
		v.Why = fmt.Sprintf("every run gives %.9g", e.Value)
	}
	for _, x := range controls {
		if e := stats.Mean(x, .95); math.Abs(e.Value) >= outlier*e.StandardError {
			v.Holds, v.Why = false, fmt.Sprintf("a control is %.1f standard errors from 0", math.Abs(e.Value/e.StandardError))
		}
	}
	return v
}

// digits is how exact the expected values are: nine digits. Where nothing is random that is what is asked for.
const digits = 1e-8

func sharp(half, expected, t float64) (holds bool, why string) {
	switch {
	case half > sharpness*math.Abs(expected):
		return false, fmt.Sprintf("the half-width is %.1f%% of the expected value, and %.0f%% is the most", 100*half/expected, 100*sharpness)
	case math.Abs(t) >= outlier:
		return false, fmt.Sprintf("the mean is %.1f standard errors away", math.Abs(t))
	}
	return true, ""
}

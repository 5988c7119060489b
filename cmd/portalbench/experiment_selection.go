package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim"
)

// selectionConfidence is the wanted probability that the policy selected is the best one.
const selectionConfidence = .95

// selectionRule is what is declared of a selection before the first replication.
type selectionRule struct {
	of     results.Quantity
	better stats.Direction
	zone   float64
}

// parseSelection reads --select and --zone.
func parseSelection(measure, zone string) (*selectionRule, error) {
	if measure == "" && zone == "" {
		return nil, nil
	}
	if measure == "" {
		return nil, usageError(fmt.Errorf("--zone %s: it belongs to --select: name the measure to select by", zone))
	}
	q, err := results.ParseQuantity(measure)
	if err != nil {
		return nil, usageError(fmt.Errorf("--select: %w", err))
	}
	spec, _ := results.ParseMeasure(q.Measure)
	better, ok := spec.Better()
	if !ok {
		return nil, usageError(fmt.Errorf("--select %s: neither more nor less of it is better by itself: choose another measure", q.Measure))
	}
	if zone == "" {
		return nil, usageError(fmt.Errorf("--select %s: give the smallest difference that matters with --zone, in %s", measure, zoneUnit(q, spec)))
	}
	width, err := parseZone(zone, q.Statistic == "share")
	if err != nil {
		return nil, usageError(err)
	}
	return &selectionRule{q, better, width}, nil
}

func zoneUnit(q results.Quantity, spec results.MeasureSpec) string {
	if q.Statistic == "share" {
		return "percentage points, such as 2%"
	}
	return spec.Unit
}

// parseZone reads a width in the unit of the measure; that of a share may be in percentage points.
func parseZone(text string, share bool) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || !(v > 0) || math.IsInf(v, 0):
		return 0, fmt.Errorf("--zone %q: use a number above 0, in the unit of the measure", text)
	case percent && !share:
		return 0, fmt.Errorf("--zone %s: the measure is no share: give the difference in its own unit", text)
	case percent:
		v /= 100
	}
	if share && v >= 1 {
		return 0, fmt.Errorf("--zone %s: no two shares differ by more than 1: write 1%% for a percentage point", text)
	}
	return v, nil
}

// selecting is a selection under way. A nil one selects nothing.
type selecting struct {
	rule      *selectionRule
	set       map[string]string
	names     []string
	arms      []int // of the policies that can be selected
	procedure *stats.Selection
	fed       int
	why       string
}

// begin starts a selection among the policies whose backlog does not grow in the pilot.
func (r *selectionRule) begin(e *experiment) *selecting {
	if r == nil {
		return nil
	}
	s := &selecting{rule: r, set: e.overrides()}
	for i, t := range e.trials {
		s.names = append(s.names, t.Name)
		if !grows(t) {
			s.arms = append(s.arms, i)
		}
	}
	var err error
	s.procedure, err = stats.NewSelection(len(s.arms), stats.SelectionRule{Better: r.better, Confidence: selectionConfidence,
		Zone: r.zone, FirstStage: e.done()})
	if err != nil {
		s.procedure, s.why = nil, err.Error()
	}
	return s
}

// feed hands the procedure the replications it has not seen.
func (s *selecting) feed(trials []sim.Trial) {
	if s == nil {
		return
	}
	columns := make([][]float64, len(s.arms))
	for k, arm := range s.arms {
		columns[k] = s.rule.of.Of(trials[arm].Replications)
	}
	values := make([]float64, len(columns))
	for n := len(trials[0].Replications); s.going() && s.fed < n; s.fed++ {
		for k := range columns {
			values[k] = columns[k][s.fed]
		}
		if err := s.procedure.Add(values); err != nil {
			s.why = s.lacking(values, err)
		}
	}
}

// lacking says which policies have no value to select by in some replication, which is an error of the procedure's.
func (s *selecting) lacking(values []float64, err error) string {
	var never, missing []string
	for k, v := range values {
		switch name := s.names[s.arms[k]]; {
		case math.IsInf(v, 0):
			never = append(never, name)
		case math.IsNaN(v):
			missing = append(missing, name)
		}
	}
	switch {
	case len(never) > 0:
		return unreached(s.rule.of, never)
	case len(missing) > 0:
		return fmt.Sprintf("%s has no value under %s in replication %d, where no such thread is: choose a larger part, or simulate longer",
			s.rule.of.Key(), list(missing), s.fed+1)
	}
	return err.Error()
}

// going reports whether more replications can decide it.
func (s *selecting) going() bool {
	return s.procedure != nil && s.why == "" && !s.procedure.Outcome().Decided
}

// more returns how many replications to add before looking again: about a tenth of those it takes at most.
func (s *selecting) more() int {
	if s == nil || !s.going() {
		return 0
	}
	return max(10, (s.procedure.Outcome().AtMost-s.fed)/10)
}

// outcome says what the selection has come to.
func (s *selecting) outcome() results.Selection {
	out := results.Selection{Quantity: s.rule.of, Set: s.set, Better: "smaller", Zone: results.Number(s.rule.zone),
		Confidence: selectionConfidence, Why: s.why}
	if s.rule.better == stats.LargerIsBetter {
		out.Better = "larger"
	}
	for _, name := range s.names {
		out.Contenders = append(out.Contenders, results.Contender{Policy: name})
	}
	if s.procedure == nil {
		return out
	}
	o := s.procedure.Outcome()
	out.Decided, out.MostNeeded = o.Decided, o.AtMost
	if o.Winner >= 0 {
		out.Winner = s.names[s.arms[o.Winner]]
	}
	for k, arm := range s.arms {
		out.Contenders[arm].Replications = o.Replications[k]
	}
	for _, k := range o.Survivors {
		out.Contenders[s.arms[k]].Survives = true
	}
	return out
}

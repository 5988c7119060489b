package results

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Gates puts a limit on a measure to a simulation: to the policy it names, or to all, a gate each. It passes where the
// whole 95% interval over replications keeps the limit, fails where none of it does, and is inconclusive otherwise. A
// policy, or a part such as a role, that the simulation does not know is an error; values says what else each key of a
// part may be.
func (m *MeasureLimit) Gates(r *Record, values map[string][]string) ([]Gate, error) {
	s := r.Run.Simulate
	var arms []PolicyResult
	names := []string{}
	for _, p := range s.Policies {
		name := PolicyText(p.Name, p.Set)
		names = append(names, name)
		if m.Policy == "" || m.Policy == name || m.Policy == p.Name {
			arms = append(arms, p)
		}
	}
	if len(arms) == 0 {
		return nil, fmt.Errorf("limit %q: %w", m.Expression, unknownName("policy", m.Policy, names))
	}
	if err := m.knownParts(s, values); err != nil {
		return nil, fmt.Errorf("limit %q: %w", m.Expression, err)
	}
	var gates []Gate
	for _, p := range arms {
		g, err := m.gate(r, p)
		if err != nil {
			return nil, err
		}
		if m.Policy == "" && len(s.Policies) > 1 {
			g.Name = PolicyText(p.Name, p.Set) + "/" + m.Expression
		}
		gates = append(gates, g)
	}
	return gates, nil
}

// knownParts refuses a part that no simulation has, such as a role that is misspelt.
func (m *MeasureLimit) knownParts(s *Simulate, values map[string][]string) error {
	for _, key := range slices.Sorted(maps.Keys(m.Of.Where)) {
		known := slices.Clone(values[key])
		if t, ok := TraitOf(key); ok {
			known = append(known, t.Strata...)
		}
		for _, p := range s.Policies {
			for _, measure := range p.Measures {
				if v, ok := measure.Where[key]; ok && !slices.Contains(known, v) {
					known = append(known, v)
				}
			}
		}
		if v := m.Of.Where[key]; !slices.Contains(known, v) {
			return unknownName(key, v, known)
		}
	}
	return nil
}

// gate judges one policy.
func (m *MeasureLimit) gate(r *Record, p PolicyResult) (Gate, error) {
	none := Number(math.NaN())
	g := Gate{Kind: GateAbsolute, Name: m.Expression, Unit: m.Unit, Base: none, Value: none, Low: none, High: none, Limit: Number(m.Bound),
		P: none, Samples: int64(p.Replications), Smallest: none, Status: NoData}
	if r.Run.Incomplete || r.Run.Simulate.Incomplete {
		g.Why = "the simulation was interrupted: it has fewer replications than it was to have"
		return g, nil
	}
	at := slices.IndexFunc(p.Measures, m.Of.Is)
	switch {
	case p.Grows():
		g.Why = "the backlog grows: there is no steady state to measure"
	case at < 0:
		g.Why = fmt.Sprintf("%s was not measured under %s", m.Of.Key(), p.Name)
	case p.Measures[at].Suppressed():
		g.Why = fmt.Sprintf("%d threads are too few to say anything of them", p.Measures[at].N)
	case p.Measures[at].NeverReached():
		err := m.judgeEndless(r, p, &g)
		return g, err
	default:
		m.judge(p.Measures[at], &g)
	}
	return g, nil
}

func (m *MeasureLimit) judge(of Measure, g *Gate) {
	g.Value, g.Low, g.High = of.Value, of.Low, of.High
	low, high := float64(of.Low), float64(of.High)
	switch {
	case math.IsNaN(float64(of.Value)):
		g.Why = fmt.Sprintf("it has no value: of %d threads or staff days too few are known", of.N)
	case math.IsNaN(low) || math.IsNaN(high):
		g.Why = "one replication has no interval: simulate more of them"
	case m.keeps(low) && m.keeps(high):
		g.Status, g.Why = Pass, "the whole interval keeps the limit"
	case !m.keeps(low) && !m.keeps(high):
		g.Status, g.Why = Fail, fmt.Sprintf("none of the interval, %s, keeps the limit", m.between(low, high))
	default:
		g.Status, g.Why = Inconclusive, fmt.Sprintf("the limit lies within the interval, %s: more replications make it tighter", m.between(low, high))
	}
}

// between writes an interval with its unit; of a share in percent, as limits have it.
func (m *MeasureLimit) between(low, high float64) string {
	if m.Unit == "share" {
		return fmt.Sprintf("%.3g to %.3g%%", 100*low, 100*high)
	}
	return fmt.Sprintf("%s to %s %s", brief(low), brief(high), m.Unit)
}

// judgeEndless judges a measure that in some replications no number reaches, as when more threads than a percentile
// leaves out are never answered: by all of them if it is so in all, and not at all otherwise.
func (m *MeasureLimit) judgeEndless(r *Record, p PolicyResult, g *Gate) error {
	rows, err := Replications(r.Dir, nil)
	if err != nil {
		return err
	}
	_, of := byPolicy(rows)
	values := m.Of.Of(of[PolicyText(p.Name, p.Set)])
	endless := 0
	for _, v := range values {
		if math.IsInf(v, 1) {
			endless++
		}
	}
	g.Value = Number(math.Inf(1))
	what := fmt.Sprintf("in %d of %d replications it is never reached", endless, len(values))
	switch {
	case endless < len(values) || endless == 0:
		g.Status, g.Why = Inconclusive, what+": there is no interval"
	case m.keeps(math.Inf(1)):
		g.Status, g.Why = Pass, what
	default:
		g.Status, g.Why = Fail, what
	}
	return nil
}

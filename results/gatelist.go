package results

import "math"

// GateList is what `portalbench gate --list --format json` prints: everything that gates can be put to.
type GateList struct {
	Format     int        `json:"format"`
	Kind       string     `json:"kind"` // gate-list
	Runs       []string   `json:"runs"`
	Numbers    []Gateable `json:"numbers"`
	Unmeasured []string   `json:"unmeasured"` // operations that nobody did: gates on them have no data
}

// Gateable is a number that a gate can be put to, by name.
type Gateable struct {
	Name    string `json:"name"`   // what stands before the sign of a limit
	Policy  string `json:"policy"` // with which the name begins, where the run has several
	Unit    string `json:"unit"`
	Value   Number `json:"value"`
	Low     Number `json:"low"` // 95% interval, null where there is none
	High    Number `json:"high"`
	Samples int64  `json:"samples"` // operations or replications behind it
	Limit   bool   `json:"limit"`   // whether a threshold may be on it; of the others only --metric
}

// Gateables lists what was measured of every operation, and of the portal's process, and names the operations that
// nobody did.
func (p *Pool) Gateables() (list []Gateable, unmeasured []string) {
	for _, op := range OpNames() {
		row, _ := p.Load.Op(op)
		if row.Offered == 0 {
			unmeasured = append(unmeasured, op)
			continue
		}
		for _, metric := range thresholdMetrics() {
			statistics := thresholdStatistics()
			if metric == "errors" {
				statistics = []string{""}
			}
			for _, statistic := range statistics {
				list = p.measured(list, ParsedThreshold{Op: op, Metric: metric, Statistic: statistic})
			}
		}
	}
	for _, name := range []string{metricCPU, metricRSS} {
		m := Metric{Name: targetOp + "." + name, subject: ParsedThreshold{Op: targetOp, Metric: name}}
		if v := m.Of(p.Load); !math.IsNaN(v) {
			none := Number(math.NaN())
			list = append(list, Gateable{Name: m.Name, Unit: m.Unit(), Value: Number(v), Low: none, High: none, Samples: m.Samples(p.Load)})
		}
	}
	return list, unmeasured
}

// measured adds a number of an operation if there is one.
func (p *Pool) measured(list []Gateable, t ParsedThreshold) []Gateable {
	v := t.value(p.Load)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return list
	}
	row, _ := p.Load.Op(t.Op)
	low, high := p.interval(t)
	name := t.Op + "." + t.Metric
	if t.Statistic != "" {
		name += "." + t.Statistic
	}
	return append(list, Gateable{Name: name, Unit: t.unit(), Value: Number(v), Low: Number(low), High: Number(high), Samples: t.samples(row), Limit: true})
}

// Gateables lists every measure of a simulation that has a value, of every policy.
func (s *Simulate) Gateables() (list []Gateable) {
	for _, p := range s.Policies {
		policy, of := "", ""
		if len(s.Policies) > 1 {
			policy = PolicyText(p.Name, p.Set)
			of = policy + "/"
		}
		for _, m := range p.Measures {
			if math.IsNaN(float64(m.Value)) {
				continue
			}
			unit := ""
			if spec, err := ParseMeasure(m.Name); err == nil {
				unit = spec.Unit
			}
			list = append(list, Gateable{Name: of + Quantity{m.Name, m.Where, m.Statistic}.Text(), Policy: policy, Unit: unit, Value: m.Value, Low: m.Low,
				High: m.High, Samples: int64(p.Replications), Limit: true})
		}
	}
	return list
}

// Text writes the quantity as ParseQuantity reads it.
func (q Quantity) Text() string {
	text := q.Measure
	if len(q.Where) > 0 {
		text += "{" + WhereText(q.Where) + "}"
	}
	return text + "." + q.Statistic
}

package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// grounds are what the numbers of a run rest on, beside the facts that a line tells: how tight each policy's numbers are,
// how each is staffed, and where every parameter comes from.
type grounds struct {
	Sheets  []sheet
	Assumed []assumedParameter
	Cited   sheet // parameters with sources, or set by whoever made the run; without rows when the run does not say
}

// assumedParameter is one for which no published source was found.
type assumedParameter struct{ Name, Value, Note string }

func groundsOf(run *results.Run) grounds {
	g := grounds{Cited: citedSheet(run)}
	if s := run.Simulate; s != nil && len(s.Policies) > 0 {
		g.Sheets = []sheet{halfWidths(s), staffingSheet(s)}
	}
	for _, p := range run.Parameters {
		if p.Assumed {
			g.Assumed = append(g.Assumed, assumedParameter{parameterPath(p), p.Value, p.Note})
		}
	}
	if len(run.Parameters) == 0 { // a run of an older version names them only
		for _, path := range run.Assumed {
			g.Assumed = append(g.Assumed, assumedParameter{Name: path})
		}
	}
	return g
}

// parameterPath is a parameter's path, after the policy if it is one's.
func parameterPath(p results.Parameter) string {
	if p.Policy == "" {
		return p.Path
	}
	return p.Policy + ": " + p.Path
}

// citedSheet lists the parameters that are not assumed, with their sources.
func citedSheet(run *results.Run) sheet {
	t := sheet{Caption: "Parameters with a source", Header: []string{"parameter", "value", "source"}}
	for _, p := range run.Parameters {
		if p.Assumed {
			continue
		}
		var sources []string
		for _, id := range p.IDs {
			sources = append(sources, strings.TrimSpace(id+" "+run.Citations[id]))
		}
		text := strings.Join(sources, "; ")
		if p.Note != "" {
			text = strings.TrimPrefix(text+"; "+p.Note, "; ")
		}
		t.Rows = append(t.Rows, []string{parameterPath(p), p.Value, text})
	}
	return t
}

// halfWidths says how tight the intervals of the primary outcomes are, under every policy.
func halfWidths(s *results.Simulate) sheet {
	t := sheet{Caption: "Half-width of the 95% interval, % of the level (simulation error only)",
		Header: []string{"policy", "replications", "warm-up, days"}}
	primary := s.Primary
	if len(primary) == 0 {
		primary = results.PrimaryQuantities()
	}
	for _, q := range primary {
		t.Header = append(t.Header, quantityWords(q))
	}
	paths := varied(s.Policies)
	for _, p := range s.Policies {
		row := []string{nameAmong(p, paths), count(int64(p.Replications)), count(int64(p.WarmUpDays))}
		for _, q := range primary {
			row = append(row, halfWidth(p, q))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// halfWidth writes how tight one interval is.
func halfWidth(p results.PolicyResult, q results.Quantity) string {
	i := slices.IndexFunc(p.Measures, q.Is)
	switch {
	case p.Grows():
		return unstable
	case i < 0:
		return missing
	case p.Measures[i].NeverReached():
		return notReached
	}
	m := p.Measures[i]
	share := float64(m.High-m.Low) / 2 / math.Abs(float64(m.Value))
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return missing
	}
	return "±" + number(100*share)
}

// staffingSheet says how many patients the staff of every policy have, and the paid inbox time that it adds.
func staffingSheet(s *results.Simulate) sheet {
	t := sheet{Caption: "Staffing of each policy", Header: []string{"policy", "patients per physician FTE", "patients per RN FTE",
		"protected inbox minutes on top, per physician and day"}}
	paths := varied(s.Policies)
	for _, p := range s.Policies {
		t.Rows = append(t.Rows, []string{nameAmong(p, paths), number(float64(p.PatientsPerPhysicianFTE)), number(float64(p.PatientsPerRNFTE)),
			strconv.FormatFloat(float64(p.ProtectedMinutes), 'f', -1, 64)})
	}
	return t
}

// quantityWords names a quantity for people: as the table of main outcomes does, if it is one of them.
func quantityWords(q results.Quantity) string {
	for _, o := range mainOutcomes() {
		if o.matches(q.Measure, q.Where, q.Statistic) {
			return o.label
		}
	}
	text := spoken(q.Measure) + ", " + q.Statistic
	if part := results.WhereText(q.Where); part != "" {
		text += ", " + spoken(part)
	}
	return text
}

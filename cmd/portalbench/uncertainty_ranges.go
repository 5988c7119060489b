package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// The declared range of a parameter whose source gives none, or that is assumed: from half to twice its value, and for
// a share from half to twice its odds. The factor is ours.
const declaredFactor = 2

// parameter is an uncertain value of the scenario, or of one or several policies. Policies that have a lever from the
// same source at the same value have one parameter between them: it is one unknown number, and drawn twice it would make
// them differ where they do not.
type parameter struct {
	results.Uncertain
	source           scenarios.Source
	policies         []string // whose it is; empty: the scenario's
	value, low, high float64
	share            bool // between 0 and 1: drawn on the scale of its log odds
	whole            bool
	clipped          bool // the range was cut at the bounds of the language
}

// decided reports what is decided by a clinic or fixed by the design of the study, and so is not uncertain.
func decided(path string, ofPolicy bool) bool {
	prefixes := []string{"horizon.", "replay.", "network.", "population.patients"}
	if ofPolicy {
		prefixes = []string{"work.", "cover.", "standard.", "limits."}
	}
	if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(path, p) }) {
		return true
	}
	return strings.HasPrefix(path, "staff.") && !strings.Contains(path, ".background.") && !strings.Contains(path, ".own_time.")
}

// uncertain returns the parameters of a study that are uncertain: numbers and durations that are in use, of the scenario
// and then of each policy. What is 0 is switched off, what --set says is meant.
func (s *study) uncertain() ([]parameter, error) {
	list, err := uncertainOf("", s.scenario.Sources(), scenarios.ScenarioSchema())
	if err != nil {
		return nil, err
	}
	for _, p := range s.policies {
		more, err := uncertainOf(p.Name, p.Sources(), scenarios.PolicySchema())
		if err != nil {
			return nil, err
		}
		list = together(list, more)
	}
	return list, nil
}

// together adds the parameters of one more policy. Those that a policy before it has too become parameters of both.
func together(list, more []parameter) []parameter {
	for _, p := range more {
		i := slices.IndexFunc(list, func(q parameter) bool { return len(q.policies) > 0 && q.same(p) })
		if i < 0 {
			list = append(list, p)
			continue
		}
		list[i].policies = append(list[i].policies, p.policies...)
		list[i].Policy = strings.Join(list[i].policies, ", ")
	}
	return list
}

// same reports whether two parameters of policies are one unknown number: at the same path, with the same value, from the
// same source.
func (p parameter) same(q parameter) bool {
	a, b := p.source, q.source
	return a.Path == b.Path && p.value == q.value && a.Note == b.Note && a.Assumed == b.Assumed && slices.Equal(a.IDs, b.IDs)
}

func uncertainOf(policy string, sources []scenarios.Source, schema []byte) ([]parameter, error) {
	var root bounds
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, fmt.Errorf("reading the schema of the language: %w", err)
	}
	var list []parameter
	for _, s := range sources {
		if decided(s.Path, policy != "") || s.Note == "set by --set" {
			continue
		}
		p, ok := newParameter(s, root.at(strings.Split(s.Path, ".")))
		if ok {
			p.source, p.Policy = s, policy
			if policy != "" {
				p.policies = []string{policy}
			}
			list = append(list, p)
		}
	}
	return list, nil
}

// newParameter gives a value its range. It is not ok for texts, for what is 0, and for a share of 1.
func newParameter(s scenarios.Source, within bounds) (parameter, bool) {
	p := parameter{Uncertain: results.Uncertain{Path: s.Path, IDs: s.IDs, Range: "declared"}}
	var ok bool
	if p.value, p.Unit, ok = readValue(s.Value); !ok || p.value == 0 {
		return p, false
	}
	p.share = within.share() && p.Unit == ""
	p.whole = within.Type == "integer"
	if p.share && p.value >= 1 {
		return p, false
	}
	if p.low, p.high, ok = published(p.value, s.IDs); ok {
		p.Range = "evidence"
	} else {
		p.low, p.high = p.times(1/float64(declaredFactor)), p.times(declaredFactor)
	}
	p.clip(within)
	p.Value, p.Low, p.High = results.Number(p.value), results.Number(p.low), results.Number(p.high)
	return p, p.low < p.high
}

// readValue reads a number, or a duration in hours.
func readValue(text string) (value float64, unit string, ok bool) {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, "", true
	}
	var d scenarios.Duration
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return 0, "", false
	}
	return time.Duration(d).Hours(), "h", true
}

// times returns the value with itself, or the odds of it, multiplied.
func (p *parameter) times(factor float64) float64 {
	if !p.share {
		return p.value * factor
	}
	odds := p.value / (1 - p.value) * factor
	return odds / (1 + odds)
}

// published returns the range of the first source that gives one, in proportion to the source's own value: a parameter
// may be in another unit, or derived from it.
func published(value float64, ids []string) (low, high float64, ok bool) {
	for _, id := range ids {
		e, _ := scenarios.LookUpEvidence(id)
		v, err1 := strconv.ParseFloat(e.Value, 64)
		l, err2 := strconv.ParseFloat(e.Low, 64)
		h, err3 := strconv.ParseFloat(e.High, 64)
		if err1 == nil && err2 == nil && err3 == nil && v > 0 && l >= 0 && l < h {
			return value * l / v, value * h / v, true
		}
	}
	return 0, 0, false
}

// clip cuts the range at the bounds of the language. Below 0 there are only the negative savings of drafts.
func (p *parameter) clip(within bounds) {
	if p.low > p.high {
		p.low, p.high = p.high, p.low
	}
	low, high := max(p.low, within.least()), min(p.high, within.most())
	p.clipped = low != p.low || high != p.high
	p.low, p.high = low, high
}

// at returns the value at a position in the range, from 0 to 1: evenly spread over log odds for a share, over the
// logarithm for other positive numbers.
func (p *parameter) at(position float64) float64 {
	between := func(a, b float64) float64 { return a + (b-a)*position }
	v := 0.0
	switch {
	case p.share && p.low > 0 && p.high < 1:
		odds := math.Exp(between(math.Log(p.low/(1-p.low)), math.Log(p.high/(1-p.high))))
		v = odds / (1 + odds)
	case p.low > 0:
		v = math.Exp(between(math.Log(p.low), math.Log(p.high)))
	default:
		v = between(p.low, p.high)
	}
	if p.whole {
		v = math.Round(v)
	}
	return v
}

// override sets the parameter to a value.
func (p *parameter) override(v float64) scenarios.Override {
	if p.Unit == "h" {
		return scenarios.Override{Path: p.Path, Value: strconv.FormatFloat(math.Round(v*3600), 'f', -1, 64) + "s"}
	}
	return scenarios.Override{Path: p.Path, Value: strconv.FormatFloat(v, 'g', 6, 64)}
}

// bounds is what a schema says of a value, and of those below it.
type bounds struct {
	Type                 string            `json:"type"`
	Minimum              *float64          `json:"minimum"`
	Maximum              *float64          `json:"maximum"`
	ExclusiveMinimum     *float64          `json:"exclusiveMinimum"`
	Properties           map[string]bounds `json:"properties"`
	AdditionalProperties json.RawMessage   `json:"additionalProperties"`
	Items                *bounds           `json:"items"`
}

// at returns the bounds of the value at a path.
func (b bounds) at(path []string) bounds {
	if len(path) == 0 {
		return b
	}
	if inner, ok := b.Properties[path[0]]; ok {
		return inner.at(path[1:])
	}
	if b.Items != nil {
		return b.Items.at(path[1:])
	}
	var inner bounds
	_ = json.Unmarshal(b.AdditionalProperties, &inner) // false where there are none: then there are no bounds
	return inner.at(path[1:])
}

func (b bounds) share() bool { return b.Maximum != nil && *b.Maximum == 1 && b.least() == 0 }

func (b bounds) least() float64 {
	switch {
	case b.Minimum != nil:
		return *b.Minimum
	case b.ExclusiveMinimum != nil:
		return *b.ExclusiveMinimum
	}
	return math.Inf(-1)
}

func (b bounds) most() float64 {
	if b.Maximum != nil {
		return *b.Maximum
	}
	return math.Inf(1)
}

package results

import "slices"

// The kinds of gates.
const (
	GateAbsolute    = "absolute"     // a limit on one number
	GateSimulation  = "simulation"   // the same simulation gives the same numbers
	GatePaired      = "ab"           // candidate against base, in pairs on one machine
	GateBeforeAfter = "before-after" // runs against earlier runs
	GateCalibration = "calibration"  // what ab could see on this machine
)

// NoData is the status of a gate that cannot be judged: its run is invalid, or what it asks for was not measured. It is
// neither pass nor fail, and never taken for one.
const NoData = "no data"

// Gate is one question put to runs, with the answer.
type Gate struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`   // the limit as written, or the metric that was compared
	Status   string `json:"status"` // pass, fail, inconclusive or no data
	Unit     string `json:"unit"`   // of the next five: ms, share, ratio and so on
	Base     Number `json:"base"`   // of what it was compared with; null for a limit
	Value    Number `json:"value"`  // measured; of a comparison the ratio candidate/base
	Low      Number `json:"low"`    // 95% interval of value, null where there is none
	High     Number `json:"high"`
	Limit    Number `json:"limit"`    // that decides
	P        Number `json:"p"`        // of the test that decided, null where there was none
	Samples  int64  `json:"samples"`  // operations, pairs or runs behind it
	Smallest Number `json:"smallest"` // effect that would have been seen, as a share of base; null where that is not known
	Why      string `json:"why"`      // one sentence
}

// Judgement is what `portalbench gate --format json` prints: every gate with its answer.
type Judgement struct {
	Format      int          `json:"format"`
	Kind        string       `json:"kind"` // gate
	Runs        []string     `json:"runs"` // folders that were judged
	Baseline    []string     `json:"baseline"`
	Status      string       `json:"status"` // of all gates together, as Settle gives it
	Gates       []Gate       `json:"gates"`
	Moved       []Moved      `json:"moved,omitempty"`       // measures that are not what they were, the largest change first
	Calibration []Calibrated `json:"calibration,omitempty"` // of gate calibrate, by metric
	Warnings    []string     `json:"warnings"`
}

// Moved is a measure of a simulation that is not what it was.
type Moved struct {
	Policy     string            `json:"policy"`
	Set        map[string]string `json:"set,omitempty"` // overrides, by path
	Measure    string            `json:"measure"`
	Where      Where             `json:"where"`
	Statistic  string            `json:"statistic"`
	Base       Number            `json:"base"` // means over the replications
	Value      Number            `json:"value"`
	Difference Number            `json:"difference"` // value less base, paired by replication, with its 95% interval
	Low        Number            `json:"low"`
	High       Number            `json:"high"`
}

// Count returns how many gates have a status.
func (j *Judgement) Count(status string) int {
	n := 0
	for _, g := range j.Gates {
		if g.Status == status {
			n++
		}
	}
	return n
}

// Settle sets Status from the gates: what failed counts before what has no data, that before what is inconclusive, and
// only gates that all pass are a pass. Without any gate there is no data.
func (j *Judgement) Settle() {
	j.Status = NoData
	for _, status := range []string{Fail, NoData, Inconclusive, Pass} {
		if slices.ContainsFunc(j.Gates, func(g Gate) bool { return g.Status == status }) {
			j.Status = status
			return
		}
	}
}

// PolicyText names a policy together with its overrides: "<policy>[<path>=<value>;...]", the policy alone without any.
func PolicyText(policy string, set map[string]string) string {
	if of := WhereText(set); of != "" {
		return policy + "[" + of + "]"
	}
	return policy
}

package results

import "fmt"

// Verify is what `portalbench portal verify --format json` prints: what the operations of a portal were seen to mean.
type Verify struct {
	Format         int          `json:"format"`
	Kind           string       `json:"kind"` // verify
	Portal         string       `json:"portal"`
	URL            string       `json:"url"`
	RunID          string       `json:"run_id"`           // part of everything that was written
	Ops            []VerifiedOp `json:"ops"`              // every operation of the contract
	VisibleAfterMS Number       `json:"visible_after_ms"` // the longest that something written took to be seen; null: nothing was
}

// VerifiedOp is one operation of a portal.
type VerifiedOp struct {
	Op      string          `json:"op"`
	Support string          `json:"support"` // absent, native, composed or local, as the adapter says
	Verdict string          `json:"verdict"` // see the constants
	Checks  []VerifiedCheck `json:"checks"`
}

// VerifiedCheck is one thing that an operation must mean.
type VerifiedCheck struct {
	Meaning string `json:"meaning"`
	Verdict string `json:"verdict"`
	Seen    string `json:"seen"` // what the portal showed instead, or why it was not checked
}

// The verdicts on an operation and on what it must mean.
const (
	Means      = "yes"
	MeansNot   = "no"
	NotChecked = "not checked"
	NotThere   = "absent"
)

// Conclude sets the verdict of every operation: no if one check failed, yes if one held.
func (v *Verify) Conclude() {
	for i := range v.Ops {
		v.Ops[i].conclude()
	}
}

func (o *VerifiedOp) conclude() {
	if o.Support == NotThere {
		o.Verdict = NotThere
		return
	}
	o.Verdict = NotChecked
	for _, c := range o.Checks {
		if c.Verdict == MeansNot {
			o.Verdict = MeansNot
			return
		}
		if c.Verdict == Means {
			o.Verdict = Means
		}
	}
}

// Broken names what operations that the portal says it has do not mean, one line each.
func (v *Verify) Broken() (all []string) {
	for _, o := range v.Ops {
		for _, c := range o.Checks {
			if c.Verdict == MeansNot {
				all = append(all, fmt.Sprintf("%s: %s: %s", o.Op, c.Meaning, c.Seen))
			}
		}
	}
	return all
}

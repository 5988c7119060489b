package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// rootsKept is how many roots of skipped operations a result names.
const rootsKept = 20

// skipped returns the roots of what was skipped, those with most descendants first.
func (r *recorder) skipped() []Skipped {
	var roots []Skipped
	for cause, n := range r.blame {
		roots = append(roots, Skipped{*cause, n})
	}
	slices.SortFunc(roots, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Root.Thread.Network, b.Root.Thread.Network),
			cmp.Compare(a.Root.Thread.Number, b.Root.Thread.Number), cmp.Compare(a.Root.Op, b.Root.Op),
			cmp.Compare(a.Root.Detail, b.Root.Detail))
	})
	return roots[:min(len(roots), rootsKept)]
}

// warnSkipped says in one sentence what the most frequent root of skipped operations was.
func warnSkipped(roots []Skipped) []string {
	if len(roots) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d operations were skipped because of %s", roots[0].Count, roots[0].Root.String())
	if len(roots) > 1 {
		text += fmt.Sprintf("; further roots: %d", len(roots)-1)
	}
	return []string{text}
}

// examplesShown is how many kinds of answers that were not ok a result tells about.
const examplesShown = 5

// warnExamples says how operations that were not ok ended, with what the portal said to one of each kind.
func warnExamples(examples []Example) (said []string) {
	for _, e := range examples[:min(len(examples), examplesShown)] {
		said = append(said, fmt.Sprintf("%d x %s ended %s, for example: %s", e.Count, e.Op, e.Outcome, e.Detail))
	}
	return said
}

func (k exampleKey) compare(o exampleKey) int {
	return cmp.Or(cmp.Compare(k.op, o.op), cmp.Compare(k.outcome, o.outcome))
}

// mostlyOK is the share of a role's operations that must succeed for its waiting to mean anything.
const mostlyOK = .99

// staff returns, for each role that the simulation gives workdays for, the minutes a member of staff waits for the portal
// on one workday:
//
//	mean response time of an operation by that role's staff in the measured window x such operations on one workday
//
// It counts every operation that was sent, failed ones included, as people wait for those too. It is missing where less
// than 99% of what was due was done: fast refusals save nobody time. Roles of which nobody did anything have no row.
func (r *recorder) staff(cfg *Config) []results.StaffWait {
	waits := []results.StaffWait{}
	for role := scenarios.RoleNone + 1; int(role) < scenarios.NumRoles; role++ {
		t, perDay := r.byRole[role], cfg.OpsPerWorkday[role]
		if t.ops == 0 || perDay == 0 {
			continue
		}
		wait := results.Number(t.response.Minutes() / float64(t.ops) * perDay)
		if float64(t.ok) < mostlyOK*float64(t.offered) {
			wait = results.Number(math.NaN())
		}
		waits = append(waits, results.StaffWait{
			Role:                      role.String(),
			PortalWaitMinutes:         wait,
			HandlingMinutesPerWorkday: results.Number(cfg.HandlingPerWorkday[role]),
		})
	}
	return waits
}

package bench

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// roots returns why operations were skipped, the most frequent reason first.
func (r *recorder) roots() []Skipped {
	var roots []Skipped
	for cause, n := range r.skipped {
		roots = append(roots, Skipped{*cause, n})
	}
	slices.SortFunc(roots, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), a.Root.compare(&b.Root))
	})
	return roots
}

// examples returns what was answered where it was not ok, in the order of operations and outcomes.
func (r *recorder) examples() []Example {
	var some []Example
	for _, cause := range slices.SortedFunc(maps.Keys(r.failed), (*Cause).compare) {
		some = append(some, Example{cause.Op, cause.Outcome, cause.Detail, r.failed[cause]})
	}
	return some
}

// warnSkipped says in one sentence why most of the skipped operations were.
func warnSkipped(roots []Skipped) []string {
	if len(roots) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d operations were skipped because of %s", roots[0].Count, roots[0].Root.String())
	others := int64(0)
	for _, r := range roots[1:] {
		others += r.Count
	}
	if others > 0 {
		text += fmt.Sprintf("; %d more for other reasons", others)
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

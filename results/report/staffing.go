package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// staffing is how many patients a policy's physicians and nurses have, per full-time equivalent.
type staffing struct{ physician, rn string }

func staffingOf(p results.PolicyResult) staffing {
	return staffing{number(float64(p.PatientsPerPhysicianFTE)), number(float64(p.PatientsPerRNFTE))}
}

func (s staffing) String() string { return s.physician + " per physician, " + s.rn + " per RN" }

// mostStaffings is how many different staffings are told one by one.
const mostStaffings = 4

// Staffing says how many patients each physician and nurse has, whether the policies are alike in that, and how much
// paid inbox time some of them add.
func Staffing(s *results.Simulate) string {
	text := patientsPerStaff(s)
	if added := protectedText(s); added != "" {
		return text + " " + added
	}
	return text
}

func patientsPerStaff(s *results.Simulate) string {
	const what = "Patients per full-time equivalent"
	groups, order := grouped(s.Policies, staffingOf)
	switch {
	case len(order) == 0:
		return what + ": not known."
	case len(order) == 1 && len(s.Policies) > 1:
		return what + ", equal between the policies: " + order[0].String() + "."
	case len(order) == 1:
		return what + ": " + order[0].String() + "."
	}
	if len(order) > mostStaffings {
		return what + " DIFFER: " + spread(s.Policies) + "; run.json has those of each."
	}
	var parts []string
	for i, k := range order {
		parts = append(parts, k.String()+" with "+whose(groups[i], s.Policies))
	}
	return what + " DIFFER: " + strings.Join(parts, "; ") + "."
}

// spread says between which numbers of patients per full-time equivalent policies are.
func spread(policies []results.PolicyResult) string {
	ends := func(of func(results.PolicyResult) results.Number) string {
		least, most := math.Inf(1), math.Inf(-1)
		for _, p := range policies {
			least, most = math.Min(least, float64(of(p))), math.Max(most, float64(of(p)))
		}
		if least == most {
			return number(least)
		}
		return number(least) + " to " + number(most)
	}
	return fmt.Sprintf("%s per physician, %s per RN", ends(func(p results.PolicyResult) results.Number { return p.PatientsPerPhysicianFTE }),
		ends(func(p results.PolicyResult) results.Number { return p.PatientsPerRNFTE }))
}

// protectedText says which policies give physicians paid inbox time on top of the scenario's, and how much; empty when
// none does.
func protectedText(s *results.Simulate) string {
	groups, order := grouped(s.Policies, func(p results.PolicyResult) float64 { return float64(p.ProtectedMinutes) })
	var parts []string
	for i, minutes := range order {
		if minutes > 0 {
			parts = append(parts, strconv.FormatFloat(minutes, 'f', -1, 64)+" with "+whose(groups[i], s.Policies))
		}
	}
	switch {
	case len(parts) == 0:
		return ""
	case len(order) == 1:
		minutes, _, _ := strings.Cut(parts[0], " with ")
		return "Protected inbox minutes, paid on top, per physician and day worked: " + minutes + " with every policy."
	}
	return "Paid time is NOT equal: protected inbox minutes on top, per physician and day worked: " + strings.Join(parts, "; ") + "."
}

// grouped puts the policies together that have the same key, the keys in the order in which they first occur.
func grouped[K comparable](policies []results.PolicyResult, key func(results.PolicyResult) K) (groups [][]results.PolicyResult, order []K) {
	for _, p := range policies {
		i := slices.Index(order, key(p))
		if i < 0 {
			i, order, groups = len(order), append(order, key(p)), append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups, order
}

// whose names some of the policies as shortly as tells them from the others: by one override, by all that vary, or by
// their names, and by both where neither is enough.
func whose(some, all []results.PolicyResult) string {
	paths := varied(all)
	var ways []func(results.PolicyResult) string
	for _, path := range paths {
		if slices.ContainsFunc(all, func(p results.PolicyResult) bool { _, set := p.Set[path]; return !set }) {
			continue
		}
		ways = append(ways, func(p results.PolicyResult) string { return path + "=" + p.Set[path] })
	}
	ways = append(ways, func(p results.PolicyResult) string { return p.Name },
		func(p results.PolicyResult) string { return strings.TrimPrefix(nameAmong(p, paths), p.Name+", ") })
	for _, called := range ways {
		if whole(some, all, called) {
			return list(distinct(some, called))
		}
	}
	return list(distinct(some, func(p results.PolicyResult) string { return nameAmong(p, paths) }))
}

// whole reports whether all policies that are called as one of some are among some.
func whole(some, all []results.PolicyResult, called func(results.PolicyResult) string) bool {
	names := distinct(some, called)
	n := 0
	for _, p := range all {
		if slices.Contains(names, called(p)) {
			n++
		}
	}
	return n == len(some)
}

// distinct returns what policies are called, each once.
func distinct(policies []results.PolicyResult, called func(results.PolicyResult) string) []string {
	var names []string
	for _, p := range policies {
		if name := called(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

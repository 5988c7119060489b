package triage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
	"github.com/portalbench/portalbench/sim/triage"
)

// compiled returns the router of a policy that changes physician-first by what text says.
func compiled(t testing.TB, text string) sim.Router {
	p, err := scenarios.LoadPolicy(file(t, "policy: test\nlanguage: 1\nextends: physician-first\n"+text), nil)
	require.NoError(t, err)
	r, err := triage.Compile(p.Policy)
	require.NoError(t, err)
	return r
}

func file(t testing.TB, text string) string {
	name := filepath.Join(t.TempDir(), "test.yaml")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// people are some patients of the default scenario.
func people(t testing.TB, n int) *generators.People {
	s, err := scenarios.Load("cardiopulmonary", nil)
	require.NoError(t, err)
	return generators.NewModel(s.Scenario).Draw(1, 0, 0, n)
}

const (
	nobody = scenarios.RoleNone
	rn     = scenarios.RN
	ma     = scenarios.MA
	pharm  = scenarios.Pharmacist
	desk   = scenarios.FrontDesk
)

// Where a thread goes on arrival, and how much of its kind the pool may close. .14 is what physician-first lets nurses
// close, which they pick off the physicians' lists.
func TestArrival(t *testing.T) {
	const rules = "route: {rules: [{when: category == 'form', to: ma, closes: .5, first: true}, {when: \"category in ['form', 'referral']\", to: addressee}]}\n"
	const byCategory = "route: {by_category: [{category: renewal, to: pharmacist, closes: .3}, {category: scheduling, to: front_desk, closes: .9}, {category: result, to: addressee, closes: 0}]}\n"
	const protocol = "refill: {covered: .8, closed: .5, by: pharmacist}\n" // .8 x .5 = .4
	const first = "route: {first: rn, closed_without_physician: .43}\n"
	const team = "route: {first: team, team: [ma, rn], closed_without_physician: .35}\n"
	const both = "route: {first: rn, closed_without_physician: .43, by_category: [{category: renewal, to: pharmacist, closes: .3}, {category: form, to: rn, closes: .6}, {category: result, to: rn, closes: .2}]}\n"
	tests := []struct {
		name, policy string
		label        scenarios.Category
		delegable    float64
		toPool       bool
		pool         scenarios.Role
		authority    float64
	}{
		{"to the physician", "", scenarios.Symptom, .5, false, nobody, 0},
		{"picked off the list", "", scenarios.Symptom, .139, false, rn, .14},
		{"just not picked", "", scenarios.Symptom, .14, false, nobody, 0},
		{"written to the team", "", scenarios.Symptom, .9, true, rn, .14},
		{"picked by the team", "route: {team: [ma, rn]}\n", scenarios.Symptom, .1, false, ma, .14},
		{"nurses open all", first, scenarios.Symptom, .9, false, rn, .43},
		{"the team opens all", team, scenarios.Symptom, .9, false, ma, .35},

		{"a rule", rules, scenarios.Form, .9, false, ma, .5},
		{"a rule to the physician, though nurses could close it", rules, scenarios.Referral, .1, false, nobody, 0},
		{"no rule holds", rules, scenarios.Symptom, .1, false, rn, .14},
		{"a rule that closes less than the pool may",
			"route: {first: rn, closed_without_physician: .43, rules: [{when: true, to: rn, closes: .2}]}\n",
			scenarios.Form, .9, false, rn, .43},
		{"a rule that closes more",
			"route: {first: rn, closed_without_physician: .43, rules: [{when: true, to: rn, closes: .6}]}\n", scenarios.Form,
			.9, false, rn, .6},
		{"a rule that says nothing of closing", "route: {rules: [{when: true, to: ma}]}\n", scenarios.Form, .1, false, ma, 0},
		{"a rule before the protocol", "route: {rules: [{when: true, to: pharmacist, closes: .1}]}\n" + protocol,
			scenarios.Renewal, .9, false, pharm, .4},
		{"a rule to a role of the team", "route: {team: [ma, rn], rules: [{when: true, to: rn, closes: .6}]}\n",
			scenarios.Form, .9, false, ma, .6},

		{"the protocol closes", protocol, scenarios.Renewal, .399, false, pharm, .4},
		{"the protocol does not cover", protocol, scenarios.Renewal, .4, false, nobody, 0},
		{"no renewal", protocol, scenarios.Form, .3, false, nobody, 0},
		{"the protocol before the nurses", protocol, scenarios.Renewal, .1, false, pharm, .4},
		{"the nurses' own protocol", "refill: {covered: .8, closed: .5, by: rn}\n" + first, scenarios.Renewal, .1, false, rn,
			.43},

		{"its category's pool", byCategory, scenarios.Renewal, .9, false, pharm, .3},
		{"another's", byCategory, scenarios.Scheduling, .1, false, desk, .9},
		{"its category goes to the physician", byCategory, scenarios.Result, .1, true, nobody, 0},
		{"a category of no pool", byCategory, scenarios.Symptom, .1, false, rn, .14},
		{"protocol and category", byCategory + protocol, scenarios.Renewal, .1, false, pharm, .4},
		{"beyond the protocol, its category", byCategory + protocol, scenarios.Renewal, .9, false, pharm, .4},
		{"category before first", both, scenarios.Renewal, .1, false, pharm, .3},
		{"the larger share, by category", both, scenarios.Form, .1, false, rn, .6},
		{"the larger share, by pool", both, scenarios.Result, .1, false, rn, .43},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compiled(t, tt.policy)
			v := sim.View{Category: scenarios.Thanks, Label: tt.label, Delegable: tt.delegable, ToPool: tt.toPool,
				Draws: des.NewKey(1)}
			got := r.Route(&v)
			require.Equal(t, tt.pool, got.Pool)
			require.InDelta(t, tt.authority, got.Authority, 1e-12)
			require.Equal(t, tt.label, got.Label)
			require.False(t, got.Answer)
			require.Equal(t, got, r.Route(&v), "the same view, the same decision")
		})
	}
}

// Whoever opens a thread answers what they may close and hands on the rest to the clinician it was written to.
func TestOpened(t *testing.T) {
	tests := []struct {
		from                 scenarios.Role
		delegable, authority float64
		want                 sim.Decision
	}{
		{rn, .42, .43, sim.Decision{Answer: true}},
		{rn, .43, .43, sim.Decision{}},
		{scenarios.APP, .1, .2, sim.Decision{Answer: true}},
		{scenarios.APP, .3, .2, sim.Decision{}},
		{scenarios.Physician, .9, 0, sim.Decision{Answer: true}},
		{scenarios.Specialist, .9, 0, sim.Decision{Answer: true}},
	}
	r := compiled(t, "")
	for _, tt := range tests {
		require.Equal(t, tt.want, r.Route(&sim.View{From: tt.from, Delegable: tt.delegable, Authority: tt.authority}))
	}
}

// Lower classes go first: 0 is for urgent messages where they go first and for rules that put threads first.
func TestClasses(t *testing.T) {
	const patient = "classify: {by: patient}\n"
	const ahead = "route: {rules: [{when: age > 200 or category == 'result', to: addressee, first: true}]}\n"
	const ranks = "order: category\ncategory_order: [symptom, result]\n"
	tests := []struct {
		policy string
		label  scenarios.Category
		felt   bool
		want   uint8
	}{
		{"", scenarios.Symptom, true, 1},
		{patient + "order: arrival\n", scenarios.Symptom, true, 1},
		{patient + "order: urgency\n", scenarios.Symptom, true, 0},
		{patient + "order: urgency\n", scenarios.Symptom, false, 1},
		{patient + "order: deadline\nstandard: {business_days: 3}\n", scenarios.Symptom, true, 1},
		{ranks, scenarios.Symptom, false, 1},
		{ranks, scenarios.Result, false, 2},
		{ranks, scenarios.Thanks, false, 3},
		{ahead, scenarios.Result, false, 0},
		{ahead, scenarios.Form, false, 1},
		{ahead + ranks, scenarios.Result, false, 0},
		{ahead + ranks, scenarios.Symptom, false, 1},
	}
	all := people(t, 1)
	for _, tt := range tests {
		got := compiled(t, tt.policy).Route(&sim.View{Label: tt.label, Felt: tt.felt, People: all})
		require.Equal(t, tt.want, got.Class, "%s%v", tt.policy, tt.label)
		require.Less(t, int(got.Class), sim.NumClasses)
	}
}

// Every built-in policy, and the policies combined, decide on every kind of thread, the same way each time.
func TestBuiltInPoliciesDecide(t *testing.T) {
	all := people(t, 100)
	for _, name := range append(scenarios.PolicyNames(), "nurse-first+ai-drafts", "category-routing+ai-triage",
		"team-pool+refill-protocol+urgency-first") {
		p, err := scenarios.LoadPolicy(name, nil)
		require.NoError(t, err)
		routers, err := triage.Routers(p.Policy)
		require.NoError(t, err)
		one, other := routers(), routers()
		for i := range 1000 {
			v := view(all, i)
			got := one.Route(&v)
			require.Equal(t, got, other.Route(&v), name)
			require.False(t, got.Pool.IsPhysician())
			require.True(t, got.Pool != nobody || got.Authority == 0, name)
			require.True(t, 0 <= got.Authority && got.Authority <= 1, name)
		}
	}
}

// view returns a thread of some patient, all its fields varied.
func view(all *generators.People, i int) sim.View {
	k := des.NewKey(uint64(i))
	return sim.View{Now: des.Time(k.Sub(0).Float() * float64(des.Week)),
		Category: scenarios.Category(i % scenarios.NumCategories),
		Label:    scenarios.Category(k.Sub(1).IntN(scenarios.NumCategories)), Delegable: k.Sub(2).Float(), Draws: k.Sub(3),
		Felt: k.Sub(4).Chance(.1), HighRisk: k.Sub(5).Chance(.2), Specialty: k.Sub(6).Chance(.3), ToPool: k.Sub(7).Chance(.1),
		Sender: scenarios.Sender(i % scenarios.NumSenders), Patient: int32(i % all.Len()), People: all}
}

package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every row is one contradiction in a policy, with its place and what the message says.
func TestPoliciesAreCheckedByThemselves(t *testing.T) {
	const begin = "policy: test\nlanguage: 1\nextends: physician-first\n"
	tests := []struct{ name, text, at, what, hint string }{
		{"keywords without sensitivity", "classify: {by: keywords, specificity: .9}\n", "4:16", "needs a sensitivity", "add sensitivity"},
		{"keywords without specificity", "classify: {by: model, sensitivity: .6}\n", "4:16", "needs a specificity", "add specificity"},
		{"both", "classify: {by: model, sensitivity: .6, specificity: .9, precision: .5, prevalence: .1}\n", "4:53", "both specificity and precision", "delete one"},
		{"precision alone", "classify: {by: model, sensitivity: .6, precision: .5}\n", "4:51", "without the prevalence", "add prevalence"},
		{"prevalence alone", "classify: {by: model, sensitivity: .6, specificity: .5, prevalence: .1}\n", "4:69", "a prevalence and no precision", "delete it"},
		{"precision 0", "classify: {by: model, sensitivity: .6, precision: 0, prevalence: .1}\n", "4:51", "precision is 0", "above 0"},
		{"prevalence 1", "classify: {by: model, sensitivity: .6, precision: .5, prevalence: 1}\n", "4:67", "prevalence is 1", "between 0 and 1"},
		// .9 x .8 x (1 - .1) / (.1 x (1 - .8)) = 32.4
		{"impossible", "classify: {by: model, sensitivity: .9, precision: .1, prevalence: .8}\n", "4:51", "32.4 of the other messages", "check the three"},
		{"accuracies for nobody", "classify: {by: patient, sensitivity: .6}\n", "4:38", "sensitivity is given, and classify.by is patient", "choose keywords or model"},
		{"strata for nobody", "classify: {strata: [{when: woman, sensitivity: .6, specificity: 1}]}\n", "4:20", "strata is given, and classify.by is none", "choose keywords"},
		{"accuracy 0", "classify: {category_accuracy: 0}\n", "4:31", "category_accuracy is 0", "leave it out"},
		{"empty condition", "classify: {by: model, sensitivity: 1, specificity: 1, strata: [{when: '', sensitivity: .6, specificity: 1}]}\n", "4:71", "when is empty", "true holds"},
		{"nothing is urgent", "order: urgency\n", "4:8", "nothing says which messages are urgent", "patient, keywords or model"},
		{"order", "order: fifo\n", "4:8", "order cannot be fifo", "choose"},
		{"no order of categories", "order: category\n", "4:8", "nothing says which goes first", "add category_order"},
		{"no deadline", "order: deadline\n", "4:8", "order is deadline, and no thread has one", "standard.business_days"},
		{"a category twice", "order: category\ncategory_order: [form, thanks, form]\n", "5:32", "category_order has form twice", "delete one"},
		{"unused order of categories", "category_order: [form]\n", "4:17", "category_order is given, and order is arrival", "choose order: category"},
		{"no such category", "order: category\ncategory_order: [forms]\n", "5:18", "category_order.0 cannot be forms", `did you mean "form"?`},
		{"share above 1", "route: {closed_without_physician: 1.2}\n", "4:35", "out of range: 1.2", "at most 1"},
		{"a team of nobody", "route: {first: team}\n", "4:16", "route.first is team, and no role belongs to it", "add route.team"},
		{"a team of one", "route: {team: [rn]}\n", "4:15", "route.team has one role", "route.first: rn"},
		{"a role twice", "route: {team: [rn, ma, rn]}\n", "4:24", "route.team has rn twice", "delete one"},
		{"a category routed twice", "route: {by_category: [{category: form, to: ma, closes: 1}, {category: form, to: rn, closes: 1}]}\n", "4:71", "route.by_category has form twice", "delete one"},
		{"the addressee as a pool", "route: {by_category: [{category: form, to: addressee, closes: 1}]}\n", "4:63", "the addressee is no pool", "closes: 0"},
		{"a category to no team", "route: {by_category: [{category: form, to: team, closes: 1}]}\n", "4:44", "by_category.0.to is team", "add route.team"},
		{"a rule that says nothing", "route: {rules: [{when: ' ', to: rn}]}\n", "4:24", "route.rules.0.when (rule 1) is empty", "write a condition"},
		{"a rule to no team", "route: {rules: [{when: true, to: team}]}\n", "4:34", "route.rules.0.to (rule 1) is team", "add route.team"},
		{"a rule without a target", "route: {rules: [{when: true}]}\n", "4:18", "route.rules.0 (rule 1) lacks to", "add what is missing"},
		{"batches of no number", "work: {sessions: batched}\n", "4:18", "nothing says how often", "times_a_day: 2"},
		{"times a day for nothing", "work: {times_a_day: 2}\n", "4:21", "times_a_day is given, and work.sessions is not batched", "sessions: batched"},
		{"a slot too long", "work: {protected_slot: 5h}\n", "4:24", "protected_slot is 5h", "at most 4h"},
		{"a draft by nobody", "draft: {staff_saves_seconds: 23}\n", "4:30", "staff_saves_seconds is given, and draft.by is none", "template or ai"},
		{"a draft that does nothing", "draft: {by: ai}\n", "4:13", "draft.by is ai, and it changes nothing", "add physician_saves_seconds"},
		{"a draft never used", "draft: {by: ai, staff_saves_seconds: 23, use: 0}\n", "4:47", "draft.use is 0", "leave it out"},
		{"a protocol of nobody", "refill: {covered: .8, closed: .5}\n", "4:19", "refill.covered is given, and nobody works by the protocol", "add refill.by"},
		{"half a protocol", "refill: {by: rn, covered: .8}\n", "4:14", "lacks covered or closed", "add covered"},
		{"a coverer for nobody", "cover: {by: coverer}\n", "4:13", "nothing says for how many physicians", "such as 10"},
		{"coverers by nobody", "cover: {physicians_per_coverer: 10}\n", "4:33", "cover.by is not coverer", "choose cover.by"},
		{"on call for nothing", "cover: {by: on_call}\n", "4:13", "nothing says which messages are urgent", "choose what classify is by"},
		{"no standard to miss", "standard: {escalate_to: first}\n", "4:25", "there is no standard to miss", "add business_days"},
		{"standard without consequence", "standard: {business_days: 3}\n", "4:27", "nothing comes of missing it", "add standard.escalate_to"},
		{"rule after all", "route: {rules: [{when: true, to: addressee}, {when: urgent, to: rn}]}\n", "4:53", "is never reached: the rule before", "put it before"},
		{"escalation to no team", "standard: {business_days: 3, escalate_to: team}\n", "4:43", "standard.escalate_to is team", "add route.team"},
		{"nobody writes", "billing: {demand: 0}\n", "4:19", "billing.demand is 0", "leave it out"},
		{"nobody phones", "billing: {phones_instead: .5}\n", "4:27", "demand takes nothing away", "below 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "test.yaml")
			require.NoError(t, os.WriteFile(file, []byte(begin+tt.text), 0o600))
			_, err := LoadPolicy(file, nil)
			var got Problems
			require.ErrorAs(t, err, &got)
			require.Equal(t, file+":"+tt.at, got[0].At.String(), got.Error())
			require.Contains(t, got[0].What, tt.what)
			require.Contains(t, got[0].Hint, tt.hint)
			require.True(t, len(got) == 1 || tt.name == "a protocol of nobody", got.Error())
		})
	}
}

// Whoever a policy sends threads to must be on the staff.
func TestStaffThatPoliciesNeed(t *testing.T) {
	loaded, err := Load("cardiopulmonary", nil)
	require.NoError(t, err)
	for _, name := range PolicyNames() {
		p, err := LoadPolicy(name, nil)
		require.NoError(t, err)
		require.NoError(t, Check(loaded.Scenario, p.Policy), name)
	}
	tests := []struct {
		set     []Override
		missing Role
		want    string
	}{
		{nil, RN, "policy physician-first needs a nurse pool and no staff group has the role rn: add a group with role: rn, or choose another policy"},
		{[]Override{{"route.first", "rn"}}, RN, "policy physician-first needs a nurse pool"},
		{[]Override{{"route.first", "ma"}}, MA, "sends threads to medical assistants by route.first and no staff group has the role ma: add a group with role: ma"},
		{[]Override{{"route.team", "[rn, ma]"}}, MA, "medical assistants by route.team.1"},
		{[]Override{{"route.by_category", "[{category: form, to: front_desk, closes: 1}]"}}, FrontDesk, "the front desk by route.by_category.0.to"},
		{[]Override{{"route.rules", "[{when: true, to: app}]"}}, APP, "advanced practice providers by route.rules.0.to"},
		{[]Override{{"refill", "{covered: 1, closed: 1, by: pharmacist}"}}, Pharmacist, "pharmacists by refill.by"},
		{[]Override{{"standard", "{business_days: 3, escalate_to: rn}"}, {"route.closed_without_physician", "0"}}, RN, "nurses by standard.escalate_to"},
	}
	for _, tt := range tests {
		p, err := LoadPolicy("physician-first", tt.set)
		require.NoError(t, err)
		s := *loaded.Scenario
		s.Staff = map[string]Staff{}
		for name, g := range loaded.Staff {
			if g.Role != tt.missing.String() {
				s.Staff[name] = g
			}
		}
		require.ErrorContains(t, Check(&s, p.Policy), tt.want)
	}
}

func TestUrgencyFirstTurnsPrecisionIntoFalseAlarms(t *testing.T) {
	p, err := LoadPolicy("urgency-first", nil)
	require.NoError(t, err)
	// s v (1-p) / (p (1-v)) = .15 x .035 x .71 / (.29 x .965) = .0037275 / .27985 = .013320
	require.InDelta(t, .013320, p.Classify.FalseAlarms(), 1e-6)
}

// The derived values of built-in policies are what their comments say.
func TestDerivedLevers(t *testing.T) {
	load := func(name string) *Policy {
		p, err := LoadPolicy(name, nil)
		require.NoError(t, err)
		return p.Policy
	}
	require.InDelta(t, 1-.86*.60, load("ma-first").Route.ClosedWithoutPhysician, 1e-9)  // 40% fewer of the 86% that nurses leave
	require.InDelta(t, 1-.86*.75, load("team-pool").Route.ClosedWithoutPhysician, 1e-9) // 25% fewer
	// false alarms s v (1-p) / (p (1-v)) = .63 x .035 x .33 / (.67 x .965) = .0072765 / .64655 = .01125
	require.InDelta(t, 1-.01125, load("ai-triage").Classify.Specificity, .0005)
	require.InDelta(t, .82*.6, load("category-routing").Route.ByCategory[3].Closes, 1e-9)
}

// Policies with a plus between them: the first as it is, of the others what they change of physician-first.
func TestCombinedPolicies(t *testing.T) {
	dir := write(t, map[string]string{
		"mine.yaml":     "policy: mine\nlanguage: 1\nextends: nurse-first\ntitle: Mine\nstandard: {business_days: 2, escalate_to: rn}\n",
		"sub/both.yaml": "policy: both\nlanguage: 1\nextends: ../mine.yaml+batched\n",
		"a+b.yaml":      "policy: plus\nlanguage: 1\nextends: batched\n",
		"clinic.yaml":   "scenario: clinic\nlanguage: 1\nextends: smoke\npolicies: [physician-first, nurse-first+ai-drafts, batched+./mine.yaml]\n",
	})
	load := func(name string) *LoadedPolicy {
		p, err := LoadPolicy(name, nil)
		require.NoError(t, err)
		return p
	}
	p := load("nurse-first+ai-drafts+urgency-first")
	require.Equal(t, "nurse-first+ai-drafts+urgency-first", p.Name)
	require.Equal(t, 2, strings.Count(p.Title, " + "))
	require.Equal(t, "rn", p.Route.First, "the parts after the first say nothing of what they inherit from physician-first")
	require.Equal(t, .43, p.Route.ClosedWithoutPhysician)
	require.Equal(t, "ai", p.Draft.By)
	require.Equal(t, "urgency", p.Order)
	require.Contains(t, p.Sources(), Source{Path: "route.closed_without_physician", Value: ".43", IDs: []string{"WA02"}})

	p = load("team-pool+nurse-first")
	require.Equal(t, Route{First: "rn", ClosedWithoutPhysician: .43}, p.Route, "the team is of the pool that is no longer first")
	p = load("ai-triage+urgency-first")
	require.Equal(t, Classify{By: "keywords", Sensitivity: .15, Precision: .29, Prevalence: .035}, p.Classify)
	p = load("nurse-first+physician-first")
	require.Equal(t, "addressee", p.Route.First, "said by itself it counts")

	p = load("batched+" + filepath.Join(dir, "mine.yaml"))
	require.Equal(t, "batched+mine", p.Name)
	require.Equal(t, "rn", p.Route.First, "what a file inherits from others than physician-first is its own")
	require.Equal(t, 2, p.Work.TimesADay)
	require.Equal(t, 2, p.Standard.BusinessDays)
	p = load(filepath.Join(dir, "sub", "both.yaml"))
	require.Equal(t, "both", p.Name)
	require.Equal(t, "batched", p.Work.Sessions)
	require.Equal(t, 2, p.Standard.BusinessDays)
	require.Equal(t, "batched", load(filepath.Join(dir, "a+b.yaml")).Work.Sessions, "a file that is there is one file")

	s, err := Load(filepath.Join(dir, "clinic.yaml"), nil)
	require.NoError(t, err)
	require.Equal(t, 2, load(s.Policies[2]).Standard.BusinessDays, "paths are of the scenario's folder")
}

func TestCombinationsLoadAgain(t *testing.T) {
	p, err := LoadPolicy("nurse-first+category-routing+ai-triage", []Override{{"order", "arrival"}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "again.yaml")
	require.NoError(t, os.WriteFile(file, p.Effective(), 0o600))
	again, err := LoadPolicy(file, nil)
	require.NoError(t, err)
	require.Equal(t, p.Policy, again.Policy)
	require.Equal(t, p.Sources(), again.Sources())
	require.Equal(t, p.Digest(), again.Digest())
}

// The title of a combination is a line of its parts' titles; written out, no line of it is too long, and it reads as it
// was.
func TestLongTitlesAreFolded(t *testing.T) {
	p, err := LoadPolicy("ai-triage+ai-drafts+refill-protocol", nil)
	require.NoError(t, err)
	require.Greater(t, len(p.Title), widest)
	text := string(p.Effective())
	require.Contains(t, text, "\ntitle: >-\n  ")
	title, _, _ := strings.Cut(text[strings.Index(text, "title:"):], "\nclassify:")
	for line := range strings.Lines(title) {
		require.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), widest, line)
	}
	file := filepath.Join(t.TempDir(), "again.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	again, err := LoadPolicy(file, nil)
	require.NoError(t, err)
	require.Equal(t, p.Title, again.Title)
}

func TestRulesAreNumberedInBothWays(t *testing.T) {
	for text, want := range map[string]string{
		"route.rules.0.closes is 2":          "route.rules.0.closes (rule 1) is 2",
		"route.rules.11 lacks to":            "route.rules.11 (rule 12) lacks to",
		"route.rules has no item 3":          "route.rules has no item 3",
		"route.by_category.0.to is team":     "route.by_category.0.to is team",
		"route.rules.99999999999999999999.x": "route.rules.99999999999999999999.x",
	} {
		require.Equal(t, want, numbered(text))
	}
}

func TestWrongCombinations(t *testing.T) {
	dir := write(t, map[string]string{
		"circle.yaml": "policy: circle\nlanguage: 1\nextends: batched+./circle.yaml\n",
		"bad.yaml":    "policy: bad\nlanguage: 1\nextends: physician-first\norder: urgency\n",
		"typo.yaml":   "policy: typo\nlanguage: 1\nextends: batched+nurse-frst\n",
	})
	tests := []struct{ name, want string }{
		{"nurse-first+ai-draft", `unknown policy "ai-draft": did you mean "ai-drafts"?`},
		{"nurse-first+", `policy "nurse-first+" has an empty part: write names with one plus`},
		{"+", `has an empty part`},
		{"batched+nurse-first+batched", `has the part batched twice: name it once`},
		{"nurse-first+missing.yaml", "policy missing.yaml cannot be read"},
		{filepath.Join(dir, "circle.yaml"), "circle.yaml:3:10: the files extend one another in a circle: "},
		{filepath.Join(dir, "typo.yaml"), `typo.yaml:3:10: unknown policy "nurse-frst"`},
		{"nurse-first+" + filepath.Join(dir, "bad.yaml"), "bad.yaml:4:8: order is urgency, and nothing says"},
	}
	for _, tt := range tests {
		_, err := LoadPolicy(tt.name, nil)
		require.ErrorContains(t, err, tt.want)
	}
	_, err := LoadText("clinic.yaml", []byte(head+"policies: [physician-first, nurse-first+ai-draft]\n"), nil)
	require.ErrorContains(t, err, `clinic.yaml:4:29: unknown policy "ai-draft"`)
}

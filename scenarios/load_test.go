package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// head begins every scenario of these tests; what a row adds starts on line 4.
const head = "scenario: test\nlanguage: 1\nextends: cardiopulmonary\n"

func TestBuiltInScenariosAndPoliciesLoad(t *testing.T) {
	require.Equal(t, []string{"cardiopulmonary", "dementia-panel", "drafted-replies", "home-readings", "nurse-bottleneck",
		"physician-minutes", "rarely-read-inbox", "smoke"}, ScenarioNames())
	for _, name := range ScenarioNames() {
		s, err := Load(name, nil)
		require.NoError(t, err)
		require.Equal(t, name, s.Name)
	}
	require.Equal(t, []string{"ai-drafts", "ai-triage", "all-at-once", "batched", "category-routing", "central-hub", "cross-cover",
		"drafts-that-cost", "drafts-that-save", "e-visit-billing", "ma-first", "nurse-first", "patient-training", "physician-first",
		"protected-time", "proxies-to-nurses", "readings-to-nurses", "refill-protocol", "team-pool", "urgency-first"}, PolicyNames())
	for _, name := range PolicyNames() {
		p, err := LoadPolicy(name, nil)
		require.NoError(t, err)
		require.Equal(t, name, p.Name)
	}
}

func TestSmokeIsTheWholeClinicForFourWeeks(t *testing.T) {
	whole, err := Load("cardiopulmonary", nil)
	require.NoError(t, err)
	got, err := Load("smoke", nil)
	require.NoError(t, err)
	require.Equal(t, Horizon{Days: 28, WarmUpDays: 14, CoolDownDays: 21}, got.Horizon)
	require.Equal(t, whole.Population, got.Population)
	require.Equal(t, whole.Staff, got.Staff)
}

// Every row is one mistake: where the error must point, what it must say, and what it must advise.
func TestMistakesInScenarios(t *testing.T) {
	tests := []struct{ name, text, at, what, hint string }{
		{"misspelt field", "population:\n  patient: 100\n", "5:3", `unknown field "population.patient"`, `did you mean "patients"?`},
		{"field far from any", "xyzzy: 1\n", "4:1", `unknown field "xyzzy"`, "the fields here are scenario, language"},
		{"population 0", "population:\n  patients: 0\n", "5:13", "population.patients is out of range: 0", "at least 1 and at most 100000000 (patients of all"},
		{"negative FTE", "staff:\n  rn:\n    fte: -2\n", "6:10", "staff.rn.fte is out of range: -2", "more than 0 and at most 10000 (full-time"},
		{"unknown policy", "policies: [fifo]\n", "4:12", `unknown policy "fifo"`, "built in are ai-drafts, ai-triage, all-at-once"},
		{"misspelt policy", "policies: [nurse-frst]\n", "4:12", `unknown policy "nurse-frst"`, `did you mean "nurse-first"?`},
		{"policy twice", "policies: [nurse-first, nurse-first]\n", "4:25", "the policy nurse-first is listed twice", "delete one"},
		{"no policies", "policies: []\n", "4:11", "policies is an empty list", "at least 1"},
		{"bad window", "staff:\n  rn:\n    hours: [mon-fri 8-17]\n", "6:13", `staff.rn.hours.0: "mon-fri 8-17" is not a window`, "write it as mon-fri 08:00-12:00"},
		{"bad duration", "replay:\n  window: 4\n", "5:11", `replay.window: "4" is not a duration`, "90s, 20m or 2h30m"},
		{"bad moment", "replay:\n  at: monday\n", "5:7", `"monday" is not a moment`, "mon-08:00"},
		{"window in braces without quotes", "staff:\n  rn: {hours: [mon 08:00-09:00]}\n", "5:16", "staff.rn.hours.0 is a group of fields", "in quotes"},
		{"text for a number", "population:\n  portal_active: high\n", "5:18", `population.portal_active is the text "high"`, "it must be a number"},
		{"per cent for a share", "population:\n  portal_active: 30%\n", "5:18", `population.portal_active is the text "30%"`, "write .3 for 30%"},
		{"per cent with a fraction", "population:\n  portal_active: \"12.5 %\"\n", "5:18", `the text "12.5 %"`, "write .125 for 12.5 %"},
		{"all of it in per cent", "population:\n  portal_active: 100%\n", "5:18", `the text "100%"`, "write 1 for 100%"},
		{"per cent of nothing", "population:\n  portal_active: \"%\"\n", "5:18", `the text "%"`, "it must be a number"},
		{"fraction for a count", "network:\n  patients: 1.5\n", "5:13", "network.patients is the number 1.5", "a whole number"},
		{"number for a text", "title: 12\n", "4:8", "title is the number 12", "put it in quotes"},
		{"list for a group", "population: [1]\n", "4:13", "population is a list", "a group with the fields patients"},
		{"text for a list", "policies: nurse-first\n", "4:11", "policies is the text", "such as [nurse-first]"},
		{"no value", "population:\n  patients:\n", "5:3", "population.patients has no value", "write one after the colon"},
		{"twice", "title: a\ntitle: b\n", "5:1", `"title" is given twice`, "delete one"},
		{"octal", "population:\n  patients: 010\n", "5:13", "010 is not a decimal number", "without the leading zero"},
		{"infinite", "demand:\n  attachment: .inf\n", "5:15", ".inf is not a number that can be used", "finite"},
		{"anchor", "title: &a x\n", "4:8", "anchors, aliases and tags", "write the value out"},
		{"tab", "population:\n\tpatients: 1\n", "5:1", "indented with a tab", "indent with spaces"},
		{"two documents", "---\nscenario: b\n", "4:1", "more than one document", "a file of its own"},
		{"not YAML", "title: a: b\n", "4:8", "cannot be read as YAML", "quotes around text that contains a colon"},
		{"choice", "staff:\n  rn:\n    role: nurse\n", "6:11", "staff.rn.role cannot be nurse", "choose physician or specialist"},
		{"bad name", "staff:\n  R N: {role: rn, clinic: x, fte: 1, hours: [\"mon 08:00-09:00\"], inbox: [\"mon 08:00-09:00\"]}\n",
			"5:3", `"R N" cannot be the name of a staff group`, "lower case"},
		{"new group incomplete", "staff:\n  night: {role: rn}\n", "5:3", "staff.night lacks clinic, fte, hours, inbox", "add what is missing"},
		{"unknown parent", "", "3:10", `unknown scenario "cardio"`, "built in are cardiopulmonary, dementia-panel"},

		// .12 + .6 + .3 = 1.02; .24 + .8 + .09 = 1.13; .72 + .3 = 1.02
		{"race above 1", "population:\n  strata: {hispanic: .6, asian: .3}\n", "5:22", "race and ethnicity add up to 1.02", "at most 1 together"},
		{"ages above 1", "population:\n  strata: {age_65_to_74: .8}\n", "5:26", "the ages add up to 1.13", "at most 1"},
		{"registered above present", "population:\n  caregivers: {others: {registered: .3}}\n", "5:37", "others.registered is 0.3", "to 0.2 or less"},
		{"writes above present", "population:\n  caregivers: {others: {writes: .3}}\n", "5:33", "others.writes is 0.3", "to 0.2 or less"},
		{"week above 1", "demand:\n  week: {evening: .3}\n", "5:19", "office and evening add up to 1.02", "at most 1"},
		{"no category", "demand:\n  categories: {renewal: 0, scheduling: 0, medication: 0, symptom: 0, result: 0, referral: 0,\n" +
			"    form: 0, care_coordination: 0, home_reading: 0, thanks: 0}\n", "5:3", "no weight that can be used", "at least one category"},
		{"worded above high-risk", "demand:\n  urgency: {actual: .1}\n", "5:21", "actual x worded_if_urgent = 0.08", "raise it"}, // .1 x .8
		// 12.9 + 12.7 + 10.6 + 4.9 + 2.8 of 126.1: 34.8% of the weights are those of categories with urgent concerns
		{"urgent above clinical", "demand:\n  urgency: {actual: .5, high_risk: .5}\n", "5:36", "urgent or high-risk are 0.5 of the threads", "more weight"},
		{"high-risk above clinical", "demand: {categories: {symptom: 0, medication: 0, result: 0, care_coordination: 0, home_reading: .1}, triggers: {results_viewed_per_year: 0, medication_changes_per_year: 0}}\n", "4:10", "are 0.035 of the threads, and only", "more weight"},
		// (1 - .8) x .2 = .04 of the group would need a login and .0331 have one: 1 - .0331 / .2 = .8345
		{"more proxies write than are registered", "population:\n  caregivers: {others: {uses_patient_login: .8}}\n", "5:45", "write 0.2 of their threads on a login of their own, and 0.0331 of patients have", "to 0.8345 or more"},
		{"inbox outside hours", "staff:\n  rn:\n    inbox: [mon-sat 09:00-10:00]\n", "6:13", "outside hours on sat", "own_time"},
		{"inbox overlaps", "staff:\n  rn:\n    inbox: [mon-fri 08:00-10:00, fri 09:59-11:00]\n", "6:34", "overlap on fri", "put them together"},
		{"own time in hours", "staff:\n  rn:\n    own_time: [{share: .1, when: fri 16:59-18:00}]\n", "6:34", "lies within hours on fri", "outside the scheduled span"},
		{"spread too long", "staff:\n  physician:\n    start_spread: 2h\n    inbox: [mon-fri 08:00-08:10, mon-fri 10:00-10:10]\n", "6:19", "mon-fri 10:00-10:10 begins 1h50m after mon-fri 08:00-08:10", "set it lower"},
		// The last session may end 20m late, at 17:05. An own time at 17:00 is 15m away, one at 23:30 ends past midnight.
		{"spread past hours", "staff:\n  rn:\n    start_spread: 20m\n", "6:19", "a session of mon-fri 15:45-16:45 may then end after hours", "end the window earlier"},
		{"spread into own time", "staff:\n  rn:\n    own_time: [{share: .1, when: mon-fri 17:00-17:30}]\n    start_spread: 16m\n", "7:19", "mon-fri 17:00-17:30 begins 15m after mon-fri 15:45-16:45", "set it lower"},
		{"spread from own time into own time", "staff:\n  rn:\n    own_time: [{share: .1, when: fri 19:00-19:50}, {share: .2, when: mon-fri 20:00-20:30}]\n    start_spread: 11m\n", "7:19", "mon-fri 20:00-20:30 begins 10m after fri 19:00-19:50", "set it lower"},
		{"spread from own time into the morning", "staff:\n  rn:\n    own_time: [{share: .1, when: tue 07:00-07:55}]\n    start_spread: 6m\n", "7:19", "mon-fri 08:00-09:00 begins 5m after tue 07:00-07:55", "set it lower"},
		{"spread past midnight", "staff:\n  rn:\n    own_time: [{share: .1, when: fri 23:30-23:59}]\n    start_spread: 2m\n", "7:19", "a session of fri 23:30-23:59 may then end after hours", "end the window earlier"},
		{"fewer people than FTE", "staff:\n  cardiologist: {fte: 2.5}\n", "5:23", "has 2.5 FTE and 2 people", "at least 3"},
		{"horizon", "horizon: {days: 3650, warm_up_days: 365, cool_down_days: 366}\n", "4:58", "out of range: 366", "at most 365"},
		{"threads not over at the end", "horizon: {cool_down_days: 13}\n", "4:27", "horizon.cool_down_days is out of range: 13", "at least 14"},
		{"no window to replay", "replay: {window: 0s}\n", "4:18", "replay.window is 0s", "more than 0 and at most 168h"},
		{"no time to see", "threads: {answer_seen_after: 0s}\n", "4:30", "answer_seen_after is zero", "1m or more"},
		{"misspelt group", "staff:\n  physicians:\n    fte: 3\n", "5:3", "staff.physicians lacks role, clinic, hours, inbox", `did you mean "physician"?`},
		{"networks", "population: {patients: 30000}\n", "4:24", "30000 patients do not divide into care networks of 12000", "24000 or 36000, or network.patients to 10000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := head + tt.text
			if tt.name == "unknown parent" {
				text = strings.Replace(head, "cardiopulmonary", "cardio", 1)
			}
			_, err := LoadText("clinic.yaml", []byte(text), nil)
			var got Problems
			require.ErrorAs(t, err, &got)
			require.Equal(t, "clinic.yaml:"+tt.at, got[0].At.String(), got.Error())
			require.Contains(t, got[0].What, tt.what)
			require.Contains(t, got[0].Hint, tt.hint)
			require.Len(t, got, 1, got.Error())
			require.Contains(t, got[0].Excerpt, "^", "a caret shows the place")
		})
	}
}

func TestStaffNobodyCanDoWithout(t *testing.T) {
	const nurse = "staff: {rn: {role: rn, clinic: x, fte: 1, hours: [\"mon 08:00-09:00\"], inbox: [\"mon 08:00-09:00\"]}}\n"
	whole, err := Load("cardiopulmonary", nil)
	require.NoError(t, err)
	text := strings.Split(string(whole.Effective()), "staff:\n")[0] + nurse +
		"policies: [physician-first]\nreplay: {at: mon-08:00, window: 4h, rate_per_second: 50, for: 20s, warm_up: 5s}\n"
	_, err = LoadText("clinic.yaml", []byte(text), nil)
	require.ErrorContains(t, err, "no staff group has the role physician")
	require.ErrorContains(t, err, "to_specialist is 0.3 and no staff group has the role specialist")

	text = strings.ReplaceAll(text, "role: rn", "role: physician")
	_, err = LoadText("clinic.yaml", []byte(text), []Override{{"demand.to_specialist", "0"}})
	require.ErrorContains(t, err, "policy physician-first needs a nurse pool and no staff group has the role rn")
	_, err = LoadText("clinic.yaml", []byte(text), []Override{{"demand.to_specialist", "0"}, {"route.closed_without_physician", "0"}})
	require.NoError(t, err, "nobody closes without the physician: no pool is needed")
}

func TestEveryMistakeIsReportedInTheOrderOfLines(t *testing.T) {
	text := head + "population:\n  patient: 1\n  patients: 0\nstaff:\n  rn:\n    fte: -1\n"
	_, err := LoadText("clinic.yaml", []byte(text), nil)
	var got Problems
	require.ErrorAs(t, err, &got)
	require.Len(t, got, 3)
	require.Equal(t, []int{5, 6, 9}, []int{got[0].At.Line, got[1].At.Line, got[2].At.Line})
	require.Equal(t, `clinic.yaml:5:3: unknown field "population.patient"
     4 | population:
>    5 |   patient: 1
       |   ^^^^^^^
  did you mean "patients"?`, got[0].Error())
}

func TestAtMostTenMistakesAreShown(t *testing.T) {
	text := head + strings.Repeat("z: 1\n", 13) // the first is unknown, the twelve others given twice
	_, err := LoadText("clinic.yaml", []byte(text), nil)
	require.Equal(t, 10, strings.Count(err.Error(), "clinic.yaml:"))
	require.True(t, strings.HasSuffix(err.Error(), "and 3 more"), err.Error())
}

func TestFileWithoutParentMustSayEverything(t *testing.T) {
	_, err := LoadText("clinic.yaml", []byte("scenario: x\nlanguage: 1\n"), nil)
	require.ErrorContains(t, err, "the document lacks title, horizon, population")
	require.ErrorContains(t, err, "extends:")
	_, err = LoadText("clinic.yaml", nil, nil)
	require.ErrorContains(t, err, "clinic.yaml: the file is empty")
	_, err = LoadText("clinic.yaml", []byte("# nothing but a remark\n"), nil)
	require.ErrorContains(t, err, "the file is empty")
	_, err = LoadText("clinic.yaml", []byte("scenario: x\nlanguage: 2\nextends: smoke\n"), nil)
	require.ErrorContains(t, err, "clinic.yaml:2:11: language cannot be 2")
}

func TestLoadingAtTheSameTime(t *testing.T) {
	errs := make(chan error)
	for range 8 {
		go func() {
			_, err := Load("smoke", []Override{{"population.patients", "0"}})
			errs <- err
		}()
	}
	for range 8 {
		require.ErrorContains(t, <-errs, "population.patients is out of range: 0")
	}
}

func TestUnknownNamesAndFiles(t *testing.T) {
	_, err := Load("cardiopulmonery", nil)
	require.EqualError(t, err, `unknown scenario "cardiopulmonery": did you mean "cardiopulmonary"? built in are `+
		strings.Join(ScenarioNames(), ", ")+` (a file needs its path, such as ./cardiopulmonery.yaml)`)
	_, err = Load("missing.yaml", nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "give a file, or one of "+strings.Join(ScenarioNames(), ", "))
}

// A policy where a scenario belongs, and the other way round, is named as what it is, with what to type instead.
func TestPoliciesAndScenariosAreToldApart(t *testing.T) {
	dir := write(t, map[string]string{
		"policy.yaml":   "policy: ours\nlanguage: 1\nextends: nurse-first\ntitle: Ours\n",
		"scenario.yaml": "scenario: ours\nlanguage: 1\nextends: smoke\ntitle: Ours\n",
		"neither.yaml":  "language: 1\ntitle: Ours\n",
		"wrong.yaml":    "scenario: wrong\nlanguage: 1\nextends: policy.yaml\ntitle: Wrong\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	const policy, scenario = "is a policy, and a scenario belongs here", "is a scenario, and a policy belongs here"
	for _, c := range []struct {
		load func() error
		want []string
	}{
		{func() error { _, err := Load(at("policy.yaml"), nil); return err },
			[]string{"policy.yaml:1:1: this " + policy, "portalbench simulate SCENARIO --policy " + at("policy.yaml")}},
		{func() error { _, err := LoadPolicy(at("scenario.yaml"), nil); return err },
			[]string{"scenario.yaml:1:1: this " + scenario, "portalbench simulate " + at("scenario.yaml")}},
		{func() error { _, err := Load("nurse-first", nil); return err }, []string{"nurse-first " + policy, "--policy nurse-first"}},
		{func() error { _, err := Load("nurse-first+ai-drafts", nil); return err },
			[]string{"nurse-first+ai-drafts " + policy, "--policy nurse-first+ai-drafts"}},
		{func() error { _, err := LoadPolicy("smoke", nil); return err }, []string{"smoke " + scenario, "portalbench simulate smoke"}},
		{func() error { _, err := Load(at("neither.yaml"), nil); return err }, []string{"the document lacks scenario, "}},
		{func() error { _, err := Load(at("wrong.yaml"), nil); return err }, []string{"policy.yaml:1:1: this " + policy}},
	} {
		err := c.load()
		for _, want := range c.want {
			require.ErrorContains(t, err, want)
		}
	}
}

func TestDecodeStrictReadsOtherDeclarations(t *testing.T) {
	type portal struct {
		Name  string            `yaml:"name"`
		Tries *int              `yaml:"tries,omitempty" jsonschema:"minimum=1"`
		Slow  bool              `yaml:"slow,omitempty"`
		Heads map[string]string `yaml:"heads,omitempty"`
		Body  any               `yaml:"body,omitempty"`
		Limit uint8             `yaml:"limit,omitempty"`
		After Duration          `yaml:"after,omitempty"`
	}
	var got portal
	require.NoError(t, DecodeStrict("p.yaml", []byte("name: a\ntries: 3\nslow: true\nheads: {X-Y: z}\nbody: {a: [1, b]}\nafter: 2m\n"), &got))
	three := 3
	require.Equal(t, portal{"a", &three, true, map[string]string{"X-Y": "z"}, map[string]any{"a": []any{int64(1), "b"}}, 0, Duration(2 * 60e9)}, got)

	err := DecodeStrict("p.yaml", []byte("tries: 0\nslow: 1\nlimit: 256\n"), &portal{})
	var problems Problems
	require.True(t, errors.As(err, &problems))
	require.Len(t, problems, 4, err)
	require.Contains(t, err.Error(), "p.yaml:1:1: the document lacks name")
	require.Contains(t, err.Error(), "p.yaml:1:8: tries is out of range: 0")
	require.Contains(t, err.Error(), "p.yaml:2:7: slow is the number 1")
	require.Contains(t, err.Error(), "p.yaml:3:8: limit is the number 256")
}

// The other side of the bounds: a session may end as the next begins, at the end of hours and at midnight, and nearly
// all clinical threads may be urgent.
func TestBoundsThemselvesAreAllowed(t *testing.T) {
	for _, text := range []string{
		"staff:\n  rn:\n    start_spread: 15m\n    own_time: [{share: .1, when: mon-fri 17:00-17:30}]\n",
		"staff:\n  rn:\n    own_time: [{share: .1, when: fri 23:30-23:59}]\n    start_spread: 1m\n",
		"horizon: {cool_down_days: 14}\n",
		"demand:\n  urgency: {actual: .25, high_risk: .25}\n",
		"population:\n  caregivers: {others: {uses_patient_login: .8345}}\n",
	} {
		_, err := LoadText("clinic.yaml", []byte(head+text), nil)
		require.NoError(t, err, text)
	}
}

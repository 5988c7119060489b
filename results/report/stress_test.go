package report

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// study loads a scenario and its policies, or those given in their place, with values set by path.
func study(t *testing.T, scenario string, policies []string, set map[string]string) Stress {
	t.Helper()
	s := Stress{Replications: 30, Seed: 1, Version: "v1.2.3", GoVersion: "go1.26",
		Machine: results.Machine{GOOS: "linux", GOARCH: "amd64", Cores: 2, CPU: "a processor"}}
	var overrides []scenarios.Override
	for path, value := range set {
		overrides = append(overrides, scenarios.Override{Path: path, Value: value})
	}
	var err error
	s.Scenario, err = scenarios.Load(scenario, overrides)
	require.NoError(t, err)
	if policies == nil {
		policies = s.Scenario.Policies
	}
	for _, name := range policies {
		p, err := scenarios.LoadPolicy(name, overrides)
		require.NoError(t, err)
		s.Policies = append(s.Policies, p)
	}
	return s
}

func document(t *testing.T, s Stress) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, WriteStress(&b, s))
	return b.String()
}

// requireSays holds a document against texts that it must have, wherever its lines break.
func requireSays(t *testing.T, doc string, texts ...string) {
	t.Helper()
	doc = strings.Join(strings.Fields(doc), " ")
	for _, text := range texts {
		require.True(t, strings.Contains(doc, text), "the document says %q", text)
	}
}

// requireSilent is the opposite of requireSays.
func requireSilent(t *testing.T, doc string, texts ...string) {
	t.Helper()
	doc = strings.Join(strings.Fields(doc), " ")
	for _, text := range texts {
		require.False(t, strings.Contains(doc, text), "the document does not say %q", text)
	}
}

func stressOf(t *testing.T, set map[string]string) string {
	t.Helper()
	return document(t, study(t, "cardiopulmonary", nil, set))
}

// headings returns the headings of a document down to a level.
func headings(doc string, level int) (list []string) {
	for _, m := range regexp.MustCompile(`(?m)^(#+) (.*)$`).FindAllStringSubmatch(doc, -1) {
		if len(m[1]) <= level {
			list = append(list, m[2])
		}
	}
	return list
}

// The items of the guideline, Monks et al. 2019, table for discrete-event simulation.
func TestStressHasTheTwentyItems(t *testing.T) {
	want := []string{"STRESS-DES: cardiopulmonary",
		"1 Objectives", "1.1 Purpose of the model", "1.2 Model outputs", "1.3 Experimentation aims",
		"2 Logic", "2.1 Base model overview diagram", "2.2 Base model logic", "2.3 Scenario logic", "2.4 Algorithms",
		"2.5 Components",
		"3 Data", "3.1 Data sources", "3.2 Pre-processing", "3.3 Input parameters", "3.4 Assumptions",
		"4 Experimentation", "4.1 Initialisation", "4.2 Run length", "4.3 Estimation approach",
		"5 Implementation", "5.1 Software or programming language", "5.2 Random sampling", "5.3 Model execution",
		"5.4 System specification",
		"6 Code access", "6.1 Computer model sharing statement"}
	doc := stressOf(t, nil)
	got := headings(doc, 3)
	require.Equal(t, want, got)
	items := slices.DeleteFunc(got, func(h string) bool { return !regexp.MustCompile(`^\d\.\d `).MatchString(h) })
	require.Len(t, items, 20)
	require.Subset(t, headings(doc, 4), []string{"2.5.1 Entities", "2.5.2 Activities", "2.5.3 Resources", "2.5.4 Queues",
		"2.5.5 Entry and exit points"})
}

// rows returns the rows of the tables of a document, without their headings: the cells of each.
func rows(doc string) (all [][]string) {
	for line := range strings.Lines(doc) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := regexp.MustCompile(`(?:[^|\\]|\\.)*`).FindAllString(strings.Trim(strings.TrimSpace(line), "|"), -1)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, slices.DeleteFunc(cells, func(c string) bool { return c == "" }))
	}
	return all
}

// requireParameters holds the tables of a document against the parameters they must list: each once, with its value,
// what it means, and its source or the word assumed.
func requireParameters(t *testing.T, doc string, sources []scenarios.Source) {
	t.Helper()
	found := map[string][][]string{}
	for _, r := range rows(doc) {
		found[r[0]] = append(found[r[0]], r)
	}
	for _, s := range sources {
		rows := found["`"+s.Path+"`"]
		require.Len(t, rows, 1, "%s stands once in a table", s.Path)
		require.Len(t, rows[0], 4, "%s has a value, a meaning and a source: %q", s.Path, rows[0])
		require.Equal(t, s.Value, rows[0][1])
		require.Equal(t, s.Assumed, strings.HasPrefix(rows[0][3], "**assumed**"), "%s: %s", s.Path, rows[0][3])
		for _, id := range s.IDs {
			e, ok := scenarios.LookUpEvidence(id)
			require.True(t, ok)
			require.Contains(t, rows[0][3], id+" "+e.Citation)
			if doi, _, _ := strings.Cut(e.DOI, ";"); strings.HasPrefix(doi, "10.") {
				require.Contains(t, rows[0][3], "(https://doi.org/"+doi+")")
			}
			require.Len(t, found[id], 1, "%s is among the sources", id)
		}
	}
}

func TestStressListsEveryParameterOnce(t *testing.T) {
	for _, name := range scenarios.ScenarioNames() {
		s := study(t, name, nil, nil)
		doc := document(t, s)
		requireParameters(t, doc, s.Scenario.Sources())
		for i, p := range s.Policies {
			_, part, ok := strings.Cut(doc, "#### Policy `"+p.Name+"`")
			require.True(t, ok)
			part, _, _ = strings.Cut(part, "\n#")
			_, evidence, _ := strings.Cut(doc, "### 3.1")
			requireParameters(t, part+evidence, p.Sources())
			require.Equal(t, i == 0, strings.Contains(part, "This is the baseline."))
		}
	}
}

// The input is of answered threads, the outcome of all: a reader who holds one against the other must be told.
func TestStressTellsUnresolvedThreadsApart(t *testing.T) {
	doc := stressOf(t, map[string]string{"threads.not_resolved_by_messaging": ".242"})
	requireSays(t, doc, "24.2% of the threads are not resolved by messages.", "The measure `not_resolved_by_messaging` comes out higher "+
		"than this share of the answered threads: it counts those too that are never answered, or that the family leaves.")
	requireSays(t, stressOf(t, map[string]string{"threads.patience.phone": "0", "threads.patience.emergency_if_felt_urgent": "0"}),
		"it counts those too that are never answered. ")
}

func TestStressNamesTheUsersOwnValues(t *testing.T) {
	doc := stressOf(t, map[string]string{"demand.attachment": ".1", "route.closed_without_physician": ".2"})
	requireSays(t, doc, "| `demand.attachment` | .1 | share of threads that carry a file | set by --set |")
	requireSays(t, doc, "name their source here: demand.attachment, "+
		"physician-first: route.closed_without_physician, nurse-first: route.closed_without_physician and "+
		"urgency-first: route.closed_without_physician.")
	requireSilent(t, stressOf(t, nil), "user's own come")
}

// single are mechanisms of the scenario that one value of 0 switches off.
var single = []struct{ title, path string }{
	{"Portal use", "population.portal_active"},
	{"Technology barrier", "population.technology.failed_sends"},
	{"Needs after a test result", "demand.triggers.after_result"},
	{"Needs that extend a visit", "demand.triggers.after_visit"},
	{"Needs after an operation", "demand.triggers.surgeries_per_year"},
	{"Needs after a change of medication", "demand.triggers.after_medication_change"},
	{"Home readings on request", "demand.triggers.readings_sent"},
	{"Specialty threads", "demand.to_specialist"},
	{"Attachments", "demand.attachment"},
	{"Emergency department", "demand.channel.emergency_if_felt_urgent"},
	{"Holding back", "demand.holding_back.share"},
	{"Telephone", "demand.channel.phone_odds"},
	{"Keeping it for the visit", "demand.channel.visit_odds"},
	{"Expected wait and channel", "demand.channel.per_day_of_wait"},
	{"Writing to the team", "demand.addressing.to_pool"},
	{"Writing to the wrong clinician", "demand.addressing.wrong_clinician"},
	{"Holidays", "network.holidays_per_year"},
	{"Differences between persons", "handling.between_log_sd"},
	{"Opening and putting aside", "handling.defer"},
	{"Asking a colleague", "handling.consult"},
	{"Copies", "handling.copy"},
	{"Follow-ups", "threads.follow_up"},
	{"Closing without a reply", "threads.no_reply_needed"},
	{"Reply by telephone", "threads.phone_reply"},
	{"Threads that messages do not resolve", "threads.not_resolved_by_messaging"},
	{"Nudges", "threads.patience.most_nudges"},
	{"Leaving for the telephone or the emergency department", "threads.patience.phone"},
}

// several are those that need another value, or several.
var several = []struct {
	title, why string
	set        map[string]string
}{
	{"Individual rates", "`population.writing.threads_per_patient_year` is 0", map[string]string{
		"population.writing.threads_per_patient_year": "0", "demand.triggers.after_result": "0",
		"demand.triggers.after_visit": "0", "demand.triggers.surgeries_per_year": "0",
		"demand.triggers.after_medication_change": "0"}},
	{"Condition gradient", "`population.writing.condition_gradient` is 1", map[string]string{
		"population.writing.condition_gradient": "1"}},
	{"Caregivers", "`population.caregivers.dementia.writes and others.writes` is 0", map[string]string{
		"population.caregivers.dementia.writes": "0", "population.caregivers.others.writes": "0"}},
	{"Patience", "`threads.patience.median` is zero", map[string]string{
		"threads.patience.median": "0s", "threads.patience.felt_urgent": "0s"}},
}

func TestStressSaysWhatIsOff(t *testing.T) {
	usual := stressOf(t, nil)
	try := func(doc, title, why string) {
		requireSays(t, usual, "**"+title+".** ")
		requireSilent(t, usual, "**"+title+".** Switched off")
		requireSays(t, doc, "**"+title+".** Switched off: "+why+".", "- "+title+": "+why)
	}
	const batches = 3 // so that no two values of a batch switch off the same mechanism
	for batch := range batches {
		set := map[string]string{}
		for i, row := range single {
			if i%batches == batch {
				set[row.path] = "0"
			}
		}
		doc := stressOf(t, set)
		for i, row := range single {
			if i%batches == batch {
				try(doc, row.title, "`"+row.path+"` is 0")
			}
		}
	}
	for _, row := range several {
		try(stressOf(t, row.set), row.title, row.why)
	}
	for title, why := range map[string]string{
		"Responsiveness":       "`demand.responsiveness.elasticity` is 0",
		"Visits all the same":  "`demand.channel.visits_caused` is 0",
		"Turning to the inbox": "`handling.switch_seconds` is 0",
		"Putting work down":    "`shift_end` is finish in every staff group",
		"Interruptions":        "`interruptions` is 0 or left out in every staff group",
	} {
		requireSays(t, usual, "**"+title+".** Switched off: "+why+".")
	}
}

// A mechanism that can be off is off by default, or one of the tables above or the test below switches it off.
func TestEveryMechanismIsTried(t *testing.T) {
	d, err := newStressDocument(study(t, "cardiopulmonary", nil, nil))
	require.NoError(t, err)
	tried := []string{"Urgency", "Late starts", "Evenings and weekends", "Leave", "Other inbox work"}
	for _, row := range single {
		tried = append(tried, row.title)
	}
	for _, row := range several {
		tried = append(tried, row.title)
	}
	for _, stage := range d.Stages {
		for _, m := range stage.Mechanisms {
			require.True(t, len(m.needs) == 0 || m.Off() || slices.Contains(tried, m.Title), m.Title)
		}
	}
}

// calm is a clinic in which nothing about staff is on that can be off.
const calm = `
scenario: calm
language: 1
extends: cardiopulmonary
title: A calm clinic
demand:
  to_specialist: 0
  urgency: {actual: 0, high_risk: 0, felt_otherwise: 0}
staff:
`

func TestStressOfACalmClinic(t *testing.T) {
	file := filepath.Join(t.TempDir(), "calm.yaml")
	text := calm
	for _, name := range study(t, "cardiopulmonary", nil, nil).Scenario.Groups() {
		text += "  " + name + ": {start_spread: 0s, leave_days: 0, own_time: [], " +
			"background: {prescriptions: 0, calls: 0, results: 0, colleagues: 0}}\n"
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	doc := document(t, study(t, file, nil, nil))
	for title, why := range map[string]string{
		"Late starts":           "`start_spread` is 0 or left out in every staff group",
		"Leave":                 "`leave_days` is 0 or left out in every staff group",
		"Evenings and weekends": "`own_time` is 0 or left out in every staff group",
		"Other inbox work":      "`background` is 0 or left out in every staff group",
		"Urgency":               "`demand.urgency.actual, high_risk and felt_otherwise` is 0",
	} {
		requireSays(t, doc, "**"+title+".** Switched off: "+why+".")
	}
}

// busy uses every lever there is.
const busy = `
policy: busy
language: 1
title: Every lever at once
classify:
  by: model
  sensitivity: .63
  specificity: .989
  category_accuracy: .81
  strata: [{when: "sender == 'proxy'", sensitivity: .5, specificity: .9}]
route:
  first: team
  team: [rn, ma]
  closed_without_physician: .355
  by_category: [{category: scheduling, to: front_desk, closes: .9}]
  rules: [{when: "category == 'form' || hour < 12", to: ma, closes: .5, first: true}]
order: deadline
work: {sessions: batched, times_a_day: 3, protected_slot: 20m, switch_seconds: 10}
draft: {by: ai, physician_saves_seconds: 0, staff_saves_seconds: 23, extra_reading_seconds: 5} # XX
refill: {covered: .82, closed: .7, by: pharmacist}
cover: {by: coverer, physicians_per_coverer: 10}
standard: {business_days: 3, escalate_to: colleague}
billing: {demand: .98, billed: .003, phones_instead: .5}
training: {less_misuse: .1, label_accuracy: .2, less_holding_back: .3}
limits: {shortened: .1, messages_a_month: 10, closes_after_days: 14}
`

func TestStressOfEveryLever(t *testing.T) {
	file := filepath.Join(t.TempDir(), "busy.yaml")
	require.NoError(t, os.WriteFile(file, []byte(busy), 0o600))
	s := study(t, "cardiopulmonary", []string{"physician-first", file}, nil)
	doc := document(t, s)
	requireSilent(t, doc, "None of the policies uses")
	for _, l := range levers() {
		requireSays(t, doc, "**"+l.title+".** ")
	}
	requireSays(t, doc, `| `+"`route.rules.0.when`"+` | category == 'form' \|\| hour < 12 |`)
	requireSays(t, doc, "| `draft.physician_saves_seconds` | 0 | seconds saved in each reply")
	requireSays(t, doc, "under `busy` some roles work from one shared inbox")
	requireTables(t, doc)

	s.InWords = func(p *scenarios.LoadedPolicy) []string { return []string{"in words: " + p.Name} }
	requireSays(t, document(t, s), "In words: busy. Digest")
}

// requireTables holds every table to what Markdown asks: a line of dashes below the headings, the same number of cells
// in every row, blank lines around.
func requireTables(t *testing.T, doc string) {
	t.Helper()
	lines := strings.Split(doc, "\n")
	columns := func(line string) int { return len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(line, -1)) }
	for i, line := range lines {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		first := i
		for strings.HasPrefix(lines[first-1], "|") {
			first--
		}
		require.Empty(t, lines[first-1], "a blank line before %q", lines[first])
		require.Regexp(t, `^(\|---)+\|$`, lines[first+1])
		require.Equal(t, columns(lines[first]), columns(line), line)
		require.True(t, strings.HasSuffix(line, "|"), line)
		if next := lines[i+1]; !strings.HasPrefix(next, "|") {
			require.Empty(t, next, "a blank line after %q", line)
		}
	}
}

func TestStressReadsWell(t *testing.T) {
	doc := stressOf(t, nil)
	requireTables(t, doc)
	fenced := false
	for line := range strings.Lines(doc) {
		fenced = fenced != strings.HasPrefix(line, "```")
		if !fenced && !strings.HasPrefix(line, "|") && !strings.Contains(line, "https://") {
			require.LessOrEqual(t, len([]rune(line)), 111, line)
		}
		require.Equal(t, strings.TrimRight(line, " \n")+"\n", line, "nothing trails")
		require.NotContains(t, line, "<no value>")
		require.NotContains(t, line, "%!")
	}
	require.False(t, fenced)
	require.False(t, strings.Contains(doc, "\n\n\n"))
	require.Equal(t, doc, stressOf(t, nil), "the same every time")
}

func TestStressOutcomes(t *testing.T) {
	doc := stressOf(t, nil)
	for _, m := range results.Measures() {
		statistics := strings.Join(m.Statistics, ", ")
		requireSays(t, doc, fmt.Sprintf("| `%s` | %s | %s | %s |", m.Name, m.Unit, statistics, m.Definition))
	}
}

func TestStressDiagramShowsWhatIsOn(t *testing.T) {
	usual := stressOf(t, nil)
	bare := stressOf(t, map[string]string{"demand.channel.phone_odds": "0",
		"demand.channel.emergency_if_felt_urgent": "0"})
	for _, node := range []string{"phone([", "ed(["} {
		requireSays(t, usual, node)
		requireSilent(t, bare, node)
	}
}

func TestReferences(t *testing.T) {
	for ids, want := range map[string]string{
		"10.2196/jmir.1583; PMC3222203": "[doi:10.2196/jmir.1583](https://doi.org/10.2196/jmir.1583), " +
			"[PMC3222203](https://pmc.ncbi.nlm.nih.gov/articles/PMC3222203/)",
		"PMID 39745809":              "[PMID 39745809](https://pubmed.ncbi.nlm.nih.gov/39745809/)",
		"https://wmjonline.org/a":    "<https://wmjonline.org/a>",
		"URL: healio.com 2015-05-28": "healio.com 2015-05-28",
		"":                           "",
	} {
		require.Equal(t, want, references(ids))
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"one two three four\nfive":              "one two\nthree four\nfive\n", // ten characters a line
		"- one two three\n- four":               "- one two\n  three\n- four\n",
		"# a heading of any length\n":           "# a heading of any length\n",
		"| a table row | b |":                   "| a table row | b |\n",
		"a\n\n\n\nb":                            "a\n\nb\n",
		"```text\nas it   is written\n```\none": "```text\nas it   is written\n```\none\n",
		"one two + three":                       "one two +\nthree\n", // a line must not begin with a list's sign
	} {
		require.Equal(t, want, fold(text, 10), text)
	}
}

package triage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
	"github.com/portalbench/portalbench/sim/triage"
)

// byRule returns the router of a policy with one rule, which sends threads to the front desk.
func byRule(when string) (sim.Router, error) {
	return triage.Compile(&scenarios.Policy{Order: "arrival", Route: scenarios.Route{First: "addressee",
		Rules: []scenarios.Rule{{When: scenarios.Expr{Text: when}, To: "front_desk"}}}})
}

// Each name says what it is documented to say.
func TestNames(t *testing.T) {
	all := people(t, 500)
	find := func(has func(p int32) bool) int32 {
		for p := range int32(all.Len()) {
			if has(p) {
				return p
			}
		}
		t.Fatal("no such patient")
		return 0
	}
	heart := find(func(p int32) bool { return all.Has(p, scenarios.HeartFailure) })
	poor := find(func(p int32) bool {
		return all.Woman(p) && all.OtherLanguage(p) && all.LowIncome(p) && all.HighSchool(p) && all.Race(p) == generators.Hispanic
	})
	others := find(func(p int32) bool {
		return !all.Woman(p) && !all.OtherLanguage(p) && !all.LowIncome(p) && !all.HighSchool(p) && all.Race(p) == generators.White
	})
	at := 2*des.Week + 5*des.Day + 23*des.Hour + 59*des.Minute // a Saturday
	tests := []struct {
		when string
		view sim.View
		want bool
	}{
		{"true", sim.View{}, true},
		{"not true", sim.View{}, false},
		{"category == 'referral'", sim.View{Label: scenarios.Referral, Category: scenarios.Thanks}, true},
		{"category == 'thanks'", sim.View{Label: scenarios.Referral, Category: scenarios.Thanks}, false},
		{"label != category", sim.View{Label: scenarios.Referral}, false},
		{"category in ['form', 'care_coordination']", sim.View{Label: scenarios.CareCoordination}, true},
		{"category not in ['form', 'care_coordination']", sim.View{Label: scenarios.CareCoordination}, false},
		{"urgent", sim.View{HighRisk: true}, false}, // nobody classifies
		{"felt_urgent", sim.View{Felt: true}, true},
		{"sender == 'proxy'", sim.View{Sender: scenarios.Proxy}, true},
		{"sender == 'self'", sim.View{Sender: scenarios.Proxy}, false},
		{"sender == 'self'", sim.View{Sender: scenarios.Caregiver}, true}, // on the patient's login
		{"specialty and not to_pool", sim.View{Specialty: true}, true},
		{"to_pool || specialty", sim.View{ToPool: true}, true},
		{"hour == 23 && weekday == 'sat'", sim.View{Now: at}, true},
		{"hour < 8 or hour >= 17", sim.View{Now: at}, true},
		{"weekday in ['mon', 'tue', 'wed', 'thu', 'fri']", sim.View{Now: at}, false},
		{"8 <= hour < 17", sim.View{Now: 9 * des.Hour}, true},
		{"heart_failure and conditions >= 1", sim.View{Patient: heart}, true},
		{"woman and language == 'other' and low_income and high_school and race == 'hispanic'", sim.View{Patient: poor},
			true},
		{"woman or language == 'other' or low_income or high_school or race != 'white'", sim.View{Patient: others}, false},
		{"age in 18..95 and age * 2 - age == age + 0", sim.View{Patient: 3}, true},
		{"age < 18 or -age > 0", sim.View{Patient: 3}, false},
	}
	for _, tt := range tests {
		t.Run(tt.when, func(t *testing.T) {
			r, err := byRule(tt.when)
			require.NoError(t, err)
			tt.view.People = all
			require.Equal(t, tt.want, r.Route(&tt.view).Pool == scenarios.FrontDesk)
		})
	}
}

// Every row is a mistake: what is underlined, what it is called, and what is advised.
func TestMistakesInExpressions(t *testing.T) {
	tests := []struct{ when, under, what, hint string }{
		{"categry == 'form'", "categry", `unknown name "categry"`,
			"did you mean category? the names are category, label, urgent"},
		{"category == 'renewel'", "'renewel'", "category is never 'renewel'",
			"did you mean 'renewal'? category is one of renewal, scheduling"},
		{"'mon' == weekday and weekday != \"sund\"", `"sund"`, "weekday is never 'sund'", "did you mean 'sun'?"},
		{"label in ['form', 'formular']", "'formular'", "label is never 'formular'", "label is one of"},
		{"category not in ['bill']", "'bill'", "category is never 'bill'", "category is one of"},
		{"actual_urgency", "actual_urgency", "unknown name", "nobody knows that when the message arrives"},
		{"high_risk", "high_risk", "unknown name", "urgent is what the classifier says"},
		{"queue_team > 3", "queue_team", "unknown name", "add route.team"},
		{"renewal", "renewal", "unknown name", "a text is in quotes"},
		{"has('heart_failure')", "has", "expressions have no functions", "they consist of"},
		{"now() > 3", "now", "expressions have no functions", ""},
		{"len(category) > 3", "len", "expressions have no functions", ""},
		{"category.x == 'a'", "x", "expressions have no parts of values", ""},
		{"age > 3 ? true : false", ">", "expressions have no choices", ""},
		{"hour", "hour", "the expression is a number, and must be true or false", "compare it"},
		{"hour and urgent", "hour", "this is a number, and must be true or false", "and goes with what is true or false"},
		{"category or urgent", "category", "this is a text, and must be true or false", "as in category == 'renewal'"},
		{"not age", "age", "this is a number", ""},
		{"hour < '9'", "'9'", "this is a text, and must be a number", "< goes with numbers"},
		{"hour == '9'", "'9'", "a number is compared with a text", "never equal"},
		{"age in ['a']", "'a'", "a number is compared with a text", ""},
		{"age in []", "[", "the list is empty", ""},
		{"category in [label]", "label", "a list has texts and numbers only", ""},
		{"category in label", "label", "after in comes a list or a range", "in ['sat', 'sun']"},
		{"1.5 in 1..1000000000", "..", "this is no list, nor a range", ""},
		{"age in 1..hour", "..", "this is no list, nor a range", ""},
		{"hour in 22..6", "..", "there is nothing in 22..6", "write hour >= 22 or hour <= 6"},
		{"hour > 30", "30", "hour is never 30", "hour is 0 to 23"},
		{"24 == hour", "24", "hour is never 24", ""},
		{"hour in [8, 25]", "25", "hour is never 25", ""},
		{"hour / 0 > 1", "/", "expressions have no /", "they have =="},
		{"hour % 0 == 1", "%", "expressions have no %", ""},
		{"category contains 'x'", "contains", "expressions have no contains", ""},
		{"category == 'form' &&", "", "it ends too early", "write conditions"},
		{"category = 'form'", "=", "unexpected", "write conditions"},
		{"(urgent", "", "it ends too early", ""},
		{"", "", "it ends too early", ""},
		{"urgent urgent", "urgent", "unexpected", ""},
		{"category == 'form", "", "a quote is not closed", "quotes around texts"},
		{strings.Repeat("urgent or ", 200) + "urgent", "urgent", "longer than 2000 bytes", "several rules"},
	}
	for _, tt := range tests {
		t.Run(tt.when[:min(len(tt.when), 40)], func(t *testing.T) {
			_, err := byRule(tt.when)
			var got scenarios.Problems
			require.ErrorAs(t, err, &got)
			require.Len(t, got, 1, got.Error())
			require.Contains(t, got[0].What, tt.what)
			require.Contains(t, got[0].Hint, tt.hint)
			require.Equal(t, tt.under, underlined(got[0].Excerpt), got[0].Error())
		})
	}
}

// underlined returns what stands above the carets of an excerpt.
func underlined(excerpt string) string {
	lines := strings.Split(excerpt, "\n")
	text, carets := []rune(lines[len(lines)-2]), []rune(lines[len(lines)-1])
	var b strings.Builder
	for i, c := range carets {
		if c == '^' && i < len(text) {
			b.WriteRune(text[i])
		}
	}
	return b.String()
}

// Every mistake of a policy is told, of rules and of strata, in the order of the file.
func TestAllMistakesAreTold(t *testing.T) {
	p, err := scenarios.LoadPolicy(file(t, `policy: test
language: 1
extends: urgency-first
classify:
  strata:
    - {when: urgent, sensitivity: .1, specificity: .9}
route:
  rules:
    - when: "felt_urgent and langage == 'other'" # by phone
      to: rn
    - when: |
        category == 'form'
        and hour < noon
      to: rn
`), nil)
	require.NoError(t, err)
	_, err = triage.Compile(p.Policy)
	var got scenarios.Problems
	require.ErrorAs(t, err, &got)
	require.Len(t, got, 3)
	for i, want := range []struct {
		line, column int
		under, hint  string
	}{{6, 14, "urgent", "classify.strata help to find out what is urgent"}, {9, 30, "langage", "did you mean language?"},
		{13, 20, "noon", "the names are"}} {
		require.Equal(t, want.line, got[i].At.Line, got[i].Error())
		require.Equal(t, want.column, got[i].At.Column, got[i].Error())
		require.Equal(t, want.under, underlined(got[i].Excerpt))
		require.Contains(t, got[i].Hint, want.hint)
	}
}

// Whatever the text, it is a problem with a place or a rule that decides the same way each time.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{"", "true", "not urgent", "category == 'renewal' && hour < 12", "age in 65..75",
		"label in ['form', 'thanks']",
		"1 < age <= 2 or conditions - 1 * 3 > -2", "((", "'", "a.b[0]?.c", "let x = 1; x",
		"if urgent { true } else { false }", "age in 1..1000000000",
		"category == `form`", "urgent | all(#)", "hour == 1e3", "0x10 > age", "$env", "urgent /* x */",
		"race == 'caf\u00e9'", "\u0000", "9999999999999999999 > age",
		"hour\n<\n12", "not not not urgent", "category == label == urgent", "true ?? false", "{a: 1} == {}", "nil",
		"[urgent][0]", "b'x' == category"} {
		f.Add(text)
	}
	all := people(f, 3)
	f.Fuzz(func(t *testing.T, when string) {
		r, err := byRule(when)
		if err != nil {
			var problems scenarios.Problems
			require.ErrorAs(t, err, &problems)
			for _, p := range problems {
				require.NotEmpty(t, p.What)
				require.Contains(t, p.Excerpt, "^")
			}
			return
		}
		if strings.Contains(when, "queue_") {
			return // a view of no clinic has no queues
		}
		for i := range 20 {
			v := view(all, i)
			require.Equal(t, r.Route(&v), r.Route(&v))
		}
	})
}

const fourConditions = "category == 'renewal' and age > 200"

// Deciding allocates nothing, whatever the policy asks about.
func TestDecidingAllocatesNothing(t *testing.T) {
	all := people(t, 100)
	for _, policy := range []string{"",
		"route: {rules: [{when: " + fourConditions + ", to: ma}, {when: \"weekday in ['sat'] and race in ['asian'] and hour in 3..5\", to: ma}]}\n",
		"classify: {by: model, sensitivity: .5, specificity: .9, category_accuracy: .8, strata: [{when: language == 'other' and conditions > 3, sensitivity: .1, specificity: .5}]}\n"} {
		r := compiled(t, policy)
		i := 0
		var v sim.View
		require.Zero(t, testing.AllocsPerRun(1000, func() {
			i++
			v = view(all, i)
			r.Route(&v)
		}), policy)
	}
}

func BenchmarkArrival(b *testing.B) {
	all := people(b, 100)
	for _, bb := range []struct{ name, policy string }{
		{"physician-first", ""},
		{"one rule", "route: {rules: [{when: " + fourConditions + ", to: ma}]}\n"},
		{"five rules", "route: {rules: [" + strings.TrimSuffix(strings.Repeat("{when: "+fourConditions+", to: ma}, ", 5),
			", ") + "]}\n"},
		{"model", "classify: {by: model, sensitivity: .5, specificity: .9, category_accuracy: .8}\n"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r, v := compiled(b, bb.policy), view(all, 1)
			v.Label = scenarios.Renewal
			b.ReportAllocs()
			for b.Loop() {
				r.Route(&v)
			}
		})
	}
}

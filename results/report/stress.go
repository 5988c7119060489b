package report

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

//go:embed stress/*.md
var stressFiles embed.FS

// Stress is what a STRESS-DES document tells of a study beside the program itself. The guideline is that of Monks,
// Currie, Onggo, Robinson, Kunc and Taylor, "Strengthening the reporting of empirical simulation studies: Introducing
// the STRESS guidelines", Journal of Simulation 13(1), 2019, doi:10.1080/17477778.2018.1442155.
type Stress struct {
	Scenario     *scenarios.Loaded
	Policies     []*scenarios.LoadedPolicy // as used; the first is the baseline
	Replications int                       // that simulate runs unless told otherwise
	Seed         uint64                    // likewise
	Version      string                    // of this program
	GoVersion    string                    // it was built with
	Machine      results.Machine           // on which the document is written

	// InWords says what a policy does, a sentence an element. Nil: the policy's title says it.
	InWords func(*scenarios.LoadedPolicy) []string
}

// WriteStress writes the document as Markdown: the twenty items of the guideline's list for discrete-event models, in
// its order, with every value of the scenario and of its policies. Tables have a row on a line; all else is folded.
func WriteStress(w io.Writer, s Stress) error {
	d, err := newStressDocument(s)
	if err != nil {
		return fmt.Errorf("describing scenario %s: %w", s.Scenario.Name, err)
	}
	text, err := d.section("document")
	if err != nil {
		return fmt.Errorf("describing scenario %s: %w", s.Scenario.Name, err)
	}
	_, err = io.WriteString(w, fold(text, 110))
	return err
}

// stressDocument is what the templates of the document show. The scenario's fields are the document's own.
type stressDocument struct {
	*scenarios.Scenario
	Study     Stress
	templates *template.Template

	Stages   []mechanismGroup // of the scenario
	Levers   []mechanism      // of the policies
	Sections []parameterTable
	Arms     []policyArm
	Outcomes []results.MeasureSpec
	Evidence []evidenceUse
}

func newStressDocument(s Stress) (*stressDocument, error) {
	d := &stressDocument{Study: s, Scenario: s.Scenario.Scenario, Outcomes: results.Measures()}
	var err error
	d.templates, err = template.New("").Funcs(template.FuncMap{"cell": cell, "percent": percent, "plain": plainNumber,
		"words": wordList, "sentence": asSentence, "code": code}).ParseFS(stressFiles, "stress/*.md")
	if err != nil {
		return nil, err
	}
	d.Sections = parameterTables(s.Scenario)
	for i, p := range s.Policies {
		d.Arms = append(d.Arms, newPolicyArm(p, i == 0, s.InWords))
	}
	d.Evidence = evidenceUses(s)
	d.Stages, d.Levers = scenarioMechanisms(d.Scenario), leverMechanisms(s.Policies)
	for _, g := range d.Stages {
		if err := d.describe(g.Mechanisms); err != nil {
			return nil, err
		}
	}
	return d, d.describe(d.Levers)
}

// section executes a template.
func (d *stressDocument) section(name string) (string, error) {
	var b bytes.Buffer
	err := d.templates.ExecuteTemplate(&b, name, d)
	return b.String(), err
}

// describe fills in the prose of the mechanisms that are on.
func (d *stressDocument) describe(list []mechanism) error {
	for i := range list {
		m := &list[i]
		if m.Off() {
			continue
		}
		text, err := d.section(m.Key)
		if err != nil {
			return err
		}
		m.Text = strings.TrimSpace(text)
	}
	return nil
}

// On reports whether a mechanism is at work: one of the scenario, or a lever that at least one policy uses.
func (d *stressDocument) On(key string) bool {
	for _, m := range d.mechanisms() {
		if m.Key == key {
			return !m.Off()
		}
	}
	return false
}

func (d *stressDocument) mechanisms() []mechanism {
	var all []mechanism
	for _, g := range d.Stages {
		all = append(all, g.Mechanisms...)
	}
	return append(all, d.Levers...)
}

// SwitchedOff returns the mechanisms of the scenario that are off.
func (d *stressDocument) SwitchedOff() []mechanism {
	var off []mechanism
	for _, g := range d.Stages {
		for _, m := range g.Mechanisms {
			if m.Off() {
				off = append(off, m)
			}
		}
	}
	return off
}

// UnusedLevers names the levers that no policy uses.
func (d *stressDocument) UnusedLevers() []string {
	var names []string
	for _, m := range d.Levers {
		if m.Off() {
			names = append(names, strings.ToLower(m.Title[:1])+m.Title[1:])
		}
	}
	return names
}

// Occasions names what needs come of.
func (d *stressDocument) Occasions() []string {
	occasions := []string{"at any time"}
	for _, o := range []struct{ key, text string }{
		{"after-result", "after a test result"}, {"after-visit", "after a visit"},
		{"after-surgery", "after an operation"}, {"after-medication", "after a change of medication"},
	} {
		if d.On(o.key) {
			occasions = append(occasions, o.text)
		}
	}
	return occasions
}

// Baseline returns the policy that the others are compared with.
func (d *stressDocument) Baseline() string { return d.Arms[0].Name }

// Networks returns how many care networks the population makes.
func (d *stressDocument) Networks() (int, error) {
	sizes, err := scenarios.Networks(d.Scenario)
	return len(sizes), err
}

// PerPhysician and PerRN are patients per full-time equivalent, or the word for why there is no such number.
func (d *stressDocument) PerPhysician() string { return d.perFTE(scenarios.Physician) }

// PerRN is as PerPhysician.
func (d *stressDocument) PerRN() string { return d.perFTE(scenarios.RN) }

func (d *stressDocument) perFTE(r scenarios.Role) string {
	patients := d.PatientsPerFTE(r)
	if math.IsNaN(patients) {
		return "none, because nobody has that role"
	}
	return count(int64(math.Round(patients)))
}

// Primary names the measures that differences are judged by.
func (d *stressDocument) Primary() []string {
	var names []string
	for _, q := range results.PrimaryQuantities() {
		name := "the " + q.Statistic + " of " + code(q.Measure)
		if len(q.Where) > 0 {
			name += " (" + results.WhereText(q.Where) + ")"
		}
		names = append(names, name)
	}
	return names
}

// Comparisons is how many differences of primary measures there are.
func (d *stressDocument) Comparisons() int {
	return (len(d.Arms) - 1) * len(results.PrimaryQuantities())
}

// Gamma reports whether anything is gamma distributed.
func (d *stressDocument) Gamma() bool {
	return max(d.Population.Writing.GammaShape, d.Handling.GammaShape, d.Threads.Patience.GammaShape) > 0
}

// TotalDays is the whole simulated time.
func (d *stressDocument) TotalDays() int {
	return d.Horizon.WarmUpDays + d.Horizon.Days + d.Horizon.CoolDownDays
}

// SourceOf returns the source of a parameter of the scenario, as in the tables.
func (d *stressDocument) SourceOf(path string) string {
	for _, t := range d.Sections {
		for _, p := range t.Rows {
			if p.Path == path {
				return p.Source
			}
		}
	}
	return "not given"
}

// percent writes a share, and plainNumber a number, with at most four digits.
func percent(share float64) string { return plainNumber(100*share) + "%" }

func plainNumber(v any) string {
	switch x := v.(type) {
	case float64:
		return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
	case int:
		return count(int64(x))
	}
	return fmt.Sprint(v)
}

// cell makes a text fit for a cell of a Markdown table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(strings.TrimSpace(text))
}

func code(text string) string { return "`" + text + "`" }

// asSentence ends a text with a full stop and begins it with a capital letter.
func asSentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// wordList joins words as in a sentence, or says that there are none.
func wordList(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return list(words)
}

// fold breaks the paragraphs and list items of a Markdown text into lines of at most width characters. Headings,
// tables and fenced blocks stay as they are; several blank lines become one.
func fold(text string, width int) string {
	var b strings.Builder
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			b.WriteString(foldParagraph(strings.Join(paragraph, " "), width))
			paragraph = nil
		}
	}
	fenced, blank := false, true
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		fence := strings.HasPrefix(line, "```")
		asIs := fenced || fence || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "#")
		if asIs || line == "" || strings.HasPrefix(line, "- ") {
			flush()
		}
		switch {
		case asIs:
			b.WriteString(line + "\n")
		case line != "":
			paragraph = append(paragraph, strings.TrimSpace(line))
		case !blank:
			b.WriteString("\n")
		}
		fenced, blank = fenced != fence, line == "" && !fenced
	}
	flush()
	return b.String()
}

// foldParagraph folds one paragraph or list item; the further lines of an item are indented.
func foldParagraph(text string, width int) string {
	indent := ""
	if strings.HasPrefix(text, "- ") {
		indent = "  "
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) > width && !startsBlock(word):
			lines = append(lines, line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	return strings.Join(append(lines, line), "\n") + "\n"
}

// startsBlock reports whether a word at the beginning of a line would be read as something other than text.
func startsBlock(word string) bool {
	return slices.Contains([]string{"-", "+", "*", ">", "="}, word) || strings.HasPrefix(word, "#") ||
		strings.HasPrefix(word, "|")
}

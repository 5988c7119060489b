package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

// policyInWords describes a policy as lines of remarks that may stand above its YAML: a paragraph for each lever, every
// number with its source.
func policyInWords(p *scenarios.LoadedPolicy) string {
	w := wording{Policy: p.Policy, sources: p.Sources()}
	paragraphs := []string{p.Name + ": " + strings.TrimSuffix(p.Title, ".") + "."}
	paragraphs = append(paragraphs, leversInWords(p)...)
	paragraphs = append(paragraphs, "Everything else is as the scenario has it.", w.assumptions(), w.citations())
	var b strings.Builder
	for _, text := range paragraphs {
		writeRemark(&b, text)
	}
	return b.String()
}

// leversInWords describes each lever of a policy that does anything.
func leversInWords(p *scenarios.LoadedPolicy) []string {
	w := wording{Policy: p.Policy, sources: p.Sources()}
	levers := []string{w.urgency(), w.category(), w.opening(), w.byCategory(), w.rules(), w.protocol(), w.order(),
		w.sessions(), w.drafts(), w.leave(), w.promise(), w.charges(), w.teaching(), w.limits(), w.others()}
	return slices.DeleteFunc(levers, func(s string) bool { return s == "" })
}

// others lists the values of levers that nobody has put into sentences yet.
func (w *wording) others() string {
	inWords := []string{"classify", "route", "order", "category_order", "work", "draft", "refill", "cover", "standard", "billing",
		"training", "limits"}
	var lines []string
	for _, s := range w.sources {
		if lever, _, _ := strings.Cut(s.Path, "."); !slices.Contains(inWords, lever) {
			lines = append(lines, fmt.Sprintf("%s is %s%s", s.Path, s.Value, w.from(s.Path)))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "Besides:\n" + strings.Join(lines, "\n")
}

// writeRemark writes a paragraph as lines of remarks: the first of its lines, the others as its items.
func writeRemark(b *strings.Builder, text string) {
	for i, line := range strings.Split(text, "\n") {
		indent := strings.Repeat("  ", min(i, 1))
		for _, part := range wrap(line, lineWidth-6) {
			b.WriteString("# " + indent + part + "\n")
			indent = strings.Repeat("  ", min(i, 1)+1)
		}
	}
}

// wording puts a policy into words.
type wording struct {
	*scenarios.Policy
	sources []scenarios.Source
}

// from says in brackets where values come from.
func (w *wording) from(paths ...string) string {
	var all []string
	for _, path := range paths {
		for _, s := range w.sources {
			if s.Path == path {
				all = append(all, s.IDs...)
				all = appendIf(all, s.Assumed, "assumed")
				all = appendIf(all, !s.Assumed && len(s.IDs) == 0, s.Note)
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(slices.Compact(all), ", ") + ")"
}

func appendIf(list []string, yes bool, text string) []string {
	if yes {
		return append(list, text)
	}
	return list
}

// oneLine returns an expression without its line breaks.
func oneLine(e scenarios.Expr) string { return strings.Join(strings.Fields(e.Text), " ") }

func percent(share float64) string { return fmt.Sprintf("%.3g%%", 100*share) }

// pool names the staff behind a name in a policy, in the plural.
func (w *wording) pool(name string) string {
	switch name {
	case "addressee":
		return "the clinician whom they are written to"
	case "app":
		return "the advanced practice providers"
	case "rn":
		return "the nurses"
	case "ma":
		return "the medical assistants"
	case "pharmacist":
		return "the pharmacists"
	case "front_desk":
		return "the front desk staff"
	}
	var roles []string
	for _, role := range w.Route.Team {
		roles = append(roles, strings.TrimPrefix(w.pool(role), "the "))
	}
	return "the team's " + list(roles)
}

// list joins words with commas and a final and.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func (w *wording) urgency() string {
	c := w.Classify
	switch c.By {
	case "none":
		return "Urgency: nobody says which messages are urgent before they are opened."
	case "patient":
		return "Urgency: a message is urgent when its sender says so."
	}
	text := "Urgency: a model marks messages as urgent before anybody opens them."
	if c.By == "keywords" {
		text = "Urgency: a list of keywords marks messages as urgent before anybody opens them."
	}
	text += fmt.Sprintf(" It finds %s of the messages worded with high-risk symptoms%s", percent(c.Sensitivity),
		w.from("classify.sensitivity"))
	if c.Precision > 0 {
		text += fmt.Sprintf(". Of those it marks %s are worded so%s, measured where %s of messages were%s: it marks %s of the other messages too.",
			percent(c.Precision), w.from("classify.precision"), percent(c.Prevalence), w.from("classify.prevalence"),
			percent(c.FalseAlarms()))
	} else {
		text += fmt.Sprintf(" and leaves %s of the other messages alone%s.", percent(c.Specificity),
			w.from("classify.specificity"))
	}
	for i, s := range c.Strata {
		path := fmt.Sprintf("classify.strata.%d.", i)
		text += fmt.Sprintf("\nWhere %s, it finds %s%s and leaves %s alone%s.", oneLine(s.When), percent(s.Sensitivity),
			w.from(path+"sensitivity"),
			percent(s.Specificity), w.from(path+"specificity"))
	}
	return text
}

func (w *wording) category() string {
	if w.Classify.CategoryAccuracy == 0 {
		return "Category: what a message is about is what its sender picked."
	}
	return fmt.Sprintf("Category: what a message is about is read by the classifier, which is right for %s of messages%s.",
		percent(w.Classify.CategoryAccuracy), w.from("classify.category_accuracy"))
}

func (w *wording) opening() string {
	closed, from := percent(w.Route.ClosedWithoutPhysician), w.from("route.closed_without_physician")
	picker, share := w.pool(w.Picker().String()), ""
	if len(w.Route.Team) > 0 {
		picker, share = w.pool("team"), " The team has one inbox in common."
	}
	if w.Route.First != "addressee" {
		return fmt.Sprintf("Opening: %s open every new thread. They answer and close %s of them without a physician%s, and hand the others to %s.%s",
			w.pool(w.Route.First), closed, from, w.pool("addressee"), share)
	}
	return fmt.Sprintf("Opening: new threads go to %s. What may be closed without a physician, %s of threads%s, is picked off the clinicians' "+
		"lists by %s, who also open what is written to the team.%s", w.pool("addressee"), closed, from, picker, share)
}

func (w *wording) byCategory() string {
	if len(w.Route.ByCategory) == 0 {
		return ""
	}
	var parts []string
	for i, c := range w.Route.ByCategory {
		part := strings.ReplaceAll(c.Category, "_", " ") + " to " + w.pool(c.To)
		if c.To != "addressee" {
			part += fmt.Sprintf(", who close %s%s", percent(c.Closes), w.from(fmt.Sprintf("route.by_category.%d.closes", i)))
		}
		parts = append(parts, part)
	}
	return "By category: " + strings.Join(parts, "; ") + "."
}

func (w *wording) rules() string {
	if len(w.Route.Rules) == 0 {
		return ""
	}
	text := "Rules, before everything else; the first that holds decides:"
	for i, r := range w.Route.Rules {
		text += fmt.Sprintf("\n%d. (route.rules.%d) where %s: to %s", i+1, i, oneLine(r.When), w.pool(r.To))
		if r.Closes > 0 {
			text += fmt.Sprintf(", who close %s%s", percent(r.Closes), w.from(fmt.Sprintf("route.rules.%d.closes", i)))
		}
		if r.First {
			text += ", ahead of other threads"
		}
	}
	return text
}

func (w *wording) protocol() string {
	if w.Refill.By == "" {
		return ""
	}
	return fmt.Sprintf("Renewals: a protocol covers %s of them%s; %s close %s of these by it%s.",
		percent(w.Refill.Covered), w.from("refill.covered"),
		w.pool(w.Refill.By), percent(w.Refill.Closed), w.from("refill.closed"))
}

func (w *wording) order() string {
	switch w.Order {
	case "urgency":
		return "Order: what is marked as urgent goes first in every inbox, without interrupting work in hand; otherwise first come, first served."
	case "deadline":
		if w.Classify.By == "none" {
			return "Order: first what is due first."
		}
		return "Order: first what is due first; what is marked as urgent is due on the next business day."
	case "category":
		var names []string
		for _, c := range w.ByRank {
			names = append(names, strings.ReplaceAll(c, "_", " "))
		}
		return "Order: " + strings.Join(names, ", then ") + ", then the rest; within each, first come, first served."
	}
	return "Order: first come, first served."
}

func (w *wording) sessions() string {
	var parts []string
	switch w.Work.Sessions {
	case "continuous":
		parts = append(parts,
			"physicians look at the inbox for a few minutes every half hour, for as long in all as in the scenario")
	case "batched":
		parts = append(parts,
			fmt.Sprintf("physicians work the inbox in %d equal sessions a day%s, for as long in all as in the scenario",
				w.Work.TimesADay, w.from("work.times_a_day")))
	}
	if w.Work.Protected > 0 {
		parts = append(parts, fmt.Sprintf("physicians have a paid slot of %s for it in each half of the day%s",
			w.Work.Protected, w.from("work.protected_slot")))
	}
	if w.Work.SwitchSeconds > 0 {
		parts = append(parts, fmt.Sprintf("turning to it costs %g seconds more than in the scenario%s", w.Work.SwitchSeconds,
			w.from("work.switch_seconds")))
	}
	return sentence("Inbox time: ", parts)
}

// sentence joins what a lever does; a lever that does nothing has none.
func sentence(head string, parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return head + strings.Join(parts, "; ") + "."
}

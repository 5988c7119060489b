package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

func (w *wording) drafts() string {
	d := w.Draft
	if d.By == "" || d.By == "none" {
		return ""
	}
	parts := []string{"Drafts: a model drafts replies"}
	if d.By == "template" {
		parts[0] = "Drafts: there are templates for replies"
	}
	if d.Use > 0 {
		parts = append(parts, fmt.Sprintf("%s of replies are made from one%s", percent(d.Use), w.from("draft.use")))
	}
	parts = append(parts,
		fmt.Sprintf("a reply takes physicians and advanced practice providers %g seconds less%s", d.PhysicianSaves,
			w.from("draft.physician_saves_seconds")),
		fmt.Sprintf("others %g seconds less%s", d.StaffSaves, w.from("draft.staff_saves_seconds")),
		fmt.Sprintf("and reading the draft takes everybody %g seconds%s", d.ExtraReadingSeconds,
			w.from("draft.extra_reading_seconds")))
	return strings.Join(parts, ", ") + "."
}

func (w *wording) leave() string {
	switch w.Cover.By {
	case "on_call":
		return "Leave: one physician on call takes what is marked as urgent for colleagues who are away; the rest waits for them."
	case "coverer":
		return fmt.Sprintf("Leave: one colleague for every %d physicians%s works the inboxes of those who are away.",
			w.Cover.Physicians, w.from("cover.physicians_per_coverer"))
	}
	return ""
}

func (w *wording) promise() string {
	s := w.Standard
	if s.BusinessDays == 0 {
		return ""
	}
	text := fmt.Sprintf("Standard: every thread is to be answered within %d business days%s", s.BusinessDays,
		w.from("standard.business_days"))
	switch s.EscalateTo {
	case "", "none":
		return text + "; nothing happens to those that are not."
	case "first":
		return text + "; those that are not go to the front of the inbox they are in."
	case "colleague":
		return text + "; those that are not go to the front of another physician's inbox."
	}
	return text + "; those that are not go to " + w.pool(s.EscalateTo) + "."
}

func (w *wording) charges() string {
	var parts []string
	if b := w.Billing; b.Demand > 0 {
		parts = append(parts, fmt.Sprintf("%s of what would be written is still written%s", percent(b.Demand),
			w.from("billing.demand")))
	}
	if b := w.Billing; b.PhonesInstead > 0 {
		parts = append(parts, fmt.Sprintf("%s of the rest is phoned%s", percent(b.PhonesInstead),
			w.from("billing.phones_instead")))
	}
	if b := w.Billing; b.Billed > 0 {
		parts = append(parts, fmt.Sprintf("%s of threads are billed%s", percent(b.Billed), w.from("billing.billed")))
	}
	return sentence("Billing: ", parts)
}

func (w *wording) teaching() string {
	var parts []string
	if t := w.Training; t.Misuse > 0 {
		parts = append(parts, fmt.Sprintf("%s of the urgent matters that would be written are phoned%s", percent(t.Misuse),
			w.from("training.less_misuse")))
	}
	if t := w.Training; t.LabelAccuracy > 0 {
		parts = append(parts, fmt.Sprintf("%s of the wrong categories are picked rightly%s", percent(t.LabelAccuracy),
			w.from("training.label_accuracy")))
	}
	if t := w.Training; t.HoldingBack > 0 {
		parts = append(parts, fmt.Sprintf("%s of the holding back ends%s", percent(t.HoldingBack),
			w.from("training.less_holding_back")))
	}
	return sentence("Training of patients, of which no effect has been measured: ", parts)
}

func (w *wording) limits() string {
	var parts []string
	if l := w.Limits; l.Length > 0 {
		parts = append(parts, fmt.Sprintf("%s of messages are cut short by a limit on their length%s", percent(l.Length),
			w.from("limits.shortened")))
	}
	if l := w.Limits; l.MessagesAMonth > 0 {
		parts = append(parts, fmt.Sprintf("a patient may begin %d threads in 30 days%s and phones about the rest",
			l.MessagesAMonth, w.from("limits.messages_a_month")))
	}
	if l := w.Limits; l.ClosesAfterDays > 0 {
		parts = append(parts, fmt.Sprintf("a thread closes %d days after its beginning%s", l.ClosesAfterDays,
			w.from("limits.closes_after_days")))
	}
	return sentence("Limits: ", parts)
}

// assumptions names what was chosen without a published number, by us or by whoever wrote the policy.
func (w *wording) assumptions() string {
	var assumed, own []string
	for _, s := range w.sources {
		assumed = appendIf(assumed, s.Assumed, s.Path)
		own = appendIf(own, !s.Assumed && len(s.IDs) == 0, s.Path)
	}
	if len(assumed) == 0 {
		assumed = []string{"nothing"}
	}
	text := "Assumed, for want of a published number (paths count from 0): " + strings.Join(assumed, ", ") + "."
	if len(own) > 0 {
		text += " Set by its user: " + strings.Join(own, ", ") + "."
	}
	return text
}

// citations names the publications behind the policy's numbers, one a line.
func (w *wording) citations() string {
	var ids []string
	for _, s := range w.sources {
		ids = append(ids, s.IDs...)
	}
	slices.Sort(ids)
	text := "Sources:"
	for _, id := range slices.Compact(ids) {
		if e, ok := scenarios.LookUpEvidence(id); ok {
			text += "\n" + id + " " + e.Citation
		}
	}
	if text == "Sources:" {
		return "Sources: none."
	}
	return text
}

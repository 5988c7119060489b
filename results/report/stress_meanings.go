package report

import "strings"

// meaningOf says what a parameter is, with its unit: as the language describes its field or, where that leaves it to
// the name, as the tables below say, or as the group it is in is described.
func meaningOf(path, described, inherited string) string {
	name := path[strings.LastIndex(path, ".")+1:]
	text := strings.TrimSuffix(strings.TrimSpace(described), ".")
	if own, ok := exactMeaning(path, name); ok {
		text = own
	}
	if text == "" {
		text = groupMeaning(path)
	}
	if text == "" {
		text = inherited
	}
	switch {
	case strings.HasPrefix(path, "population.strata.") && !strings.HasPrefix(text, "share"):
		text = "share of the adult population: " + text
	case strings.HasPrefix(path, "staff.") && strings.Contains(path, ".background."):
		text += ", items per 8 hours scheduled"
	}
	return withUnit(name, text)
}

// withUnit adds the unit that a name ends with, where the text does not say it.
func withUnit(name, text string) string {
	for _, unit := range []string{"seconds", "minutes", "days"} {
		if strings.HasSuffix(name, "_"+unit) && !strings.Contains(text, unit) {
			return unit + ": " + text
		}
	}
	return text
}

// groupMeaning says what the parameters of a group have in common, of which the language describes none or few.
func groupMeaning(path string) string {
	for _, m := range []struct{ group, text string }{
		{"population.strata.", "share of the adult population"},
		{"population.adoption.", "odds ratio of using the portal, against those outside the stratum"},
		{"population.conditions.", "prevalence among adults"},
		{"demand.categories.", "weight of the category among threads; the weights are divided by their sum"},
	} {
		if strings.HasPrefix(path, m.group) {
			return m.text
		}
	}
	return ""
}

// exactMeaning says what single parameters are whose fields the language leaves to their names.
func exactMeaning(path, name string) (text string, ok bool) {
	const logSD = "standard deviation of the natural logarithm of "
	const savedIn = "seconds saved in each reply of "
	if strings.HasPrefix(path, "staff.") {
		text, ok = map[string]string{
			"when":       "when they have the habit",
			"results":    "about test results",
			"colleagues": "from colleagues",
		}[name]
		return text, ok
	}
	text, ok = map[string]string{
		"population.conditions.dementia":              "prevalence among those aged 65 and over",
		"demand.triggers.results_viewed_per_year":     "test results viewed, per portal user and year",
		"demand.triggers.visits_per_year":             "visits, per portal user and year",
		"demand.triggers.surgeries_per_year":          "operations, per portal user and year",
		"demand.triggers.medication_changes_per_year": "changes of medication, per portal user and year",
		"threads.answer_seen_log_sd":                  logSD + "the time until an answer is seen",
		"threads.patience.log_sd":                     logSD + "patience",
		"handling.log_sd":                             logSD + "the minutes of a message",
		"handling.background.prescription_minutes":    "mean minutes of an item about prescriptions",
		"handling.background.call_minutes":            "mean minutes of an item about a patient's call",
		"handling.background.result_minutes":          "mean minutes of an item about a test result",
		"handling.background.colleague_minutes":       "mean minutes of an item from a colleague",
		"handling.background.log_sd":                  logSD + "the minutes of an item",
		"draft.by":                                    "who writes replies beforehand",
		"draft.physician_saves_seconds":               savedIn + "a physician or advanced practice provider",
		"draft.staff_saves_seconds":                   savedIn + "all others",
		"draft.extra_reading_seconds":                 "seconds that reading the draft takes everybody who answers",
	}[path]
	return text, ok
}

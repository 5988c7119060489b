package report

import "github.com/portalbench/portalbench/results"

// engineerSections is the engineer's part of the page, without what would be empty.
func engineerSections(record *results.Record) []section {
	var all []section
	if l := record.Run.Load; l != nil {
		all = append(all, loadSections(record, l)...)
	}
	if c := record.Run.Capacity; c != nil {
		all = append(all, capacitySection(c))
	}
	var out []section
	for _, s := range all {
		if !s.empty() {
			out = append(out, s)
		}
	}
	return out
}

// loadSections tell how a portal bore a load, from what people felt to what the numbers rest on.
func loadSections(record *results.Record, l *results.Load) []section {
	return []section{
		{ID: "portal", Title: "How the portal held up", Intro: LoadSetting(l) + ".", Sheets: filled(thresholdSheet(l)),
			Figures: present(latencyFigure(l), percentilesFigure(record))},
		{ID: "over-time", Title: "Second by second", Figures: present(throughputFigure(record), responseTimeFigure(record), targetFigure(record))},
		wrongSection(l),
		{ID: "likeness", Title: "Was it the load that people make?", Figures: present(mixFigure(l))},
		clinicSection(l),
		{ID: "load-notes", Title: "What else is known of the load", Notes: notes(l)},
	}
}

// wrongSection tells what the portal did wrong, or that it did not.
func wrongSection(l *results.Load) section {
	s := section{ID: "wrong", Title: "What went wrong", Figures: present(failuresFigure(l))}
	if len(s.Figures) == 0 {
		s.Intro = "Every operation was ok."
	}
	if l.Ledger != nil {
		s.Sheets = []sheet{ledgerSheet(l.Ledger)}
	} else {
		s.Notes = []string{ledger(nil)}
	}
	return s
}

// clinicSection tells what the portal's time does to the people who work with it.
func clinicSection(l *results.Load) section {
	s := section{ID: "clinic", Title: "What it does to the clinic", Figures: present(waitingFigure(l))}
	if f := l.FeedBack; f != nil {
		s.Intro = FeedBackSentence(f)
		s.Figures = append(s.Figures, present(feedBackFigure(f))...)
		if len(s.Figures) == 0 {
			s.Notes = []string{s.Intro}
			s.Intro = ""
		}
	}
	return s
}

// present leaves out the figures for which there is nothing.
func present(figures ...*Figure) []Figure {
	var out []Figure
	for _, f := range figures {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// filled leaves out tables without rows.
func filled(sheets ...sheet) []sheet {
	var out []sheet
	for _, s := range sheets {
		if len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func thresholdSheet(l *results.Load) sheet {
	t := sheet{Caption: "Thresholds", Header: []string{"threshold", "verdict and what was measured"}}
	for _, limit := range l.Thresholds {
		sign := map[string]string{results.Pass: "✓ ", results.Fail: "✗ "}[limit.Status]
		if sign == "" {
			sign = "? "
		}
		t.Rows = append(t.Rows, []string{limit.Expression, sign + thresholdText(limit)})
	}
	return t
}

// capacitySection tells of a search for capacity.
func capacitySection(c *results.Capacity) section {
	return section{ID: "capacity", Title: "How much the portal bears", Intro: capacityPlace(c) + ". " + allMustHold(c), Figures: present(capacityFigure(c)),
		Notes: capacityNotes(c)}
}

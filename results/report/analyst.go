package report

import "github.com/portalbench/portalbench/results"

// chapter is a section of the analyst's half: the figures that answer one question.
type chapter struct {
	Name, Title string
	Figures     []Figure
	Texts       []string // sentences above the figures, also on what could not be drawn
	Sheets      []sheet
	Notes       []string // how to read the sheets
}

// empty reports whether there is nothing in a chapter.
func (c chapter) empty() bool { return len(c.Figures)+len(c.Texts)+len(c.Sheets) == 0 }

// add puts a figure in, or says why there is none.
func (c *chapter) add(fig Figure, drawn bool, why string) {
	if drawn {
		c.Figures = append(c.Figures, fig)
	} else if why != "" {
		c.Texts = append(c.Texts, why)
	}
}

// analystFigures returns the figures of a simulation in the order of the page.
func analystFigures(record *results.Record) []Figure {
	var all []Figure
	for _, c := range chapters(record) {
		all = append(all, c.Figures...)
	}
	return all
}

// chapters returns the sections on a simulation that have something to show.
func chapters(record *results.Record) []chapter {
	s := record.Run.Simulate
	if s == nil || len(s.Policies) == 0 {
		return nil
	}
	if allGrow(s) {
		return []chapter{{Name: "waiting", Title: "How long families wait", Texts: []string{noSteadyState}}}
	}
	var out []chapter
	for _, c := range []chapter{changeChapter(s), waitingChapter(record), minutesChapter(record), weekChapter(record),
		storyChapter(record), equityChapter(s), doubtChapter(s)} {
		if !c.empty() {
			out = append(out, c)
		}
	}
	return out
}

func changeChapter(s *results.Simulate) chapter {
	c := chapter{Name: "changes", Title: "What changes from policy to policy"}
	fig, drawn := forestFigure(s)
	c.add(fig, drawn, whyNoDifferences(s))
	fig, drawn = frontierFigure(s)
	c.add(fig, drawn, "")
	return c
}

// whyNoDifferences says why policies are not compared; a single one needs no explanation.
func whyNoDifferences(s *results.Simulate) string {
	switch {
	case len(s.Policies) < 2:
		return ""
	case s.Policies[0].Grows():
		return "Policies are not compared: under the baseline the backlog grows, and there is no steady state to compare with."
	}
	return "Policies are not compared: the run has no difference of two policies with a steady state."
}

func waitingChapter(record *results.Record) chapter {
	c := chapter{Name: "waiting", Title: "How long families wait"}
	fig, drawn := responseFigure(record)
	c.add(fig, drawn, "")
	fig, drawn = clinicalReadFigure(record)
	c.add(fig, drawn, "")
	fig, drawn = unmarkedFigure(record)
	c.add(fig, drawn, "")
	return c
}

func minutesChapter(record *results.Record) chapter {
	c := chapter{Name: "minutes", Title: "What it costs the staff"}
	fig, drawn := staffFigure(record)
	c.add(fig, drawn, "")
	return c
}

func weekChapter(record *results.Record) chapter {
	return chapter{Name: "over-the-week", Title: "When the work comes, and when it waits", Figures: weekFigures(record)}
}

func storyChapter(record *results.Record) chapter {
	return chapter{Name: "stories", Title: "Urgent threads, step by step", Figures: storyFigures(record)}
}

func equityChapter(s *results.Simulate) chapter {
	return chapter{Name: "fairness", Title: "Equity: who waits longer", Figures: equityFigures(s)}
}

func doubtChapter(s *results.Simulate) chapter {
	c := chapter{Name: "doubt", Title: "How sure the comparison is"}
	for _, p := range s.Precision {
		c.Texts = append(c.Texts, precisionText(p))
	}
	for _, p := range s.Selection {
		c.Texts = append(c.Texts, selectionText(p))
	}
	if u := s.Uncertainty; u != nil {
		c.Figures = tornadoFigures(u)
		c.Texts = append(c.Texts, "Parameter uncertainty, which no interval above holds. "+uncertaintyText(u))
		if c.Sheets = flipSheets(u); len(c.Sheets) > 0 {
			c.Notes = []string{flipsText(u)}
		}
	}
	return c
}

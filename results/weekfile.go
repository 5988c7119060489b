package results

import (
	"iter"
	"strconv"
)

// The files of a simulation that figures are drawn from.
const (
	weekName    = "week.csv"
	threadsName = "threads.csv"
)

func weekColumns() []string { return []string{"policy", "set", "hour", "begun", "waiting"} }

// hoursPerWeek is how many hours of the week a policy has rows for.
const hoursPerWeek = 7 * 24

// WriteWeek writes week.csv: a row for every hour of the week of each policy.
func (f *Folder) WriteWeek(hours []WeekHour) error {
	rows := [][]string{weekColumns()}
	for _, h := range hours {
		rows = append(rows, []string{h.Policy, WhereText(h.Set), strconv.Itoa(h.Hour), h.Begun.text(), h.Waiting.text()})
	}
	return f.writeCSV(weekName, rows)
}

// readWeek reads week.csv of a run folder.
func readWeek(dir string) iter.Seq2[WeekHour, error] {
	return readCSV(dir, weekName, weekColumns(), parseWeekHour)
}

func parseWeekHour(r *row) WeekHour {
	h := WeekHour{Policy: r.text("policy"), Set: r.pairs("set"), Hour: int(r.whole("hour", 0)), Begun: r.number("begun"),
		Waiting: r.number("waiting")}
	if h.Hour >= hoursPerWeek {
		r.fail("hour is %d, and a week has %d", h.Hour, hoursPerWeek)
	}
	return h
}

func threadColumns() []string {
	return []string{"story", "policy", "set", "hours", "clock", "event", "who", "inbox", "category", "felt_urgency"}
}

// WriteThreads writes threads.csv: a row for every step of the threads that are followed.
func (f *Folder) WriteThreads(steps []ThreadStep) error {
	rows := [][]string{threadColumns()}
	for _, s := range steps {
		rows = append(rows, []string{s.Story, s.Policy, WhereText(s.Set), s.Hours.text(), s.Clock, s.Event, s.Who, s.Inbox, s.Category, s.Felt})
	}
	return f.writeCSV(threadsName, rows)
}

// readThreads reads threads.csv of a run folder.
func readThreads(dir string) iter.Seq2[ThreadStep, error] {
	return readCSV(dir, threadsName, threadColumns(), parseThreadStep)
}

func parseThreadStep(r *row) ThreadStep {
	return ThreadStep{Story: r.text("story"), Policy: r.text("policy"), Set: r.pairs("set"), Hours: r.number("hours"), Clock: r.text("clock"),
		Event: r.text("event"), Who: r.text("who"), Inbox: r.text("inbox"), Category: r.text("category"), Felt: r.text("felt_urgency")}
}

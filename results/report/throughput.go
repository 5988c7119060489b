package report

import (
	"fmt"
	"math"
	"strconv"

	"github.com/portalbench/portalbench/results"
)

// throughputFigure shows what was offered, sent and answered in each second, how late the generator was, and how much was
// under way. It is nil for a load of which no second is known.
func throughputFigure(record *results.Record) *Figure {
	if len(record.Seconds) == 0 {
		return nil
	}
	s := secondsOf(record)
	rate := timePlot{Title: "Operations a second", Unit: "/s", Lines: []timeLine{
		s.line("offered", 0, func(r results.SecondRow) float64 { return float64(r.Offered) }),
		s.line("sent", 1, func(r results.SecondRow) float64 { return float64(r.Sent) }),
		s.line("answered", 2, func(r results.SecondRow) float64 { return float64(r.Done) })}}
	if failed := s.line("not ok", 6, func(r results.SecondRow) float64 { return float64(r.Errors) }); s.failures() > 0 {
		rate.Lines = append(rate.Lines, failed)
	}
	chart := s.chart(rate,
		timePlot{Title: "Lag of the generator, p99, ms", Unit: " ms", Lines: []timeLine{
			s.line("lag p99", 3, func(r results.SecondRow) float64 { return r.LagP99MS })}},
		timePlot{Title: "Under way at the end of the second", Lines: []timeLine{
			s.line("under way", 5, func(r results.SecondRow) float64 { return float64(r.InFlight) })}})
	f := Figure{Name: "throughput", Title: "Offered, sent and answered", Note: "Operations are offered when people would do them, whatever the portal does. " +
		"Where sent falls below offered the generator, or an answer that was needed first, held them back; where answered falls below sent the portal did." +
		s.notes() + everyText(s.every), Numbers: []sheet{s.throughputSheet()}}
	return f.overTime(chart)
}

// responseTimeFigure shows the percentiles of the response over time, nil where nothing was answered.
func responseTimeFigure(record *results.Record) *Figure {
	s := secondsOf(record)
	plot := timePlot{Title: "Response, ms, logarithmic", Unit: " ms", Log: true}
	for i, q := range []struct {
		name string
		of   func(results.SecondRow) float64
	}{{"p50", func(r results.SecondRow) float64 { return r.ResponseP50MS }}, {"p95", func(r results.SecondRow) float64 { return r.ResponseP95MS }},
		{"p99", func(r results.SecondRow) float64 { return r.ResponseP99MS }}} {
		plot.Lines = append(plot.Lines, s.line(q.name, i, q.of))
	}
	if !plot.measured() {
		return nil
	}
	f := Figure{Name: "response-over-time", Title: "Response over time", Note: "Of the ok answers that came in each second: half of them took no longer than the p50. " +
		"A second holds few answers, so that its p99 is close to its slowest. Gaps are seconds without an ok answer." +
		s.notes() + everyText(s.every), Numbers: []sheet{s.responseSheet()}}
	return f.overTime(s.chart(plot))
}

// overTime draws a figure's time chart on every frame.
func (f Figure) overTime(c *timeChart) *Figure {
	f.Live = c
	for _, l := range chartLines(c) {
		f.Legend = append(f.Legend, legendEntry{Name: l.Name, Style: l.Style})
	}
	for _, at := range frames() {
		f.Panels = append(f.Panels, panel{Class: at.Class, Template: "times", Drawing: drawTimes(at, f.Name, f.Title, c)})
	}
	return &f
}

// chartLines are the lines of the plots that have several.
func chartLines(c *timeChart) []timeLine {
	var all []timeLine
	for _, p := range c.Plots {
		if len(p.Lines) > 1 {
			all = append(all, p.Lines...)
		}
	}
	return all
}

// loadSeconds are the seconds of a load, as charts show them.
type loadSeconds struct {
	rows  []results.SecondRow
	load  *results.Load
	from  float64 // of the axis: below 0 where the portal's process was watched before
	every int
	at    []float64
}

func secondsOf(record *results.Record) loadSeconds {
	s := loadSeconds{rows: record.Seconds, load: record.Run.Load, every: 1}
	var moments []float64
	for _, r := range s.rows {
		moments = append(moments, float64(r.T))
	}
	rows, every := bucketed(moments)
	s.every = every
	for _, r := range rows {
		s.at = append(s.at, r.Last)
	}
	return s
}

func (s loadSeconds) line(name string, style int, of func(results.SecondRow) float64) timeLine {
	var values []float64
	for _, r := range s.rows {
		values = append(values, of(r))
	}
	rows, _ := bucketed(values)
	return timeLine{Name: name, Style: style, Values: rows}
}

func (s loadSeconds) failures() (n int64) {
	for _, r := range s.rows {
		n += r.Errors
	}
	return n
}

// chart puts plots on the axis of the load.
func (s loadSeconds) chart(plots ...timePlot) *timeChart {
	return &timeChart{From: s.from, To: s.end(), At: s.at, Every: s.every, Plots: plots, Notes: s.marks()}
}

// end is where the axis ends: with the last answer, or with the window.
func (s loadSeconds) end() float64 {
	end := math.Max(1, math.Ceil(float64(s.load.DurationS)))
	if len(s.rows) > 0 {
		end = math.Max(end, float64(s.rows[len(s.rows)-1].T))
	}
	return end
}

// marks are what happened to the load as a whole: where the window ended, or a rule or somebody ended it, and when the
// portal answered nothing.
func (s loadSeconds) marks() []timeNote {
	notes := s.stalls()
	switch end := float64(s.load.DurationS); {
	case s.load.Stopped != "":
		notes = append(notes, timeNote{end, end, "stopped by a rule"})
	case s.load.Incomplete:
		notes = append(notes, timeNote{end, end, "interrupted"})
	case s.end() > end+1:
		notes = append(notes, timeNote{end, end, "end of the window"})
	}
	return notes
}

// stalls are the times in which operations were under way, and for at least a whole second none was answered. Only the
// longest is labelled.
func (s loadSeconds) stalls() []timeNote {
	var all []timeNote
	longest, before := -1, 0
	for _, r := range s.rows {
		t := float64(r.T)
		if stalled := r.Done == 0 && before > 0 && r.InFlight > 0; stalled {
			if n := len(all); n > 0 && all[n-1].To == t {
				all[n-1].To = t + 1
			} else {
				all = append(all, timeNote{From: t, To: t + 1})
			}
			if n := len(all) - 1; longest < 0 || all[n].To-all[n].From > all[longest].To-all[longest].From {
				longest = n
			}
		}
		before = r.InFlight
	}
	if longest >= 0 {
		all[longest].Text = "no answer"
	}
	return all
}

// notes says what the marks stand for.
func (s loadSeconds) notes() string {
	text := fmt.Sprintf(" 0 is the end of the warm-up of %s s, which is not counted.", roundNumber(float64(s.load.WarmUpS)))
	if !(s.load.WarmUpS > 0) {
		text = ""
	}
	if n := len(s.stalls()); n > 0 {
		text += " Shaded as no answer is when operations were under way and none was answered for a second or longer" +
			map[bool]string{true: ".", false: fmt.Sprintf(": %d times.", n)}[n == 1]
	}
	if s.load.Stopped != "" {
		text += " The rule that stopped the load: " + s.load.Stopped + "."
	}
	return text
}

func (s loadSeconds) throughputSheet() sheet {
	t := sheet{Caption: "Every second of the load" + s.tableText(), Header: []string{"second", "offered", "sent", "answered", "not ok", "under way", "lag p99, ms"}}
	for _, r := range s.shown() {
		t.Rows = append(t.Rows, []string{strconv.Itoa(r.T), count(r.Offered), count(r.Sent), count(r.Done), count(r.Errors), count(int64(r.InFlight)), number(r.LagP99MS)})
	}
	return t
}

func (s loadSeconds) responseSheet() sheet {
	t := sheet{Caption: "Response in every second of the load, ms" + s.tableText(), Header: []string{"second", "ok answers", "p50", "p95", "p99"}}
	for _, r := range s.shown() {
		t.Rows = append(t.Rows, []string{strconv.Itoa(r.T), count(r.Done - r.Errors), number(r.ResponseP50MS), number(r.ResponseP95MS), number(r.ResponseP99MS)})
	}
	return t
}

// shown are the seconds of the tables: the last of every row of a chart.
func (s loadSeconds) shown() []results.SecondRow {
	var out []results.SecondRow
	for from := 0; from < len(s.rows); from += s.every {
		out = append(out, s.rows[min(from+s.every, len(s.rows))-1])
	}
	return out
}

func (s loadSeconds) tableText() string {
	if s.every < 2 {
		return ""
	}
	return fmt.Sprintf(" that is a multiple of %d; series.csv has them all", s.every)
}

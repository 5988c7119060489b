package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// hoursAWeek is how many cells a map of the week has.
const hoursAWeek = 7 * 24

// week is a value for every hour of the week, from Monday at midnight; NaN where there is none.
type week [hoursAWeek]float64

// weekDrawing shows maps of the week, with one scale for all of them.
type weekDrawing struct {
	frame
	Height      float64
	Maps        []weekMap
	Scale       heatScale
	Description string
}

// weekMap has a row for every day and a column for every hour.
type weekMap struct {
	Titles      []placedText
	Days, Hours []placedText
	Shades      []heatShade
}

// heatShade are the hours of one level, as one outline; the level is -1 where there is no value.
type heatShade struct {
	Level int
	Path  string
}

// heatScale tells what the levels stand for.
type heatScale struct {
	Title  placedText
	Shades []heatShade
	Bounds []placedText
}

// heatLevels is how many shades the style sheet knows.
const heatLevels = 7

// weekFigures show when threads come, and when they wait. There are none when the run does not hold the hours of the week.
func weekFigures(record *results.Record) []Figure {
	policies := drawnOf(record.Run.Simulate, func(p styledPolicy) bool { return weekOf(record, p, begunIn) != nil })
	if len(policies) == 0 {
		return nil
	}
	first := policies[0]
	arrivals := weekFigure("arrivals", "When families write", []styledPolicy{first}, func(p styledPolicy) *week {
		return weekOf(record, p, begunIn)
	}, "threads begun in the hour")
	arrivals.Note = "Threads that families begin in each hour of the week, on average over the observed weeks and all replications, of " +
		"all care networks together. Policies hardly change it: shown is " + first.name + "."
	queue := weekFigure("queue", "When threads wait for the staff", policies, func(p styledPolicy) *week {
		return weekOf(record, p, waitingAt)
	}, "threads waiting at the beginning of the hour")
	queue.Note = joinSentences("Threads that wait for somebody of the staff at the beginning of each hour, on average over the "+
		"observed weeks and all replications, of all care networks together. All maps have the same scale.",
		notDrawn(record.Run.Simulate))
	return []Figure{arrivals, queue}
}

func begunIn(h results.WeekHour) results.Number   { return h.Begun }
func waitingAt(h results.WeekHour) results.Number { return h.Waiting }

// weekOf collects a policy's hours of the week; nil when there are none.
func weekOf(record *results.Record, p styledPolicy, value func(results.WeekHour) results.Number) *week {
	var w *week
	for _, h := range record.Week {
		if h.Policy != p.Name || results.WhereText(h.Set) != results.WhereText(p.Set) || h.Hour < 0 || h.Hour >= hoursAWeek {
			continue
		}
		if w == nil {
			w = new(week)
			for i := range w {
				w[i] = math.NaN()
			}
		}
		w[h.Hour] = float64(value(h))
	}
	return w
}

// weekFigure draws a map for each policy.
func weekFigure(name, title string, policies []styledPolicy, of func(styledPolicy) *week, unit string) Figure {
	fig := Figure{Name: name, Title: title}
	numbers := sheet{Caption: capital(unit), Header: []string{"policy", "hour", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}}
	for _, p := range policies {
		w := of(p)
		for hour := range 24 {
			row := []string{p.name, fmt.Sprintf("%02d:00", hour)}
			for day := range 7 {
				row = append(row, number(w[day*24+hour]))
			}
			numbers.Rows = append(numbers.Rows, row)
		}
	}
	fig.Numbers = []sheet{numbers}
	for _, f := range frames() {
		fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "week", Drawing: drawWeeks(f, policies, of, unit)})
	}
	return fig
}

// drawWeeks lays the maps out below the scale, two side by side where there is room.
func drawWeeks(f frame, policies []styledPolicy, of func(styledPolicy) *week, unit string) weekDrawing {
	const gap = 30
	fig := weekDrawing{frame: f, Description: capital(unit) + ", by hour and day of the week: the numbers are in the table below"}
	most := 0.
	for _, p := range policies {
		for _, v := range of(p) {
			if drawable(results.Number(v)) {
				most = math.Max(most, v)
			}
		}
	}
	step := heatStep(most)
	fig.Scale = drawScale(step, unit)
	columns := 1
	if f.Class == "wide" && len(policies) > 1 {
		columns = 2
	}
	width := (f.Width - gap*float64(columns-1)) / float64(columns)
	y := 62.
	for i := 0; i < len(policies); i += columns {
		row := policies[i:min(i+columns, len(policies))]
		if len(policies) > 1 {
			y += titleSpacing * float64(mostTitleLines(row, width))
		}
		bottom := y
		for column, p := range row {
			left := float64(column) * (width + gap)
			m, end := drawWeek(of(p), step, left, y, width)
			if len(policies) > 1 {
				lines := titleLines(p, width)
				m.Titles, _ = lettered(lines, left, y-8-titleSpacing*float64(len(lines)-1), titleSpacing)
			}
			fig.Maps, bottom = append(fig.Maps, m), math.Max(bottom, end)
		}
		y = bottom + 18
	}
	fig.Height = y - 10
	return fig
}

// titleSpacing is the height of a line of a map's title.
const titleSpacing = 16

func titleLines(p styledPolicy, width float64) []string {
	return fitted(p.name, width, textSize*boldWidth/letterWidth)
}

// mostTitleLines returns how many lines the longest of some titles takes, so that maps side by side begin at one height.
func mostTitleLines(policies []styledPolicy, width float64) int {
	most := 0
	for _, p := range policies {
		most = max(most, len(titleLines(p, width)))
	}
	return most
}

// heatStep returns a round number of which heatLevels reach the most.
func heatStep(most float64) float64 {
	if !(most > 0) {
		return 1
	}
	step := math.Pow(10, math.Floor(math.Log10(most/heatLevels)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*step*heatLevels >= most {
			return m * step
		}
	}
	return 10 * step
}

// heatLevel returns the shade of a value, -1 without one.
func heatLevel(v, step float64) int {
	if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return -1
	}
	return min(heatLevels-1, int(v/step))
}

// drawScale shows each shade between the values that it stands for.
func drawScale(step float64, unit string) heatScale {
	const width, left = 38, 10
	places := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	s := heatScale{Title: placedText{unit, 0, 12}}
	for level := range heatLevels + 1 {
		x := float64(left + level*width)
		if level < heatLevels {
			s.Shades = append(s.Shades, heatShade{level, rectangle(x, 20, width, 12)})
		}
		s.Bounds = append(s.Bounds, placedText{fixed(float64(level)*step, places), x, 45})
	}
	return s
}

// rectangle returns the outline of one.
func rectangle(x, y, width, height float64) string {
	return fmt.Sprintf("M%g %gh%gv%gh-%gz", round(x), round(y), round(width), round(height), round(width))
}

// drawWeek draws the map of a policy below y, and returns where it ends.
func drawWeek(w *week, step, left, y, width float64) (weekMap, float64) {
	const days = 36
	var m weekMap
	across := (width - days) / 24
	tall := math.Round(math.Min(20, across+2))
	var outlines [heatLevels + 1]strings.Builder // the first of hours without a value
	for i, v := range w {
		cell := rectangle(left+days+float64(i%24)*across, y+float64(i/24)*tall, across, tall)
		outlines[heatLevel(v, step)+1].WriteString(cell)
	}
	for i := range outlines {
		if outlines[i].Len() > 0 {
			m.Shades = append(m.Shades, heatShade{i - 1, outlines[i].String()})
		}
	}
	for day, label := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		m.Days = append(m.Days, placedText{label, round(left), round(y + (float64(day)+.5)*tall + 4)})
	}
	bottom := y + 7*tall
	for hour := 0; hour <= 18; hour += 6 {
		m.Hours = append(m.Hours, placedText{fmt.Sprintf("%02d:00", hour), round(left + days + float64(hour)*across), round(bottom + 15)})
	}
	return m, bottom + 20
}

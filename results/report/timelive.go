package report

import (
	"math"

	"github.com/portalbench/portalbench/results"
)

// liveFigure is a time chart for the script.
type liveFigure struct {
	Name  string           `json:"name"`
	From  float64          `json:"from"`
	To    float64          `json:"to"`
	Every int              `json:"every"`
	At    []results.Number `json:"at"`
	Plots []livePlot       `json:"plots"`
	Notes []liveNote       `json:"notes"`
}

type livePlot struct {
	Title string     `json:"title"`
	Unit  string     `json:"unit"`
	Log   bool       `json:"log"`
	Lines []liveLine `json:"lines"`
}

// liveLine has Low and High only where they differ from Last.
type liveLine struct {
	Name  string           `json:"name"`
	Style int              `json:"style"`
	Last  []results.Number `json:"last"`
	Low   []results.Number `json:"low,omitempty"`
	High  []results.Number `json:"high,omitempty"`
}

type liveNote struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Text string  `json:"text"`
}

// liveFigures collects the time charts of all sections.
func liveFigures(sections []section) []liveFigure {
	var all []liveFigure
	for _, s := range sections {
		for _, f := range s.Figures {
			if f.Live != nil {
				all = append(all, liveOf(f.Name, f.Live))
			}
		}
	}
	return all
}

func liveOf(name string, c *timeChart) liveFigure {
	out := liveFigure{Name: name, From: c.From, To: c.To, Every: c.Every, Notes: []liveNote{}}
	for _, at := range c.At {
		out.At = append(out.At, brief(at))
	}
	for _, p := range c.Plots {
		plot := livePlot{Title: p.Title, Unit: p.Unit, Log: p.Log}
		for _, l := range p.Lines {
			plot.Lines = append(plot.Lines, l.live(c.Every > 1))
		}
		out.Plots = append(out.Plots, plot)
	}
	for _, n := range c.Notes {
		out.Notes = append(out.Notes, liveNote(n))
	}
	return out
}

func (l timeLine) live(wide bool) liveLine {
	out := liveLine{Name: l.Name, Style: l.Style}
	for _, s := range l.Values {
		out.Last = append(out.Last, brief(s.Last))
		if wide {
			out.Low, out.High = append(out.Low, brief(s.Low)), append(out.High, brief(s.High))
		}
	}
	return out
}

// brief keeps four digits: more than a screen shows.
func brief(v float64) results.Number {
	if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 {
		return results.Number(v)
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return results.Number(math.Round(v*scale) / scale)
}

package report

import (
	"math"
	"time"

	"github.com/portalbench/portalbench/results"
)

// targetFigure shows what the portal's process used over time; nil where it was not watched.
func targetFigure(record *results.Record) *Figure {
	samples := record.Target
	if len(samples) < 2 {
		return nil
	}
	cpu, memory, at := []float64{}, []float64{}, []float64{}
	sheetOfAll := sheet{Caption: "What the portal's process used", Header: []string{"second", "cores", "memory, MB", "threads"}}
	for i, s := range samples {
		used := math.NaN()
		if i > 0 {
			used = cores(samples[i-1], s)
		}
		at, cpu, memory = append(at, s.At.Seconds()), append(cpu, used), append(memory, float64(s.RSS)/1e6)
		sheetOfAll.Rows = append(sheetOfAll.Rows, []string{fixed(s.At.Seconds(), 1), number(used), number(float64(s.RSS) / 1e6), count(int64(s.Threads))})
	}
	s := secondsOf(record)
	moments, every := bucketed(at)
	chart := s.chart(timePlot{Title: "Processor, cores", Unit: " cores", Lines: []timeLine{bucketLine("cores", 0, cpu)}},
		timePlot{Title: "Resident memory, MB", Unit: " MB", Lines: []timeLine{bucketLine("memory", 2, memory)}})
	chart.Every, chart.At = every, nil
	for _, m := range moments {
		chart.At = append(chart.At, m.Last)
	}
	chart.From = math.Min(0, math.Ceil(at[0]))
	chart.To = math.Max(chart.To, at[len(at)-1])
	if chart.From < 0 {
		chart.Notes = append([]timeNote{{0, 0, "end of the warm-up"}}, chart.Notes...)
	}
	f := Figure{Name: "portal-process", Title: "What the portal's process used", Note: "1 core is one processor fully used; memory is what is resident, in MB of " +
		"1,000,000 bytes. Children of the process are not counted." + everyText(every), Numbers: []sheet{sheetOfAll}}
	return f.overTime(chart)
}

// shortestUse is the time below which processor time is too coarse to tell how many cores were used: systems count it in
// hundredths of a second. The last sample comes when the load is over, which may be soon after the one before.
const shortestUse = 500 * time.Millisecond

// cores returns how many processors were used between two samples, NaN where that cannot be told.
func cores(from, to results.TargetSample) float64 {
	if to.At-from.At < shortestUse {
		return math.NaN()
	}
	return float64(to.CPU-from.CPU) / float64(to.At-from.At)
}

func bucketLine(name string, style int, values []float64) timeLine {
	rows, _ := bucketed(values)
	return timeLine{Name: name, Style: style, Values: rows}
}

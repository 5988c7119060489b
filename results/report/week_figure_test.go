package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A step is a round number of which seven reach the most; a value on a bound belongs to the shade above it.
func TestShadesOfHours(t *testing.T) {
	for _, c := range []struct{ most, step float64 }{{7, 1}, {7.1, 2}, {12, 2}, {36, 10}, {.5, .1}, {0, 1}, {math.NaN(), 1}} {
		require.InDelta(t, c.step, heatStep(c.most), 1e-12, "%g", c.most)
	}
	for _, c := range []struct {
		v     float64
		level int
	}{{0, 0}, {1.99, 0}, {2, 1}, {13.9, 6}, {14, 6}, {math.NaN(), -1}, {math.Inf(1), -1}} {
		require.Equal(t, c.level, heatLevel(c.v, 2), "%g", c.v)
	}
}

// There is one map of what comes and one of what waits for each policy; each has 168 hours, and the table 24 rows of it.
func TestMapsOfTheWeek(t *testing.T) {
	record := fullRecord(sampleRun(threePolicies(), nil))
	record.Week[3].Begun = num(math.NaN())
	figures := weekFigures(record)
	require.Len(t, figures, 2)
	arrivals, queue := figures[0].Panels[0].Drawing.(weekDrawing), figures[1].Panels[0].Drawing.(weekDrawing)
	require.Len(t, arrivals.Maps, 1)
	require.Len(t, queue.Maps, 3)
	for _, m := range append(arrivals.Maps, queue.Maps...) {
		cells := 0
		for _, s := range m.Shades {
			cells += strings.Count(s.Path, "z")
		}
		require.Equal(t, hoursAWeek, cells)
	}
	require.Equal(t, heatShade{-1, rectangle(36+3*(760.-36)/24, 62, (760.-36)/24, 20)}, arrivals.Maps[0].Shades[0], "an hour without a value")
	require.Equal(t, "–", figures[0].Numbers[0].Rows[3][2])
	require.Len(t, figures[0].Numbers[0].Rows, 24)
	require.Len(t, figures[1].Numbers[0].Rows, 3*24)
	require.Len(t, figures[1].Numbers[0].Header, 9)
	require.Equal(t, queue.Maps[0].Days[0].Y, queue.Maps[1].Days[0].Y, "side by side")
	require.Less(t, queue.Maps[1].Days[0].Y, queue.Maps[2].Days[0].Y)
	require.Empty(t, weekFigures(sampleRecord(sampleRun(threePolicies(), nil))), "an older run does not hold the week")
}

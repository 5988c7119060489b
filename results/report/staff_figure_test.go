package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
)

// Of workdays of 1 to 100 minutes 5% are at most 5, 25% at most 25, and so on.
func TestBoxesOfWorkdays(t *testing.T) {
	s := sampleSimulation(samplePolicy("physician-first", 1, 1))
	record := &results.Record{Run: sampleRun(s, nil), Histograms: []results.Histograms{{Unit: "min", Of: map[string]*stats.Histogram{}}}}
	h := stats.NewHistogram(1440, 3)
	for m := int64(1); m <= 100; m++ {
		h.Record(m)
	}
	record.Histograms[0].Of["physician-first/inbox_minutes_of_a_workday{role=physician}"] = h
	all := allStaffMinutes(record)
	require.Len(t, all, 3)
	m := all[0]
	require.Equal(t, "physician", m.role)
	require.Equal(t, []float64{5, 25, 50, 75, 95}, []float64{m.p5, m.p25, m.median, m.p75, m.p95})
	require.InDelta(t, .27, m.share(), 1e-9)
	d := drawStaff(frames()[0], all)
	row := d.Rows[0]
	require.Nil(t, row.Bar)
	require.True(t, row.Box.Low < row.Box.Left && row.Box.Left < row.Box.Middle && row.Box.Middle < row.Box.Right && row.Box.Right < row.Box.High)
	require.InDelta(t, .27*shareBar, row.To-row.From, .1)
	require.Equal(t, "27%", row.Share.Text)
	require.Nil(t, d.Rows[1].Box, "of nurses this run does not hold the days: the mean is shown")
	require.NotNil(t, d.Rows[1].Bar)
}

// An older run holds no workdays: bars of the mean stand in, and the note says why.
func TestBarsStandInForBoxes(t *testing.T) {
	s := threePolicies()
	fig, drawn := staffFigure(sampleRecord(sampleRun(s, nil)))
	require.True(t, drawn)
	require.Contains(t, fig.Note, "the run does not hold how workdays differ")
	d := fig.Panels[0].Drawing.(staffDrawing)
	require.Len(t, d.Rows, 9)
	require.Len(t, d.Roles, 3)
	require.Less(t, d.Rows[0].Bar.Low, d.Rows[0].Bar.To)
	require.Less(t, d.Rows[0].Bar.To, d.Rows[0].Bar.High)
	full, _ := staffFigure(fullRecord(sampleRun(s, nil)))
	require.Contains(t, full.Note, "Half of all workdays lie in the box")
	_, drawn = staffFigure(&results.Record{Run: sampleRun(&results.Simulate{Policies: []results.PolicyResult{{Name: "a"}}}, nil)})
	require.False(t, drawn)
}

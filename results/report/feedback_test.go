package report

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// slowDay is what a portal of about two seconds does.
func slowDay() *results.FeedBack {
	q := results.FedBackQuantities()
	effect := func(i int, atOnce, difference, low, high float64) results.Effect {
		return results.Effect{Quantity: q[i], AtOnce: num(atOnce), AsMeasured: num(atOnce + difference), Difference: num(difference),
			Low: num(low), High: num(high), Shown: low > 0 || high < 0}
	}
	return &results.FeedBack{Replications: 30, HorizonDays: 365, WarmUpDays: 28,
		Operations: []results.MeasuredOperation{{Op: "inbox", From: "inbox", N: 900, MeanMS: 2000}, {Op: "route", From: "all", N: 4000, MeanMS: 1900}},
		Waits: []results.PortalWait{{Role: "physician", Measured: 3.1, Simulated: 2.95, Low: 2.93, High: 2.98},
			{Role: "ma", Measured: num(math.NaN()), Simulated: .4, Low: .4, High: .4}},
		Effects: []results.Effect{effect(0, 5.34, .06, .04, .08), effect(1, 4.11, -.04, -.17, .09), effect(2, .812, -.0018, -.002, -.0017),
			effect(3, 79.4, 3.01, 2.97, 3.06), effect(4, 21.2, .8, .78, .82)}}
}

func TestFeedBack(t *testing.T) {
	for name, format := range map[string]Format{"feedback.txt": Table, "feedback.md": Markdown} {
		text := golden(t, name, func(w io.Writer) error { return FeedBack(w, format, slowDay()) })
		for line := range strings.Lines(text) {
			require.True(t, format == Markdown || utf8.RuneCountInString(line) <= maxWidth+1, line)
		}
	}
}

func TestFeedBackSentence(t *testing.T) {
	with := func(change func(f *results.FeedBack)) *results.FeedBack {
		f := slowDay()
		change(f)
		return f
	}
	evening := func(d, low, high float64) func(f *results.FeedBack) {
		return func(f *results.FeedBack) {
			e := &f.Effects[4]
			e.Difference, e.Low, e.High, e.Shown = num(d), num(low), num(high), low > 0 || high < 0
		}
	}
	const waits = "At these latencies a physician waits 2.95 minutes a workday for the portal, and "
	for _, row := range []struct {
		name string
		f    *results.FeedBack
		want string
	}{
		{"shown", slowDay(), waits + "0.80 minutes of work after hours come from it (0.78–0.82)."},
		{"not shown", with(evening(.2, -.1, .5)), waits + "no difference in work after hours is shown (−0.10 to +0.50 minutes)."},
		{"seconds", with(evening(.02, .01, .03)), waits + "1.20 seconds of work after hours come from it (0.60–1.80)."},
		{"less", with(evening(-.2, -.3, -.1)), waits + "0.20 minutes less are worked after hours (0.10–0.30)."},
		{"one replication", with(evening(.2, math.NaN(), math.NaN())), waits + "what that does to work after hours cannot be told from one replication (+0.20 minutes)."},
		{"never", with(evening(math.NaN(), math.NaN(), math.NaN())), waits + "what that does to work after hours is not known."},
		{"refused", &results.FeedBack{Why: "the load is invalid: lag"}, "Nothing is fed back: the load is invalid: lag."},
	} {
		require.Equal(t, row.want, FeedBackSentence(row.f), row.name)
	}
	require.Contains(t, FeedBackSentence(&results.FeedBack{Unstable: true}), "the backlog grows")
}

// The page has the sentence and the tables, and leaves the section out where nothing was asked for.
func TestFeedBackOnThePage(t *testing.T) {
	run := sampleRun(nil, sampleLoad())
	page := func() string {
		var b bytes.Buffer
		require.NoError(t, HTML(&b, &results.Record{Run: run}))
		return b.String()
	}
	require.NotContains(t, page(), "as slow as measured")
	run.Load.FeedBack = slowDay()
	for _, part := range []string{"What it does to the clinic", "0.80 minutes of work after hours", "as slow as measured", "Paired over 30 replications"} {
		require.Contains(t, page(), part)
	}
	run.Load.FeedBack = &results.FeedBack{Why: "the load is invalid: lag"}
	require.Contains(t, page(), "Nothing is fed back")
	require.NotContains(t, page(), "as slow as measured")
}

package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseLimit(t *testing.T) {
	urgent := Where{"actual_urgency": "urgent"}
	for text, want := range map[string]MeasureLimit{
		"first_response_hours{actual_urgency=urgent}.median<4h": {Of: Quantity{"first_response_hours", urgent, "median"}, Unit: "hours", Bound: 4},
		"first_response_hours <= 90m":                           {Of: Quantity{"first_response_hours", nil, "median"}, Unit: "hours", OrEqual: true, Bound: 1.5}, // 90/60
		"first_response_business_hours.p90<8":                   {Of: Quantity{"first_response_business_hours", nil, "p90"}, Unit: "business hours", Bound: 8},
		"answered_within_1_business_day>=90%":                   {Of: Quantity{"answered_within_1_business_day", nil, "share"}, Unit: "share", Above: true, OrEqual: true, Bound: .9},
		"unopened_at_12h<.05":                                   {Of: Quantity{"unopened_at_12h", nil, "share"}, Unit: "share", Bound: .05},
		"inbox_minutes_per_workday<1h":                          {Of: Quantity{"inbox_minutes_per_workday", Where{"role": "physician"}, "mean"}, Unit: "minutes", Bound: 60},
		"threads>100":                                           {Of: Quantity{"threads", nil, "count"}, Unit: "threads", Above: true, Bound: 100},
		"nurse-first/threads>100":                               {Policy: "nurse-first", Of: Quantity{"threads", nil, "count"}, Unit: "threads", Above: true, Bound: 100},
		"a[staff.rn.fte=2]/first_response_hours{age=65+}<4h":    {Policy: "a[staff.rn.fte=2]", Of: Quantity{"first_response_hours", Where{"age": "65+"}, "median"}, Unit: "hours", Bound: 4},
	} {
		got, err := ParseLimit(text)
		require.NoError(t, err, text)
		want.Expression = text
		require.Equal(t, Limit{Measure: &want}, got, text)
	}
	got, err := ParseLimit("thread.response.p95<500ms") // an operation, though a measure is called threads
	require.NoError(t, err)
	require.Equal(t, "thread", got.Threshold.Op)
}

func TestParseLimitSaysWhatToWrite(t *testing.T) {
	for text, part := range map[string]string{
		"sned.response.p95<500ms":         `unknown operation "sned": did you mean send?`,
		"first_respons_hours<4h":          `unknown measure "first_respons_hours": did you mean first_response_hours?`,
		"nurse-first/first_respons_hours": "it has none of <, <=, > and >=",
		"a/first_respons_hours<4h":        "did you mean first_response_hours?",
		"first_response_hours":            "it has none of <, <=, > and >=",
		"first_response_hours.p99<4h":     "has no p99: use mean, median, p90, p95",
		"first_response_hours{age=65+<4h": "the brace is not closed",
		"first_response_hours<4 apples":   "not a number of hours, or a duration such as 4h or 30m",
		"first_response_hours<-4h":        "not a number of hours",
		"unopened_at_12h<5":               "not a number of share from 0 to 1, or a percentage",
		"threads<5%":                      "not a number of threads",
		"threads<NaN":                     "not a number of threads",
		"threads<inf":                     "not a number of threads",
		"send.response.p95>500ms":         "it has no < or <=",
		"":                                "it has no < or <=",
	} {
		_, err := ParseLimit(text)
		require.ErrorContains(t, err, part, text)
	}
}

func FuzzParseLimit(f *testing.F) {
	for _, s := range []string{"send.response.p95<500ms", "first_response_hours{age=65+}.p90<=4h", "a[b=c]/threads>1", "{", "/<", "threads{=}<>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLimit(text)
		if err == nil {
			require.True(t, (l.Threshold == nil) != (l.Measure == nil), text)
		}
	})
}

func TestParseMetric(t *testing.T) {
	for text, part := range map[string]string{
		"sned.response.p50":     "did you mean send?",
		"all.response":          "it names no statistic",
		"target.cpu_ms_per_req": "did you mean cpu_ms_per_request?",
		"all.errors.p50":        "leave out .p50",
	} {
		_, err := ParseMetric(text)
		require.ErrorContains(t, err, part, text)
	}
}

func TestMetricsOfALoad(t *testing.T) {
	l := sound()
	l.Target = &Target{Samples: 60, CPUMSPerRequest: 1.5, RSSMaxMB: 80}
	l.Ops[0].Outcomes = map[string]int64{"ok": 99000, "invalid": 1000}
	for text, want := range map[string][3]float64{ // of, exp of log, samples
		"all.response.p50":          {15, 15, 99000},
		"all.errors":                {.01, 1000.5 / 100001, 100000}, // (1000 + 1/2) / (100000 + 1)
		"target.cpu_ms_per_request": {1.5, 1.5, 60},
		"target.rss_max_mb":         {80, 80, 60},
	} {
		m, err := ParseMetric(text)
		require.NoError(t, err)
		require.InDelta(t, want[0], m.Of(l), 1e-12, text)
		require.InEpsilon(t, want[1], math.Exp(m.Log(l)), 1e-12, text)
		require.EqualValues(t, want[2], m.Samples(l), text)
	}
	names := func(ms []Metric) (out []string) {
		for _, m := range ms {
			out = append(out, m.Name)
		}
		return out
	}
	require.Equal(t, []string{"all.response.p50", "target.cpu_ms_per_request", "all.errors"}, names(DefaultMetrics(l)))
	require.Equal(t, []string{"all.response.p50", "all.errors"}, names(DefaultMetrics(l, sound())), "one was not watched")
}

package results

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseThreshold(t *testing.T) {
	for text, want := range map[string]ParsedThreshold{
		"send.response.p95<500ms":   {Op: "send", Metric: "response", Statistic: "p95", Limit: 500},
		"all.schedule.mean <= 1.5s": {Op: "all", Metric: "schedule", Statistic: "mean", Limit: 1500, OrEqual: true},
		"claim.lag.p999<250us":      {Op: "claim", Metric: "lag", Statistic: "p999", Limit: .25},
		"inbox.service.max<1m":      {Op: "inbox", Metric: "service", Statistic: "max", Limit: 60000},
		"all.errors<=1%":            {Op: "all", Metric: "errors", Limit: .01, OrEqual: true},
		"reply.errors < 0.1 %":      {Op: "reply", Metric: "errors", Limit: .001},
	} {
		got, err := ParseThreshold(text)
		require.NoError(t, err, text)
		want.Expression = text
		require.Equal(t, want, got, text)
	}
	_, err := ParseThreshold(DefaultThreshold)
	require.NoError(t, err)
}

func TestParseThresholdSaysWhatToWrite(t *testing.T) {
	for text, part := range map[string]string{
		"":                          "it has no < or <=",
		"send.response.p95>500ms":   "it has no < or <=",
		"sned.response.p95<500ms":   "did you mean send?",
		"xyzzy.response.p95<500ms":  `unknown operation "xyzzy": choose one of all, auth,`,
		"send<500ms":                "it names no metric",
		"send.respones.p95<500ms":   "did you mean response?",
		"send.response<500ms":       "it names no statistic",
		"send.response.p96<500ms":   "choose one of mean, p50, p90, p95, p99, p999, max",
		"send.errors.p95<1%":        "leave out .p95",
		"send.errors<1":             "is not a percentage",
		"send.errors<NaN%":          "is not a percentage",
		"send.errors<101%":          "is not a percentage",
		"send.response.p95<500":     "is not a duration",
		"send.response.p95<-5ms":    "is not a duration",
		"send.response.p95<1%":      "is not a duration",
		"send.response.p95.max<1ms": "unknown statistic",
	} {
		_, err := ParseThreshold(text)
		require.ErrorContains(t, err, part, text)
		require.ErrorContains(t, err, "reading threshold", text)
	}
}

func FuzzParseThreshold(f *testing.F) {
	for _, s := range []string{"send.response.p95<500ms", "all.errors<=1%", "claim.lag.p999 < 1h2m", "a.b.c<", "<", "all.errors<1e999%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseThreshold(text)
		if err != nil {
			return
		}
		require.False(t, math.IsNaN(got.Limit) || math.IsInf(got.Limit, 0) || got.Limit < 0, text)
		again, err := ParseThreshold(got.Expression)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

func TestNearestOffersOnlyWhatIsNear(t *testing.T) {
	require.Equal(t, []string{"send"}, Nearest("sned", OpNames(), 1))
	require.Empty(t, Nearest("latency", OpNames(), 1))
}

// The nearest come first; what is more than one edit further away than the nearest is left out.
func TestNearest(t *testing.T) {
	known := []string{"patience", "patients", "pats", "clinic"}
	require.Equal(t, []string{"patients", "patience"}, Nearest("patient", known, 5)) // +s; t->c and +e
	require.Equal(t, []string{"patients"}, Nearest("PATIENTS", known, 1), "upper and lower case alike")
	require.Empty(t, Nearest("xyz", known, 5))
}

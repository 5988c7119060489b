package results

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// samples are of a process that uses half a core for a second of warm-up, then one core for a second, then two.
func samples() TargetSeries {
	at := func(s, cpu float64, mb int64, threads int) TargetSample {
		return TargetSample{time.Duration(s * float64(time.Second)), time.Duration(cpu * float64(time.Second)), mb * 1e6, threads}
	}
	return TargetSeries{PID: 7, Samples: []TargetSample{at(-1, 10, 900, 99), at(0, 10.5, 100, 8), at(1, 11.5, 200, 9), at(2.01, 13.52, 300, 9),
		at(2.02, 13.57, 400, 9), at(3, 20, 900, 99)}}
}

// In the window of 2 s: 3.07 s of processor time in 2.02 s are 1.520 cores, at most (13.52 - 11.5)/1.01 = 2, as 10 ms are
// too short to tell; 100 to 400 MB; 2 s x 1.520 cores for 1,000 requests are 3.040 ms each. Warm-up and the time after are
// left out.
func TestSummarizeTarget(t *testing.T) {
	got := samples().Summarize(2*time.Second, 1000)
	require.Equal(t, 4, got.Samples)
	require.Equal(t, 7, got.PID)
	require.InDelta(t, 3.07/2.02, float64(got.CPUCoresMean), 1e-9)
	require.InDelta(t, 2, float64(got.CPUCoresMax), 1e-6)
	require.InDelta(t, 250, float64(got.RSSMeanMB), 1e-9)
	require.InDelta(t, 400, float64(got.RSSMaxMB), 1e-9)
	require.Equal(t, 9, got.ThreadsMax)
	require.InDelta(t, 2*3.07/2.02, float64(got.CPUMSPerRequest), 1e-6)
	require.True(t, math.IsNaN(float64(samples().Summarize(2*time.Second, 0).CPUMSPerRequest)))
}

func TestSummarizeTooFewSamples(t *testing.T) {
	require.Nil(t, TargetSeries{}.Summarize(time.Second, 1))
	require.Nil(t, TargetSeries{Samples: samples().Samples[:2]}.Summarize(time.Second, 1))
	require.Nil(t, TargetSeries{Samples: samples().Samples[:1]}.Summarize(time.Second, 1), "only the warm-up")
}

func TestWriteTarget(t *testing.T) {
	f, err := Create(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, f.WriteTarget(TargetSeries{Samples: samples().Samples[:3]}))
	got, err := os.ReadFile(f.Path("target.csv"))
	require.NoError(t, err)
	require.Equal(t, "t_s,cpu_cores,cpu_s,rss_bytes,threads\n-1.000,,10,900000000,99\n0.000,0.5,10.5,100000000,8\n"+
		"1.000,1,11.5,200000000,9\n", string(got))
}

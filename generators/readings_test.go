package generators

import (
	"bytes"
	"compress/flate"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

func TestHomeReading(t *testing.T) {
	type row struct {
		name                string
		wording             Wording
		code, unit          string
		low, high           float64
		alarmLow, alarmHigh float64
		step                float64
	}
	of := func(c scenarios.Condition) Wording { return Wording{HasCondition: true, Condition: c} }
	for _, r := range []row{
		{"no condition", Wording{}, "8480-6", "mm[Hg]", 92, 178, 184, 218, 1},
		{"hypertension", of(scenarios.Hypertension), "8480-6", "mm[Hg]", 92, 178, 184, 218, 1},
		{"coronary", of(scenarios.Coronary), "8480-6", "mm[Hg]", 92, 178, 184, 218, 1},
		{"diabetes", of(scenarios.Diabetes), "2339-0", "mg/dL", 70, 290, 320, 520, 1},
		{"copd", of(scenarios.COPD), "59408-5", "%", 88, 99, 78, 87, 1},
		{"asthma", of(scenarios.Asthma), "33452-4", "L/min", 200, 620, 90, 180, 1},
		{"heart failure", of(scenarios.HeartFailure), "29463-7", "kg", 44, 140, 44, 140, .1},
		{"dementia", of(scenarios.Dementia), "29463-7", "kg", 44, 140, 44, 140, .1},
	} {
		t.Run(r.name, func(t *testing.T) {
			values := map[float64]bool{}
			for i := range uint64(2000) {
				k := des.NewKey(1).Sub(i)
				code, v, unit := HomeReading(r.wording, k)
				require.Equal(t, r.code, code)
				require.Equal(t, r.unit, unit)
				require.True(t, r.low <= v && v <= r.high, v)
				require.InDelta(t, math.Round(v/r.step), v/r.step, 1e-9)
				values[v] = true
				alarming := r.wording
				alarming.HighRisk = true
				_, v, _ = HomeReading(alarming, k)
				require.True(t, r.alarmLow <= v && v <= r.alarmHigh, v)
			}
			require.Greater(t, len(values), 8)
		})
	}
}

func TestFile(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 7, 22, 23, 100, 4096, 65537} {
		got := File(des.NewKey(1), n)
		require.Len(t, got, max(n, 0))
		require.Equal(t, got, File(des.NewKey(1), n))
		require.True(t, bytes.HasPrefix([]byte("%PDF-1.4"), got[:min(len(got), 8)]))
		require.Equal(t, n >= 22, bytes.HasSuffix(got, []byte("\n%%EOF\n")), n) // 15 bytes of header, 7 of trailer
	}
	require.NotEqual(t, File(1, 100), File(2, 100))
}

func TestFileDoesNotCompress(t *testing.T) {
	content := File(des.NewKey(1), 100_000)
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.Greater(t, out.Len(), 99_000)
}

func BenchmarkFile(b *testing.B) {
	b.SetBytes(1 << 20)
	for i := uint64(0); b.Loop(); i++ {
		File(des.Key(i), 1<<20)
	}
}

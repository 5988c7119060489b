package stats

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBinaryFormSurvivesARoundTrip(t *testing.T) {
	for _, h := range []*Histogram{filled(0), filled(7), filled(3, 0, 1, 1, 250, 99999, 20160), NewHistogram(2, 1), NewHistogram(1<<62, 5)} {
		b := bytesOf(t, h)
		var got Histogram
		require.NoError(t, got.UnmarshalBinary(b))
		require.Equal(t, b, bytesOf(t, &got))
		require.Equal(t, h.Cumulative(), got.Cumulative())
		require.Equal(t, h.Clamped(), got.Clamped())
		require.Equal(t, h.NotReachedCount(), got.NotReachedCount())
	}
}

func TestDamagedBytesAreRefused(t *testing.T) {
	good := bytesOf(t, filled(1, 10, 20))
	for name, damage := range map[string]func(b []byte) []byte{
		"empty":             func([]byte) []byte { return nil },
		"other magic":       func(b []byte) []byte { b[0] = 'x'; return b },
		"cut":               func(b []byte) []byte { return b[:len(b)-3] },
		"digits":            func(b []byte) []byte { b[4] = 3; return b },
		"max":               func(b []byte) []byte { b[12]++; return b },
		"largest too large": func(b []byte) []byte { b[20] = 200; return b },
		"largest too small": func(b []byte) []byte { b[20] = 3; return b },
		"clamped over all":  func(b []byte) []byte { b[52] = 9; return b },
		"negative":          func(b []byte) []byte { b[37] = 0x80; return b },
		"counts":            func(b []byte) []byte { b[60] ^= 0xff; return b },
	} {
		h := filled(0, 1)
		require.Error(t, h.UnmarshalBinary(damage(append([]byte(nil), good...))), name)
		require.Equal(t, bytesOf(t, filled(0, 1)), bytesOf(t, h), "%s: unchanged", name)
	}
}

func FuzzUnmarshalHistogram(f *testing.F) {
	f.Add(bytesOf(f, filled(0)))
	f.Add(bytesOf(f, filled(2, 1, 2, 3, 20160)))
	f.Add(bytesOf(f, filled(0, 99999))[:40])
	f.Add([]byte("pbh1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var h Histogram
		if h.UnmarshalBinary(b) != nil {
			return
		}
		var again Histogram
		require.NoError(t, again.UnmarshalBinary(bytesOf(t, &h)))
		require.Equal(t, h.Count(), again.Count())
		h.Quantile(.5)
		h.Merge(&again)
	})
}

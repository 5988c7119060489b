package generators

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/sim/des"
)

func TestPersonName(t *testing.T) {
	plain := regexp.MustCompile(`^[A-Z][A-Za-z'-]+ [A-Z][A-Za-z' -]+$`)
	distinct := map[string]bool{}
	for i := range uint64(10000) {
		name := PersonName(des.NewKey(1).Sub(i))
		require.Regexp(t, plain, name)
		require.Equal(t, name, PersonName(des.NewKey(1).Sub(i)))
		distinct[name] = true
	}
	require.Greater(t, len(distinct), 9000)
}

// A key whose number is 0 must not make gofakeit fall back on the operating system's random numbers.
func TestPersonNameOfZeroKey(t *testing.T) {
	want := PersonName(0)
	for range 20 {
		require.Equal(t, want, PersonName(0))
	}
}

func TestKeySource(t *testing.T) {
	s, again := &keySource{key: 5}, &keySource{key: 5}
	for range 1000 {
		got := s.Int63()
		require.GreaterOrEqual(t, got, int64(0))
		require.Equal(t, int64(again.Uint64()>>1), got)
	}
	s.Seed(7)
	again.Seed(7)
	require.Equal(t, again.Uint64(), s.Uint64())
	again.Seed(8)
	require.NotEqual(t, again.Uint64(), (&keySource{key: des.NewKey(7)}).Uint64())
}

func BenchmarkPersonName(b *testing.B) {
	k := des.NewKey(1)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		PersonName(k.Sub(i))
	}
}

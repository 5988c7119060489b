package generators

import (
	"github.com/brianvoe/gofakeit/v6"

	"github.com/portalbench/portalbench/sim/des"
)

// PersonName returns a synthetic first and last name in plain ASCII letters. It depends on k alone; two keys may get
// the same name, so a name identifies nobody.
func PersonName(k des.Key) string {
	return gofakeit.NewCustom(&keySource{key: k}).Name()
}

// keySource is a stream of random bits out of one key, in the shape that gofakeit draws from. gofakeit's own sources
// take seed 0 to mean "be random" and cost microseconds to seed; this one has no seed to get wrong and costs nothing
// to make.
type keySource struct {
	key  des.Key
	next uint64
}

// Uint64 returns the next 64 bits.
func (s *keySource) Uint64() uint64 {
	s.next++
	return s.key.Sub(s.next).Bits()
}

// Int63 returns the next 63 bits as a number of at least zero.
func (s *keySource) Int63() int64 { return int64(s.Uint64() >> 1) }

// Seed starts another stream. gofakeit asks for the method and never calls it.
func (s *keySource) Seed(seed int64) { *s = keySource{key: des.NewKey(uint64(seed))} }

package des

import "math/bits"

// Key names one random number. Draws are stateless: the number depends on its key alone and not on what was drawn
// before, so a policy that re-routes one message leaves every other draw as it was.
//
// Keys are built by Sub from the seed downwards: seed, replication, network, person, need, generation, touch, purpose.
type Key uint64

// NewKey starts a family of keys from the seed the user gave. Every seed, zero included, is a family of its own.
func NewKey(seed uint64) Key { return Key(mix(seed^0x9e3779b97f4a7c15, 0xd1342543de82ef95)) }

// Sub derives the key of part n of what k names.
func (k Key) Sub(n uint64) Key {
	return Key(mix(uint64(k)^0xa0761d6478bd642f, n^0xe7037ed1a0b428db))
}

// mix multiplies to 128 bits and folds: each output bit depends on all bits of both inputs.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	x := hi ^ lo
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// Bits returns the 64 random bits that k names.
func (k Key) Bits() uint64 { return mix(uint64(k)^0x8ebc6af09c88c6e3, 0x589965cc75374cc3) }

// Float returns a uniform number in [0, 1).
func (k Key) Float() float64 { return float64(k.Bits()>>11) * 0x1p-53 }

// Chance reports true with probability p.
func (k Key) Chance(p float64) bool { return k.Float() < p }

// IntN returns a uniform whole number in [0, n). n must be positive.
func (k Key) IntN(n int) int {
	hi, _ := bits.Mul64(k.Bits(), uint64(n))
	return int(hi)
}

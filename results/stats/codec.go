package stats

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The binary form of a Histogram, numbers in big-endian order:
//
//	"pbh1"                  4 bytes
//	digits                  1 byte, 1 to 5
//	max, largest            2 x 8 bytes
//	sum                     16 bytes, high half first
//	not reached, clamped    2 x 8 bytes
//	counts                  the rest: HdrHistogram's V2 compressed encoding, lowest discernible value 1
const (
	codecMagic  = "pbh1"
	codecHeader = len(codecMagic) + 1 + 6*8
)

// MarshalBinary writes h in its binary form.
func (h *Histogram) MarshalBinary() ([]byte, error) {
	text, err := h.counts.EncodeV2()
	if err != nil {
		return nil, fmt.Errorf("encoding a histogram: %w", err)
	}
	b := append(make([]byte, 0, codecHeader+len(text)), codecMagic...)
	b = append(b, byte(h.digits))
	for _, v := range []uint64{uint64(h.max), uint64(h.largest), h.sum.hi, h.sum.lo, uint64(h.notReached), uint64(h.clamped)} {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	b, err = base64.StdEncoding.AppendDecode(b, text)
	if err != nil {
		return nil, fmt.Errorf("encoding a histogram: %w", err)
	}
	return b, nil
}

// UnmarshalBinary replaces h with what MarshalBinary wrote. Bytes that contradict themselves are refused, and h is
// then unchanged.
func (h *Histogram) UnmarshalBinary(b []byte) error {
	if len(b) < codecHeader || string(b[:len(codecMagic)]) != codecMagic {
		return errors.New("decoding a histogram: these bytes are not one")
	}
	d := Histogram{digits: int(b[len(codecMagic)])}
	field := func(i int) uint64 { return binary.BigEndian.Uint64(b[len(codecMagic)+1+8*i:]) }
	d.max, d.largest = int64(field(0)), int64(field(1))
	d.sum = uint128{field(2), field(3)}
	d.notReached, d.clamped = int64(field(4)), int64(field(5))
	var err error
	d.counts, err = hdrhistogram.Decode([]byte(base64.StdEncoding.EncodeToString(b[codecHeader:])))
	if err != nil {
		return fmt.Errorf("decoding a histogram: %w", err)
	}
	if err := d.check(); err != nil {
		return fmt.Errorf("decoding a histogram: %w", err)
	}
	*h = d
	return nil
}

// check holds the header against the counts it came with.
func (h *Histogram) check() error {
	n := h.counts.TotalCount()
	switch {
	case h.digits < 1 || h.digits > 5 || h.max < 2:
		return fmt.Errorf("no histogram has max %d and %d digits", h.max, h.digits)
	case h.counts.HighestTrackableValue() != h.max || h.counts.SignificantFigures() != int64(h.digits) || h.counts.LowestTrackableValue() != 1:
		return errors.New("the counts have another shape than the header says")
	case h.notReached < 0 || h.clamped < 0 || h.clamped > n || n+h.notReached < 0:
		return errors.New("the counts do not add up")
	case h.largest < 0 || h.largest > h.max || n == 0 && (h.largest != 0 || h.sum != uint128{}):
		return fmt.Errorf("a largest value of %d does not fit the counts", h.largest)
	case n > 0 && (h.counts.Min() > h.largest || h.largest > h.counts.Max()):
		return fmt.Errorf("a largest value of %d does not fit the counts", h.largest)
	}
	return nil
}

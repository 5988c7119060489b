package bench

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// Spool keeps operations on disk and gives them back by slices of time, so that a workload of a day takes the memory of a
// few minutes. Networks are added one after the other, each with its whole window; a slice has those of all. Add and
// Slice are for one goroutine at a time.
type Spool struct {
	file    *os.File
	size    int64
	from    des.Time
	until   des.Time
	width   des.Time    // of a slice
	waiting [][]sim.Op  // by slice: not yet written
	held    int         // operations in waiting
	parts   [][]segment // by slice: what was written
	counts  []int       // by slice
}

// segment is a stretch of a spool's file with operations of one slice.
type segment struct {
	at    int64
	bytes int
}

// mostWaiting is how many operations a spool collects before it writes them: some 25 MB.
const mostWaiting = 1 << 18

// NewSpool opens a spool for operations due in [from, until), in slices of a width. Its file is removed at once where
// the system allows it, and by Close.
func NewSpool(from, until, width des.Time) (*Spool, error) {
	file, err := os.CreateTemp("", "portalbench-ops-*")
	if err != nil {
		return nil, fmt.Errorf("keeping operations on disk: %w", err)
	}
	_ = os.Remove(file.Name()) // a killed process leaves nothing behind; some systems keep it until Close
	n := int((until-from+width-1)/width) + 1
	return &Spool{file: file, from: from, until: until, width: width, waiting: make([][]sim.Op, n), parts: make([][]segment, n),
		counts: make([]int, n)}, nil
}

// Close removes what the spool holds.
func (s *Spool) Close() error {
	err := s.file.Close()
	_ = os.Remove(s.file.Name())
	return err
}

// Add takes a network's operations, in order.
func (s *Spool) Add(ops []sim.Op) error {
	for i := range ops {
		n := int((ops[i].Due - s.from) / s.width)
		s.waiting[n] = append(s.waiting[n], ops[i])
		s.counts[n]++
	}
	if s.held += len(ops); s.held < mostWaiting {
		return nil
	}
	return s.flush()
}

// flush writes what waits.
func (s *Spool) flush() error {
	var b bytes.Buffer
	for n, ops := range s.waiting {
		if len(ops) == 0 {
			continue
		}
		start := b.Len()
		if err := binary.Write(&b, binary.LittleEndian, ops); err != nil {
			return fmt.Errorf("keeping operations on disk: %w", err)
		}
		s.parts[n] = append(s.parts[n], segment{s.size + int64(start), b.Len() - start})
		s.waiting[n] = nil
	}
	if _, err := s.file.WriteAt(b.Bytes(), s.size); err != nil {
		return fmt.Errorf("keeping operations on disk: %w (a long load needs room in %s)", err, os.TempDir())
	}
	s.size, s.held = s.size+int64(b.Len()), 0
	return nil
}

// Slices returns how many slices there are.
func (s *Spool) Slices() int { return len(s.parts) }

// Slice returns the n'th slice: its operations in the order in which they are due and, where several are due at once, of
// their networks.
func (s *Spool) Slice(n int) ([]sim.Op, error) {
	ops := make([]sim.Op, 0, s.counts[n])
	for _, p := range s.parts[n] {
		some := make([]sim.Op, p.bytes/binary.Size(sim.Op{}))
		if err := binary.Read(io.NewSectionReader(s.file, p.at, int64(p.bytes)), binary.LittleEndian, some); err != nil {
			return nil, fmt.Errorf("reading operations back from disk: %w", err)
		}
		ops = append(ops, some...)
	}
	ops = append(ops, s.waiting[n]...)
	slices.SortStableFunc(ops, byDue)
	return ops, nil
}

// byDue compares operations by when they are due, then by network. Those of one network stay as they were made.
func byDue(a, b sim.Op) int {
	return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Actor.Network, b.Actor.Network))
}

// before returns how many operations are due before t; within a slice they count as evenly spread.
func (s *Spool) before(t des.Time) int {
	n := 0
	for i, count := range s.counts {
		begin := s.from + des.Time(i)*s.width
		end := min(begin+s.width, s.until)
		if end > t {
			return n + int(float64(count)*max(0, float64(t-begin))/float64(end-begin))
		}
		n += count
	}
	return n
}

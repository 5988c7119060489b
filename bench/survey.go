package bench

import (
	"slices"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// survey is what a run must know of its whole workload before the clock starts: everybody it needs, whose session has
// begun already, and which threads must be there.
type survey struct {
	roster  *roster
	total   int64   // operations that the portal can carry out
	seconds []int32 // of them, by the second of the wall clock in which they are due
	signIns []int32 // those of them that are sign-ins, likewise
	early   []*person
	threads []*sim.OpenThread
	to      []sim.Actor            // the first recipients of new threads
	left    map[results.OpKind]int // operations that the portal has not, and how many it has beside them
	kept    int64
	warmUp  time.Duration
	// measured counts the operations that are due after the warm-up, also those that this survey left out.
	measured byKind
}

// newSurvey reads the workload once. It finds everybody who acts in an operation or is addressed by it, the patients it is
// about, and whoever has had a part in a thread that is seeded.
func newSurvey(w *Workload, can Capabilities, keys accountKeys, warmUp time.Duration) (*survey, error) {
	s := &survey{roster: newRoster(keys), warmUp: warmUp}
	f := newFilter(can)
	met, touched := map[*person]bool{}, map[sim.Thread]bool{}
	open := openThreads(w)
	for ops, err := range w.slices() {
		if err != nil {
			return nil, err
		}
		for i := range ops {
			s.measured[ops[i].Kind] += count(w.offset(ops[i].Due) >= warmUp)
			if op := f.keep(&ops[i]); op != nil {
				s.add(w, op, met)
				if open[op.Thread] && hasThread(op.Kind) {
					touched[op.Thread] = true
				}
			}
		}
	}
	s.left, s.kept = f.left, s.total
	if left := w.left.total(); len(left) > 0 {
		s.left, s.kept = left, int64(w.kept)
	}
	s.seeded(w, touched)
	s.roster.settle()
	return s, nil
}

// openThreads names the threads that are open when the window begins.
func openThreads(w *Workload) map[sim.Thread]bool {
	open := map[sim.Thread]bool{}
	for i := range w.Openings {
		for j := range w.Openings[i].Threads {
			open[w.Openings[i].Threads[j].Thread] = true
		}
	}
	return open
}

// add notes an operation, and its actor when they are met for the first time: in the middle of a session, unless they
// sign in.
func (s *survey) add(w *Workload, op *sim.Op, met map[*person]bool) {
	s.total++
	at := int(w.offset(op.Due) / time.Second)
	for len(s.seconds) <= at {
		s.seconds, s.signIns = append(s.seconds, 0), append(s.signIns, 0)
	}
	s.seconds[at]++
	if op.Kind == results.OpAuth {
		s.signIns[at]++
	}
	s.roster.addOp(w, op)
	if op.Kind == results.OpSend && len(s.to) < mostPosts && !slices.Contains(s.to, op.To) {
		s.to = append(s.to, op.To)
	}
	p := s.roster.byActor[op.Actor]
	if met[p] {
		return
	}
	met[p] = true
	if op.Kind != results.OpAuth {
		s.early = append(s.early, p)
	}
}

// within returns how many operations fall due within a time, at most, and within the second in which it ends.
func (s *survey) within(d time.Duration) (most int64) {
	long, sum := int((d+time.Second-1)/time.Second)+1, int64(0)
	for i, n := range s.seconds {
		sum += int64(n)
		if i >= long {
			sum -= int64(s.seconds[i-long])
		}
		most = max(most, sum)
	}
	return most
}

// seeded finds the threads that must be on the portal.
func (s *survey) seeded(w *Workload, touched map[sim.Thread]bool) {
	for i := range w.Openings {
		some := needed(w.Openings[i].Threads, touched)
		for j := range some {
			s.threads = append(s.threads, &some[j])
			s.roster.addThread(w, &some[j])
		}
	}
}

// filter passes the operations that a portal can carry out, in order. A message carries the files that are attached
// within the window: one sent just after its start may have had its file before.
type filter struct {
	can      Capabilities
	left     map[results.OpKind]int
	attached map[carrier]int8
	gone     map[carrier]bool // messages that nobody writes
}

// carrier is a message that is to carry files.
type carrier struct {
	thread  sim.Thread
	message int32
}

func newFilter(can Capabilities) *filter {
	return &filter{can, map[results.OpKind]int{}, map[carrier]int8{}, map[carrier]bool{}}
}

// needsGone reports whether an operation needs a message that is left out.
func (f *filter) needsGone(op *sim.Op) bool {
	switch op.Kind {
	case results.OpRead, results.OpFetch:
		return f.gone[carrier{op.Thread, op.Message}]
	case results.OpReply:
		return f.gone[carrier{op.Thread, op.Message - 1}]
	}
	return false
}

// keep returns the operation as it is to be carried out, or nil. It changes the operation itself.
func (f *filter) keep(op *sim.Op) *sim.Op {
	of := carrier{op.Thread, op.Message}
	if !f.can.Can(AccountKind(op.Actor.Kind), op.Kind) || f.needsGone(op) {
		if op.Kind == results.OpReply {
			f.gone[of] = true
		}
		f.left[op.Kind]++
		return nil
	}
	switch {
	case op.Kind == results.OpAttach:
		f.attached[of]++
	case op.Files > 0:
		op.Files = min(op.Files, f.attached[of])
		if op.Kind != results.OpFetch {
			delete(f.attached, of)
		}
	}
	return op
}

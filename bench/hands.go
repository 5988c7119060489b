package bench

// hands are goroutines that carry out operations, those without one. They are used again because their stacks have
// grown, which is dear. The engine's lock guards them.
type hands struct{ idle []chan *flight }

// mostIdle is how many are kept.
const mostIdle = 256

// take gives an operation to the goroutine that was used last. It reports false when there is none.
func (h *hands) take(f *flight) bool {
	last := len(h.idle) - 1
	if last < 0 {
		return false
	}
	h.idle[last] <- f
	h.idle = h.idle[:last]
	return true
}

// rest keeps a goroutine for later, or ends it.
func (h *hands) rest(next chan *flight) {
	if len(h.idle) == mostIdle {
		close(next)
		return
	}
	h.idle = append(h.idle, next)
}

// dismiss ends all of them.
func (h *hands) dismiss() {
	for _, next := range h.idle {
		close(next)
	}
	h.idle = nil
}

// hand carries out one operation after the other.
func (e *engine) hand(f *flight) {
	for next := make(chan *flight, 1); f != nil; f = <-next {
		e.carryOut(f)
		e.receive(f, next)
	}
}

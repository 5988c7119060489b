package refportal

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/portalbench/portalbench/sim/des"
)

// Faulty is a portal that does some things wrong on demand: a handler around the portal's own. Faults count their time
// from the latest request that made accounts known, as that is how a load begins, or else from the first request; and
// requests are numbered by operation from there. Whether a request is struck depends on the seed, the operation and that
// number alone, so the same requests in the same order meet the same faults.
type Faulty struct {
	next   http.Handler
	clock  func() time.Time
	key    des.Key
	faults []*striking
	past   *history // of stale reads; nil: there are none

	paths  *http.ServeMux // only to tell operations apart
	places map[string]int // of an operation's pattern among the routes
	ops    []route
	counts []atomic.Int64 // requests by operation
	begin  atomic.Pointer[time.Time]
	closed chan struct{}
}

// striking is a fault with what came of it.
type striking struct {
	Fault
	seen, struck atomic.Int64 // requests that it could strike, and that it did
	bucket       bucket
}

// NewFaulty returns portal with faults, which read clock and draw their chances from seed.
func NewFaulty(portal http.Handler, faults []Fault, seed uint64, clock func() time.Time) (*Faulty, error) {
	f := newFaulty(portal, faults, seed, clock)
	for _, s := range f.faults {
		if s.kind == faultStale {
			return nil, fmt.Errorf("fault %q: a portal that stores nothing has no past to show", s.text)
		}
	}
	return f, nil
}

// WithFaults returns the portal's handler with faults. It may be used until Close.
func (s *Server) WithFaults(faults []Fault, seed uint64) (*Faulty, error) {
	f := newFaulty(s.handler, faults, seed, s.cfg.Clock)
	for _, one := range f.faults {
		if one.kind != faultStale {
			continue
		}
		if f.past != nil {
			return nil, fmt.Errorf("fault %q: there is another such fault, and one is all there can be", one.text)
		}
		var err error
		if f.past, err = newHistory(s.store, one.most, s.cfg.Clock()); err != nil {
			return nil, fmt.Errorf("fault %q: keeping the portal's past: %w", one.text, err)
		}
		s.history = f.past
	}
	return f, nil
}

func newFaulty(portal http.Handler, faults []Fault, seed uint64, clock func() time.Time) *Faulty {
	f := &Faulty{next: portal, clock: clock, key: des.NewKey(seed), ops: routes(), paths: http.NewServeMux(),
		places: map[string]int{}, closed: make(chan struct{})}
	f.counts = make([]atomic.Int64, len(f.ops))
	for i, rt := range f.ops {
		f.paths.Handle(rt.method+" "+rt.path, portal)
		f.places[rt.method+" "+rt.path] = i
	}
	for _, one := range faults {
		f.faults = append(f.faults, &striking{Fault: one, bucket: bucket{rate: one.rate}})
	}
	return f
}

// Close lets go of whatever is held back, unanswered. Call it once, when nothing more is served.
func (f *Faulty) Close() { close(f.closed) }

// Report says of each fault how often it struck.
func (f *Faulty) Report() []string {
	var lines []string
	for _, s := range f.faults {
		lines = append(lines, fmt.Sprintf("fault %s struck %d of %d requests", s.text, s.struck.Load(), s.seen.Load()))
	}
	return lines
}

// visit is one request on its way through the faults.
type visit struct {
	*Faulty
	op    string
	key   des.Key
	since time.Duration // when it came
}

// ServeHTTP answers a request, with faults if any strikes.
func (f *Faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := f.paths.Handler(r)
	place, known := f.places[pattern]
	switch {
	case !known:
		f.next.ServeHTTP(w, r)
		return
	case f.ops[place].name == "health":
		f.health(w, r)
		return
	}
	v := f.admit(place)
	v.delay()
	if v.refused(w) {
		return
	}
	if err := v.serve(w, r); err != nil {
		answer{}.write(w, err)
	}
}

// admit numbers a request and notes when it came.
func (f *Faulty) admit(place int) *visit {
	now, op := f.clock(), f.ops[place].name
	if op == "provision" {
		f.begin.Store(&now)
		for i := range f.counts {
			if i != place {
				f.counts[i].Store(0)
			}
		}
	}
	f.begin.CompareAndSwap(nil, &now)
	n := f.counts[place].Add(1)
	return &visit{Faulty: f, op: op, key: f.key.Sub(uint64(place)).Sub(uint64(n)), since: now.Sub(*f.begin.Load())}
}

// strikes draws whether the i'th fault, which works by chance, strikes.
func (v *visit) strikes(i int) bool {
	s := v.faults[i]
	if !s.on(v.op, v.since) {
		return false
	}
	s.seen.Add(1)
	return v.key.Sub(uint64(i)).Chance(s.chance)
}

// delay makes a request wait out its latency and any stall.
func (v *visit) delay() {
	for i, s := range v.faults {
		if s.kind != faultLatency || !s.on(v.op, v.since) {
			continue
		}
		s.seen.Add(1)
		s.struck.Add(1)
		v.wait(s.least + time.Duration(v.key.Sub(uint64(i)).Float()*float64(s.most-s.least)))
	}
	v.hold(true)
}

// hold waits until no stall is on.
func (v *visit) hold(first bool) {
	struck := false
	for _, s := range v.faults {
		if s.kind != faultStall || !slices.Contains(s.ops, v.op) {
			continue
		}
		if first {
			s.seen.Add(1)
		}
		left := s.stallEnd(v.clock().Sub(*v.begin.Load()))
		if left == 0 {
			continue
		}
		s.struck.Add(1)
		struck = true
		v.wait(left)
	}
	if struck {
		v.hold(false) // another may have begun
	}
}

// wait returns after d. A client that gives up meanwhile changes nothing: like any portal that was slow, this one does
// then what it was asked. When the portal ends, what still waits is cut off.
func (v *visit) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-v.closed:
		panic(http.ErrAbortHandler) // net/http cuts the connection for it
	}
}

// refused answers in the portal's place where a fault says so.
func (v *visit) refused(w http.ResponseWriter) bool {
	for i, s := range v.faults {
		if s.kind != faultThrottle && s.kind != faultErrors || !s.on(v.op, v.since) {
			continue
		}
		if s.rate > 0 && s.allows(v.clock()) || s.rate == 0 && !v.strikes(i) {
			continue
		}
		s.struck.Add(1)
		said := &refusal{s.status, "internal", "fault " + s.text}
		if s.kind == faultThrottle {
			w.Header().Set("Retry-After", "1")
			said.status, said.code = http.StatusTooManyRequests, "throttled"
		}
		answer{}.write(w, said)
		return true
	}
	return false
}

// allows counts a request against a throttle by rate.
func (s *striking) allows(now time.Time) bool {
	s.seen.Add(1)
	return s.bucket.take(now)
}

// health answers that the portal is up, and that it has faults: what is measured must not pass for a sound portal's.
func (f *Faulty) health(w http.ResponseWriter, r *http.Request) {
	said := &draftAnswer{header: http.Header{}}
	f.next.ServeHTTP(said, r)
	var texts []string
	for _, s := range f.faults {
		texts = append(texts, s.text)
	}
	said.edit(http.StatusOK, func(body object) { body.set("faults", texts) })
	said.send(w)
}

package refportal

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
)

// Fault is something that the portal does wrong on demand, as ParseFault reads it.
type Fault struct {
	text        string
	kind        faultKind
	chance      float64       // from 0 to 1, of those faults that strike one request in so many
	rate        float64       // throttle: requests a second that are let through; 0: by chance
	least, most time.Duration // of latency; the same for stall and stale
	status      int           // errors: of the answer
	from, until time.Duration // when it is on, from when faults count; until 0: for ever
	every       time.Duration // stall: from the begin of one to that of the next; 0: once
	ops         []string      // whom it strikes
}

// String returns the fault as it was written.
func (f Fault) String() string { return f.text }

// faultKind is what goes wrong.
type faultKind uint8

const (
	faultStall faultKind = iota
	faultLatency
	faultErrors
	faultThrottle
	faultPartial
	faultEOF
	faultStale
	faultIDless
	numFaults
)

var faultNames = [numFaults]string{"stall", "latency", "errors", "throttle", "partial", "eof", "stale", "idless"}

// faultUses show each kind as it is written, and say what it does.
var faultUses = [numFaults][2]string{
	faultStall:    {"stall=2s@8s/30s", "from 8 s on, then every 30 s (or once): what is under way or comes waits 2 s"},
	faultLatency:  {"latency=20ms..80ms", "every request takes longer, by a time between the two (or by one, 50ms)"},
	faultErrors:   {"errors=5%/503", "nothing is done, and 503 answered (500 unless said)"},
	faultThrottle: {"throttle=10%", "429 with Retry-After; throttle=100/s: to what comes beyond 100 a second"},
	faultPartial:  {"partial=5%", "accounts, files or labels are taken in part: 200, with the refused ones named"},
	faultEOF:      {"eof=2%", "a change is made, and the connection cut before the answer"},
	faultStale:    {"stale=60s", "inbox, thread and unread show what was there 60 s ago"},
	faultIDless:   {"idless=5%", "a send or reply is done, and the answer brings no ids"},
}

// faultReach lists the operations that a kind can strike; nil: all.
func faultReach(k faultKind) []string {
	switch k {
	case faultPartial:
		return []string{"provision", "send", "reply", "label"}
	case faultEOF:
		return []string{"send", "reply", "close", "reopen", "read", "claim", "route", "label", "attach", "reading"}
	case faultStale:
		return []string{"inbox", "thread", "unread"}
	case faultIDless:
		return []string{"send", "reply"}
	}
	var all []string
	for _, rt := range routes() {
		if rt.name != "health" {
			all = append(all, rt.name)
		}
	}
	return all
}

// FaultHelp lists the kinds of faults, a line each.
func FaultHelp() string {
	var b strings.Builder
	for _, use := range faultUses {
		fmt.Fprintf(&b, "  %-19s %s\n", use[0], use[1])
	}
	return b.String()
}

// ParseFault reads a fault: KIND=AMOUNT, then if need be @FROM or @FROM..UNTIL, and :OP or :OP,OP for those that it
// strikes alone. Its errors are the user's to mend.
func ParseFault(text string) (Fault, error) {
	f, err := parseFault(text)
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

func parseFault(text string) (Fault, error) {
	f := Fault{text: text}
	name, rest, _ := strings.Cut(text, "=")
	kind := slices.Index(faultNames[:], name)
	if kind < 0 {
		return f, fmt.Errorf("unknown kind %q: %s", name, chooseOf(name, faultNames[:]))
	}
	f.kind = faultKind(kind)
	rest, ops, chosen := strings.Cut(rest, ":")
	amount, when, timed := strings.Cut(rest, "@")
	if err := f.parseAmount(amount); err != nil {
		return f, err
	}
	if f.kind == faultStall && !timed {
		return f, f.expected("a time to begin")
	}
	if timed {
		if err := f.parseWhen(when); err != nil {
			return f, err
		}
	}
	f.ops = faultReach(f.kind)
	if !chosen {
		return f, nil
	}
	return f, f.choose(strings.Split(ops, ","))
}

// chooseOf offers what may have been meant.
func chooseOf(name string, choices []string) string {
	list := "choose one of " + strings.Join(choices, ", ")
	if near := results.Nearest(name, choices, 1); len(near) > 0 {
		return "did you mean " + near[0] + "? " + list
	}
	return list
}

// expected says what is missing or cannot be read, and how it is written.
func (f *Fault) expected(what string) error {
	return fmt.Errorf("%s takes %s: write it like %s", faultNames[f.kind], what, faultUses[f.kind][0])
}

// choose restricts a fault to some of the operations that it can strike.
func (f *Fault) choose(ops []string) error {
	for _, op := range ops {
		if !slices.Contains(f.ops, op) {
			return fmt.Errorf("%s cannot strike operation %q: %s", faultNames[f.kind], op, chooseOf(op, f.ops))
		}
	}
	f.ops = ops
	return nil
}

func (f *Fault) parseAmount(text string) error {
	switch f.kind {
	case faultStall, faultStale:
		return f.parseSpan(text, false)
	case faultLatency:
		return f.parseSpan(text, true)
	case faultErrors:
		return f.parseErrors(text)
	case faultThrottle:
		if perSecond, isRate := strings.CutSuffix(text, "/s"); isRate {
			return f.parseRate(perSecond)
		}
	}
	return f.parseChance(text)
}

// parseSpan reads a duration or, where there may be two, a range of them.
func (f *Fault) parseSpan(text string, isRange bool) error {
	low, high, both := strings.Cut(text, "..")
	if !both {
		high = low
	}
	var ok1, ok2 bool
	f.least, ok1 = duration(low)
	f.most, ok2 = duration(high)
	if !ok1 || !ok2 || f.most <= 0 || f.least > f.most || both && !isRange {
		return f.expected("a duration above 0")
	}
	return nil
}

func (f *Fault) parseErrors(text string) error {
	share, code, given := strings.Cut(text, "/")
	f.status = http.StatusInternalServerError
	if given {
		var err error
		if f.status, err = strconv.Atoi(code); err != nil || f.status < 400 || f.status > 599 {
			return f.expected("a status from 400 to 599")
		}
	}
	return f.parseChance(share)
}

func (f *Fault) parseRate(text string) error {
	var err error
	if f.rate, err = strconv.ParseFloat(text, 64); err != nil || !(f.rate > 0 && f.rate <= 1e6) {
		return f.expected("a rate above 0, at most 1000000/s, or a percentage")
	}
	return nil
}

func (f *Fault) parseChance(text string) error {
	digits, isShare := strings.CutSuffix(text, "%")
	percent, err := strconv.ParseFloat(digits, 64)
	if err != nil || !isShare || !(percent > 0 && percent <= 100) {
		return f.expected("a percentage above 0, at most 100%")
	}
	f.chance = percent / 100
	return nil
}

// parseWhen reads FROM, FROM..UNTIL, or for a stall FROM/EVERY.
func (f *Fault) parseWhen(text string) error {
	cut := ".."
	if f.kind == faultStall {
		cut = "/"
	}
	from, to, both := strings.Cut(text, cut)
	var ok bool
	if f.from, ok = duration(from); !ok {
		return f.expected("a time to begin, such as @8s")
	}
	if !both {
		return nil
	}
	end, ok := duration(to)
	switch {
	case f.kind == faultStall && (!ok || end <= f.most):
		return f.expected("a period longer than the stall itself")
	case f.kind == faultStall:
		f.every = end
	case !ok || end <= f.from:
		return fmt.Errorf("%s is on from %s until a later time: write it like @8s..20s", faultNames[f.kind], from)
	default:
		f.until = end
	}
	return nil
}

// longestFault is the longest time that a fault speaks of.
const longestFault = 24 * time.Hour

func duration(text string) (time.Duration, bool) {
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0 && d <= longestFault
}

// on reports whether a fault strikes an operation that came so long after faults began to count.
func (f *Fault) on(op string, since time.Duration) bool {
	return since >= f.from && (f.until == 0 || since < f.until) && slices.Contains(f.ops, op)
}

// stallEnd returns how long a stall still lasts; 0: there is none now.
func (f *Fault) stallEnd(since time.Duration) time.Duration {
	into := since - f.from
	if into < 0 {
		return 0
	}
	if f.every > 0 {
		into %= f.every
	}
	return max(f.most-into, 0)
}

package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/portalbench/portalbench/results"
)

// preflightLimit is how long a preflight may take. What could not be checked by then is not.
// A portal whose lists are old costs that time on top.
const preflightLimit = 30 * time.Second

// Preflight verifies a portal before a load, and notes what else could spoil the numbers: a limiter, a clock that is wrong,
// certificates that are about to end. What fails because the portal is out of order for a moment is not held against it.
// An error means that nothing could be tried.
func (v Verification) Preflight(ctx context.Context) (*results.Preflight, error) {
	start := time.Now()
	within, cancel := context.WithTimeout(ctx, preflightLimit+v.Patience)
	defer cancel()
	t := newTrial(v)
	t.lenient = true
	t.stage.notices = &notices{skew: math.NaN()}
	if err := t.admit(within); err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	p := &results.Preflight{SignInMS: t.signInMS(), MailboxThreads: results.Number(math.NaN())}
	t.all(within)
	p.Ops, p.SkewS, p.VisibleAfterMS = t.report.Ops, results.Number(t.stage.notices.skew), t.report.VisibleAfterMS
	p.Warnings = slices.Concat(t.stage.notices.warnings(), t.pageCap.warnings(), t.staleness(), t.unchecked())
	p.DurationMS = results.Number(float64(time.Since(start)) / float64(time.Millisecond))
	return p, ctx.Err()
}

// staleness says how old what the portal shows can be.
func (t *trial) staleness() []string {
	if t.stale == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the portal shows what was there a while ago: what was written could be seen after %.3g s. People do not see each "+
		"other's messages for so long, and what they cannot see is not found or not listed", t.stale.Seconds())}
}

// signInMS returns how long one person took to sign in.
func (t *trial) signInMS() results.Number {
	if !t.can(results.OpAuth) {
		return results.Number(math.NaN())
	}
	return results.Number(float64(t.signIns) / float64(time.Millisecond) / float64(max(t.signedIn, 1)))
}

// unchecked says what could not be checked although the portal says it has it.
func (t *trial) unchecked() (warnings []string) {
	for _, o := range t.report.Ops {
		for _, c := range o.Checks {
			if c.Verdict == results.NotChecked && strings.HasPrefix(c.Seen, notTried) {
				warnings = append(warnings, fmt.Sprintf("before the clock it could not be checked for %s whether %s: %s", o.Op, c.Meaning, c.Seen))
			}
		}
	}
	if len(warnings) > 1 {
		warnings = append(warnings[:1], fmt.Sprintf("and %d more could not be checked", len(warnings)-1))
	}
	return warnings
}

// notTried begins the reason why a lenient trial says nothing of something.
const notTried = "not tried: "

// flaky reports whether an operation failed because the portal was out of order, and so not because of what it means.
func flaky(err error) bool {
	var not *notDone
	var connection *url.Error
	return errors.As(err, &connection) || errors.As(err, &not) && (not.Outcome == results.Throttled || not.Outcome == results.Transport || not.Outcome == results.Unknown ||
		not.Outcome == results.Timeout || not.Status >= http.StatusInternalServerError)
}

// notices are what answers tell beside their content. They are safe for concurrent use; a nil one notes nothing.
type notices struct {
	mu       sync.Mutex
	limiter  string // a field that tells of a limit, and its value
	skew     float64
	plain    string // host to which requests go unencrypted and off this machine
	certEnds time.Time
}

// limiterFields are how limiters tell of themselves.
var limiterFields = []string{"Ratelimit", "Ratelimit-Limit", "Ratelimit-Policy", "X-Ratelimit-Limit", "X-Rate-Limit-Limit"}

// mostSkew is by how much clocks may differ, in seconds: the Date of an answer is a whole second.
const mostSkew = 2

// note looks at an answer.
func (n *notices) note(res *http.Response) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range limiterFields {
		if v := res.Header.Get(name); v != "" && n.limiter == "" {
			n.limiter = name + ": " + v
		}
	}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		n.skew = math.Round(time.Until(date.Add(time.Second / 2)).Seconds())
	}
	host := res.Request.URL.Hostname()
	if res.Request.URL.Scheme == "http" && !localHost(host) {
		n.plain = host
	}
	if res.TLS != nil && len(res.TLS.PeerCertificates) > 0 {
		n.certEnds = res.TLS.PeerCertificates[0].NotAfter
	}
}

// soonEnding is how long a certificate must still be good for.
const soonEnding = 7 * 24 * time.Hour

func (n *notices) warnings() (all []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.limiter != "" {
		all = append(all, fmt.Sprintf("the portal limits requests (%s): beyond that the limiter is measured, not the portal", harmless(n.limiter)))
	}
	if math.Abs(n.skew) > mostSkew {
		all = append(all, fmt.Sprintf("the portal's clock is %+.0f s off this one: its times and the ends of tokens are too", n.skew))
	}
	if n.plain != "" {
		all = append(all, fmt.Sprintf("messages and credentials go to %s unencrypted: use https", n.plain))
	}
	if !n.certEnds.IsZero() && time.Until(n.certEnds) < soonEnding {
		all = append(all, fmt.Sprintf("the portal's certificate ends at %s", n.certEnds.UTC().Format(time.RFC3339)))
	}
	return all
}

package bench

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/portalbench/portalbench/results"
)

// notice says before the clock starts what could spoil a run, and enters it among the run's warnings.
func (r *run) notice(texts ...string) {
	r.warnings = append(r.warnings, texts...)
	if r.cfg.Notice == nil {
		return
	}
	for _, text := range texts {
		r.cfg.Notice(text)
	}
}

// leftOut says which of the workload's operations the portal does not have, or not for everybody who needs them.
func (s *survey) leftOut(can Capabilities) []string {
	if len(s.left) == 0 {
		return nil
	}
	var absent, partial, why []string
	total := 0
	for _, k := range slices.Sorted(maps.Keys(s.left)) {
		if total += s.left[k]; can.Ops[k] == Absent {
			absent = append(absent, k.String())
		} else {
			partial = append(partial, k.String())
		}
	}
	if len(absent) > 0 {
		why = append(why, "the portal has no "+strings.Join(absent, ", "))
	}
	if len(partial) > 0 {
		why = append(why, "not everybody has "+strings.Join(partial, ", ")+" on this portal, or what it needs")
	}
	return []string{fmt.Sprintf("%s: %.2g%% of the workload's operations are left out, and this run says nothing of them",
		strings.Join(why, ", and "), 100*float64(total)/float64(int64(total)+s.kept))}
}

// mailboxSample is how many patients' lists are looked at before the clock.
const mailboxSample = 8

// mailboxes returns how many threads the lists of some patients show on their first page, on average; NaN: none could be
// read. What the run itself is going to put there is not there yet.
func (r *run) mailboxes(ctx context.Context) float64 {
	patients := slices.DeleteFunc(slices.Clone(r.survey.roster.people), func(p *person) bool { return p.account.Kind != PatientAccount })
	step := max(1, len(patients)/mailboxSample)
	seen, rows := 0, 0
	for i := 0; i < len(patients) && seen < mailboxSample; i += step {
		p := patients[i]
		err := r.stage.as(ctx, 1, p, func(s *Session) error {
			got := r.stage.do(ctx, 1, s, &Call{Kind: results.OpInbox, To: &p.account, Limit: pageSize, Closed: true})
			rows += max(got.Rows, len(got.Items))
			return got.failure()
		})
		if err != nil {
			return math.NaN() // what ails the portal is found out otherwise
		}
		seen++
	}
	return float64(rows) / float64(seen) // NaN when there are no patients
}

// lookIntoMailboxes warns of a portal that nobody has written to: it flatters itself.
func (r *run) lookIntoMailboxes(ctx context.Context) {
	if !r.cfg.Mailboxes || r.cfg.Portal.Capabilities().Ops[results.OpInbox] == Absent {
		return
	}
	mean := r.mailboxes(ctx)
	if p := r.cfg.Preflight; p != nil {
		with := *p
		with.MailboxThreads = results.Number(mean)
		r.cfg.Preflight = &with
	}
	if mean == 0 {
		r.notice("the mailboxes of this run's patients are empty: a portal that is in use has longer lists and larger tables, and is slower. " +
			"Fill them first with portalbench portal seed")
	}
}

// pageCaps notes that a portal gives fewer rows a page than were asked for. It is safe for concurrent use; a nil one notes
// nothing.
type pageCaps struct {
	mu           sync.Mutex
	asked, given int // of the longest page that was not the last and fell short
}

func (c *pageCaps) note(call *Call, a *Answer) {
	if c == nil || call.Kind != results.OpInbox || a.Next == "" || call.Limit == 0 {
		return
	}
	rows := max(a.Rows, len(a.Items))
	c.mu.Lock()
	defer c.mu.Unlock()
	if rows < call.Limit && rows > c.given {
		c.asked, c.given = call.Limit, rows
	}
}

func (c *pageCaps) warnings() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.given == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the portal gives at most %d rows a page where %d are asked for: a list takes more requests, and people see less of it at once",
		c.given, c.asked)}
}

// Signing in: the pace of a portal is told by at least so many, and by fewer from how long one takes, of which so many are
// assumed to be worked at side by side.
const (
	pacedSignIns = 20
	sideBySide   = 8
)

// longWait is how long signing in before the clock may take without a word.
const longWait = 10 * time.Second

// signInsAhead says that signing in before the clock will take long.
func (r *run) signInsAhead() {
	one := r.signInTime()
	at := min(float64(r.stage.signIns), float64(sideBySide)/one.Seconds())
	if took := time.Duration(float64(len(r.survey.early)) / at * float64(time.Second)); one > 0 && took > longWait {
		r.notice(fmt.Sprintf("a sign-in takes %s, so signing in %d people before the clock takes about %s", one.Round(time.Millisecond),
			len(r.survey.early), took.Round(time.Second)))
	}
}

// signInTime is how long one sign-in took before; 0: nobody knows.
func (r *run) signInTime() time.Duration {
	p := r.cfg.Preflight
	if p == nil || !(p.SignInMS > 0) {
		return 0
	}
	return time.Duration(float64(p.SignInMS) * float64(time.Millisecond))
}

// judgeSignIns warns of a window in which more people sign in than the portal can let in: they queue, and so does all that
// they mean to do.
func (r *run) judgeSignIns(took time.Duration) {
	n, need := len(r.survey.early), r.survey.signInPeak()
	can, from := 0., ""
	switch one := r.signInTime(); {
	case n >= pacedSignIns && r.stage.signIns == rate.Inf && took > 0:
		can, from = float64(n)/took.Seconds(), fmt.Sprintf("%d before the clock took %s", n, took.Round(time.Millisecond))
	case one > 0:
		can, from = sideBySide/one.Seconds(), fmt.Sprintf("one takes %s, and %d at once are assumed", one.Round(time.Millisecond), sideBySide)
	default:
		return
	}
	if need > can {
		r.notice(fmt.Sprintf("the window's busiest 10 s need %.3g sign-ins a second, and the portal does about %.3g (%s): sign-ins will wait, and what "+
			"people mean to do after them", need, can, from))
	}
}

// signInPeak returns the sign-ins a second in the busiest 10 s of the workload.
func (s *survey) signInPeak() float64 {
	const span = 10
	most, sum := int32(0), int32(0)
	for i, n := range s.signIns {
		sum += n
		if i >= span {
			sum -= s.signIns[i-span]
		}
		most = max(most, sum)
	}
	return float64(most) / float64(min(span, max(len(s.seconds), 1)))
}

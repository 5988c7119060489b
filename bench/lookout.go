package bench

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim"
)

// lookout measures how long an acknowledged message takes to be seen in its recipient's inbox. A few recipients have a
// second session each, from which their list is looked at when somebody has written to them, until the thread is there.
// These looks come on top of the schedule and count in no row.
type lookout struct {
	portal  Portal
	timeout time.Duration
	posts   []*post
	work    sync.WaitGroup
	stop    context.CancelFunc

	mu     sync.Mutex
	after  *stats.Histogram // microseconds
	unseen int64            // by the end, or after the time-out
}

// post is a recipient who is watched.
type post struct {
	to      sim.Actor
	account Account // who looks
	list    *Account
	session Session
	sent    chan sending
}

// sending is an acknowledged message that begins a thread.
type sending struct {
	thread, tag  string
	acknowledged time.Time
}

// mostPosts is how many recipients are watched.
const mostPosts = 16

// mostSendings of one recipient wait to be looked for; what comes beyond is not.
const mostSendings = 4

// newLookout finds who is to be watched: the first so many recipients of the workload, or a member of each pool.
func newLookout(p Portal, timeout time.Duration, r *roster, recipients []sim.Actor) *lookout {
	l := &lookout{portal: p, timeout: timeout, after: stats.NewHistogram(longestMicros, digits)}
	for _, to := range recipients {
		looks := r.byActor[to]
		if to.Kind == sim.ActorPool {
			looks = r.memberOf(to)
		}
		if looks != nil && looks.actor.Kind == sim.ActorStaff {
			l.posts = append(l.posts, &post{to, looks.account, r.account(to), Session{}, make(chan sending, mostSendings)})
		}
	}
	return l
}

// man signs everybody in who looks.
func (s *stage) man(ctx context.Context, l *lookout) error {
	for _, p := range l.posts {
		p.session.Account = &p.account
		if err := s.signIn(ctx, &p.session); err != nil {
			return err
		}
	}
	return nil
}

// latency summarises what was seen; nil when nobody looked for anything.
func (l *lookout) latency() *results.Latency {
	if l == nil || l.after.Count() == 0 {
		return nil
	}
	seen := latency(l.after, 0)
	return &seen
}

// begin lets every recipient look when there is something to look for.
func (l *lookout) begin(ctx context.Context) {
	if l == nil {
		return
	}
	ctx, l.stop = context.WithCancel(ctx)
	for _, p := range l.posts {
		l.work.Go(func() {
			for s := range p.sent {
				l.watch(ctx, p, s)
			}
		})
	}
}

// expect notes that a thread to a recipient was acknowledged just now.
func (l *lookout) expect(to sim.Actor, s sending) {
	if l == nil {
		return
	}
	i := slices.IndexFunc(l.posts, func(p *post) bool { return p.to == to })
	if i < 0 {
		return
	}
	select {
	case l.posts[i].sent <- s:
	default: // too many at once
	}
}

// Looks at a list for one thread: how far apart the first two are, and how far at most.
const (
	firstGap = 10 * time.Millisecond
	mostGap  = time.Second
)

// watch looks until the thread is in the list. What is recorded is when the look began that showed it; as looks are up to
// twice as far apart as they are late, that is at most twice the truth.
func (l *lookout) watch(ctx context.Context, p *post, s sending) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	for gap := firstGap; ; gap = min(2*gap, mostGap) {
		asked := time.Since(s.acknowledged)
		row, err := searchList(ctx, l.portal, &p.session, p.list, &Call{Kind: results.OpInbox, Thread: s.thread, Tag: s.tag})
		if err == nil && row.Thread != "" {
			l.seen(asked)
			return
		}
		select {
		case <-ctx.Done():
			l.mu.Lock()
			l.unseen++
			l.mu.Unlock()
			return
		case <-time.After(gap):
		}
	}
}

func (l *lookout) seen(after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.after.Record(after.Microseconds())
}

// end waits for what is still looked for: a while, or not at all when the run was or is interrupted.
func (l *lookout) end(ctx context.Context, interrupted bool) {
	if l == nil {
		return
	}
	defer context.AfterFunc(ctx, l.stop)()
	if interrupted {
		l.stop()
	}
	for _, p := range l.posts {
		close(p.sent)
	}
	late := time.AfterFunc(l.timeout, l.stop)
	defer late.Stop()
	l.work.Wait()
	l.stop()
}

package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	blind  int64            // of those: the list could not be read to the last
	missed int64            // not looked for, as too many waited already
}

// post is a recipient who is watched.
type post struct {
	to    sim.Actor
	list  *Account
	looks *person // who looks, in a session of their own

	mu      sync.Mutex
	waiting []sending     // in the order in which they were acknowledged
	over    bool          // nothing more comes
	come    chan struct{} // told when something came, or it is over
}

// sending is an acknowledged message that begins a thread.
type sending struct {
	thread, tag  string
	acknowledged time.Time
}

// mostPosts is how many recipients are watched.
const mostPosts = 16

// mostSendings of one recipient wait to be seen; what comes beyond is counted and not looked for.
const mostSendings = 1000

// newLookout finds who is to be watched: the first so many recipients of the workload, or a member of each pool.
func newLookout(p Portal, timeout time.Duration, r *roster, recipients []sim.Actor) *lookout {
	l := &lookout{portal: p, timeout: timeout, after: stats.NewHistogram(longestMicros, digits)}
	for _, to := range recipients {
		of := r.byActor[to]
		if to.Kind == sim.ActorPool {
			of = r.memberOf(to)
		}
		if of != nil && of.actor.Kind == sim.ActorStaff {
			looks := &person{account: of.account}
			looks.session.Account = &looks.account
			l.posts = append(l.posts, &post{to: to, list: r.account(to), looks: looks, come: make(chan struct{}, 1)})
		}
	}
	return l
}

// man signs everybody in who looks.
func (s *stage) man(ctx context.Context, l *lookout) error {
	for _, p := range l.posts {
		if err := s.signIn(ctx, mostTries, p.looks.open()); err != nil {
			return err
		}
	}
	return nil
}

// latency summarises what was seen; nil when nobody looked for anything. What was never seen is later than all others.
func (l *lookout) latency() *results.Latency {
	if l == nil || l.after.Count() == 0 {
		return nil
	}
	seen := results.NewLatency(l.after, l.unseen)
	return &seen
}

// warnings say what was not seen, or not looked for.
func (l *lookout) warnings() (texts []string) {
	if l == nil {
		return nil
	}
	if l.unseen > 0 {
		texts = append(texts, fmt.Sprintf("%d of %d acknowledged messages that were looked for were not seen in their recipient's inbox "+
			"within %s; of %d of them the inbox could not be read", l.unseen, l.unseen+l.after.Count(), l.timeout, l.blind))
	}
	if l.missed > 0 {
		texts = append(texts, fmt.Sprintf("%d acknowledged messages were not looked for in their recipient's inbox, as over %d waited for it", l.missed, mostSendings))
	}
	return texts
}

// begin lets every recipient look when there is something to look for.
func (l *lookout) begin(ctx context.Context) {
	if l == nil {
		return
	}
	ctx, l.stop = context.WithCancel(ctx)
	for _, p := range l.posts {
		l.work.Go(func() { l.watch(ctx, p) })
	}
}

// expect notes that a thread to a recipient was acknowledged just now.
func (l *lookout) expect(to sim.Actor, s sending) {
	if l == nil {
		return
	}
	i := slices.IndexFunc(l.posts, func(p *post) bool { return p.to == to })
	if i >= 0 && !l.posts[i].add(s) {
		l.mu.Lock()
		l.missed++
		l.mu.Unlock()
	}
}

// add lets a message wait, unless too many do.
func (p *post) add(s sending) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == mostSendings {
		return false
	}
	p.waiting = append(p.waiting, s)
	p.wake()
	return true
}

func (p *post) wake() {
	select {
	case p.come <- struct{}{}:
	default: // it will look anyway
	}
}

// Looks at a list: how far apart they are, which is as old as the youngest message is that waits to be seen.
const (
	firstGap = 10 * time.Millisecond
	mostGap  = time.Second
)

// watch looks at a list as long as messages wait to be seen there. All of them are looked for at once, so that none
// waits for another. What is recorded is when the look began that showed a message: after 10 ms, or at most twice the
// truth.
func (l *lookout) watch(ctx context.Context, p *post) {
	for {
		waiting, over := p.all()
		switch {
		case ctx.Err() != nil:
			l.giveUp(int64(len(waiting)), false)
			return
		case len(waiting) == 0 && over:
			return
		case len(waiting) == 0:
			p.rest(ctx, time.Hour)
			continue
		}
		began := time.Now()
		shown, err := p.look(ctx, l.portal, l.timeout, waiting)
		l.enter(p, waiting, shown, began, err)
		pause(ctx, firstGap)
		p.rest(ctx, min(began.Sub(waiting[len(waiting)-1].acknowledged), mostGap)-firstGap)
	}
}

// all returns what waits, and whether nothing more comes.
func (p *post) all() ([]sending, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.come: // it is in what is returned
	default:
	}
	return p.waiting[:len(p.waiting):len(p.waiting)], p.over
}

// rest waits for a while, or until something comes.
func (p *post) rest(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-p.come:
	case <-timer.C:
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// look goes through a list until it has shown all of some messages. An error says that it could not be read.
func (p *post) look(ctx context.Context, portal Portal, timeout time.Duration, waiting []sending) (shown []bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	shown = make([]bool, len(waiting))
	if err := p.looks.refresh(ctx, portal); err != nil {
		return shown, err
	}
	page := Call{Kind: results.OpInbox, To: p.list, Limit: pageSize}
	for range searchPages {
		a, err := portal.Do(ctx, &p.looks.session, &page)
		if err = answered(a, err); err != nil {
			return shown, err
		}
		for _, row := range a.Items {
			for i, s := range waiting {
				shown[i] = shown[i] || row.Thread == s.thread && s.thread != "" || strings.HasSuffix(row.Topic, s.tag)
			}
		}
		if a.Next == "" || !slices.Contains(shown, false) {
			return shown, nil
		}
		page.Cursor = a.Next
	}
	return shown, nil
}

// enter records what a look has shown, and gives up what has waited for too long.
func (l *lookout) enter(p *post, waiting []sending, shown []bool, began time.Time, failed error) {
	var still []sending
	for i, s := range waiting {
		switch age := began.Sub(s.acknowledged); {
		case shown[i]:
			l.seen(max(age, 0))
		case age >= l.timeout:
			l.giveUp(1, failed != nil)
		default:
			still = append(still, s)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(still, p.waiting[len(waiting):]...)
}

func (l *lookout) seen(after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.after.Record(after.Microseconds())
}

func (l *lookout) giveUp(n int64, blind bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unseen += n
	if blind {
		l.blind += n
	}
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
		p.mu.Lock()
		p.over = true
		p.mu.Unlock()
		p.wake()
	}
	late := time.AfterFunc(l.timeout, l.stop)
	defer late.Stop()
	l.work.Wait()
	l.stop()
}

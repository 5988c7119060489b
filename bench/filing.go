package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// History is the message history of a population, to be put on a portal before anything is measured there.
type History struct {
	Portal        Portal
	Admin         Account
	People        []Account // as in Config
	ShareAccounts bool

	Cohorts  []Cohort                           // whose history it is
	Past     func(network int) []sim.OpenThread // threads of a network, oldest first: sim.Replay.Past
	Describe func(sim.Actor) sim.Person         // as in Workload
	Messages int                                // about so many of the latest, for each patient alike; 0: all
	Ends     des.Time                           // the simulation's moment that is now

	Scenario, URL string // for the result only
	Digest        string // these two: as in Config
	Seed          uint64
	RunID         string
	Timeout       time.Duration // of one operation; 0: 30 s
	Workers       int           // 0: 16
	Stale         time.Duration // for how long the portal may not show what it has stored; 0: 70 s, if it does not say that it is current
	Journal       *FilingJournal
	Progress      func(Progress) // one phase, seed: how many patients' history is there, roughly; may be nil
}

// Filing is a whole thread as it was left, with the portal's own ids of everybody in it.
type Filing struct {
	Run, Tag, Topic   string
	Subject, From, To *Account // To: in whose list its item stood last
	Category          string
	Urgent            bool
	Item              sim.ItemState
	Holder            *Account // of an item that is not completed: in whose list it is, or who has claimed it
	Messages          []FiledMessage
}

// FiledMessage is a message of a Filing.
type FiledMessage struct {
	Author  *Account
	Body    string
	Written time.Time
	Read    bool // by anybody
}

// Filed is a thread that is on the portal, by the portal's ids. Those of messages are in the order in which they were
// written.
type Filed struct {
	Thread, Item string
	Messages     []string
}

// Filler is a Portal that takes whole threads, many at once.
type Filler interface {
	// Fills reports whether the portal at hand takes them: a kind of portal may, and some of its servers not.
	Fills() bool
	// Cost returns how much of a transaction a thread needs. At most 100 go into one, unless a single thread needs more.
	Cost(Filing) int
	// Fill makes all the threads, or none if its answer is not ok. After some errors nobody knows which.
	Fill(ctx context.Context, s *Session, some []Filing) ([]Filed, Answer, error)
	// Filed finds which of the threads are there already, by their tags. Its answer is partial when of some only a part is there.
	Filed(ctx context.Context, s *Session, some []Filing) (map[string]Filed, Answer, error)
}

// File brings the history in. What its journal says to be done already is left out; what was begun is looked for before it
// is made. An error means that not all of it is there; the journal says how to go on.
func (h History) File(ctx context.Context) (*results.Filing, error) {
	f := &filer{History: h, report: &results.Filing{Format: results.Format, Kind: "seed", Scenario: h.Scenario, Digest: h.Digest, Seed: h.Seed,
		RunID: h.RunID, Portal: h.Portal.Capabilities().Name, URL: h.URL}}
	if f.Timeout <= 0 {
		f.Timeout = defaultTimeout
	}
	if f.Workers <= 0 {
		f.Workers = defaultWorkers
	}
	if f.Stale <= 0 && !h.Portal.Capabilities().Current {
		f.Stale = stalest
	}
	start := time.Now()
	f.now = start
	err := CheckRunID(h.RunID)
	for _, c := range h.Cohorts {
		f.patients += len(c.Patients)
	}
	for _, c := range h.Cohorts {
		if err = errors.Join(err, ctx.Err()); err != nil {
			break
		}
		err = f.network(ctx, c)
	}
	f.report.Seconds = results.Number(time.Since(start).Seconds())
	f.report.Warnings = f.warnings
	f.report.Incomplete = err != nil
	return f.report, err
}

// filer is a History on its way to the portal.
type filer struct {
	History
	report   *results.Filing
	now      time.Time // when it began
	patients int       // of all cohorts
	met      int       // of the cohorts so far
	next     int       // number of the next thread, over all networks
	planned  int       // messages of the threads so far
	warnings []string
	limit    entryLimit
	mu       sync.Mutex // of what was filed, in the report
}

// part is one network of it.
type part struct {
	*filer
	*stage
	threads []sim.OpenThread
	first   int // number of the first thread
}

// network files the threads of one care network.
func (f *filer) network(ctx context.Context, c Cohort) error {
	p := &part{filer: f, first: f.next, threads: f.choose(c)}
	f.next += len(p.threads)
	keys := accountKeys{f.Digest, f.Seed, f.RunID, []byte(f.Admin.Secret)}
	p.stage = &stage{portal: ownCookies{Portal: f.Portal}, roster: f.enrol(c, p.threads, keys), table: newTable(f.RunID), timeout: f.Timeout,
		workers: f.Workers, progress: f.progressOf(c), stale: f.Stale}
	defer p.stage.table.close()
	said, err := p.settleIn(ctx, &f.Admin, f.People, f.ShareAccounts)
	f.warnings = append(f.warnings, said...)
	if err != nil {
		return err
	}
	f.report.People += int64(len(p.roster.people))
	err = p.file(ctx)
	if f.warnings = append(f.warnings, p.repeats.warning()...); err != nil {
		return err
	}
	found, err := p.stage.check(ctx, f.Seed)
	if err == nil {
		f.report.Check.Add(found)
	}
	return err
}

// progressOf turns the phases of one network into a part of the whole: how long each takes of it is a guess.
func (f *filer) progressOf(c Cohort) func(Progress) {
	if f.Progress == nil {
		return nil
	}
	before, here := float64(f.met-len(c.Patients)), float64(len(c.Patients))
	return func(p Progress) {
		from, until := 0., .2
		switch p.Phase {
		case "file":
			from, until = .2, .8
		case "ledger":
			from, until = .8, 1
		}
		done := before + here*(from+(until-from)*float64(p.Done)/float64(max(p.Total, 1)))
		f.Progress(Progress{Phase: "seed", Done: int64(done), Total: int64(f.patients)})
	}
}

// choose returns the threads of a cohort, oldest first: all, or of the latest so many that the cohorts so far have their share
// of the messages.
func (f *filer) choose(c Cohort) []sim.OpenThread {
	all := slices.DeleteFunc(f.Past(c.Network), func(t sim.OpenThread) bool {
		_, ours := slices.BinarySearch(c.Patients, t.Subject)
		return !ours
	})
	f.met += len(c.Patients)
	share := math.MaxInt
	if f.Messages > 0 {
		share = int(int64(f.Messages) * int64(f.met) / int64(f.patients))
	}
	from := len(all)
	for ; from > 0 && f.planned < share; from-- {
		f.planned += len(all[from-1].Messages)
	}
	return all[from:]
}

// enrol names everybody of a network: all its patients, and whoever had a part in a thread.
func (f *filer) enrol(c Cohort, threads []sim.OpenThread, keys accountKeys) *roster {
	r, w := newRoster(keys), &Workload{Describe: f.Describe}
	for _, i := range c.Patients {
		r.add(w, sim.Actor{Network: int32(c.Network), Index: i, Kind: sim.ActorPatient})
	}
	for i := range threads {
		r.addThread(w, &threads[i])
	}
	r.settle()
	return r
}

// file makes what is not there yet. What an earlier process has made is looked up, to be checked with the rest.
func (p *part) file(ctx context.Context) error {
	var todo, made []int
	for i := range p.threads {
		t := &p.threads[i]
		p.table.thread(t.Thread).begin(subjectOf(t), t.Messages[0].Wording, t.Messages[0].Text)
		if p.Journal.done(p.first + i) {
			made = append(made, i)
		} else {
			todo = append(todo, i)
		}
	}
	p.filer.report.FoundBefore += int64(len(made))
	if err := p.each(ctx, "file", len(made), func(ctx context.Context, i int) error { return p.recall(ctx, made[i]) }); err != nil {
		return err
	}
	if filler, bulk := p.filer.Portal.(Filler); bulk && filler.Fills() {
		return p.fill(ctx, filler, todo)
	}
	return p.each(ctx, "file", len(todo), func(ctx context.Context, i int) error { return p.one(ctx, todo[i]) })
}

// one files a thread by the operations that people would have used.
func (p *part) one(ctx context.Context, i int) error {
	t, number := &p.threads[i], p.first+i
	s := p.seeder(i)
	if p.Journal.begun(number) {
		if err := s.meet(ctx, p.now); err != nil {
			return err
		}
	}
	err := p.Journal.begin(number, number+1)
	if err == nil {
		err = s.run(ctx)
	}
	if err != nil {
		return fmt.Errorf("filing thread %d of network %d: %w", t.Thread.Number, t.Thread.Network, err)
	}
	return p.filed(i, i+1)
}

func (p *part) seeder(i int) *seeder {
	t := &p.threads[i]
	return &seeder{stage: p.stage, from: t, thread: p.table.thread(t.Thread), in: map[sim.Actor]bool{}}
}

// filed notes that threads are there, and where.
func (p *part) filed(from, until int) error {
	var ids []string
	messages := 0
	for i := range p.threads[from:until] {
		t := &p.threads[from+i]
		ids, messages = append(ids, p.table.thread(t.Thread).self.id), messages+len(t.Messages)
	}
	err := p.Journal.finish(p.first+from, ids)
	p.filer.mu.Lock()
	defer p.filer.mu.Unlock()
	p.filer.report.Threads += int64(until - from)
	p.filer.report.Messages += int64(messages)
	return err
}

// recall looks a thread up that an earlier process has made. What is missing of it is lost.
func (p *part) recall(ctx context.Context, i int) error {
	s, all := p.seeder(i), int64(len(p.threads[i].Messages))
	sender := p.roster.byActor[s.from.Sender]
	err := p.untilSeen(ctx, p.now, func() (bool, error) {
		err := s.as(ctx, mostTries, sender, func(session *Session) error { return s.take(ctx, session, p.Journal.thread(p.first+i)) })
		var not *notDone
		if errors.As(err, &not) && (not.Outcome == results.NotFound || not.Outcome == results.Denied) {
			err = nil // nothing of it is seen
		}
		return s.whole(), err
	})
	if err != nil {
		return fmt.Errorf("looking for a thread that was made before: %w", err)
	}
	missing := all - int64(len(s.thread.authored))
	p.filer.mu.Lock()
	defer p.filer.mu.Unlock()
	p.filer.report.Check.Lost += missing
	p.filer.report.Check.Checked += missing
	return nil
}

// meet looks for what an interrupted filing has left of the thread: its ids and those of the messages that are there. What
// that process did last may take as long to be seen as anything may, counted from since.
func (s *seeder) meet(ctx context.Context, since time.Time) error {
	return s.untilSeen(ctx, since, func() (bool, error) {
		err := s.as(ctx, mostTries, s.roster.byActor[s.from.Sender], func(session *Session) error {
			row, err := searchList(ctx, insistent{s.portal, s.stage}, session, s.roster.account(subjectOf(s.from)), &Call{Tag: s.thread.tag, Closed: true})
			if err != nil || row.Thread == "" {
				return err
			}
			s.thread.stale, s.resumed = true, true
			return s.take(ctx, session, row.Thread)
		})
		return s.whole(), err
	})
}

// whole reports whether all the thread's messages are known to be there.
func (s *seeder) whole() bool { return len(s.thread.authored) == len(s.from.Messages) }

// take enters what is on the portal of the thread, in order, from the first message that is not known yet up to the first
// that is not there.
func (s *seeder) take(ctx context.Context, session *Session, id string) error {
	a := s.stage.do(ctx, mostTries, session, &Call{Kind: results.OpThread, Thread: id})
	if err := a.failure(); err != nil {
		return err
	}
	s.thread.self.learn(id)
	for n := len(s.thread.authored); n < len(s.from.Messages); n++ {
		m := &s.from.Messages[n]
		k := slices.IndexFunc(a.Messages, func(seen Seen) bool { return seen.Body == generators.Body(m.Wording, m.Text) })
		if k < 0 {
			break
		}
		s.thread.message(int32(n)).learn(a.Messages[k].Message)
		s.thread.authored = append(s.thread.authored, authored{int32(n), m.Author, m.Wording, m.Text})
	}
	return nil
}

// filing describes the i'th thread for a Filler.
func (p *part) filing(i int) Filing {
	t := &p.threads[i]
	th := p.table.thread(t.Thread)
	f := Filing{Run: p.RunID, Tag: th.tag, Topic: generators.Topic(th.wording, th.text) + " " + th.tag, Subject: p.roster.account(subjectOf(t)),
		From: p.roster.account(t.Sender), To: p.roster.account(t.To), Category: category(t.Category), Urgent: t.Urgent, Item: t.Item}
	if held(t) {
		f.Holder = p.roster.account(t.Holder)
	}
	for _, m := range t.Messages {
		f.Messages = append(f.Messages, FiledMessage{Author: p.roster.account(m.Author), Body: generators.Body(m.Wording, m.Text),
			Written: p.now.Add((m.Written - p.Ends).Duration()), Read: len(m.ReadBy) > 0})
	}
	return f
}

// learn enters the portal's ids of a thread.
func (p *part) learn(i int, filed Filed) {
	t := &p.threads[i]
	th := p.table.thread(t.Thread)
	th.self.learn(filed.Thread)
	th.item.learn(filed.Item)
	for n, id := range filed.Messages {
		th.message(int32(n)).learn(id)
		m := &t.Messages[n]
		th.authored = append(th.authored, authored{int32(n), m.Author, m.Wording, m.Text})
	}
}

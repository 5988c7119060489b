package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/portalbench/portalbench/results"
)

// people checks who is let in, who is known, and whom people may write to.
func (t *trial) people(ctx context.Context) {
	t.check(results.OpAuth, "a person is let in with their own secret", nil)
	t.check(results.OpAuth, "a wrong secret is refused", t.refuses(ctx))
	if len(t.People) > 0 {
		t.skip(results.OpProvision, "accounts that are made again stay the same", "those of --people are used")
	} else {
		t.check(results.OpProvision, "accounts that are made again stay the same", t.provisionsOnce(ctx))
	}
	if t.can(results.OpRecipients) {
		t.check(results.OpRecipients, "whoever a patient may write to is listed", t.lists(ctx))
	}
}

// refuses tries to let somebody in with a wrong secret.
func (t *trial) refuses(ctx context.Context) error {
	stranger := t.ben.account
	stranger.Secret = "wrong-" + stranger.Login
	err := t.stage.signIn(ctx, 1, &Session{Account: &stranger})
	refusal := (*Refusal)(nil)
	switch {
	case err == nil:
		return errors.New("it was let in")
	case errors.As(err, &refusal) && refusal.Outcome == results.Denied:
		return nil
	}
	return fmt.Errorf("it was not refused, but failed: %w", err)
}

// provisionsOnce makes all accounts again.
func (t *trial) provisionsOnce(ctx context.Context) error {
	var before []string
	for _, p := range t.stage.roster.people {
		before = append(before, p.account.ID)
	}
	if err := t.stage.provision(ctx, &t.Admin); err != nil {
		return err
	}
	for i, p := range t.stage.roster.people {
		if p.account.ID != before[i] {
			return fmt.Errorf("%s was %q and became %q", p.account.Login, before[i], p.account.ID)
		}
	}
	return nil
}

// lists looks for the pool and the nurse of the care team among a patient's recipients.
func (t *trial) lists(ctx context.Context) error {
	a, err := t.do(ctx, t.ann, Call{Kind: results.OpRecipients, Subject: &t.ann.account})
	if err != nil {
		return err
	}
	for _, to := range []*person{t.pool, t.nora} {
		if to == t.nora && t.may(t.nora, results.OpInbox) != nil {
			continue // nobody writes to staff who see nothing
		}
		if !slices.ContainsFunc(a.Items, func(l Listed) bool { return l.Item == to.account.ID }) {
			return fmt.Errorf("%s is not among the %d listed", to.account.Login, len(a.Items))
		}
	}
	return nil
}

// threads sends, reads and replies. What follows needs the thread that is begun here.
func (t *trial) threads(ctx context.Context) {
	if t.can(results.OpAttach) {
		t.check(results.OpAttach, "a file is taken and has an id", t.attach(ctx))
	}
	err := t.send(ctx)
	t.check(results.OpSend, "a proxy's message for a patient is taken", err)
	if err != nil {
		return
	}
	t.check(results.OpSend, "it is in the list of whom it is for", t.first(ctx, func() error { return t.arrived(ctx) }))
	t.check(results.OpThread, "the message is there once, as written, by its sender",
		t.soon(ctx, func() error { return t.shows(ctx, t.nora, t.pia, t.body) }))
	t.check(results.OpThread, "the patient whom it is about sees it", t.soon(ctx, func() error { return t.shows(ctx, t.ann, t.pia, t.body) }))
	if t.stage.oneIdentity() {
		t.skip(results.OpThread, "another patient does not see it", "one identity serves everybody")
	} else {
		t.check(results.OpThread, "another patient does not see it", t.hidden(ctx))
	}
	t.unread(ctx)
}

func (t *trial) attach(ctx context.Context) error {
	a, err := t.do(ctx, t.pia, Call{Kind: results.OpAttach, Content: []byte(t.body), MediaType: "text/plain"})
	if err == nil && a.Ref == "" {
		err = errors.New("the answer brought no id")
	}
	t.file = a.Ref
	return err
}

// send starts the thread, and looks for its ids if the answer brought none.
func (t *trial) send(ctx context.Context) (err error) {
	c := Call{Kind: results.OpSend, Subject: &t.ann.account, To: &t.pool.account, Topic: t.topic, Body: t.body, Category: "advice", Tag: t.tag}
	if t.file != "" {
		c.Files = []string{t.file}
	}
	if t.sent, err = t.do(ctx, t.pia, c); err != nil || !unresolved(c.Kind, &t.sent) {
		return err
	}
	if _, found := lookFor(ctx, t.stage.portal, &t.pia.session, &c, &t.sent); !found {
		return errors.New("the answer brought no ids, and nothing was found by looking for it")
	}
	return nil
}

// arrived looks for the thread in the pool's list.
func (t *trial) arrived(ctx context.Context) error {
	row, err := t.row(ctx, t.nora, t.pool)
	switch {
	case err != nil:
		return err
	case row.Thread == "":
		return errors.New("it is on none of the pages looked at")
	case !strings.Contains(row.Topic, t.tag):
		return fmt.Errorf("its topic became %q", row.Topic)
	}
	t.sent.Item, t.sent.Version = row.Item, row.Version
	return nil
}

// row returns the thread's row in a list, or an empty one.
func (t *trial) row(ctx context.Context, who, list *person) (Listed, error) {
	if err := t.may(who, results.OpInbox); err != nil {
		return Listed{}, err
	}
	return searchList(ctx, t.stage.portal, &who.session, &list.account, &Call{Thread: t.sent.Thread, Tag: t.tag})
}

// shows opens the thread and looks for one message as its last.
func (t *trial) shows(ctx context.Context, reader, writer *person, body string) error {
	a, err := t.do(ctx, reader, Call{Kind: results.OpThread, Thread: t.sent.Thread})
	if err != nil {
		return err
	}
	n := 0
	for _, m := range a.Messages {
		n += int(count(m.Body == body))
	}
	if n != 1 {
		return fmt.Errorf("it is there %d times, among %d messages", n, len(a.Messages))
	}
	last := a.Messages[len(a.Messages)-1]
	if last.Body != body {
		return errors.New("it is not the last message")
	}
	if !t.stage.oneIdentity() && last.Sender != writer.account.ID && last.Sender != writer.account.Login {
		return fmt.Errorf("its sender is %q and not %q", last.Sender, writer.account.ID)
	}
	return nil
}

// hidden opens the thread as a patient whom it does not concern.
func (t *trial) hidden(ctx context.Context) error {
	a, err := t.do(ctx, t.ben, Call{Kind: results.OpThread, Thread: t.sent.Thread})
	if a.Outcome == results.Denied || a.Outcome == results.NotFound || err == nil && len(a.Messages) == 0 {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%d messages were shown", len(a.Messages))
	}
	return err
}

// unread has the nurse answer, and the patient read the answer.
func (t *trial) unread(ctx context.Context) {
	before, _ := t.count(ctx)
	const reply = "Yes, it is." // without the tag, as what people write: only topics have one
	answer, err := t.do(ctx, t.nora, Call{Kind: results.OpReply, Thread: t.sent.Thread, Message: t.sent.Message, Subject: &t.ann.account, Body: reply})
	t.check(results.OpReply, "staff answer in the thread", err)
	if err != nil {
		return
	}
	t.check(results.OpReply, "it is the last message of the same thread, once",
		t.soon(ctx, func() error { return t.shows(ctx, t.ann, t.nora, reply) }))
	t.check(results.OpUnread, "it rises by one with a message", t.soon(ctx, func() error { return t.counts(ctx, before+1) }))
	if t.can(results.OpInbox) {
		t.check(results.OpUnread, "the list of unread threads has the thread", t.soon(ctx, func() error { return t.listedUnread(ctx, true) }))
	}
	_, err = t.do(ctx, t.ann, Call{Kind: results.OpRead, Thread: t.sent.Thread, Message: answer.Message})
	t.check(results.OpRead, "a message can be marked as read", err)
	t.check(results.OpRead, "the number of unread messages falls by one", t.soon(ctx, func() error { return t.counts(ctx, before) }))
}

func (t *trial) count(ctx context.Context) (int, error) {
	a, err := t.do(ctx, t.ann, Call{Kind: results.OpUnread})
	return a.Unread, err
}

func (t *trial) counts(ctx context.Context, want int) error {
	got, err := t.count(ctx)
	if err == nil && got != want {
		err = fmt.Errorf("it is %d and not %d", got, want)
	}
	return err
}

func (t *trial) listedUnread(ctx context.Context, want bool) error {
	a, err := t.do(ctx, t.ann, Call{Kind: results.OpInbox, To: &t.ann.account, Unread: true, Limit: pageSize})
	got := slices.ContainsFunc(a.Items, func(l Listed) bool { return l.Thread == t.sent.Thread })
	if err == nil && got != want {
		err = fmt.Errorf("the thread is there: %t", got)
	}
	return err
}

// files checks that a file comes back as it was, and to nobody else.
func (t *trial) files(ctx context.Context) {
	if t.file == "" || t.sent.Thread == "" {
		return
	}
	t.check(results.OpFetch, "whoever the message is for gets the same file", t.soon(ctx, func() error {
		a, err := t.do(ctx, t.nora, Call{Kind: results.OpFetch, Thread: t.sent.Thread, Files: []string{t.file}})
		if err == nil && !bytes.Equal(a.Content, []byte(t.body)) {
			err = fmt.Errorf("%d other bytes came", len(a.Content))
		}
		return err
	}))
	if t.stage.oneIdentity() {
		t.skip(results.OpFetch, "another patient does not", "one identity serves everybody")
		return
	}
	a, err := t.do(ctx, t.ben, Call{Kind: results.OpFetch, Thread: t.sent.Thread, Files: []string{t.file}})
	if a.Outcome == results.Denied || a.Outcome == results.NotFound {
		err = nil
	} else if err == nil {
		err = fmt.Errorf("%d bytes were shown", len(a.Content))
	}
	t.check(results.OpFetch, "another patient does not", err)
}

// work takes the thread's item from the pool to its end.
func (t *trial) work(ctx context.Context) {
	if t.can(results.OpReading) {
		_, err := t.do(ctx, t.ann, Call{Kind: results.OpReading, Subject: &t.ann.account,
			Reading: Reading{Code: "8867-4", Value: 72, Unit: "/min", Taken: time.Now().UTC().Truncate(time.Second)}})
		t.check(results.OpReading, "a home reading is taken", err)
	}
	if t.can(results.OpAwait) {
		_, err := t.do(ctx, t.pia, Call{Kind: results.OpAwait, Thread: t.sent.Thread, Message: t.sent.Message})
		t.check(results.OpAwait, "the message is said to be sent", err)
	}
	if t.sent.Thread == "" {
		return
	}
	_ = t.arrived(ctx) // the item's version now
	t.claim(ctx)
	t.label(ctx)
	t.route(ctx)
	t.closing(ctx)
}

// change does something to the item and keeps its new version.
func (t *trial) change(ctx context.Context, who *person, c Call) error {
	c.Subject, c.Thread, c.Item, c.Version = &t.ann.account, t.sent.Thread, t.sent.Item, t.sent.Version
	a, err := t.do(ctx, who, c)
	if err == nil && a.Version != "" {
		t.sent.Version = a.Version
	}
	return err
}

func (t *trial) claim(ctx context.Context) {
	if !t.can(results.OpClaim) {
		return
	}
	old := t.sent.Version
	err := t.change(ctx, t.nora, Call{Kind: results.OpClaim, To: &t.nora.account})
	t.check(results.OpClaim, "a nurse takes an item of the pool", err)
	if err != nil {
		return
	}
	t.check(results.OpClaim, "it is in her own list then", t.soon(ctx, func() error { return t.isIn(ctx, t.nora, t.nora, true) }))
	c := Call{Kind: results.OpClaim, Subject: &t.ann.account, To: &t.otto.account, Thread: t.sent.Thread, Item: t.sent.Item, Version: old}
	a, err := t.do(ctx, t.otto, c)
	if a.Outcome == results.Conflict {
		err = nil
	} else if err == nil {
		err = errors.New("it was taken twice")
	}
	t.check(results.OpClaim, "a second claim with the old version is a conflict", err)
}

func (t *trial) label(ctx context.Context) {
	if !t.can(results.OpLabel) {
		return
	}
	err := t.change(ctx, t.nora, Call{Kind: results.OpLabel, Category: "refill", Urgent: true})
	t.check(results.OpLabel, "the category and the priority are set", err)
	if err != nil || !t.can(results.OpInbox) {
		return
	}
	const meaning = "lists of one category show it under the new one alone"
	err = t.soon(ctx, func() error { return t.inCategory(ctx, "refill", true) })
	if err == nil && t.inCategory(ctx, "advice", true) == nil && t.inCategory(ctx, "education", true) == nil {
		t.skip(results.OpLabel, meaning, "lists are not by category")
		return
	}
	t.check(results.OpLabel, meaning, errors.Join(err, t.soon(ctx, func() error { return t.inCategory(ctx, "advice", false) })))
}

// inCategory looks for the thread in the nurse's list of one category.
func (t *trial) inCategory(ctx context.Context, category string, want bool) error {
	a, err := t.do(ctx, t.nora, Call{Kind: results.OpInbox, To: &t.nora.account, Category: category, Limit: pageSize})
	got := slices.ContainsFunc(a.Items, func(l Listed) bool { return l.Thread == t.sent.Thread })
	if err == nil && got != want {
		err = fmt.Errorf("in the list of %s: %t", category, got)
	}
	return err
}

func (t *trial) route(ctx context.Context) {
	if !t.can(results.OpRoute) {
		return
	}
	err := t.change(ctx, t.nora, Call{Kind: results.OpRoute, To: &t.otto.account})
	t.check(results.OpRoute, "an item is handed to a colleague", err)
	if err == nil {
		t.holder = t.otto
	}
	if err == nil && t.can(results.OpInbox) {
		t.check(results.OpRoute, "it is in the colleague's list then", t.soon(ctx, func() error { return t.isIn(ctx, t.otto, t.otto, true) }))
		t.check(results.OpRoute, "and no more in the former one", t.soon(ctx, func() error { return t.isIn(ctx, t.nora, t.nora, false) }))
	}
}

// isIn looks for the thread in a list, and keeps the item's version.
func (t *trial) isIn(ctx context.Context, who, list *person, want bool) error {
	row, err := t.row(ctx, who, list)
	if err == nil && (row.Thread != "") != want {
		err = fmt.Errorf("it is there: %t", row.Thread != "")
	}
	if err == nil && want {
		t.sent.Item, t.sent.Version = row.Item, row.Version
	}
	return err
}

func (t *trial) closing(ctx context.Context) {
	if !t.can(results.OpClose) {
		return
	}
	holder := t.holder
	err := t.change(ctx, holder, Call{Kind: results.OpClose})
	t.check(results.OpClose, "staff close a thread", err)
	if err != nil || !t.can(results.OpInbox) {
		return
	}
	t.check(results.OpClose, "it leaves the list of open ones", t.soon(ctx, func() error { return t.isIn(ctx, holder, holder, false) }))
	if !t.can(results.OpReopen) {
		return
	}
	err = t.change(ctx, holder, Call{Kind: results.OpReopen})
	t.check(results.OpReopen, "a closed thread is opened again", err)
	if err == nil {
		t.check(results.OpReopen, "it is back in a list of open ones", t.soon(ctx, func() error {
			if t.isIn(ctx, holder, t.pool, true) == nil {
				return nil
			}
			return t.isIn(ctx, holder, holder, true)
		}))
	}
}

// paged is how many threads the pages must show, and pageOf how many rows a page has.
const (
	paged  = 5
	pageOf = 2
)

// pages checks that the pages of a list neither repeat nor leave out.
func (t *trial) pages(ctx context.Context) {
	const meaning = "small pages show every thread once"
	if !t.can(results.OpInbox) {
		return
	}
	if err := t.may(t.nora, results.OpInbox); err != nil {
		t.skip(results.OpInbox, meaning, err.Error())
		return
	}
	made := map[string]bool{}
	for i := range paged {
		a, err := t.do(ctx, t.ann, Call{Kind: results.OpSend, Subject: &t.ann.account, To: &t.nora.account, Category: "advice",
			Topic: fmt.Sprintf("Page %d %s", i+1, t.tag), Body: fmt.Sprintf("This is thread %d.", i+1)})
		if err != nil || a.Thread == "" {
			t.skip(results.OpInbox, meaning, "threads could not be sent for it, or the answers to send brought no thread")
			return
		}
		made[a.Thread] = true
	}
	t.check(results.OpInbox, meaning, t.soon(ctx, func() error { return t.turns(ctx, made) }))
	_, _ = t.do(ctx, t.nora, Call{Kind: results.OpInbox, To: &t.nora.account, Limit: pageSize}) // whether a page has room for all
}

// turns walks through the pages of the nurse's list.
func (t *trial) turns(ctx context.Context, made map[string]bool) error {
	seen := map[string]int{}
	c := Call{Kind: results.OpInbox, To: &t.nora.account, Limit: pageOf}
	for range searchPages {
		a, err := t.do(ctx, t.nora, c)
		if err != nil {
			return err
		}
		for _, row := range a.Items {
			seen[row.Thread]++
		}
		if c.Cursor = a.Next; c.Cursor == "" {
			break
		}
	}
	for thread := range made {
		if seen[thread] != 1 {
			return fmt.Errorf("of %d threads one is there %d times", paged, seen[thread])
		}
	}
	return nil
}

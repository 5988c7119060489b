package refportal

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

func TestCapabilitiesCoverTheContract(t *testing.T) {
	c := NewPortal(nil, "http://127.0.0.1/").Capabilities()
	for k := range results.NumOps {
		want := bench.Native
		if results.OpKind(k) == results.OpAwait {
			want = bench.Absent
		}
		require.Equal(t, want, c.Ops[k], results.OpKind(k).String())
	}
}

func TestSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{TokenLife: time.Hour})
		s := c.session("ann")
		require.Equal(t, c.clock.now().Add(time.Hour).UnixMicro(), s.Expires.UnixMicro())

		wrong := &bench.Session{Account: &bench.Account{Login: "ann", Secret: secretOf("ben")}}
		var refused *bench.Refusal
		require.ErrorAs(t, c.portal.SignIn(context.Background(), wrong), &refused)
		require.Equal(t, results.Denied, refused.Outcome)
		require.Equal(t, 401, refused.Status)
		require.Empty(t, wrong.Token)

		pool := &bench.Session{Account: &bench.Account{Login: "triage", Secret: ""}}
		require.ErrorAs(t, c.portal.SignIn(context.Background(), pool), &refused, "nobody signs in to a pool")

		c.must("ann", &bench.Call{Kind: results.OpUnread})
		c.clock.advance(time.Hour - time.Microsecond)
		c.must("ann", &bench.Call{Kind: results.OpUnread})
		c.clock.advance(time.Microsecond)
		require.Equal(t, results.Denied, c.do("ann", &bench.Call{Kind: results.OpUnread}).Outcome, "an hour has passed")
	})
}

func TestRecipientsAreWhomOneMayAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		for login, want := range map[string][]string{"ann": {"triage", "dan"}, "pia": {"triage", "dan"}, "ben": {"dan"}} {
			subject := c.accounts[login]
			if login == "pia" {
				subject = c.accounts["ann"]
			}
			listed := map[string]bool{}
			for _, row := range c.must(login, &bench.Call{Kind: results.OpRecipients}).Items {
				listed[row.Item] = true
			}
			require.Len(t, listed, len(want))
			for _, to := range []string{"triage", "dan", "rosa", "desk", "ann", "admin", "nobody"} {
				a := c.do(login, &bench.Call{Kind: results.OpSend, Subject: subject, To: &bench.Account{Login: to},
					Topic: "Hello", Body: "Is this for you?"})
				known := c.accounts[to] != nil && listed[c.accounts[to].ID]
				require.Equal(t, known, a.Outcome == results.OK, "%s to %s: %s", login, to, a.Detail)
				if !known {
					require.Equal(t, results.Denied, a.Outcome)
				}
			}
		}
	})
}

func TestSendAppearsWithItsSenderAndSubject(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("pia", "ann", "triage")
		require.Equal(t, results.OK, sent.Outcome)
		require.Equal(t, 1, sent.Requests)
		require.Positive(t, sent.BytesIn)
		require.Positive(t, sent.BytesOut)
		pool := c.inbox("rosa", "triage")
		require.Equal(t, []bench.Listed{{Thread: sent.Thread, Item: sent.Item, Version: sent.Version, Topic: "Cough run1-t1",
			Unread: true}}, pool.Items)
		_, seen := c.raw("rosa", "GET", "/v1/threads/"+sent.Thread, nil)
		require.Equal(t, c.accounts["ann"].ID, seen["subject"])
		got := c.must("rosa", &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Messages
		require.Equal(t, []bench.Seen{{Message: sent.Message, Sender: c.accounts["pia"].ID, Body: "It began on Monday.",
			Sent: c.clock.now().UTC()}}, got)
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("ann", "ann")), "the patient sees what the proxy wrote")
	})
}

func TestReplyComesLastInItsThread(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		other := c.send("ann", "ann", "dan")
		sent := c.send("ann", "ann", "triage")
		answer := c.must("rosa", &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Message: sent.Message, Body: "Since when?"})
		require.Equal(t, sent.Thread, answer.Thread)
		require.Equal(t, sent.Version, answer.Version, "an answer of staff leaves the item as it is")
		c.must("ann", &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Body: "Since Monday."})
		got := c.must("ann", &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Messages
		require.Len(t, got, 3)
		require.Equal(t, answer.Message, got[1].Message)
		require.Equal(t, "Since Monday.", got[2].Body)
		strange := c.do("ann", &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Message: other.Message, Body: "Hm."})
		require.Equal(t, results.Invalid, strange.Outcome, "a reply to a message of another thread")
	})
}

func TestClaimWithAnOldVersionIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		first := c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
		require.NotEqual(t, sent.Version, first.Version)
		second := c.do("tom", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
		require.Equal(t, results.Conflict, second.Outcome)
		require.Equal(t, 412, second.Status)
		require.Empty(t, threads(c.inbox("tom", "triage")), "claimed items leave the pool")
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("rosa", "rosa")))
		looked := c.must("tom", &bench.Call{Kind: results.OpClaim, Item: sent.Item})
		require.Equal(t, 2, looked.Requests, "without a version the item is looked up first")
	})
}

func TestRouteMovesTheItem(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		claimed := c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
		routed := c.must("rosa", &bench.Call{Kind: results.OpRoute, Item: sent.Item, Version: claimed.Version, To: c.accounts["dan"]})
		require.Empty(t, threads(c.inbox("rosa", "rosa")))
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("dan", "dan")))
		c.must("dan", &bench.Call{Kind: results.OpRoute, Item: sent.Item, Version: routed.Version, To: c.accounts["desk"]})
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("kim", "desk")))
		require.Empty(t, threads(c.inbox("dan", "dan")))
		to := c.do("kim", &bench.Call{Kind: results.OpRoute, Item: sent.Item, To: c.accounts["ann"]})
		require.Equal(t, results.Invalid, to.Outcome, "items do not go to patients")
	})
}

func TestLabelShowsInTheInbox(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		labelled := c.must("rosa", &bench.Call{Kind: results.OpLabel, Item: sent.Item, Version: sent.Version, Category: "refill", Urgent: true})
		_, list := c.raw("rosa", "GET", "/v1/inbox?of=login:triage&category=refill", nil)
		row := list["items"].([]any)[0].(map[string]any)
		require.Equal(t, true, row["urgent"])
		require.Equal(t, labelled.Version, row["version"])
		_, list = c.raw("rosa", "GET", "/v1/inbox?of=login:triage&category=advice", nil)
		require.Empty(t, list["items"])
	})
}

// sumUnread adds up the unread numbers of all rows of an inbox with unread=true.
func (c *clinic) sumUnread(login, of string) int {
	sum, cursor := 0, ""
	for {
		_, list := c.raw(login, "GET", "/v1/inbox?unread=true&limit=1&of=login:"+of+"&cursor="+cursor, nil)
		for _, row := range list["items"].([]any) {
			sum += int(row.(map[string]any)["unread"].(float64))
		}
		if cursor = list["next"].(string); cursor == "" {
			return sum
		}
	}
}

func TestUnreadAgreesWithTheInbox(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		direct := c.send("ann", "ann", "dan")
		c.send("ben", "ben", "dan")
		c.must("ann", &bench.Call{Kind: results.OpReply, Thread: direct.Thread, Body: "One more thing."})
		answer := c.must("dan", &bench.Call{Kind: results.OpReply, Thread: direct.Thread, Body: "Please come in."})
		agree := func(login string, want int) {
			t.Helper()
			require.Equal(t, want, c.must(login, &bench.Call{Kind: results.OpUnread, To: c.accounts[login]}).Unread, login)
			require.Equal(t, want, c.sumUnread(login, login), login)
		}
		agree("dan", 3) // two of ann's, one of ben's; his own answer is not unread
		agree("ann", 1) // dan's answer
		agree("pia", 3) // ann's two and dan's: each person's marks are their own
		c.must("dan", &bench.Call{Kind: results.OpRead, Message: direct.Message})
		c.must("dan", &bench.Call{Kind: results.OpRead, Message: direct.Message})
		agree("dan", 2)
		c.must("dan", &bench.Call{Kind: results.OpClose, Thread: direct.Thread})
		agree("dan", 1) // the closed item has left his list
		agree("ann", 1) // the answer is unread although the thread is closed
		c.must("ann", &bench.Call{Kind: results.OpRead, Message: answer.Message})
		agree("ann", 0)
		agree("pia", 3)
	})
}

func TestCloseAndReopen(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		claimed := c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
		closed := c.must("rosa", &bench.Call{Kind: results.OpClose, Thread: sent.Thread})
		require.NotEqual(t, claimed.Version, closed.Version)
		require.Empty(t, threads(c.inbox("rosa", "rosa")))
		require.Empty(t, threads(c.inbox("ann", "ann")))
		require.Equal(t, results.Conflict, c.do("tom", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: closed.Version}).Outcome)
		c.must("tom", &bench.Call{Kind: results.OpReopen, Thread: sent.Thread})
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("tom", "triage")), "back where it last waited")
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("ann", "ann")))
		require.Equal(t, results.Conflict, c.do("tom", &bench.Call{Kind: results.OpReopen, Thread: sent.Thread}).Outcome)
	})
}

func TestPatientsReplyRequestsACompletedItemAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		for _, to := range []string{"triage", "dan"} { // where it waits first
			for _, writer := range []string{"ann", "pia"} {
				c := openClinic(t, store, Config{})
				staff := map[string]string{"triage": "rosa", "dan": "dan"}[to]
				sent := c.send("ann", "ann", to)
				c.must(staff, &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
				closed := c.must(staff, &bench.Call{Kind: results.OpClose, Thread: sent.Thread})
				later := c.must(staff, &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Body: "One more word."})
				require.Equal(t, closed.Version, later.Version, "staff do not reopen by writing")
				again := c.must(writer, &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Body: "It is back."})
				require.NotEqual(t, closed.Version, again.Version)
				list := c.inbox(staff, to)
				require.Equal(t, []string{sent.Thread}, threads(list))
				require.Equal(t, again.Version, list.Items[0].Version)
				require.Equal(t, []string{sent.Thread}, threads(c.inbox("ann", "ann")), "the thread is open again")
			}
		}
	})
}

func TestStaffStartAThread(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("dan", "ann", "ann")
		require.Equal(t, results.OK, sent.Outcome, sent.Detail)
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("ann", "ann")))
		require.Empty(t, threads(c.inbox("dan", "dan")), "nothing to do until she answers")
		c.must("ann", &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Body: "Thank you."})
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("dan", "dan")))
		require.Equal(t, results.OK, c.send("rosa", "ann", "ann").Outcome, "through her pool")
		require.Equal(t, results.Denied, c.send("kim", "ann", "ann").Outcome, "kim has nothing to do with her")
		require.Equal(t, results.Denied, c.send("dan", "ann", "ben").Outcome, "about one patient, to another")
	})
}

func TestAttachAndFetch(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		content := []byte("a photograph, in its way\x00\xff")
		file := c.must("ann", &bench.Call{Kind: results.OpAttach, Content: content, MediaType: "image/png"})
		fetch := &bench.Call{Kind: results.OpFetch, Files: []string{file.Ref}}
		require.Equal(t, content, c.must("ann", fetch).Content)
		require.Equal(t, results.NotFound, c.do("dan", fetch).Outcome, "no message carries it yet")
		send := &bench.Call{Kind: results.OpSend, Subject: c.accounts["ann"], To: c.accounts["dan"], Topic: "Rash", Body: "See.",
			Files: []string{file.Ref}}
		sent := c.must("ann", send)
		require.Equal(t, content, c.must("dan", fetch).Content)
		require.Equal(t, results.NotFound, c.do("ben", fetch).Outcome)
		require.Equal(t, results.Invalid, c.do("ann", send).Outcome, "a file travels with one message")
		require.Len(t, threads(c.inbox("ann", "ann")), 1, "and nothing of the refused message stays")
		_, seen := c.raw("dan", "GET", "/v1/threads/"+sent.Thread, nil)
		carried := seen["messages"].([]any)[0].(map[string]any)["files"]
		require.Equal(t, []any{map[string]any{"id": file.Ref, "media_type": "image/png", "bytes": float64(len(content))}}, carried)
	})
}

func TestReadingIsStoredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		call := &bench.Call{Kind: results.OpReading, Subject: c.accounts["ann"],
			Reading: bench.Reading{Code: "8480-6", Value: 128, Unit: "mm[Hg]", Taken: c.clock.now()}}
		first := c.must("ann", call)
		second := c.must("pia", call)
		require.Equal(t, 201, first.Status)
		require.Equal(t, 200, second.Status)
		require.Equal(t, first.Ref, second.Ref)
		call.Reading.Value = 130
		require.Equal(t, results.Conflict, c.do("ann", call).Outcome)
		for login, want := range map[string]int{"ann": 1, "pia": 1, "dan": 1, "rosa": 1} {
			_, list := c.raw(login, "GET", "/v1/readings?subject=login:ann", nil)
			require.Len(t, list["readings"], want, login)
		}
		require.Equal(t, results.Denied, c.do("ben", call).Outcome)
	})
}

func TestAwaitIsAbsent(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		a := c.do("ann", &bench.Call{Kind: results.OpAwait})
		require.Equal(t, results.Invalid, a.Outcome)
		require.Zero(t, a.Requests)
	})
}

func TestProvisionIsIdempotent(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		before := map[string]string{}
		for login, a := range c.accounts {
			before[login] = a.ID
			if login != "admin" {
				a.ID = ""
			}
		}
		c.accounts["ben"].CareTeam = []string{"triage"}
		c.provision()
		for login, a := range c.accounts {
			require.Equal(t, before[login], a.ID, login)
		}
		require.Len(t, c.must("ben", &bench.Call{Kind: results.OpRecipients}).Items, 2, "dan stays, the pool is added")

		bad := &bench.Account{Kind: bench.PatientAccount, Login: "eve", Secret: secretOf("eve"), CareTeam: []string{"nobody"}}
		call := &bench.Call{Kind: results.OpProvision, Accounts: []*bench.Account{bad}}
		require.Equal(t, results.Invalid, c.do("admin", call).Outcome)
		eve := &bench.Session{Account: bad}
		require.Error(t, c.portal.SignIn(context.Background(), eve), "all or none")

		turned := &bench.Account{Kind: bench.PatientAccount, Login: "dan", Secret: secretOf("dan")}
		call.Accounts = []*bench.Account{turned}
		require.Equal(t, results.Conflict, c.do("admin", call).Outcome)
	})
}

func TestANewSecretEndsOldSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		c.must("ann", &bench.Call{Kind: results.OpUnread})
		ann := *c.accounts["ann"]
		ann.Secret = secretOf("another")
		c.must("admin", &bench.Call{Kind: results.OpProvision, Accounts: []*bench.Account{&ann}})
		require.Equal(t, results.Denied, c.do("ann", &bench.Call{Kind: results.OpUnread}).Outcome)
		require.Error(t, c.portal.SignIn(context.Background(), &bench.Session{Account: c.accounts["ann"]}))
		require.NoError(t, c.portal.SignIn(context.Background(), &bench.Session{Account: &ann}))
	})
}

// A token that was looked up before somebody's tokens were dropped may be one of them, and is not remembered.
func TestSessionsLookedUpBeforeADropAreNotRemembered(t *testing.T) {
	s, ann := newSessions(), session{who: principal{id: 1}, expires: 1}
	_, before, _ := s.get(hash{1})
	s.drop(map[int64]bool{1: true})
	s.put(hash{1}, ann, before)
	_, after, known := s.get(hash{1})
	require.False(t, known)
	s.put(hash{1}, ann, after)
	_, _, known = s.get(hash{1})
	require.True(t, known)
}

func TestExpiredSessionsAreForgotten(t *testing.T) {
	s := newSessions()
	s.put(hash{1}, session{expires: 10}, 0)
	s.put(hash{2}, session{expires: 11}, 0)
	for range purgeEvery - 1 {
		require.False(t, s.due(10))
	}
	require.True(t, s.due(10))
	_, _, gone := s.get(hash{1})
	_, _, kept := s.get(hash{2})
	require.Equal(t, []bool{false, true}, []bool{gone, kept})
}

func TestNoopSpeaksTheSameProtocol(t *testing.T) {
	c := &clinic{t: t, clock: newClock(), accounts: people(), sessions: map[string]*bench.Session{}}
	web := newLocalServer(t, NewNoop(c.clock.now))
	c.url, c.client, c.portal = web.URL, web.Client(), NewPortal(web.Client(), web.URL)
	c.accounts["admin"] = &bench.Account{Login: AdminLogin}
	c.provision()
	seen := map[string]bool{}
	for range 3 {
		sent := c.send("ann", "ann", "triage")
		require.Equal(t, results.OK, sent.Outcome)
		for _, id := range []string{sent.Thread, sent.Message, sent.Item} {
			require.False(t, seen[id])
			seen[id] = true
		}
	}
	for k := range results.NumOps {
		call := &bench.Call{Kind: results.OpKind(k), Thread: "t1", Message: "m1", Item: "i1", Version: "1", Content: []byte("x"),
			Files: []string{"f1"}, Subject: c.accounts["ann"], To: c.accounts["dan"]}
		a := c.do("ann", call)
		require.Equal(t, call.Kind != results.OpAwait, a.Outcome == results.OK, fmt.Sprint(call.Kind, a.Detail))
	}
}

package refportal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// actors are the columns of the access matrix; the last is somebody without a token. Ann is the patient, Pia her proxy,
// Ben another patient. Rosa and Tom belong to the pool that the thread was sent to, Dan is on Ann's care team and has no
// part in the thread, Kim has nothing to do with Ann.
var actors = []string{"ann", "pia", "ben", "rosa", "tom", "dan", "kim", "admin", ""}

// matrix says who may do what with a thread that Ann sent to the triage pool, and with what surrounds it. Every cell is
// tried on a fresh thread. A T stands for the thread's number, an M for that of its message, an F for that of its file.
var matrix = []struct {
	method, path string
	body         any
	want         []int // in the order of actors
}{
	{"GET", "/v1/threads/tT", nil, []int{200, 200, 404, 200, 200, 404, 404, 403, 401}},
	{"POST", "/v1/threads/tT/messages", replyBody{Body: "And?"}, []int{201, 201, 404, 201, 201, 404, 404, 403, 401}},
	{"POST", "/v1/messages/mM/read", nil, []int{200, 200, 404, 200, 200, 404, 404, 403, 401}},
	{"GET", "/v1/attachments/fF", nil, []int{200, 200, 404, 200, 200, 404, 404, 403, 401}},
	{"GET", "/v1/items/iT", nil, []int{403, 403, 403, 200, 200, 404, 404, 403, 401}},
	{"POST", "/v1/items/iT/claim", nil, []int{403, 403, 403, 200, 200, 404, 404, 403, 401}},
	{"POST", "/v1/items/iT/route", routeBody{To: "login:dan"}, []int{403, 403, 403, 200, 200, 404, 404, 403, 401}},
	{"POST", "/v1/items/iT/label", labelBody{Category: "refill"}, []int{403, 403, 403, 200, 200, 404, 404, 403, 401}},
	{"POST", "/v1/threads/tT/close", nil, []int{403, 403, 403, 200, 200, 404, 404, 403, 401}},
	{"POST", "/v1/threads/tT/reopen", nil, []int{403, 403, 403, 409, 409, 404, 404, 403, 401}}, // it is open
	{"GET", "/v1/inbox?of=login:triage", nil, []int{404, 404, 404, 200, 200, 404, 404, 403, 401}},
	{"GET", "/v1/inbox?of=login:ann", nil, []int{200, 200, 404, 404, 404, 404, 404, 403, 401}},
	{"GET", "/v1/inbox?of=login:rosa", nil, []int{404, 404, 404, 200, 404, 404, 404, 403, 401}},
	{"GET", "/v1/inbox?of=login:nobody", nil, []int{404, 404, 404, 404, 404, 404, 404, 403, 401}},
	{"GET", "/v1/inbox", nil, []int{200, 200, 200, 200, 200, 200, 200, 403, 401}},
	{"GET", "/v1/unread?of=login:triage", nil, []int{404, 404, 404, 200, 200, 404, 404, 403, 401}},
	{"GET", "/v1/unread", nil, []int{200, 200, 200, 200, 200, 200, 200, 403, 401}},
	{"GET", "/v1/recipients", nil, []int{200, 200, 200, 403, 403, 403, 403, 403, 401}},
	{"POST", "/v1/threads", sendBody{Subject: "login:ann", To: "login:triage", Topic: "T", Body: "B"},
		[]int{201, 201, 403, 403, 403, 403, 403, 403, 401}}, // staff write to patients
	{"POST", "/v1/threads", sendBody{Subject: "login:ann", To: "login:ann", Topic: "T", Body: "B"},
		[]int{403, 403, 403, 201, 201, 201, 403, 403, 401}}, // Dan is on her care team, Rosa's and Tom's pool too
	{"POST", "/v1/attachments", "a file", []int{201, 201, 201, 201, 201, 201, 201, 403, 401}},
	{"POST", "/v1/readings", `{"subject":"login:ann","code":"29463-7","value":70,"unit":"kg","taken":"2031-03-01T07:00:00Z"}`,
		[]int{201, 200, 403, 403, 403, 403, 403, 403, 401}}, // Pia's is the same reading again
	{"GET", "/v1/readings?subject=login:ann", nil, []int{200, 200, 404, 200, 200, 200, 404, 403, 401}},
	{"GET", "/v1/readings?subject=login:nobody", nil, []int{404, 404, 404, 404, 404, 404, 404, 403, 401}},
	{"GET", "/v1/readings", nil, []int{200, 200, 200, 404, 404, 404, 404, 403, 401}},
	{"GET", "/v1/audit", nil, []int{403, 403, 403, 403, 403, 403, 403, 200, 401}},
	{"POST", "/v1/accounts", provisionBody{Accounts: []accountBody{}}, []int{403, 403, 403, 403, 403, 403, 403, 200, 401}},
	{"GET", "/healthz", nil, []int{200, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET", "/v1/threads/t999999", nil, []int{404, 404, 404, 404, 404, 404, 404, 403, 401}},
	{"POST", "/v1/items/i999999/claim", nil, []int{403, 403, 403, 404, 404, 404, 404, 403, 401}},
	{"POST", "/v1/messages/m999999/read", nil, []int{404, 404, 404, 404, 404, 404, 404, 403, 401}},
	{"GET", "/v1/attachments/f999999", nil, []int{404, 404, 404, 404, 404, 404, 404, 403, 401}},
}

func TestWhoMayDoWhat(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		for _, row := range matrix {
			for i, login := range actors {
				file := c.must("ann", &bench.Call{Kind: results.OpAttach, Content: []byte("{}")})
				sent := c.must("ann", &bench.Call{Kind: results.OpSend, Subject: c.accounts["ann"], To: c.accounts["triage"],
					Topic: "T", Body: "B", Files: []string{file.Ref}})
				path := strings.NewReplacer("tT", sent.Thread, "iT", sent.Item, "mM", sent.Message, "fF", file.Ref).Replace(row.path)
				got, _ := c.raw(login, row.method, path, row.body, "If-Match", sent.Version)
				require.Equal(t, row.want[i], got, "%q: %s %s", login, row.method, row.path)
			}
		}
	})
}

// TestStaffKeepSightOfWhatPassedThroughTheirHands follows an item from the pool to Dan and on to the front desk.
func TestStaffKeepSightOfWhatPassedThroughTheirHands(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		sees := func(want ...string) {
			t.Helper()
			var got []string
			for _, login := range []string{"rosa", "tom", "dan", "kim"} {
				if c.do(login, &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Outcome == results.OK {
					got = append(got, login)
				}
			}
			require.Equal(t, want, got)
		}
		sees("rosa", "tom")
		c.must("rosa", &bench.Call{Kind: results.OpRoute, Item: sent.Item, To: c.accounts["dan"]})
		sees("rosa", "tom", "dan")
		c.must("dan", &bench.Call{Kind: results.OpRoute, Item: sent.Item, To: c.accounts["desk"]})
		sees("rosa", "tom", "dan", "kim")
	})
}

func TestStrangersCannotTellWhatExists(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("ann", "ann", "triage")
		for _, login := range []string{"ben", "kim"} {
			status, existing := c.raw(login, "GET", "/v1/threads/"+sent.Thread, nil)
			missing, absent := c.raw(login, "GET", "/v1/threads/t424242", nil)
			require.Equal(t, missing, status)
			require.Equal(t, absent, existing)
		}
		real := c.do("ben", &bench.Call{Kind: results.OpSend, Subject: c.accounts["ben"], To: &bench.Account{Login: "rosa"}, Topic: "T", Body: "B"})
		unreal := c.do("ben", &bench.Call{Kind: results.OpSend, Subject: c.accounts["ben"], To: &bench.Account{Login: "nobody"}, Topic: "T", Body: "B"})
		require.Equal(t, unreal.Detail, real.Detail)
		require.Equal(t, unreal.Status, real.Status)
	})
}

func TestAuditSaysWhoDidWhat(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		sent := c.send("pia", "ann", "triage")
		c.must("rosa", &bench.Call{Kind: results.OpThread, Thread: sent.Thread})
		c.must("rosa", &bench.Call{Kind: results.OpClose, Thread: sent.Thread}) // queued behind the note of her look
		got := map[string]bool{}
		cursor, pages := "", 0
		for pages == 0 || cursor != "" {
			_, page := c.raw("admin", "GET", "/v1/audit?limit=5&cursor="+cursor, nil)
			for _, e := range page["entries"].([]any) {
				entry := e.(map[string]any)
				subject, _ := entry["subject"].(string)
				line := strings.Join([]string{entry["actor"].(string), entry["action"].(string), entry["object"].(string), subject}, " ")
				require.False(t, got[line] && entry["action"] == "send", "no page repeats another")
				got[line] = true
			}
			cursor, pages = page["next"].(string), pages+1
		}
		require.Greater(t, pages, 2)
		ann, pia, rosa := c.accounts["ann"].ID, c.accounts["pia"].ID, c.accounts["rosa"].ID
		for _, want := range []string{
			pia + " send " + sent.Message + " " + ann,
			rosa + " view_thread " + sent.Thread + " " + ann,
			rosa + " close " + sent.Item + " " + ann,
			pia + " sign_in " + pia + " ",
		} {
			require.True(t, got[want], "%q is not in %v", want, got)
		}
	})
}

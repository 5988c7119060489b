package fhir

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// Servers that do what the specification leaves open in another way are driven all the same.
func TestServersThatDiffer(t *testing.T) {
	for name, h := range map[string]habits{
		"links relative to the base":          {links: "relative"},
		"links from the root of the host":     {links: "host"},
		"links that are queries":              {links: "query"},
		"links that do not know of the proxy": {links: "behind"},
		"strict about sorting":                {strict: []string{"_sort"}},
		"strict about counting":               {strict: []string{"_summary"}},
		"strict about much":                   {strict: []string{"_sort", "category", "performer", "status", "_summary"}},
		"counts nothing":                      {countless: true},
		"strong ETags":                        {versions: "strong"},
		"wants a version for every change":    {versions: "needed"},
		"creations without id":                {nameless: true},
		"names in transactions are kept":      {names: "kept"},
		"names in transactions are refused":   {names: "refused"},
		"says little":                         {saysLittle: true},
		"finds people late":                   {stale: true},
		"conditional creation":                {conditions: 100},
		"hardly any conditional creation":     {conditions: 2},
		"coarse moments":                      {coarse: true},
		"references shown absolute":           {references: "shown"},
		"refusals as XML":                     {xmlErrors: true},
		"wants what profiles want":            {profile: []string{"identifier", "name", "gender", "active"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{page: 3, habits: h}
			got := verified(t, s.start(t))
			require.Empty(t, got.Broken())
			for op, verdict := range verdicts(got) {
				if op != "auth" && op != "recipients" && op != "await" {
					require.Equal(t, results.Means, verdict, op)
				}
			}
		})
	}
}

// The same where several things come together.
func TestServersThatDifferInMuch(t *testing.T) {
	for name, s := range map[string]*server{
		"batches only":             {cannot: []string{"transaction"}, habits: habits{batches: true}},
		"no transactions, no ids":  {cannot: []string{"transaction"}, habits: habits{nameless: true}},
		"no patch, version needed": {cannot: []string{"patch"}, habits: habits{versions: "needed"}},
		"no CareTeam":              {without: []string{"CareTeam"}},
		"files apart":              {rawFiles: true, habits: habits{strictFiles: true}},
		"no lists, and strict":     {oneByOne: true, habits: habits{strict: []string{"_sort", "_summary"}}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, verified(t, s.start(t)).Broken())
		})
	}
}

// What a server does not have is said before anything is tried.
func TestWhatIsSaidOfServers(t *testing.T) {
	for want, s := range map[string]*server{
		"does not sort Communication":                   {habits: habits{strict: []string{"_sort"}}},
		"refuses to search Task by performer":           {habits: habits{strict: []string{"performer"}}},
		"unread messages are counted page by page":      {habits: habits{strict: []string{"_summary"}}},
		"has no CareTeam: pools are Groups":             {without: []string{"CareTeam"}},
		"has no transactions":                           {cannot: []string{"transaction"}},
		"has no JSON Patch: what is changed is read an": {cannot: []string{"patch"}},
	} {
		p := s.start(t)
		require.NoError(t, p.Meet(t.Context(), nil))
		require.Contains(t, strings.Join(p.Lines(), "\n"), want)
	}
}

// A server that lets two people take the same item is found out, whether it has no versions or does not look at them.
func TestClaimsThatAreNotProtected(t *testing.T) {
	for _, versions := range []string{"ignored", "none"} {
		got := verified(t, (&server{habits: habits{versions: versions}}).start(t))
		require.NotEmpty(t, got.Broken(), versions)
		require.Contains(t, got.Broken()[0], "claim: a second claim with the old version is a conflict: it was taken twice")
	}
}

// Two who provision at once make nobody twice where the server creates on condition, and agree on who counts elsewhere.
func TestProvisioningAtOnce(t *testing.T) {
	s := &server{habits: habits{conditions: 100, stale: true}}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	var ids []string
	for range 2 {
		a := &bench.Account{Kind: bench.PatientAccount, Login: "pt-1", Display: "Ann Example"}
		other := NewPortal(p.client, p.base, nil, time.Now) // which remembers nothing
		require.NoError(t, other.Meet(t.Context(), nil))
		done, err := other.Do(t.Context(), &bench.Session{Account: &bench.Account{}}, &bench.Call{Kind: results.OpProvision, Accounts: []*bench.Account{a}})
		require.NoError(t, err)
		require.Equal(t, results.OK, done.Outcome, done.Detail)
		ids = append(ids, a.ID)
	}
	require.Equal(t, ids[0], ids[1])
}

// Who is made by another run at the same moment is found, and not made again.
func TestAnotherRunIsFaster(t *testing.T) {
	for _, status := range []int{http.StatusConflict, http.StatusPreconditionFailed} {
		s := &server{habits: habits{conditions: 100}}
		p := s.start(t)
		require.NoError(t, p.Meet(t.Context(), nil))
		faster := 1
		s.spoil = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || faster == 0 {
				return false
			}
			faster--
			content, _ := io.ReadAll(r.Body)
			_, _ = s.transaction(decoded(content))
			w.WriteHeader(status)
			return true
		}
		ann, ben := &bench.Account{Kind: bench.PatientAccount, Login: "pt-1"}, &bench.Account{Kind: bench.PatientAccount, Login: "pt-2"}
		done, err := p.Do(t.Context(), &bench.Session{Account: &bench.Account{}}, &bench.Call{Kind: results.OpProvision, Accounts: []*bench.Account{ann, ben}})
		require.NoError(t, err)
		require.Equal(t, results.OK, done.Outcome, done.Detail)
		require.Equal(t, []string{"Patient/x1", "Patient/x2"}, []string{ann.ID, ben.ID})
		require.Len(t, s.order, 2)
	}
}

// A change that goes by no version is made anew when somebody else was faster; one that does is a conflict at once.
func TestChangesWhileOthersChange(t *testing.T) {
	s := &server{}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	ann, pool := &bench.Account{Kind: bench.PatientAccount, ID: "Patient/1"}, &bench.Account{Kind: bench.PoolAccount, Login: "pool", ID: "CareTeam/1"}
	sent, err := p.Do(t.Context(), &bench.Session{Account: ann}, &bench.Call{Kind: results.OpSend, Subject: ann, To: pool, Tag: "t-1"})
	require.NoError(t, err)
	for _, row := range []struct {
		call bench.Call
		busy int
		want results.Outcome
	}{
		{bench.Call{Kind: results.OpRead, Message: sent.Message}, mostTries - 1, results.OK},
		{bench.Call{Kind: results.OpRead, Message: sent.Message}, mostTries, results.Conflict},
		{bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version}, 1, results.Conflict},
		{bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version}, 0, results.OK},
		{bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version}, 0, results.Conflict},
	} {
		s.busy = row.busy
		a, err := p.Do(t.Context(), &bench.Session{Account: &bench.Account{Kind: bench.StaffAccount, ID: "Practitioner/1"}}, &row.call)
		require.NoError(t, err)
		require.Equal(t, row.want, a.Outcome, a.Detail)
	}
}

// What servers say of a refusal is told in one line, however they say it.
func TestDetails(t *testing.T) {
	for content, want := range map[string]string{
		`{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"informational","diagnostics":"by the way"},{"severity":"error","code":"required","details":{"text":"a gender is missing"}}]}`: "required: a gender is missing (and 1 more)",
		`<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="invalid"/><diagnostics value="no such thing"/></issue></OperationOutcome>`:                                   "invalid: no such thing",
		"<html><head><title>502 Bad Gateway</title></head></html>": `the server gave no reason, but a web page titled "502 Bad Gateway"`,
		"\ufeff" + `{"issue":[{"code":"throttled"}]}`:              "throttled",
		"":   noReason,
		"[]": noReason,
	} {
		require.Equal(t, want, detailOf([]byte(content)))
	}
}

func TestMoments(t *testing.T) {
	want := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, text := range []string{"2026-03-04T05:06:07Z", "2026-03-04T05:06:07.000Z", "2026-03-04T07:06:07+02:00", "2026-03-04T05:06:07", "2026-03-04T05:06:07+0000"} {
		require.True(t, want.Equal(moment(text)), text)
	}
	require.True(t, moment("2026-03").IsZero())
}

// Pages that name each other for ever end, and what is no Bundle is told from an empty list.
func TestListsThatAreNone(t *testing.T) {
	for want, body := range map[string]string{
		"have no end":              `{"resourceType":"Bundle","link":[{"relation":"next","url":"Communication?page=2"}]}`,
		"of another kind":          `{"resourceType":"OperationOutcome"}`,
		"text/html and not FHIR J": "<html>",
	} {
		p := (&server{spoil: func(w http.ResponseWriter, _ *http.Request) bool {
			if body[0] == '<' {
				w.Header().Set("Content-Type", "text/html")
			}
			_, _ = io.WriteString(w, body)
			return true
		}}).start(t)
		a, err := p.Do(t.Context(), &bench.Session{Account: &bench.Account{}}, &bench.Call{Kind: results.OpThread, Thread: "Communication/1"})
		require.NoError(t, err)
		require.Equal(t, results.Invalid, a.Outcome)
		require.Contains(t, a.Detail, want)
	}
}

// Whoever names a page names it on the server itself.
func TestWherePagesAre(t *testing.T) {
	p := NewPortal(nil, "http://127.0.0.1:8080/apis/fhir/", nil, time.Now)
	for link, want := range map[string]string{
		"Task?page=2":                           "/apis/fhir/Task?page=2",
		"?page=2":                               "/apis/fhir/Task?page=2",
		"/Task?x=1":                             "/apis/fhir/Task?x=1",
		"/apis/fhir?_getpages=a":                "/apis/fhir?_getpages=a",
		"http://127.0.0.1:8080/apis/fhir?a=1":   "/apis/fhir?a=1",
		"https://elsewhere.example/fhir?a=1":    "/apis/fhir?a=1",
		"http://user:pw@inner.example/Task?a=1": "/apis/fhir/Task?a=1",
		"http://inner/fhir/Task/_search?a=1":    "/apis/fhir/Task/_search?a=1",
	} {
		var b bundle
		b.Link = append(b.Link, struct {
			Relation string `json:"relation"`
			URL      string `json:"url"`
		}{"next", link})
		got, err := p.address(p.after("Task?page=1", &b))
		require.NoError(t, err)
		require.Equal(t, "http://127.0.0.1:8080"+want, got, fmt.Sprint(link))
	}
}

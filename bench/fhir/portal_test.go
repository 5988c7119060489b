package fhir

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

func verified(t *testing.T, p *Portal) *results.Verify {
	t.Helper()
	require.NoError(t, p.Meet(t.Context(), nil))
	v := bench.Verification{Portal: p, Admin: bench.Account{Kind: bench.AdminAccount}, RunID: "v1", Timeout: 5 * time.Second,
		Within: 200 * time.Millisecond}
	got, err := v.Run(t.Context())
	require.NoError(t, err)
	return got
}

func verdicts(v *results.Verify) map[string]string {
	of := map[string]string{}
	for _, o := range v.Ops {
		of[o.Op] = o.Verdict
	}
	return of
}

// Every operation means what it must on servers that differ in where they say things are, how long their pages are, and
// what they can.
func TestOperationsMeanWhatTheyMust(t *testing.T) {
	for name, s := range map[string]*server{"relative": {}, "absolute": {absolute: true}, "short pages": {page: 1},
		"no transactions": {cannot: []string{"transaction"}}, "no JSON Patch": {cannot: []string{"patch"}},
		"answers without a body": {silent: true, absolute: true}, "nor transactions": {silent: true, absolute: true, cannot: []string{"transaction"}},
		"small transactions": {most: 3}, "no lists of identifiers": {oneByOne: true}, "files as they are": {rawFiles: true},
		"does not look at all": {blind: []string{"performer", "owner", "part-of", "subject", "code"}}} {
		t.Run(name, func(t *testing.T) {
			got := verified(t, s.start(t))
			require.Empty(t, got.Broken())
			require.Equal(t, "fhir (Small 1)", got.Portal)
			for op, verdict := range verdicts(got) {
				want := results.Means
				if op == "auth" || op == "recipients" || op == "await" {
					want = results.NotThere
				}
				require.Equal(t, want, verdict, op)
			}
		})
	}
}

// Without Task there is no staff side, and the rest stays.
func TestServersWithoutTask(t *testing.T) {
	p := (&server{without: []string{"Task"}}).start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	ops := p.Capabilities().Ops
	for _, k := range []results.OpKind{results.OpClaim, results.OpRoute, results.OpLabel, results.OpClose, results.OpReopen} {
		require.Equal(t, bench.Absent, ops[k], k.String())
	}
	require.Equal(t, bench.Native, ops[results.OpThread])
	require.Contains(t, p.Lines()[0], "the server has no Task")
	got := verified(t, p)
	require.Empty(t, got.Broken())
	require.Equal(t, results.Means, verdicts(got)["inbox"], "staff see who wrote to them")
}

// A server that can only be read is told before anything is tried.
func TestServersThatCanOnlyBeRead(t *testing.T) {
	p := (&server{cannot: []string{"create", "update", "patch", "transaction"}}).start(t)
	require.ErrorContains(t, p.Meet(t.Context(), nil), "read only, or has no messages")
}

// Nobody is made twice, whether the server takes lists of identifiers or not.
func TestNobodyIsMadeTwice(t *testing.T) {
	for _, oneByOne := range []bool{false, true} {
		s := &server{oneByOne: oneByOne, most: 7}
		p := s.start(t)
		var ids []string
		for range 2 { // the second time by an adapter that knows nothing of the first
			var accounts []*bench.Account
			for i := range 60 {
				accounts = append(accounts, &bench.Account{Kind: bench.PatientAccount, Login: fmt.Sprintf("pt-%d", i), Display: "Somebody"})
			}
			accounts = append(accounts, &bench.Account{Kind: bench.ProxyAccount, Login: "px-1", ActsFor: "pt-1"})
			a, err := NewPortal(p.client, p.base, nil, time.Now).Do(t.Context(), &bench.Session{Account: &bench.Account{}},
				&bench.Call{Kind: results.OpProvision, Accounts: accounts})
			require.NoError(t, err)
			require.Equal(t, results.OK, a.Outcome, a.Detail)
			for i, a := range accounts {
				require.NotEmpty(t, a.ID)
				if len(ids) == len(accounts) {
					require.Equal(t, ids[i], a.ID, a.Login)
				}
			}
			require.Equal(t, accounts[1].ID, accounts[60].PatientID)
			for _, a := range accounts {
				ids = append(ids, a.ID)
			}
		}
		require.Len(t, s.order, 61)
	}
}

func TestMeetingSomethingElse(t *testing.T) {
	for want, spoil := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"speaks FHIR \"3.0.2\": R4": func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(`{"resourceType":"CapabilityStatement","fhirVersion":"3.0.2"}`))
			return true
		},
		"is this the base address of a FHIR server?": func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte("<html>welcome</html>"))
			return true
		},
		"status 401": func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		},
	} {
		p := (&server{spoil: spoil}).start(t)
		require.ErrorContains(t, p.Meet(t.Context(), nil), want)
	}
}

// An entry that was refused inside an answer of 200 decides.
func TestRefusedInsideATransaction(t *testing.T) {
	for status, want := range map[string]results.Outcome{"429 Too Many Requests": results.Throttled, "412": results.Conflict,
		"422 Unprocessable": results.Invalid, "403": results.Denied, "": results.Invalid} {
		p := (&server{spoil: func(w http.ResponseWriter, _ *http.Request) bool {
			e := `{"response":{"status":"201 Created","location":"Communication/1/_history/1"}}`
			_, _ = w.Write([]byte(`{"resourceType":"Bundle","type":"transaction-response","entry":[` + e + `,` + e + `,{"response":{"status":"` + status +
				`","outcome":{"resourceType":"OperationOutcome","issue":[{"code":"throttled","diagnostics":"slow down"}]}}}]}`))
			return true
		}}).start(t)
		a, err := p.Do(t.Context(), &bench.Session{Account: &bench.Account{ID: "Patient/1"}}, &bench.Call{Kind: results.OpSend,
			Subject: &bench.Account{ID: "Patient/1"}, To: &bench.Account{Kind: bench.PoolAccount, Login: "pool", ID: "CareTeam/1"}})
		require.NoError(t, err)
		require.Equal(t, want, a.Outcome, status)
		require.Contains(t, a.Detail, "throttled: slow down")
		require.Empty(t, a.Thread)
	}
}

func TestLocated(t *testing.T) {
	for location, want := range map[string][2]string{
		"Communication/12": {"Communication/12", ""},
		"http://127.0.0.1:8080/fhir/Communication/12/_history/3": {"Communication/12", "3"},
		"Task/a-b/_history/W": {"Task/a-b", "W"},
		"":                    {"", ""},
		"12":                  {"", ""},
	} {
		ref, version := located(location)
		require.Equal(t, want, [2]string{ref, version}, location)
	}
}

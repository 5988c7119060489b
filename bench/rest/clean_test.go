package rest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
)

// What a run has made is removed by the requests of the description, repeated until there is no more.
func TestCleaningARun(t *testing.T) {
	src, err := os.ReadFile("testdata/refportal.yaml")
	require.NoError(t, err)
	url := reference(t)
	p := adapter(t, url, nil, described(t, string(src)))
	verified(t, p, nil)
	admin := *p.services[isAdmin].account
	gone, err := bench.Cleaning{Portal: p, Admin: admin, RunID: "v1"}.Run(t.Context())
	require.NoError(t, err)
	require.True(t, gone.Untold)
	left, err := bench.Cleaning{Portal: refportal.NewPortal(p.client, url), Admin: admin, RunID: "v1"}.Run(t.Context())
	require.NoError(t, err)
	require.Zero(t, left, "nothing is left to remove")
	ann := bench.Account{Kind: isPatient, Login: "pt-ann-v1", Secret: admin.Secret}
	require.Error(t, p.SignIn(t.Context(), &bench.Session{Account: &ann}))
}

// Where the description does not say how, nothing is removed.
func TestCleaningWithoutAWay(t *testing.T) {
	d := described(t, "portal: small\npatient:\n  ops:\n    thread:\n      - request: GET /t/{{.thread}}\n        rows: {at: m, message: id, body: text}\n")
	_, err := bench.Cleaning{Portal: adapter(t, "http://127.0.0.1:9", nil, d), RunID: "v1"}.Run(t.Context())
	require.ErrorIs(t, err, bench.ErrCannotClean)
	require.ErrorContains(t, err, "add clean: below admin")
	_, err = Read("portal.yaml", []byte("portal: small\nstaff:\n  clean:\n    - request: DELETE /runs/{{.run}}\n"), nil)
	require.ErrorContains(t, err, "clean is no operation of staff")
}

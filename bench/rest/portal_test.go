package rest

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
)

const adminSecret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// described reads a description that is right.
func described(t *testing.T, src string) *Description {
	t.Helper()
	d, err := Read("portal.yaml", []byte(src), Lookup(os.Getenv))
	require.NoError(t, err)
	return d
}

// at returns the adapter of a description, at an address.
func adapter(t *testing.T, url string, keys *bench.Keyring, d *Description) *Portal {
	t.Helper()
	client := bench.NewClient(bench.ClientConfig{})
	t.Cleanup(client.CloseIdle)
	return NewPortal(client.HTTP, url, keys, bench.Account{Kind: bench.AdminAccount, Login: refportal.AdminLogin, Secret: adminSecret}, d, time.Now)
}

func verified(t *testing.T, p *Portal, people []bench.Account) *results.Verify {
	t.Helper()
	got, err := bench.Verification{Portal: p, Admin: *p.services[isAdmin].account, RunID: "v1", Timeout: 5 * time.Second,
		Within: 200 * time.Millisecond, People: people}.Run(t.Context())
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

// reference serves a reference portal, and returns its address.
func reference(t *testing.T) string {
	t.Helper()
	server, err := refportal.New(refportal.Config{Store: "sqlite:" + filepath.Join(t.TempDir(), "p.db"), Clock: time.Now, AdminSecret: adminSecret})
	require.NoError(t, err)
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		web.Close()
		require.NoError(t, server.Close())
	})
	return web.URL
}

// A whole portal with a staff side is described in one file, and every operation means what it must.
func TestReferencePortalByFile(t *testing.T) {
	src, err := os.ReadFile("testdata/refportal.yaml")
	require.NoError(t, err)
	p := adapter(t, reference(t), nil, described(t, string(src)))
	got := verified(t, p, nil)
	require.Empty(t, got.Broken())
	for _, op := range got.Ops {
		want := results.Means
		if op.Op == "await" {
			want = results.NotThere
		} else {
			require.Equal(t, "native", op.Support, op.Op)
		}
		require.Equal(t, want, op.Verdict, "%s %v", op.Op, op.Checks)
	}
	checks := 0
	for _, op := range got.Ops {
		for _, c := range op.Checks {
			require.Equal(t, results.Means, c.Verdict, "%s: %s: %s", op.Op, c.Meaning, c.Seen)
			checks++
		}
	}
	require.Equal(t, 32, checks, "as many as the adapter in Go passes")
}

package bench_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
)

// Everybody sends the cookies that were set for them and no others, and the newest value of each.
func TestEverybodyHasTheirOwnCookies(t *testing.T) {
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := ""
		for _, c := range r.Cookies() {
			got += c.String() + ";"
		}
		w.Header().Set("Got", got)
		if set := r.URL.Query().Get("set"); set != "" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: set, Path: "/", HttpOnly: true})
		}
	}))
	defer portal.Close()
	client := bench.NewClient(bench.ClientConfig{})
	defer client.CloseIdle()
	ask := func(s *bench.Session, path string) string {
		req, err := http.NewRequestWithContext(bench.WithSession(context.Background(), s), http.MethodGet, portal.URL+path, http.NoBody)
		require.NoError(t, err)
		resp, err := client.HTTP.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Empty(t, req.Cookies(), "the adapter's request stays as it was")
		return resp.Header.Get("Got")
	}
	var one, other bench.Session
	require.Empty(t, ask(&one, "/"))
	require.Nil(t, one.Jar, "no cookie came")
	require.Empty(t, ask(&one, "/?set=first"))
	require.Empty(t, ask(&other, "/"))
	require.Empty(t, ask(&other, "/?set=another"))
	require.Equal(t, "session=first;", ask(&one, "/?set=second"))
	require.Equal(t, "session=second;", ask(&one, "/"))
	require.Equal(t, "session=another;", ask(&other, "/"))
	require.Empty(t, ask(nil, "/"), "a request of nobody's")
}

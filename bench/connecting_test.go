package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func fetched(t *testing.T, c *Client, address string) (*http.Response, error) {
	t.Helper()
	res, err := c.HTTP.Get(address)
	if err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	return res, err
}

// A proxy of the environment is used, and reaches no host that was not allowed.
func TestProxies(t *testing.T) {
	var seen []string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = append(seen, r.URL.String()) }))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("NO_PROXY", "")
	c := NewClient(ClientConfig{AllowHosts: []string{"portal.example"}})
	t.Cleanup(c.CloseIdle)
	_, err := fetched(t, c, "http://portal.example/fhir")
	require.NoError(t, err)
	_, err = fetched(t, c, "http://other.example/fhir")
	require.ErrorIs(t, err, ErrForeignHost)
	require.Equal(t, []string{"http://portal.example/fhir"}, seen)
	require.Equal(t, proxy.Listener.Addr().String(), Proxy("http://portal.example"))
	require.Empty(t, Proxy("http://127.0.0.1:8080"), "this machine is reached without a proxy")
}

// Fixed fields of requests go to the portal and to nobody else.
func TestHeadersOfThePortal(t *testing.T) {
	var keys []string
	keep := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { keys = append(keys, r.Header.Get("X-Key")) })
	portal, other := httptest.NewServer(keep), httptest.NewServer(keep)
	t.Cleanup(portal.Close)
	t.Cleanup(other.Close)
	c := NewClient(ClientConfig{Portal: portal.URL + "/base", Header: http.Header{"X-Key": {"k1"}}})
	t.Cleanup(c.CloseIdle)
	for _, address := range []string{portal.URL, other.URL} {
		_, err := fetched(t, c, address)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"k1", ""}, keys)
}

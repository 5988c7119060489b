package bench

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// twenty sends one request and then 20 at once, each of which the server answers when all that can be under way are.
func twenty(t *testing.T, cfg ClientConfig, together int) (opened int64, protocols string) {
	t.Helper()
	var waiting atomic.Int64
	release := make(chan struct{})
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/first" {
			if waiting.Add(1) == int64(together) {
				close(release)
			}
			<-release
		}
		w.Header().Set("X-Protocol", r.Proto)
	}))
	web.EnableHTTP2 = true
	web.StartTLS()
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	cfg.TLS = &tls.Config{RootCAs: roots}
	client := NewClient(cfg)
	defer client.CloseIdle()
	first, err := client.HTTP.Get(web.URL + "/first") // over HTTP/2, 20 at once before it would open 20 and use one
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, first.Body)
	require.NoError(t, first.Body.Close())
	var all sync.WaitGroup
	answers := make(chan string, 20)
	for range 20 {
		all.Go(func() {
			var m meter
			req, err := http.NewRequestWithContext(withMeter(t.Context(), &m), http.MethodPost, web.URL, nil)
			if err != nil {
				answers <- err.Error()
				return
			}
			resp, err := client.HTTP.Do(req)
			if err != nil {
				answers <- err.Error()
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			answers <- resp.Header.Get("X-Protocol")
		})
	}
	all.Wait()
	protocols = <-answers
	for range 19 {
		require.Equal(t, protocols, <-answers)
	}
	return client.Opened(), protocols
}

// Over TLS 20 requests at once take 20 connections, 4 where no more are allowed, and one over HTTP/2.
func TestConnections(t *testing.T) {
	opened, protocol := twenty(t, ClientConfig{}, 20)
	require.EqualValues(t, 20, opened)
	require.Equal(t, "HTTP/1.1", protocol)
	opened, _ = twenty(t, ClientConfig{MaxConnections: 4}, 4)
	require.EqualValues(t, 4, opened)
	opened, protocol = twenty(t, ClientConfig{HTTP2: true}, 20)
	require.EqualValues(t, 1, opened)
	require.Equal(t, "HTTP/2.0", protocol)
}

// Six people are in the middle of a session when the window begins. At 2 sign-ins a second the last is signed in after
// 2.5 s: the administrator does not count.
func TestSignInsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		w := workload(1)
		for i := range int32(6) {
			w.Ops = append(w.Ops, at(0, results.OpUnread, patient(i)))
		}
		cfg := config(d, w)
		cfg.SignInsPerS = 2
		start := time.Now()
		mustRun(t, cfg)
		var last time.Duration
		for _, s := range d.served {
			if s.call.Kind == results.OpAuth {
				last = s.at.Sub(start)
			}
		}
		require.Equal(t, 2500*time.Millisecond, last)
		require.Equal(t, 7, d.signIns)
	})
}

package main

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench/rest"
)

// A certificate that the portal has made itself passes on this machine, where its file says so, and nowhere else.
func TestOwnCertificates(t *testing.T) {
	web := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	get := func(own bool, url string, allow ...string) error {
		target := &target{url: url, allowHosts: allow, described: &rest.Description{OwnCertificate: own}}
		client := target.client(1)
		defer client.CloseIdle()
		res, err := client.HTTP.Get(web.URL)
		if err == nil {
			err = res.Body.Close()
		}
		return err
	}
	require.NoError(t, get(true, web.URL))
	require.ErrorContains(t, get(false, web.URL), "certificate")
	require.ErrorContains(t, get(true, "https://portal.test", "portal.test"), "certificate", "a portal elsewhere")
	require.ErrorContains(t, get(true, web.URL, "192.0.2.7"), "name the portal localhost")

	named := strings.Replace(web.URL, "127.0.0.1", "localhost", 1)
	verify := (&target{url: named, described: &rest.Description{OwnCertificate: true}}).certificates().VerifyConnection
	state := tls.ConnectionState{ServerName: "localhost", PeerCertificates: nil}
	require.NoError(t, verify(state))
	state.ServerName = "token.test"
	state.PeerCertificates = append(state.PeerCertificates, web.Certificate())
	require.Error(t, verify(state), "another host of the same run")
}

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func writePEM(t *testing.T, name, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return file
}

// ownCertificate makes a client's certificate and key.
func ownCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return writePEM(t, "cert.pem", "CERTIFICATE", der), writePEM(t, "key.pem", "PRIVATE KEY", secret)
}

// A portal behind TLS is trusted by --cacert, asks for --cert, and is sent --header.
func TestConnectingOverTLS(t *testing.T) {
	t.Setenv("GATEWAY_KEY", "gateway-key-1")
	var key string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { key = r.Header.Get("X-Api-Key") }))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	cert, private := ownCertificate(t)
	ca := writePEM(t, "ca.pem", "CERTIFICATE", s.Certificate().Raw)
	for _, c := range []struct {
		name string
		connection
		says string
	}{
		{"all", connection{caCert: ca, cert: cert, key: private, headers: []string{"X-Api-Key: env:GATEWAY_KEY"}}, ""},
		{"no certificate of ours", connection{caCert: ca}, "give --cert and --key"},
		{"theirs is unknown", connection{cert: cert, key: private}, "trust it with --cacert FILE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.check())
			client := (&target{url: s.URL, connection: c.connection}).client(0)
			t.Cleanup(client.CloseIdle)
			res, err := client.HTTP.Get(s.URL)
			if c.says != "" {
				require.ErrorContains(t, err, c.says)
				return
			}
			require.NoError(t, err)
			res.Body.Close()
			require.Equal(t, "gateway-key-1", key)
		})
	}
}

// Connections that cannot be made are refused before anything is sent, without showing a value.
func TestConnectionsThatAreWrong(t *testing.T) {
	cert, key := ownCertificate(t)
	for _, c := range []struct {
		connection
		says string
	}{
		{connection{cert: cert}, "--cert and --key go together"},
		{connection{cert: key, key: cert}, "--cert"},
		{connection{caCert: key}, "holds no certificate"},
		{connection{caCert: filepath.Join(t.TempDir(), "none")}, "--cacert"},
		{connection{headers: []string{"s3cret"}}, "'NAME: VALUE'"},
		{connection{headers: []string{"X Key: s3cret"}}, "'NAME: VALUE'"},
		{connection{headers: []string{"X-Key: s3cret\r\nHost: x"}}, "characters that a header cannot carry"},
		{connection{headers: []string{"X-Key: env:NOT_SET_ANYWHERE"}}, "NOT_SET_ANYWHERE, which is not set"},
		{connection{signInsPerS: -1}, "--sign-ins"},
	} {
		err := c.check()
		require.ErrorContains(t, err, c.says)
		require.NotContains(t, err.Error(), "s3cret")
	}
}

package main

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The secrets of the test: none of them, in no form, may be in anything that the program writes.
const (
	wrongSecret   = "wr0ng-5ecret"
	gatewaySecret = "g4teway"
)

// leaks looks for secrets, and what was made from them, in some text.
func leaks(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{rightSecret, wrongSecret, gatewaySecret, "t0ken-", "c00kie-"} {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
			strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(rightLogin+":"+secret)), "=")} {
			require.NotContains(t, text, form, where)
		}
	}
}

// Every kind of sign-in, with the right secret and a wrong one, on a server that repeats whatever it was sent: the secret is
// in nothing that is printed or kept, be it requests, traces, results or a report.
func TestSecretsAreNowhere(t *testing.T) {
	for _, c := range []struct{ kind, asks, entry string }{
		{"basic", "basic", `{kind: basic, login: bench, secret_file: FILE}`},
		{"bearer", "bearer", `{kind: bearer, secret_file: FILE}`},
		{"client credentials", "token", `{kind: client_credentials, client_id: bench, secret_file: FILE}`},
		{"password", "token", `{kind: password, client_id: app, login: bench, secret_file: FILE}`},
		{"cookies", "cookie", `{kind: form, login: bench, secret_file: FILE, login_url: "ADDR/login"}`},
		{"in the auth file", "basic", `{kind: basic, login: bench, secret: SECRET}`},
	} {
		for _, secret := range []string{rightSecret, wrongSecret} {
			t.Run(c.kind+" "+secret[:5], func(t *testing.T) {
				t.Parallel()
				web := httptest.NewServer(&fhirServer{asks: c.asks, denies: true})
				t.Cleanup(web.Close)
				dir := t.TempDir()
				write := func(name, text string) string {
					path := filepath.Join(dir, name)
					require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
					return path
				}
				key := write("gateway", gatewaySecret)
				entry := strings.NewReplacer("FILE", write("secret", secret), "ADDR", web.URL, "SECRET", secret).Replace(c.entry)
				auth := write("auth.yaml", "everybody: "+entry)
				out := filepath.Join(dir, "run")
				var stdout, stderr bytes.Buffer
				code := run(t.Context(), []string{"load", "smoke", "--portal", "fhir", "--url", web.URL + "/fhir", "--auth", "file:" + auth, "--rate", "10/s",
					"--for", "1s", "--warm-up", "0s", "--skip-verify", "--out", out, "--keep-requests", "--keep-trace", "--keep-ops",
					"--header", "X-Gateway: file:" + key}, strings.NewReader(""), &stdout, &stderr)
				leaks(t, "stdout", stdout.String())
				leaks(t, "stderr", stderr.String())
				if secret == wrongSecret {
					require.Equal(t, exitCannot, code, "%s", &stderr)
					require.Contains(t, stderr.String(), "portal answered denied (status ")
					return
				}
				require.FileExists(t, filepath.Join(out, "requests.jsonl"), "%s", &stderr)
				require.Contains(t, stdout.String(), "X-Gateway: [redacted]", "the server did repeat what it was sent")
				require.NoError(t, filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
					if err == nil && !d.IsDir() {
						var content []byte
						content, err = os.ReadFile(path)
						leaks(t, path, string(content))
					}
					return err
				}))
			})
		}
	}
}

// A portal that refuses everybody, and repeats a gateway's key while it does.
func TestKeysAreNotShownByAClosedPortal(t *testing.T) {
	web := httptest.NewServer(&fhirServer{closed: true})
	t.Cleanup(web.Close)
	t.Setenv("GATEWAY_KEY", gatewaySecret)
	for _, command := range [][]string{{"portal", "verify"}, {"load", "smoke", "--out", filepath.Join(t.TempDir(), "run")}} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append(command, "--portal", "fhir", "--url", web.URL+"/fhir", "--header", "X-Gateway: env:GATEWAY_KEY"),
			strings.NewReader(""), &stdout, &stderr)
		require.Equal(t, exitCannot, code)
		require.Contains(t, stderr.String(), "denied (status 403): login: not you")
		require.Contains(t, stderr.String(), "X-Gateway: [redacted]")
		leaks(t, "stderr", stderr.String())
	}
}

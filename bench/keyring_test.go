package bench_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

func ann() *bench.Account {
	return &bench.Account{Kind: bench.PatientAccount, Login: "ann", Secret: annsSecret}
}

// Every kind of entry opens a session with what the server checks.
func TestSigningIn(t *testing.T) {
	t.Setenv("CLIENT_SECRET", clientSecret)
	for _, c := range []struct{ name, file, authorization string }{
		{"nobody asks", `everybody: {kind: none}`, ""},
		{"basic", `patient: {kind: basic}`, "Basic YW5uOmFubnMtb3duLXNlY3JldC0wMTIzNDU2Nzg5"}, // ann:anns-own-...
		{"bearer", `everybody: {kind: bearer, secret_env: CLIENT_SECRET}`, "Bearer " + clientSecret},
		{"client credentials", `everybody: {kind: client_credentials, client_id: bench, secret_env: CLIENT_SECRET, token_url: ADDR/token}`, "Bearer client_credentials-1"},
		{"endpoint found", `everybody: {kind: client_credentials, client_id: bench, secret_env: CLIENT_SECRET}`, "Bearer client_credentials-1"},
		{"password", `patient: {kind: password, client_id: app, token_url: ADDR/token}`, "Bearer password-1"},
		{"code, by the page", `patient: {kind: code, client_id: app, redirect_url: "` + backURL + `"}`, "Bearer authorization_code-1"},
		{"code, by JSON", `patient: {kind: code, client_id: app, redirect_url: "` + backURL + `", login_url: ADDR/login.json,
  login_json: {email: "{login}", password: "{secret}", codeChallenge: "{challenge}"}}`, "Bearer authorization_code-1"},
		{"a proxy as patients do", `patient: {kind: password, client_id: app}`, "Bearer password-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			who := ann()
			if c.name == "a proxy as patients do" {
				who.Kind = bench.ProxyAccount
			}
			s, err := newAuthServer(t).signsIn(c.file, who)
			require.NoError(t, err)
			r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)
			require.NoError(t, err)
			s.Authorize(r)
			require.Equal(t, c.authorization, r.Header.Get("Authorization"))
		})
	}
}

// What is signed with either kind of key, in either kind of file, is accepted by a server that has the public half.
func TestBackendServices(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	e, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	for name, private := range map[string]crypto.Signer{"RS384": r, "ES384": e} {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		require.NoError(t, err)
		jwk, err := json.Marshal(jose.JSONWebKey{Key: private, KeyID: "k1"})
		require.NoError(t, err)
		for form, text := range map[string][]byte{"PEM": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), "JWK": jwk} {
			t.Run(name+" "+form, func(t *testing.T) {
				s := newAuthServer(t)
				s.public["k1"] = private.Public()
				file := filepath.Join(t.TempDir(), "key")
				require.NoError(t, os.WriteFile(file, text, 0o600))
				got, err := s.signsIn(`everybody: {kind: backend_services, client_id: bench, key_id: k1, scopes: [system/*.rs], key_file: "`+file+`"}`, ann())
				require.NoError(t, err)
				require.Equal(t, "client_credentials-1", got.Token)
				require.InDelta(t, time.Hour.Seconds(), time.Until(got.Expires).Seconds(), 60)
			})
		}
	}
}

// Many share one token, which is fetched once, and again shortly before it ends.
func TestASharedTokenIsFetchedOnce(t *testing.T) {
	t.Setenv("CLIENT_SECRET", clientSecret)
	for life, want := range map[time.Duration]int{time.Hour: 1, 5 * time.Second: 3} { // 5 s are less than a quarter of a minute
		s := newAuthServer(t)
		s.life = life
		keys, err := s.keyring(`everybody: {kind: client_credentials, client_id: bench, secret_env: CLIENT_SECRET}`)
		require.NoError(t, err)
		for range 3 {
			require.NoError(t, keys.SignIn(t.Context(), &bench.Session{Account: ann()}))
		}
		require.Len(t, s.asked, want)
	}
}

// A person's next sign-in uses the refresh token of the one before.
func TestRenewing(t *testing.T) {
	s := newAuthServer(t)
	const file = `patient: {kind: password, client_id: app}`
	got, err := s.signsIn(file, ann())
	require.NoError(t, err)
	_, err = s.signsIn(file, nil, got)
	require.NoError(t, err)
	require.Equal(t, []string{"password", "refresh_token"}, s.asked)
	require.Equal(t, "refresh_token-2", got.Token)
}

// Cookies are what a form brings.
func TestSigningInByAForm(t *testing.T) {
	got, err := newAuthServer(t).signsIn(`patient: {kind: form, login_url: ADDR/plain}`, ann())
	require.NoError(t, err)
	require.Empty(t, got.Token)
	at, err := url.Parse("http://127.0.0.1/")
	require.NoError(t, err)
	require.Equal(t, "anns-session", got.Jar.Cookies(at)[0].Value)
}

// A sign-in that is refused says so, as what it is, without the secret.
func TestRefusedSignIns(t *testing.T) {
	t.Setenv("WRONG", "wrong-secret-0123456789abcdef")
	for _, c := range []struct{ name, file, says string }{
		{"client secret", `everybody: {kind: client_credentials, client_id: bench, secret_env: WRONG}`, "invalid_client: not you"},
		{"password", `everybody: {kind: password, client_id: app, login: ann, secret_env: WRONG}`, "invalid_client: not you"},
		{"sign-in page", `everybody: {kind: code, client_id: app, redirect_url: "` + backURL + `", login: ann, secret_env: WRONG}`, "the login or the secret is wrong"},
		{"form", `everybody: {kind: form, login_url: ADDR/authorize, login: ann, secret_env: WRONG}`, "the login or the secret is wrong"},
		{"a page without a form", `patient: {kind: form, login_url: ADDR/fhir/.well-known/smart-configuration}`, "no form with a password"},
		{"a page that is not there", `patient: {kind: form, login_url: ADDR/nowhere}`, "answered with an error"},
		{"JSON", `everybody: {kind: code, client_id: app, redirect_url: "` + backURL + `", login: ann, secret_env: WRONG, login_url: ADDR/login.json,
  login_json: {email: "{login}", password: "{secret}"}}`, "login_url gave no code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newAuthServer(t).signsIn(c.file, ann())
			refused := (*bench.Refusal)(nil)
			require.ErrorAs(t, err, &refused)
			if c.name != "a page that is not there" {
				require.Equal(t, results.Denied, refused.Outcome)
			}
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "wrong-secret")
		})
	}
}

// Credentials do not follow a redirect to another host.
func TestCredentialsStayWithTheirHost(t *testing.T) {
	other := newAuthServer(t)
	s := newAuthServer(t)
	s.elsewhere = other.URL + "/authorize"
	_, err := s.signsIn(`patient: {kind: code, client_id: app, redirect_url: "`+backURL+`"}`, ann())
	require.ErrorContains(t, err, "to which no credentials are sent")
}

// A token that is over is noticed before anything is asked of the portal.
func TestExpiredTokens(t *testing.T) {
	sign, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte("0123456789abcdef0123456789abcdef")}, nil)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		life time.Duration
		says string
	}{"over": {-time.Hour, "expired at"}, "good": {time.Hour, ""}} {
		token, err := jwt.Signed(sign).Claims(jwt.Claims{Expiry: jwt.NewNumericDate(time.Now().Add(c.life))}).Serialize()
		require.NoError(t, err)
		t.Setenv("TOKEN", token)
		got, err := newAuthServer(t).signsIn(`everybody: {kind: bearer, secret_env: TOKEN}`, ann())
		if c.says != "" {
			require.ErrorContains(t, err, c.says, name)
			require.NotContains(t, err.Error(), token)
			continue
		}
		require.NoError(t, err, name)
		require.False(t, got.Expires.IsZero(), name)
	}
}

// What is wrong with an auth file is said by entry, and no error shows a secret.
func TestAuthFilesThatAreWrong(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.pem")
	require.NoError(t, os.WriteFile(broken, []byte("not-a-key-0123456789"), 0o600))
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(p256)
	require.NoError(t, err)
	curve := filepath.Join(dir, "p256.pem")
	require.NoError(t, os.WriteFile(curve, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	for _, c := range []struct{ file, says string }{
		{`admin: {kind: magic}`, "auth.yaml:1"},
		{`admin: {kind: bearer}`, "admin: kind bearer needs secret"},
		{`staff: {kind: client_credentials, secret: s3cret-s3cret}`, "staff: kind client_credentials needs client_id"},
		{`admin: {kind: none, secret: s3cret-s3cret}`, "kind none has no use for secret"},
		{`admin: {kind: bearer, secret: s3cret-s3cret, secret_env: X}`, "more than one of secret"},
		{`admin: {kind: bearer, secret_env: NOT_SET_ANYWHERE}`, "variable NOT_SET_ANYWHERE, which is not set"},
		{`admin: {kind: bearer, secret_file: ` + filepath.Join(dir, "none") + `}`, "from a file"},
		{`admin: {kind: basic, login: ann}`, "has a login and no secret"},
		{`admin: {kind: bearer, secret: [s3cret-s3cret]}`, "auth.yaml:1"},
		{`admin: {kind: bearer, secret: "s3cret-s3cret}`, "auth.yaml:1"},
		{`admin: {kind: bearer, sekret: s3cret-s3cret}`, "auth.yaml:1"},
		{`admin: {kind: backend_services, client_id: b, key_file: ` + broken + `}`, "neither PEM nor a JWK"},
		{`admin: {kind: backend_services, client_id: b, key_file: ` + curve + `}`, "must be on P-384"},
		{`admin: {kind: code, client_id: b, redirect_url: "` + backURL + `", login_url: ADDR/x}`, "login_url and login_json together"},
	} {
		_, err := newAuthServer(t).keyring(c.file)
		require.ErrorContains(t, err, c.says, c.file)
		for _, secret := range []string{"s3cret", "not-a-key"} {
			require.NotContains(t, err.Error(), secret, c.file)
		}
	}
}

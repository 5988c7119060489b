package bench_test

import (
	"crypto"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"

	"github.com/portalbench/portalbench/bench"
)

// authServer is a small authorization server: it gives tokens for client secrets, signed assertions, passwords, refresh
// tokens and codes, and has a sign-in page with a hidden field, a page that asks for consent, and a portal page that wants
// a cookie.
type authServer struct {
	*httptest.Server
	t      *testing.T
	public map[string]crypto.PublicKey // by key id
	life   time.Duration

	mu         sync.Mutex
	asked      []string          // grants, in order
	challenges map[string]string // by code
	used       map[string]bool   // assertions
	elsewhere  string            // where signing in is redirected to, if not back
}

const (
	clientSecret = "client-secret-0123456789abcdef"
	annsSecret   = "anns-own-secret-0123456789"
	backURL      = "http://127.0.0.1:1/back" // nothing listens there
)

func newAuthServer(t *testing.T) *authServer {
	s := &authServer{t: t, public: map[string]crypto.PublicKey{}, life: time.Hour, challenges: map[string]string{}, used: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /signin", s.signIn)
	mux.HandleFunc("GET /plain", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<form method="post"><input name="who"><input type="password" name="word"><input type="submit" name="go"></form>`)
	})
	mux.HandleFunc("POST /plain", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("who") == "ann" && r.FormValue("word") == annsSecret {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "anns-session", Path: "/"})
			http.Redirect(w, r, "/home", http.StatusSeeOther)
		}
	})
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<h1>Hello, Ann</h1>`) })
	mux.HandleFunc("POST /consent", s.consent)
	mux.HandleFunc("POST /login.json", s.signInJSON)
	mux.HandleFunc("GET /fhir/.well-known/smart-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"token_endpoint": %q, "authorization_endpoint": %q}`, s.URL+"/token", s.URL+"/authorize")
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// token is the token endpoint.
func (s *authServer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	grant := r.Form.Get("grant_type")
	s.asked = append(s.asked, grant)
	client, secret, _ := r.BasicAuth()
	granted := false
	switch grant {
	case "client_credentials":
		granted = client == "bench" && secret == clientSecret || s.vouched(r.Form)
	case "password":
		granted = r.Form.Get("username") == "ann" && r.Form.Get("password") == annsSecret
	case "refresh_token":
		granted = r.Form.Get("refresh_token") == "refresh-1"
	case "authorization_code":
		challenge, known := s.challenges[r.Form.Get("code")]
		granted = known && oauth2.S256ChallengeFromVerifier(r.Form.Get("code_verifier")) == challenge
	}
	w.Header().Set("Content-Type", "application/json")
	if !granted {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error": "invalid_client", "error_description": "not you", "your_secret": %q}`, secret)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": fmt.Sprintf("%s-%d", grant, len(s.asked)), "token_type": "bearer",
		"expires_in": int(s.life.Seconds()), "refresh_token": "refresh-1"})
}

// vouched reports whether an assertion is as SMART Backend Services asks for it, and used for the first time.
func (s *authServer) vouched(form url.Values) bool {
	text := form.Get("client_assertion")
	signed, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS384, jose.ES384})
	if err != nil || s.used[text] || form.Get("client_id") != "" || form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return false
	}
	s.used[text] = true
	var c jwt.Claims
	if signed.Claims(s.public[signed.Headers[0].KeyID], &c) != nil || c.ID == "" || time.Until(c.Expiry.Time()) > 5*time.Minute {
		return false
	}
	return signed.Headers[0].ExtraHeaders[jose.HeaderType] == "JWT" &&
		c.Validate(jwt.Expected{Issuer: "bench", Subject: "bench", AnyAudience: jwt.Audience{s.URL + "/token"}, Time: time.Now()}) == nil
}

// authorize shows the sign-in page.
func (s *authServer) authorize(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "visit", Value: r.URL.Query().Get("code_challenge") + "|" + r.URL.Query().Get("state"), Path: "/"})
	fmt.Fprint(w, `<html><form action="/search"><input name="q"></form>
		<form method="post" action="signin"><input type="hidden" name="csrf" value="c&amp;1"><input type="email" name="who">
		<input type="password" name="word"><input type="checkbox" name="stay"><button name="go" value="in">Sign in</button></form>`)
}

func (s *authServer) signIn(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("who") != "ann" || r.FormValue("word") != annsSecret || r.FormValue("csrf") != "c&1" || r.Form.Has("stay") {
		s.authorize(w, r)
		return
	}
	if s.elsewhere != "" {
		http.Redirect(w, r, s.elsewhere, http.StatusFound)
		return
	}
	fmt.Fprint(w, `<form method="post" action="/consent"><button name="answer" value="allow">Allow</button><button name="answer" value="deny">Deny</button></form>`)
}

// consent sends the visitor back with a code.
func (s *authServer) consent(w http.ResponseWriter, r *http.Request) {
	visit, err := r.Cookie("visit")
	if err != nil || r.FormValue("answer") != "allow" {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	challenge, state, _ := strings.Cut(visit.Value, "|")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenges["code-1"] = challenge
	http.Redirect(w, r, backURL+"?code=code-1&state="+url.QueryEscape(state), http.StatusSeeOther)
}

func (s *authServer) signInJSON(w http.ResponseWriter, r *http.Request) {
	var said map[string]string
	if json.NewDecoder(r.Body).Decode(&said) != nil || said["email"] != "ann" || said["password"] != annsSecret {
		http.Error(w, `{"issue": "wrong"}`, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenges["code-2"] = said["codeChallenge"]
	fmt.Fprint(w, `{"code": "code-2"}`)
}

// signsIn signs an account in with an auth file, ADDR in which is the server's address, as a run would.
func (s *authServer) signsIn(file string, a *bench.Account, sessions ...*bench.Session) (*bench.Session, error) {
	s.t.Helper()
	keys, err := s.keyring(file)
	if err != nil {
		return nil, err
	}
	session := &bench.Session{Account: a}
	if len(sessions) > 0 {
		session = sessions[0]
	}
	return session, bench.SignInWith(s.t.Context(), keys, session)
}

func (s *authServer) keyring(file string) (*bench.Keyring, error) {
	auth, err := bench.ReadAuth("auth.yaml", []byte(strings.ReplaceAll(file, "ADDR", s.URL)))
	if err != nil {
		return nil, err
	}
	client := bench.NewClient(bench.ClientConfig{})
	s.t.Cleanup(client.CloseIdle)
	keys, err := bench.NewKeyring(client.HTTP, auth)
	if err == nil {
		err = keys.Discover(s.t.Context(), s.URL+"/fhir")
	}
	return keys, err
}

package bench

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"

	"github.com/portalbench/portalbench/results"
)

// Keyring signs people in as an auth file says. What many share is fetched once and kept until shortly before it expires.
// It is safe for concurrent use. A nil Keyring is for portals that ask nobody who they are.
type Keyring struct {
	keys   map[AccountKind]*key
	client *http.Client
}

// key is one identity, or the way to those of many people.
type key struct {
	AuthEntry
	secret string
	sign   jose.Signer // backend_services

	mu    sync.Mutex
	token *oauth2.Token // shared by all who use the key
	found endpoints     // where tokens come from
}

// endpoints are a portal's addresses for OAuth 2.0.
type endpoints struct {
	token, authorize string
}

// NewKeyring prepares signing in through client. Its errors are the user's to mend, and show no secret.
func NewKeyring(client *http.Client, auth *Auth) (*Keyring, error) {
	r := &Keyring{keys: map[AccountKind]*key{}, client: client}
	made := map[*AuthEntry]*key{}
	for _, kind := range []AccountKind{PatientAccount, ProxyAccount, StaffAccount, AdminAccount} {
		e := auth.of(kind)
		if e == nil || e.Kind == "none" {
			continue
		}
		if made[e] == nil {
			k, err := newKey(e)
			if err != nil {
				return nil, err
			}
			made[e] = k
		}
		r.keys[kind] = made[e]
	}
	return r, nil
}

func newKey(e *AuthEntry) (k *key, err error) {
	k = &key{AuthEntry: *e, found: endpoints{e.TokenURL, e.AuthorizeURL}}
	if k.secret, err = e.secret(); err != nil {
		return nil, fmt.Errorf("kind %s %w", e.Kind, err)
	}
	switch e.Kind {
	case "bearer":
		k.token = &oauth2.Token{AccessToken: k.secret, Expiry: expiryOf(k.secret)}
		if expired(k.token) {
			return nil, fmt.Errorf("the token of kind bearer expired at %s: get another one", k.token.Expiry.Format(time.RFC3339))
		}
	case "backend_services":
		k.sign, err = readSigner(e.KeyFile, e.KeyID)
	}
	return k, err
}

// expiryOf returns when a token ends that is a JWT and says so; of others the zero time.
func expiryOf(token string) time.Time {
	t, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512, jose.RS256, jose.RS384, jose.RS512,
		jose.ES256, jose.ES384, jose.ES512, jose.PS256, jose.PS384, jose.PS512, jose.EdDSA})
	if err != nil {
		return time.Time{}
	}
	var claims jwt.Claims
	if err := t.UnsafeClaimsWithoutVerification(&claims); err != nil || claims.Expiry == nil {
		return time.Time{}
	}
	return claims.Expiry.Time()
}

func expired(t *oauth2.Token) bool { return !t.Expiry.IsZero() && !time.Now().Before(t.Expiry) }

// perPerson reports whether everybody has an identity of their own.
func (k *key) perPerson() bool {
	switch k.Kind {
	case "login", "basic", "password", "code", "form":
		return k.Login == ""
	}
	return false
}

// Shared reports whether one identity serves patients who must not see each other's messages, so that nothing can be said
// of who may see what.
func (r *Keyring) Shared() bool {
	return r == nil || r.keys[PatientAccount] == nil || !r.keys[PatientAccount].perPerson()
}

// Support says what signing in takes: nothing where one identity serves everybody, or goes along with every request.
func (r *Keyring) Support() Support {
	switch {
	case r.Shared() || r.keys[PatientAccount].Kind == "basic":
		return Absent
	case r.keys[PatientAccount].Kind == "password":
		return Native
	}
	return Composed
}

// NeedsAccounts reports whether people sign in with logins and secrets that the portal must know already.
func (r *Keyring) NeedsAccounts() bool {
	return !r.Shared() && r.keys[PatientAccount].Kind != "login"
}

// SignIn opens a session. When the portal refuses, the error is a *Refusal.
func (r *Keyring) SignIn(ctx context.Context, s *Session) error {
	if r == nil || r.keys[s.Account.Kind] == nil {
		return nil
	}
	k := r.keys[s.Account.Kind]
	ctx = context.WithValue(ctx, oauth2.HTTPClient, r.client)
	t, err := k.hand(ctx, r.client, s)
	if err != nil {
		return Hush(k.refused(plainly(err), s), k.secret, s.Account.Secret)
	}
	if t != nil { // there is none where cookies do
		s.Token, s.Scheme, s.Expires, s.renewal = t.AccessToken, t.Type(), t.Expiry, t.RefreshToken
	}
	return nil
}

// hand returns a token for somebody: the shared one, or one that is fetched for them.
func (k *key) hand(ctx context.Context, client *http.Client, s *Session) (*oauth2.Token, error) {
	login, secret := k.Login, k.secret
	if login == "" {
		login, secret = s.Account.Login, s.Account.Secret
	}
	if k.perPerson() || k.Kind == "form" { // whose cookies are in the session
		return k.fetch(ctx, client, login, secret, s.renewal)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	known := !s.unknown || k.Kind == "bearer" || k.token != nil && k.token.AccessToken != s.Token
	if k.token != nil && !stale(k.token) && known {
		return k.token, nil
	}
	if k.Kind == "bearer" {
		return nil, &Refusal{Outcome: results.Denied, Detail: "the token expired at " + k.token.Expiry.Format(time.RFC3339)}
	}
	t, err := k.fetch(ctx, client, login, secret, "")
	if err == nil {
		k.token = t
	}
	return t, err
}

// refused says of a sign-in that was denied whose it was, and where the secret came from.
func (k *key) refused(err error, s *Session) error {
	refusal := (*Refusal)(nil)
	if !errors.As(err, &refusal) || refusal.Outcome != results.Denied {
		return err
	}
	who, from := cmp.Or(k.Login, k.ClientID), k.secretFrom()
	if k.Login == "" && k.perPerson() {
		who, from = s.Account.Login, s.Account.SecretFrom
	}
	if from == "" {
		return fmt.Errorf("kind %s, as %s: %w", k.Kind, who, err)
	}
	return fmt.Errorf("kind %s, as %s with the secret from %s: %w", k.Kind, cmp.Or(who, "everybody"), from, err)
}

// stale reports whether a token is too near to its end to be handed out. A bearer token that nobody can renew is good to
// the last moment.
func stale(t *oauth2.Token) bool {
	return expired(t) || t.RefreshToken+t.TokenType != "" && !t.Expiry.IsZero() && time.Until(t.Expiry) < refreshBefore/4
}

// fetch gets a token, or cookies and no token.
func (k *key) fetch(ctx context.Context, client *http.Client, login, secret, renewal string) (*oauth2.Token, error) {
	switch k.Kind {
	case "basic":
		return &oauth2.Token{TokenType: "Basic", AccessToken: base64.StdEncoding.EncodeToString([]byte(login + ":" + secret))}, nil
	case "form":
		return nil, fillIn(ctx, client, k.LoginURL, login, secret)
	case "login":
		return nil, errors.New("kind login is the reference portal's own: use basic, password, code or form")
	}
	if t := k.renew(ctx, renewal); t != nil {
		return t, nil
	}
	switch k.Kind {
	case "client_credentials":
		return k.asClient(ctx, nil)
	case "backend_services":
		return k.asService(ctx)
	case "password":
		return k.config().PasswordCredentialsToken(ctx, login, secret)
	}
	return k.byCode(ctx, client, login, secret)
}

// plainly turns what a token endpoint refused into a Refusal. Of its answer only the error's code and description are
// kept: the rest may hold secrets.
func plainly(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return err
	}
	r := &Refusal{Outcome: results.Invalid, Detail: strings.TrimSuffix(refused.ErrorCode+": "+refused.ErrorDescription, ": ")}
	if refused.Response != nil {
		r.Status = refused.Response.StatusCode
	}
	switch {
	case r.Status == http.StatusTooManyRequests:
		r.Outcome = results.Throttled
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden || r.Status == http.StatusBadRequest:
		r.Outcome = results.Denied
	}
	if r.Detail == "" {
		r.Detail = "no token is given"
	}
	return r
}

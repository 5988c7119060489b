package bench

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/portalbench/portalbench/results"
)

// assertionLife is how long a signed assertion is good for: the most that SMART Backend Services allows.
const assertionLife = 5 * time.Minute

// config describes the client that people sign in through.
func (k *key) config() *oauth2.Config {
	secret := k.secret
	if k.Login != "" {
		secret = "" // it is the account's, and the client is a public one
	}
	return &oauth2.Config{ClientID: k.ClientID, ClientSecret: secret, RedirectURL: k.RedirectURL, Scopes: k.Scopes,
		Endpoint: oauth2.Endpoint{TokenURL: k.found.token, AuthURL: k.found.authorize}}
}

// asClient gets a token for the client itself.
func (k *key) asClient(ctx context.Context, assertion url.Values) (*oauth2.Token, error) {
	c := clientcredentials.Config{ClientID: k.ClientID, ClientSecret: k.secret, TokenURL: k.found.token, Scopes: k.Scopes, EndpointParams: assertion}
	if assertion != nil { // which says who the client is
		c.ClientID, c.AuthStyle = "", oauth2.AuthStyleInParams
	}
	return c.Token(ctx)
}

// asService gets a token for an assertion signed with the client's private key (private_key_jwt), as SMART Backend Services
// asks for.
func (k *key) asService(ctx context.Context) (*oauth2.Token, error) {
	audience := k.Audience
	if audience == "" {
		audience = k.found.token
	}
	now := time.Now()
	signed, err := jwt.Signed(k.sign).Claims(jwt.Claims{Issuer: k.ClientID, Subject: k.ClientID, Audience: jwt.Audience{audience},
		Expiry: jwt.NewNumericDate(now.Add(assertionLife)), IssuedAt: jwt.NewNumericDate(now), ID: rand.Text()}).Serialize()
	if err != nil {
		return nil, fmt.Errorf("signing an assertion: %w", err)
	}
	return k.asClient(ctx, url.Values{"client_assertion": {signed},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}})
}

// renew uses a refresh token. It returns nil when there is none, or it is no longer good.
func (k *key) renew(ctx context.Context, renewal string) *oauth2.Token {
	if renewal == "" {
		return nil
	}
	t, err := k.config().TokenSource(ctx, &oauth2.Token{RefreshToken: renewal}).Token()
	if err != nil {
		return nil // signing in anew tells why
	}
	return t
}

// byCode signs somebody in with an authorization code and PKCE, as a browser would.
func (k *key) byCode(ctx context.Context, client *http.Client, login, secret string) (*oauth2.Token, error) {
	c, verifier, state := k.config(), oauth2.GenerateVerifier(), rand.Text()
	code, err := "", error(nil)
	if k.LoginURL != "" {
		code, err = k.codeFromJSON(ctx, client, strings.NewReplacer("{login}", login, "{secret}", secret, "{client_id}", k.ClientID,
			"{challenge}", oauth2.S256ChallengeFromVerifier(verifier)))
	} else {
		code, err = codeFromPage(ctx, client, c.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), k.RedirectURL, state, login, secret)
	}
	if err != nil {
		return nil, err
	}
	return c.Exchange(ctx, code, oauth2.VerifierOption(verifier))
}

// codeFromJSON posts an account's login and secret and reads the code from the answer.
func (k *key) codeFromJSON(ctx context.Context, client *http.Client, fill *strings.Replacer) (string, error) {
	filled := map[string]string{}
	for name, value := range k.LoginJSON {
		filled[name] = fill.Replace(value)
	}
	body, err := json.Marshal(filled)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, k.LoginURL, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("login_url: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, content, err := fetchPage(client, r)
	if err != nil {
		return "", err
	}
	var answer struct{ Code string }
	if res.StatusCode/100 == 2 && json.Unmarshal(content, &answer) == nil && answer.Code != "" {
		return answer.Code, nil
	}
	return "", refusedWith(res.StatusCode, "login_url gave no code")
}

// refusedWith makes the error of a sign-in that was answered.
func refusedWith(status int, detail string) error {
	r := &Refusal{Outcome: results.Denied, Status: status, Detail: detail}
	switch {
	case status == http.StatusTooManyRequests:
		r.Outcome = results.Throttled
	case status >= http.StatusInternalServerError || status == http.StatusNotFound:
		r.Outcome = results.Invalid
	}
	return r
}

// Discover asks the portal at base where its tokens come from, if an entry needs to know and does not say.
func (r *Keyring) Discover(ctx context.Context, base string) error {
	if r == nil {
		return nil
	}
	for _, kind := range []AccountKind{AdminAccount, StaffAccount, PatientAccount, ProxyAccount} {
		k := r.keys[kind]
		if k == nil || !k.lacksEndpoint() {
			continue
		}
		if err := k.discover(ctx, r.client, base); err != nil {
			return fmt.Errorf("kind %s has no token_url, and %w", k.Kind, err)
		}
	}
	return nil
}

func (k *key) lacksEndpoint() bool {
	switch k.Kind {
	case "client_credentials", "backend_services", "password":
		return k.found.token == ""
	case "code":
		return k.found.token == "" || k.found.authorize == "" && k.LoginURL == ""
	}
	return false
}

func (k *key) discover(ctx context.Context, client *http.Client, base string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/.well-known/smart-configuration", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	res, content, err := fetchPage(client, r)
	if err != nil {
		return fmt.Errorf("the portal cannot be asked: %w", err)
	}
	var said struct {
		Token     string `json:"token_endpoint"`
		Authorize string `json:"authorization_endpoint"`
	}
	if res.StatusCode != http.StatusOK || json.Unmarshal(content, &said) != nil || said.Token == "" {
		return fmt.Errorf("the portal says nothing of it at %s (status %d): give token_url", r.URL.Path, res.StatusCode)
	}
	for _, place := range []struct {
		at   *string
		said string
	}{{&k.found.token, said.Token}, {&k.found.authorize, said.Authorize}} {
		if *place.at != "" || place.said == "" {
			continue
		}
		if strings.HasPrefix(base, "https:") && !strings.HasPrefix(place.said, "https:") {
			return fmt.Errorf("the portal names %s, to which credentials would go unencrypted: give token_url if that is meant", PlainAddress(place.said))
		}
		*place.at = place.said
	}
	return nil
}

// longestPage is the most that is read of a sign-in page, in bytes.
const longestPage = 4 << 20

// fetchPage sends a request and reads the whole answer.
func fetchPage(client *http.Client, r *http.Request) (*http.Response, []byte, error) {
	res, err := client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(io.LimitReader(res.Body, longestPage))
	return res, content, err
}

// readSigner reads a private key: PEM (PKCS #8, PKCS #1 or SEC 1) or JWK.
func readSigner(file, id string) (jose.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("key_file: %w", err)
	}
	private, named, err := parseKey(text)
	if err != nil {
		return nil, fmt.Errorf("key_file %s: %w", file, err)
	}
	if id == "" {
		id = named
	}
	var algorithm jose.SignatureAlgorithm
	switch p := private.(type) {
	case *rsa.PrivateKey:
		algorithm = jose.RS384
	case *ecdsa.PrivateKey:
		algorithm = jose.ES384
		if p.Curve != elliptic.P384() {
			return nil, fmt.Errorf("key_file %s: an elliptic curve key must be on P-384", file)
		}
	default:
		return nil, fmt.Errorf("key_file %s: holds no private RSA or P-384 key", file)
	}
	return jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: private, KeyID: id}},
		(&jose.SignerOptions{}).WithType("JWT"))
}

// parseKey reads a private key and its id, if it has one.
func parseKey(text []byte) (private any, id string, err error) {
	if block, _ := pem.Decode(text); block != nil {
		for _, parse := range []func([]byte) (any, error){x509.ParsePKCS8PrivateKey,
			func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
			func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) }} {
			if private, err := parse(block.Bytes); err == nil {
				return private, "", nil
			}
		}
		return nil, "", errors.New("the PEM block is no private key that is known, or it is encrypted")
	}
	var jwk jose.JSONWebKey
	if err := json.Unmarshal(text, &jwk); err != nil {
		return nil, "", errors.New("is neither PEM nor a JWK") // what the parser says may show the key
	}
	return jwk.Key, jwk.KeyID, nil
}

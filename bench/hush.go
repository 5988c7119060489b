package bench

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// standing is what became of a session between the operations.
type standing struct {
	// unknown says that the portal has answered 401 to somebody who was signed in: before the next operation they sign in
	// again. renewals is how often they did so while nothing went well, so that a portal which answers 401 to everything is not
	// asked for a token every time.
	unknown  bool
	renewals uint8

	at     *url.URL    // whence the latest cookies came
	header http.Header // fixed fields that went along, which may hold keys; not to be changed
}

// mostRenewals is more than one, as a token that many share may be over again by the time that somebody uses it.
const mostRenewals = 3

// Secrets returns what the session was, or will be, opened and kept open with. Answers to its own operations show none of it;
// an adapter that acts in another name than the operation's takes those of that one out with Without and Hush.
func (s *Session) Secrets() []string {
	all := []string{s.Token, s.renewal, passwordIn(s.Token)}
	if s.Account != nil {
		all = append(all, s.Account.Secret)
	}
	if s.Jar != nil && s.at != nil {
		for _, c := range s.Jar.Cookies(s.at) {
			all = append(all, c.Value)
		}
	}
	for _, values := range s.header {
		all = append(all, values...)
	}
	return all
}

// passwordIn returns the password in a credential of basic authentication, or "".
func passwordIn(credential string) string {
	plain, err := base64.StdEncoding.DecodeString(credential)
	if err != nil {
		return ""
	}
	_, password, _ := strings.Cut(string(plain), ":")
	return password
}

// shortestHushed is how many characters a secret has at least for it to be taken out of a text. Shorter ones are found in
// every word.
const shortestHushed = 4

// secrets returns what an operation itself brings to the portal that nobody else may read: secrets of new accounts.
func (c *Call) secrets() (all []string) {
	for _, a := range c.Accounts {
		all = append(all, a.Secret)
	}
	return all
}

// Without takes secrets out of a text, in the forms in which portals have been seen to repeat them.
func Without(text string, secrets ...string) string {
	if text == "" {
		return ""
	}
	for _, secret := range longestFirst(secrets) {
		if len(secret) < shortestHushed {
			break
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			text = strings.ReplaceAll(text, form, "[redacted]")
		}
	}
	return text
}

// longestFirst sorts secrets so that none is taken out of the middle of another.
func longestFirst(secrets []string) []string {
	return slices.SortedFunc(slices.Values(secrets), func(a, b string) int { return len(b) - len(a) })
}

// Hush returns an error that says the same without secrets, and is still what it was to errors.Is and errors.As.
func Hush(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	clean := func(text string) string { return Without(text, secrets...) }
	var refusal *Refusal
	if text := clean(err.Error()); text != err.Error() || errors.As(err, &refusal) && clean(refusal.Detail) != refusal.Detail {
		return &hushed{err, text, clean}
	}
	return err
}

// hushed is an error whose own words hold a secret.
type hushed struct {
	err   error
	text  string
	clean func(string) string
}

func (h *hushed) Error() string { return h.text }
func (h *hushed) Unwrap() error { return h.err }

// As finds a Refusal that is hushed as well.
func (h *hushed) As(target any) bool {
	to, wanted := target.(**Refusal)
	if !wanted || !errors.As(h.err, to) {
		return false
	}
	refusal := **to
	refusal.Detail = h.clean(refusal.Detail)
	*to = &refusal
	return true
}

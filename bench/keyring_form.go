package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/portalbench/portalbench/results"
)

// mostPages bounds the pages and redirects of one sign-in.
const mostPages = 15

// visitor signs in as a browser would: it follows redirects and fills in the page that asks for a password. It goes to the
// hosts it was sent to by its user, and to no other.
type visitor struct {
	client        *http.Client
	login, secret string
	home          *url.URL // of whose scheme, host and port credentials go nowhere else
	filledIn      bool
}

// fillIn signs in at a page. What counts afterwards are the cookies.
func fillIn(ctx context.Context, client *http.Client, page, login, secret string) error {
	v := &visitor{client: client, login: login, secret: secret}
	_, err := v.visit(ctx, page, func(*url.URL) bool { return false })
	if err == nil && !v.filledIn {
		return refusedWith(http.StatusOK, "login_url shows no form with a password")
	}
	return err
}

// codeFromPage signs in at the authorization endpoint's pages and returns the code that the client is sent.
func codeFromPage(ctx context.Context, client *http.Client, authorize, redirect, state, login, secret string) (string, error) {
	v := &visitor{client: client, login: login, secret: secret}
	at, err := v.visit(ctx, authorize, func(u *url.URL) bool { return strings.HasPrefix(u.String(), redirect) })
	if err != nil {
		return "", err
	}
	if at == nil {
		return "", refusedWith(http.StatusOK, "after signing in no code came: is redirect_url registered for the client?")
	}
	q := at.Query()
	switch {
	case q.Get("error") != "":
		return "", refusedWith(http.StatusOK, q.Get("error")+": "+q.Get("error_description"))
	case q.Get("state") != state || q.Get("code") == "":
		return "", errors.New("signing in: the redirect brings no code, or one of another sign-in")
	}
	return q.Get("code"), nil
}

// visit opens a page and goes on from there until it is sent to where it must arrive, whose address it returns, or until
// there is nothing left to follow or to fill in.
func (v *visitor) visit(ctx context.Context, page string, arrived func(*url.URL) bool) (*url.URL, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, fmt.Errorf("the sign-in page's address: %w", err)
	}
	v.home = r.URL
	for range mostPages {
		res, content, err := fetchPage(v.client, r)
		if err != nil {
			return nil, err
		}
		next, err := v.next(ctx, res, content)
		switch {
		case err != nil || next == nil:
			return nil, err
		case next.Method == http.MethodGet && arrived(next.URL):
			return next.URL, nil
		case next.URL.Host != v.home.Host || next.URL.Scheme != v.home.Scheme:
			return nil, fmt.Errorf("signing in at %s: it leads to %s://%s, to which no credentials are sent", v.home.Host, next.URL.Scheme, next.URL.Host)
		}
		r = next
	}
	return nil, &Refusal{Outcome: results.Invalid, Detail: "signing in leads from page to page without an end"}
}

// next returns the request that a browser would make after an answer, or nil.
func (v *visitor) next(ctx context.Context, res *http.Response, content []byte) (*http.Request, error) {
	if res.StatusCode/100 == 3 && res.Header.Get("Location") != "" {
		to, err := res.Location()
		if err != nil {
			return nil, fmt.Errorf("signing in: a redirect that is no address: %w", err)
		}
		return http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	}
	if res.StatusCode/100 != 2 {
		return nil, refusedWith(res.StatusCode, "the sign-in page answered with an error")
	}
	f := findForm(content)
	switch {
	case f == nil || v.filledIn && f.password == "" && f.button == "":
		return nil, nil
	case f.password != "" && v.filledIn:
		return nil, refusedWith(res.StatusCode, "the sign-in page came again: the login or the secret is wrong")
	case f.password == "" && !v.filledIn:
		return nil, nil
	}
	return f.submit(ctx, res.Request.URL, v)
}

// form is what a browser sends of a form.
type form struct {
	action, method string
	values         url.Values
	login          string // names of its fields
	password       string
	button         string // of the first button that has a name
}

// findForm returns the first form that asks for a password, or else the first one that is posted.
func findForm(page []byte) (found *form) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		f := readForm(n)
		if f.password != "" {
			return f
		}
		if found == nil && f.method == http.MethodPost {
			found = f
		}
	}
	return found
}

func readForm(n *html.Node) *form {
	f := &form{action: attribute(n, "action"), method: strings.ToUpper(attribute(n, "method")), values: url.Values{}}
	if f.method != http.MethodPost {
		f.method = http.MethodGet
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (d.Data == "input" || d.Data == "button") && attribute(d, "name") != "" {
			f.take(attribute(d, "name"), attribute(d, "type"), attribute(d, "value"), d.Data == "button")
		}
	}
	return f
}

func (f *form) take(name, kind, value string, isButton bool) {
	switch {
	case kind == "password":
		f.password = name
	case isButton || kind == "submit":
		if f.button == "" {
			f.button = name
			f.values.Set(name, value)
		}
	case slices.Contains([]string{"", "text", "email", "tel"}, kind):
		if f.login == "" {
			f.login = name
		}
		f.values.Set(name, value)
	case kind == "hidden":
		f.values.Add(name, value)
	}
}

// submit makes the request that sends a filled in form.
func (f *form) submit(ctx context.Context, page *url.URL, v *visitor) (*http.Request, error) {
	to, err := page.Parse(f.action)
	if err != nil {
		return nil, fmt.Errorf("signing in: a form whose action is no address: %w", err)
	}
	if f.password != "" {
		f.values.Set(f.login, v.login)
		f.values.Set(f.password, v.secret)
		v.filledIn = true
		if f.method == http.MethodGet {
			return nil, errors.New("signing in: the form would show the secret in an address, as its method is GET")
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(f.values.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r, err
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

package bench

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// longestDetail is how much of what a portal says about an operation is kept, in characters.
const longestDetail = 200

// secretive matches what may be a secret or a token: a long run of letters and digits without a space. Portals have been
// seen to repeat requests in their errors.
var secretive = regexp.MustCompile(`[A-Za-z0-9_+/=-]{24,}`)

// In text that people wrote, credentials are told by what stands before them.
var (
	userInfo   = regexp.MustCompile(`://[^/?#\s"'<>@]+@`)
	inQuery    = regexp.MustCompile(`(?i)((?:^|[?&;#\s])(?:` + secretNames + `|code|sid|jsessionid)=)[^&;\s"'<>]+`)
	inObject   = regexp.MustCompile(`(?i)("` + secretNames + `"\s*:\s*)"(?:[^"\\]|\\.)*"?`)
	afterName  = regexp.MustCompile(`(?i)\b((?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{8,})`)
	wordsAlone = regexp.MustCompile(`^[A-Za-z-]+$`)
)

// masked takes out of a text whatever may be a credential.
func masked(text string) string {
	text = userInfo.ReplaceAllString(text, "://[redacted]@")
	text = inQuery.ReplaceAllString(text, "${1}[redacted]")
	text = inObject.ReplaceAllString(text, `${1}"[redacted]"`)
	text = afterName.ReplaceAllStringFunc(text, func(found string) string {
		scheme, credential, _ := strings.Cut(found, " ")
		if wordsAlone.MatchString(credential) { // "basic authentication"
			return found
		}
		return scheme + " [redacted]"
	})
	return secretive.ReplaceAllString(text, "[redacted]")
}

// spoken is what an error says without the address of its request, which is ours, is named elsewhere, and is taken for a secret
// where it is long.
func spoken(err error) string {
	var failed *url.Error
	if errors.As(err, &failed) {
		return strings.Replace(err.Error(), failed.Error(), failed.Err.Error(), 1)
	}
	return err.Error()
}

// PlainAddress is an address that a portal has named, as it may be shown: without its user, query and fragment, each of which
// can hold credentials.
func PlainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return "an address that cannot be read"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// harmless makes a portal's own words fit to be printed and kept: without anything that may be a secret, without control
// characters, and short.
func harmless(detail string) string {
	detail = masked(detail)
	detail = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, detail)
	if runes := []rune(detail); len(runes) > longestDetail {
		return string(runes[:longestDetail]) + "…"
	}
	return detail
}

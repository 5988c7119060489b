package bench

import (
	"regexp"
	"strings"
	"unicode"
)

// longestDetail is how much of what a portal says about an operation is kept, in characters.
const longestDetail = 200

// secretive matches what may be a secret or a token: a long run of letters and digits without a space. Portals have been
// seen to repeat requests in their errors.
var secretive = regexp.MustCompile(`[A-Za-z0-9_+/=-]{24,}`)

// harmless makes a portal's own words fit to be printed and kept: without anything that may be a secret, without control
// characters, and short.
func harmless(detail string) string {
	detail = secretive.ReplaceAllString(detail, "[redacted]")
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

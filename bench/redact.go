package bench

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// secretNames matches the names of fields and parameters that hold credentials.
const secretNames = `[A-Za-z0-9_.-]*(?:secret|passw|token|credential|assertion|api[_-]?key|authorization)[A-Za-z0-9_.-]*`

// secretField matches such a field in a JSON object or a form. Text inside a JSON string cannot look like one, as its
// quotation marks are escaped.
var (
	secretField = regexp.MustCompile(`(?i)"` + secretNames + `"\s*:|(?:^|[&?;])` + secretNames + `=`)
	secretName  = regexp.MustCompile(`(?i)^(?:` + secretNames + `|code)$`)
)

// heldBy returns the credentials in a request's headers.
func heldBy(req *http.Request) (secrets []string) {
	for _, v := range req.Header.Values("Authorization") {
		_, credential, _ := strings.Cut(v, " ")
		secrets = append(secrets, v, credential)
		secrets = append(secrets, passwordIn(credential))
	}
	for _, c := range req.Cookies() {
		secrets = append(secrets, c.Value)
	}
	return secrets
}

// shortestSecret is how many characters a credential has at least for its value to be looked for: anything shorter is
// found in every text.
const shortestSecret = 6

// redact takes out whatever is, or may be, a credential. Headers were not recorded to begin with.
func (s *sighting) redact() {
	if s.signIn {
		s.Path, _, _ = strings.Cut(s.Path, "?")
		s.leaveOut()
	}
	s.Path = withoutSecretParameters(s.Path)
	s.Error = harmless(s.Error)
	body := string(s.content())
	if secretField.MatchString(body) {
		s.leaveOut()
	}
	for _, secret := range s.secrets {
		if len(secret) < shortestSecret {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			s.Path = strings.ReplaceAll(s.Path, form, "redacted")
			if strings.Contains(body, form) {
				s.leaveOut()
			}
		}
	}
}

func (s *sighting) leaveOut() { s.Body, s.BodyBase64, s.LeftOut = "", nil, leftOutCredentials }

// withoutSecretParameters replaces the values of a query's parameters whose names say that they are credentials.
func withoutSecretParameters(path string) string {
	path, query, found := strings.Cut(path, "?")
	if !found {
		return path
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err != nil || secretName.MatchString(plain) {
			parts[i] = name + "=redacted"
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

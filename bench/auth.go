package bench

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

// Auth says how people prove to a portal who they are: the file that --auth names. Whoever has no entry of their own
// uses everybody's, and in its absence the administrator's.
type Auth struct {
	Admin     *AuthEntry `yaml:"admin,omitempty" json:"admin,omitempty" jsonschema_description:"who makes accounts and sets up a run"`
	Staff     *AuthEntry `yaml:"staff,omitempty" json:"staff,omitempty"`
	Patient   *AuthEntry `yaml:"patient,omitempty" json:"patient,omitempty"`
	Proxy     *AuthEntry `yaml:"proxy,omitempty" json:"proxy,omitempty" jsonschema_description:"caregivers who write for a patient; default: as patients"`
	Everybody *AuthEntry `yaml:"everybody,omitempty" json:"everybody,omitempty" jsonschema_description:"whoever has no entry"`
}

// AuthEntry is how one kind of identity signs in. A secret is given in one of three ways, and never printed.
type AuthEntry struct {
	Kind         string            `yaml:"kind" json:"kind" jsonschema:"required,enum=none,enum=login,enum=basic,enum=bearer,enum=client_credentials,enum=backend_services,enum=password,enum=code,enum=form"`
	Login        string            `yaml:"login,omitempty" json:"login,omitempty" jsonschema_description:"login, basic, password, code, form: one account for all; default: everybody has their own"`
	Secret       string            `yaml:"secret,omitempty" json:"secret,omitempty" jsonschema_description:"password, client secret or token"`
	SecretEnv    string            `yaml:"secret_env,omitempty" json:"secret_env,omitempty" jsonschema_description:"environment variable that holds the secret"`
	SecretFile   string            `yaml:"secret_file,omitempty" json:"secret_file,omitempty" jsonschema_description:"file that holds the secret, beside which spaces and line ends do not count"`
	ClientID     string            `yaml:"client_id,omitempty" json:"client_id,omitempty"`
	TokenURL     string            `yaml:"token_url,omitempty" json:"token_url,omitempty" jsonschema_description:"default: what the portal says in .well-known/smart-configuration"`
	AuthorizeURL string            `yaml:"authorize_url,omitempty" json:"authorize_url,omitempty" jsonschema_description:"code; default as of token_url"`
	LoginURL     string            `yaml:"login_url,omitempty" json:"login_url,omitempty" jsonschema_description:"form: the page with the form; code: where login_json goes"`
	LoginJSON    map[string]string `yaml:"login_json,omitempty" json:"login_json,omitempty" jsonschema_description:"code: what is posted to login_url in place of filling in the sign-in page, with {login}, {secret}, {challenge} and {client_id}; the answer's field code is the code"`
	RedirectURL  string            `yaml:"redirect_url,omitempty" json:"redirect_url,omitempty" jsonschema_description:"code: as registered for the client; nothing is fetched from it"`
	KeyFile      string            `yaml:"key_file,omitempty" json:"key_file,omitempty" jsonschema_description:"backend_services: private key as PEM or JWK; RSA signs RS384, P-384 ES384"`
	KeyID        string            `yaml:"key_id,omitempty" json:"key_id,omitempty" jsonschema_description:"backend_services: the key's id; default: the JWK's"`
	Scopes       []string          `yaml:"scopes,omitempty" json:"scopes,omitempty"`
	Audience     string            `yaml:"audience,omitempty" json:"audience,omitempty" jsonschema_description:"backend_services: default is token_url"`
}

// ReadAuth reads an auth file. Its errors are the user's to mend, and show no secret.
func ReadAuth(name string, src []byte) (*Auth, error) {
	a := &Auth{}
	if err := scenarios.DecodeStrict(name, src, a); err != nil {
		return nil, withoutExcerpts(err)
	}
	var failed []error
	for _, e := range a.entries() {
		if e.AuthEntry == nil {
			continue
		}
		if err := e.check(); err != nil {
			failed = append(failed, fmt.Errorf("%s: %s: kind %s %w", name, e.who, e.Kind, err))
		}
	}
	return a, errors.Join(failed...)
}

// CheckHosts reports whether every address that people sign in at is on this machine or among the hosts that are allowed.
func (a *Auth) CheckHosts(allow []string) error {
	var failed []error
	for _, e := range a.entries() {
		if e.AuthEntry == nil {
			continue
		}
		for _, f := range []struct{ name, address string }{{"token_url", e.TokenURL}, {"authorize_url", e.AuthorizeURL}, {"login_url", e.LoginURL}} {
			if err := checkHost(f.address, allow); err != nil {
				failed = append(failed, fmt.Errorf("%s: %s: %w", e.who, f.name, err))
			}
		}
	}
	return errors.Join(failed...)
}

func checkHost(address string, allow []string) error {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return nil
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("write it as https://HOST/PATH")
	case u.User != nil:
		return errors.New("holds credentials: put them into login and secret_env or secret_file")
	case localHost(u.Hostname()) || hostAllowed(u.Hostname(), allow):
		return nil
	}
	return foreign(u.Hostname())
}

// withoutExcerpts leaves out the lines of the file that problems show: one of them may hold the secret.
func withoutExcerpts(err error) error {
	var found scenarios.Problems
	if !errors.As(err, &found) {
		return err
	}
	bare := slices.Clone(found)
	for i := range bare {
		bare[i].Excerpt = ""
	}
	return bare
}

// namedEntry is an entry and whose it is.
type namedEntry struct {
	who string
	*AuthEntry
}

func (a *Auth) entries() []namedEntry {
	return []namedEntry{{"admin", a.Admin}, {"staff", a.Staff}, {"patient", a.Patient}, {"proxy", a.Proxy}, {"everybody", a.Everybody}}
}

// of returns the entry that accounts of a kind use, or nil.
func (a *Auth) of(kind AccountKind) *AuthEntry {
	order := map[AccountKind][]*AuthEntry{
		AdminAccount:   {a.Admin, a.Everybody},
		StaffAccount:   {a.Staff, a.Everybody, a.Admin},
		PatientAccount: {a.Patient, a.Everybody, a.Admin},
		ProxyAccount:   {a.Proxy, a.Patient, a.Everybody, a.Admin},
	}
	for _, e := range order[kind] {
		if e != nil {
			return e
		}
	}
	return nil
}

// unnamed is the login of an administrator of whom nothing is said.
const unnamed = "administrator"

// Administrator returns the account of whoever sets up a run.
func (a *Auth) Administrator() (Account, error) {
	account := Account{Kind: AdminAccount, Login: unnamed}
	e := a.of(AdminAccount)
	if e == nil {
		return account, nil
	}
	secret, err := e.secret()
	account.Login, account.Secret, account.SecretFrom = cmp.Or(e.Login, e.ClientID, account.Login), secret, e.secretFrom()
	return account, err
}

// field is part of an entry, and whether it is there.
type field struct {
	name  string
	given bool
}

func (e *AuthEntry) fields() []field {
	return []field{
		{"login", e.Login != ""}, {"secret", e.Secret != "" || e.SecretEnv != "" || e.SecretFile != ""}, {"client_id", e.ClientID != ""},
		{"token_url", e.TokenURL != ""}, {"authorize_url", e.AuthorizeURL != ""}, {"login_url", e.LoginURL != ""},
		{"login_json", len(e.LoginJSON) > 0}, {"redirect_url", e.RedirectURL != ""}, {"key_file", e.KeyFile != ""},
		{"key_id", e.KeyID != ""}, {"scopes", len(e.Scopes) > 0}, {"audience", e.Audience != ""},
	}
}

// uses returns what a kind of entry must have, and what it may have.
func uses(kind string) (must, may []string) {
	switch kind {
	case "login", "basic":
		return nil, []string{"login", "secret"}
	case "bearer":
		return []string{"secret"}, nil
	case "client_credentials":
		return []string{"client_id", "secret"}, []string{"token_url", "scopes"}
	case "backend_services":
		return []string{"client_id", "key_file"}, []string{"token_url", "scopes", "key_id", "audience"}
	case "password":
		return []string{"client_id"}, []string{"login", "secret", "token_url", "scopes"}
	case "code":
		return []string{"client_id", "redirect_url"}, []string{"login", "secret", "token_url", "authorize_url", "scopes", "login_url", "login_json"}
	case "form":
		return []string{"login_url"}, []string{"login", "secret"}
	}
	return nil, nil
}

func (e *AuthEntry) check() error {
	must, may := uses(e.Kind)
	var missing, useless []string
	for _, f := range e.fields() {
		switch needed := slices.Contains(must, f.name); {
		case needed && !f.given:
			missing = append(missing, f.name)
		case !needed && f.given && !slices.Contains(may, f.name):
			useless = append(useless, f.name)
		}
	}
	switch {
	case len(missing) > 0:
		return fmt.Errorf("needs %s", strings.Join(missing, " and "))
	case len(useless) > 0:
		return fmt.Errorf("has no use for %s", strings.Join(useless, ", "))
	case e.Login != "" && !e.hasSecret():
		return errors.New("has a login and no secret: give secret_env, secret_file or secret")
	case e.Kind == "code" && (len(e.LoginJSON) > 0) != (e.LoginURL != ""):
		return errors.New("needs login_url and login_json together, or neither")
	}
	_, err := e.secret()
	return err
}

func (e *AuthEntry) hasSecret() bool {
	return e.Secret != "" || e.SecretEnv != "" || e.SecretFile != ""
}

// secret returns the entry's secret, or "" where everybody has their own.
func (e *AuthEntry) secret() (string, error) {
	switch {
	case !e.hasSecret():
		return "", nil
	case count(e.Secret != "")+count(e.SecretEnv != "")+count(e.SecretFile != "") > 1:
		return "", errors.New("has more than one of secret, secret_env and secret_file")
	case e.Secret != "":
		return e.Secret, nil
	case e.SecretEnv != "":
		return SecretFrom("env:" + e.SecretEnv)
	}
	return SecretFrom("file:" + e.SecretFile)
}

// secretFrom says where the entry's secret, or key, comes from, for people.
func (e *AuthEntry) secretFrom() string {
	switch {
	case e.SecretEnv != "":
		return "the environment variable " + e.SecretEnv
	case e.SecretFile != "":
		return e.SecretFile
	case e.Secret != "":
		return "the auth file"
	}
	return e.KeyFile
}

// SecretFrom reads a secret from where a reference says: env:NAME or file:PATH.
func SecretFrom(reference string) (string, error) {
	where, name, _ := strings.Cut(reference, ":")
	switch where {
	case "env":
		if s := strings.TrimSpace(os.Getenv(name)); s != "" {
			return s, nil
		}
		return "", fmt.Errorf("takes its secret from the environment variable %s, which is not set", name)
	case "file":
		text, err := os.ReadFile(name)
		if s := strings.TrimSpace(string(text)); err == nil && s == "" {
			return "", fmt.Errorf("takes its secret from %s, which is empty", name)
		} else if err == nil {
			return s, nil
		}
		return "", fmt.Errorf("takes its secret from a file: %w", err)
	}
	return "", errors.New("names its secret in an unknown way: write env:NAME or file:PATH")
}

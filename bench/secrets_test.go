package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// gossip is a portal that repeats the secret of whoever asks in everything it says about failures of one kind.
func gossip(of results.OpKind, say func(secret string) (*Answer, error)) *desk {
	keys := accountKeys{"d", 0, "run1", []byte("secret")}
	return &desk{fault: func(login string, c *Call) (*Answer, error) {
		if c.Kind != of || login == "admin" {
			return nil, nil
		}
		return say(keys.password(login))
	}}
}

// However a portal or an adapter comes to repeat a secret, what is left of it in a result is shorter than 12 of its 64
// digits: as an answer, as an error, at the edge of what is kept of a long text, and when sign-in is refused. The rest of
// what was said stays.
func TestSecretsStayOutOfResults(t *testing.T) {
	keys := accountKeys{"d", 0, "run1", []byte("secret")}
	body := func(secret string) string { return `cannot read {"secret":"` + secret + `"}` }
	for _, c := range []struct {
		name string
		of   results.OpKind
		say  func(secret string) (*Answer, error)
	}{
		{"answer", results.OpSend, func(s string) (*Answer, error) {
			return &Answer{Outcome: results.Invalid, Status: 400, Detail: body(s)}, nil
		}},
		{"error", results.OpSend, func(s string) (*Answer, error) { return nil, errors.New(body(s)) }},
		{"at the edge", results.OpSend, func(s string) (*Answer, error) {
			edge := longestDetail - 20 - len("cannot read ")
			return &Answer{Outcome: results.Invalid, Detail: "cannot read " + strings.Repeat(" ", edge) + s}, nil
		}},
		{"refused sign-in", results.OpAuth, func(s string) (*Answer, error) {
			return &Answer{Outcome: results.Denied, Status: 401, Detail: body(s)}, nil
		}},
		{"failed sign-in", results.OpAuth, func(s string) (*Answer, error) { return nil, errors.New(body(s)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := mustRun(t, config(gossip(c.of, c.say), workload(1, conversation()...)))
				load, err := json.Marshal(r.Load)
				require.NoError(t, err)
				require.NotEmpty(t, r.Examples)
				require.NotEmpty(t, r.Skipped, "what follows was skipped, and names the root")
				require.Contains(t, r.Examples[0].Detail, "cannot read")
				require.Contains(t, r.Skipped[0].Root.Detail, "cannot read")
				require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "cannot read")
				everything := fmt.Sprintf("%s\n%+v\n%+v\n%q", load, r.Examples, r.Skipped, r.Load.Warnings)
				for _, a := range []string{keys.login(patient(1)), keys.login(staff(0))} {
					require.Len(t, keys.password(a), 32)
					require.NotContains(t, everything, keys.password(a)[:12])
				}
			})
		})
	}
}

// The same for the errors of a run that cannot begin: the administrator's secret is the key of all others.
func TestSecretsStayOutOfErrors(t *testing.T) {
	secret := strings.Repeat("0123456789abcdef", 4)
	for name, of := range map[string]results.OpKind{"refused sign-in": results.OpAuth, "refused accounts": results.OpProvision} {
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			if c.Kind == of {
				return &Answer{Outcome: results.Denied, Status: 401, Detail: "wrong secret " + secret}, nil
			}
			return nil, nil
		}}
		cfg := config(d, workload(1, conversation()...))
		cfg.Admin.Secret = secret
		_, err := Run(t.Context(), cfg)
		require.ErrorContains(t, err, "wrong secret", name)
		require.NotContains(t, err.Error(), secret[:12], name)
	}
}

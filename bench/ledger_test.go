package bench

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// letters are two threads: patient 1 writes two messages, which make thread T0 of the desk, and patient 2 one, T1.
func letters() []sim.Op {
	first, second, other := at(0, results.OpSend, patient(1)), at(100, results.OpReply, patient(1)), at(200, results.OpSend, patient(2))
	first.Subject, second.Message = 1, 1
	other.Subject, other.Thread.Number = 2, 1
	return []sim.Op{first, second, other}
}

// private lets only its patient read a thread of letters, and asks unreadable first.
func private(unreadable func(login string, c *Call) (*Answer, error)) *desk {
	keys := accountKeys{digest: "d"}
	owner := map[string]string{"T0": keys.login(patient(1)), "T1": keys.login(patient(2))}
	return &desk{fault: func(login string, c *Call) (*Answer, error) {
		if c.Kind != results.OpThread {
			return nil, nil
		}
		if a, err := unreadable(login, c); a != nil || err != nil {
			return a, err
		}
		if owner[c.Thread] != login {
			return &Answer{Outcome: results.Denied, Status: 403}, nil
		}
		return nil, nil
	}}
}

// Of the three messages, the two of T0 are in a thread that cannot be read, whoever it is that cannot; the ledger works
// on one goroutine and comes to T0 first, so T1 is only looked at if it goes on.
func TestLedgerGoesOnPastAThread(t *testing.T) {
	none := int64(0)
	own := accountKeys{digest: "d"}.login(patient(1))
	for _, c := range []struct {
		name       string
		unreadable func(login string, c *Call) (*Answer, error)
		want       results.Ledger
	}{
		{"all can be read", func(string, *Call) (*Answer, error) { return nil, nil },
			results.Ledger{Checked: 3, Found: 3}},
		{"an answer that is none", func(_ string, c *Call) (*Answer, error) {
			if c.Thread == "T0" {
				return &Answer{Outcome: results.Invalid, Status: 500}, nil
			}
			return nil, nil
		}, results.Ledger{Checked: 1, Found: 1, Unread: 2}},
		{"a connection that ends", func(_ string, c *Call) (*Answer, error) {
			if c.Thread == "T0" {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, nil
		}, results.Ledger{Checked: 1, Found: 1, Unread: 2}},
		{"an outsider who is not answered", func(login string, c *Call) (*Answer, error) {
			if c.Thread == "T0" && login != own {
				return &Answer{Outcome: results.Throttled, Status: 429}, nil
			}
			return nil, nil
		}, results.Ledger{Checked: 1, Found: 1, Unread: 2}},
		// Not being allowed to see one's own thread is an answer: its messages are lost.
		{"its patient is denied", func(_ string, c *Call) (*Answer, error) {
			if c.Thread == "T0" {
				return &Answer{Outcome: results.Denied, Status: 403}, nil
			}
			return nil, nil
		}, results.Ledger{Checked: 3, Found: 1, Lost: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := config(private(c.unreadable), workload(1, letters()...))
				cfg.SkipLedger, cfg.Workers = false, 1
				r := mustRun(t, cfg)
				c.want.Leaked = &none
				require.Equal(t, &c.want, r.Load.Ledger)
				require.False(t, r.Load.Incomplete)
				require.EqualValues(t, 3, rowOf(t, r, "all").Outcomes["ok"])
			})
		})
	}
}

// What an outsider sees is counted message by message: both of T0, and the one of T1.
func TestLedgerCountsWhatOthersSee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config(&desk{}, workload(1, letters()...)) // shows everything to everybody
		cfg.SkipLedger = false
		leaked := int64(3)
		require.Equal(t, &results.Ledger{Checked: 3, Found: 3, Leaked: &leaked}, mustRun(t, cfg).Load.Ledger)
	})
}

// What a stranger was shown stays leaked, also when the thread is looked at again because its patient did not see all of it,
// and the portal has come to its senses by then.
func TestLedgerRemembersLeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, own2 := accountKeys{digest: "d"}.login(patient(1)), accountKeys{digest: "d"}.login(patient(2))
		asked := map[string]int{}
		d := private(func(login string, c *Call) (*Answer, error) {
			asked[c.Thread+login]++
			if first := asked[c.Thread+login] == 1; first && c.Thread == "T0" && login == own {
				return &Answer{Outcome: results.OK}, nil // shows nothing yet
			} else if first && c.Thread == "T0" && login == own2 {
				return &Answer{Outcome: results.OK, Messages: []Seen{{}, {}}}, nil
			}
			return nil, nil
		})
		cfg := config(d, workload(1, letters()...))
		cfg.SkipLedger, cfg.Workers = false, 1
		leaked := int64(2)
		require.Equal(t, &results.Ledger{Checked: 3, Found: 3, Late: 2, LateS: 1, Leaked: &leaked}, mustRun(t, cfg).Load.Ledger)
	})
}

// A run that is given up while its messages are looked for has measured everything, but has not been checked.
func TestCancelledLedgerIsIncomplete(t *testing.T) {
	for name, answer := range map[string]*Answer{"with a failure": {Outcome: results.Invalid}, "with an answer": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				d := private(func(string, *Call) (*Answer, error) {
					cancel()
					return answer, nil
				})
				cfg := config(d, workload(1, letters()...))
				cfg.SkipLedger, cfg.Workers = false, 1
				r, err := Run(ctx, cfg)
				require.NoError(t, err)
				require.True(t, r.Load.Incomplete)
				require.Nil(t, r.Load.Ledger, "half a check is none")
				require.EqualValues(t, 3, rowOf(t, r, "all").Outcomes["ok"])
				require.Contains(t, strings.Join(r.Load.Warnings, "\n"), context.Canceled.Error())
			})
		})
	}
}

// Three messages a, b and c were acknowledged in this order, each with a text of its own. A letter shown is a message
// with its id and text; a capital is one with the same text and a foreign id; a digit is the id of the same place in the
// alphabet (1 for a) with the text of another; a "-" before a letter takes its text away.
func TestCompareOrderAndCopies(t *testing.T) {
	want := []authored{{Number: 0, Text: 1}, {Number: 1, Text: 2}, {Number: 2, Text: 3}}
	ids := []handle{{id: "a"}, {id: "b"}, {id: "c"}}
	text := func(i int) string { return generators.Body(want[i].Wording, want[i].Text) }
	require.NotEqual(t, text(0), text(1))
	require.NotEqual(t, text(1), text(2))
	seen := func(shown string) (s []Seen) {
		blank := false
		for _, r := range shown {
			switch {
			case r == '-':
				blank = true
				continue
			case blank:
				s = append(s, Seen{Message: string(r)})
			case r >= 'A' && r <= 'C':
				s = append(s, Seen{Message: string(r), Body: text(int(r - 'A'))})
			case r >= '1' && r <= '3':
				s = append(s, Seen{Message: string('a' + r - '1'), Body: text(int(r-'1'+1) % 3)})
			default:
				s = append(s, Seen{Message: string(r), Body: text(int(r - 'a'))})
			}
			blank = false
		}
		return s
	}
	for _, c := range []struct {
		shown string
		want  results.Ledger
	}{
		{"bca", results.Ledger{Checked: 3, Found: 3, OutOfOrder: 2}}, // a is last: b and c should have come after it
		{"cba", results.Ledger{Checked: 3, Found: 3, OutOfOrder: 2}},
		{"cab", results.Ledger{Checked: 3, Found: 3, OutOfOrder: 1}},                 // only c comes too early
		{"ca", results.Ledger{Checked: 3, Found: 2, Lost: 1, OutOfOrder: 1}},         // b is lost, and c still stands before a
		{"bc-a", results.Ledger{Checked: 3, Found: 2, Lost: 1}},                      // a is lost: what has no text has no place
		{"bc1", results.Ledger{Checked: 3, Found: 2, Lost: 1}},                       // a has the text of b
		{"abcC", results.Ledger{Checked: 3, Found: 2, Duplicated: 1}},                // c twice, under two ids
		{"abcAC", results.Ledger{Checked: 3, Found: 1, Duplicated: 2}},               // a and c twice
		{"abC", results.Ledger{Checked: 3, Found: 2, Lost: 1}},                       // c only under an id that nobody was given
		{"abcabc", results.Ledger{Checked: 3, Duplicated: 3}},                        // everything twice
		{"cabc", results.Ledger{Checked: 3, Found: 2, Duplicated: 1, OutOfOrder: 1}}, // the first of the two c counts
	} {
		require.Equal(t, c.want, compare(want, ids, seen(c.shown)), c.shown)
	}
	same := []handle{{id: "a"}, {id: "a"}, {id: "c"}}
	twice := []authored{{Number: 0, Text: 1}, {Number: 1, Text: 1}, {Number: 2, Text: 3}}
	require.Equal(t, results.Ledger{Checked: 3, Found: 1, Lost: 1, Duplicated: 1}, compare(twice, same, seen("aac")),
		"one id for two messages of one text, shown twice: the first is there twice, the second has nothing of its own")
}

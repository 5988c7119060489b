package refportal

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// walk reads a list to its end, calling between after every page, and returns the threads in order.
func (c *clinic) walk(login, of string, limit int, between func()) []string {
	var all []string
	call := &bench.Call{Kind: results.OpInbox, To: c.accounts[of], Limit: limit}
	for {
		page := c.must(login, call)
		require.LessOrEqual(c.t, len(page.Items), limit)
		all = append(all, threads(page)...)
		if call.Cursor = page.Next; call.Cursor == "" {
			return all
		}
		between()
	}
}

func TestOrderOfLists(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		var sent []string
		for range 5 {
			sent = append(sent, c.send("ann", "ann", "triage").Thread)
		}
		require.Equal(t, sent, c.walk("rosa", "triage", 2, func() {}), "staff: oldest first")
		c.must("ann", &bench.Call{Kind: results.OpReply, Thread: sent[1], Body: "Also:"})
		require.Equal(t, []string{sent[1], sent[4], sent[3], sent[2], sent[0]}, c.walk("ann", "ann", 2, func() {}),
			"patients: latest message first")
		for login, want := range map[string]string{"rosa": "oldest_first", "ann": "newest_first"} {
			_, list := c.raw(login, "GET", "/v1/inbox", nil)
			require.Equal(t, want, list["order"])
		}
	})
}

func TestPagesOfAMovingListRepeatNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		const seed = 5
		c := openClinic(t, store, Config{})
		draw := rand.New(rand.NewPCG(seed, 1))
		var sent []bench.Answer
		for range 12 {
			sent = append(sent, c.send("ann", "ann", "triage"))
		}
		stir := func() {
			sent = append(sent, c.send("ann", "ann", "triage"))
			for range 4 {
				thread := sent[draw.IntN(len(sent))].Thread
				switch draw.IntN(3) {
				case 0:
					c.must("tom", &bench.Call{Kind: results.OpClose, Thread: thread})
				case 1: // closed threads come back, open ones move up in Ann's list
					c.must("ann", &bench.Call{Kind: results.OpReply, Thread: thread, Body: "Again."})
				case 2:
					c.do("tom", &bench.Call{Kind: results.OpReopen, Thread: thread})
				}
			}
		}
		for range 6 {
			for login, of := range map[string]string{"rosa": "triage", "ann": "ann"} {
				met := map[string]bool{}
				for _, thread := range c.walk(login, of, 3, stir) {
					require.False(t, met[thread], "seed %d: %s saw thread %s twice", seed, login, thread)
					met[thread] = true
				}
			}
		}
	})
}

func TestAnItemThatStaysIsNeverMissed(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		var stay []string
		var leave []bench.Answer
		for range 6 {
			leave = append(leave, c.send("ann", "ann", "triage"))
			stay = append(stay, c.send("ann", "ann", "triage").Thread)
		}
		i := 0
		got := c.walk("rosa", "triage", 2, func() {
			c.must("tom", &bench.Call{Kind: results.OpClose, Thread: leave[i].Thread})
			i++
		})
		require.Subset(t, got, stay)
	})
}

package triage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// The threads of the past are in the state in which a replay that begins at its end finds them, if it finds them at all.
func TestThePastEndsWhereAReplayBegins(t *testing.T) {
	from, until := 8*des.Day, 30*des.Day+10*des.Hour
	for _, name := range []string{"physician-first", "team-pool"} {
		before, _, _ := replay(t, 0, name, from, until)
		past := before.Past(0)
		_, openings, _ := replay(t, 1, name, until, until+des.Hour)
		open := map[sim.Thread]sim.OpenThread{}
		for _, o := range openings[0].Threads {
			open[o.Thread] = o
		}
		met, unfinished := 0, 0
		for _, p := range past {
			o, found := open[p.Thread]
			if !found {
				require.Equal(t, sim.ItemCompleted, p.Item, "%s: only closed threads are forgotten: %+v", name, p)
				continue
			}
			met++
			require.Equal(t, o.Item, p.Item, "%s: %+v", name, p.Thread)
			require.Equal(t, o.Subject, p.Subject)
			require.Equal(t, o.Sender, p.Sender)
			require.Equal(t, o.Category, p.Category)
			require.Len(t, p.Messages, len(o.Messages))
			for i := range p.Messages {
				require.Equal(t, o.Messages[i].Text, p.Messages[i].Text)
				require.Equal(t, o.Messages[i].Author, p.Messages[i].Author)
				for _, reader := range o.Messages[i].ReadBy { // some read twice
					require.Contains(t, p.Messages[i].ReadBy, reader)
				}
				for _, reader := range p.Messages[i].ReadBy {
					require.Contains(t, o.Messages[i].ReadBy, reader)
				}
				require.GreaterOrEqual(t, p.Messages[i].Written, from)
			}
			if p.Item != sim.ItemCompleted {
				unfinished++
				require.Equal(t, o.Holder, p.Holder, "%s: %+v", name, p.Thread)
			}
		}
		require.Greater(t, len(past), 100)
		require.Positive(t, met)
		require.Positive(t, unfinished)
	}
}

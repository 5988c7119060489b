package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// matter is what stays the same when a closed thread goes on as a new one.
type matter struct {
	person       int32
	category     scenarios.Category
	urgent, felt bool
}

// Half of the answers, seen after three days, are followed up. Where threads close after one day each follow-up is a
// new thread at that moment, of the same person about the same matter, though everything else that is written is
// phoned, held back or lost: of a need it would have been decided anew. Every message of a family begins a thread.
func TestClosedThreadsGoOnAsNewOnes(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Threads.FollowUp, x.Threads.AnswerSeenAfter, x.Threads.AnswerSeenLogSD = .5, scenarios.Duration(72*time.Hour), 0
		x.policy.Limits = scenarios.Limits{ClosesAfterDays: 1, MessagesAMonth: 1}
		x.Demand.Channel.PhoneOdds, x.Demand.HoldingBack.Share, x.Demand.HoldingBack.Unsent = 1, .5, .5
		x.Demand.Urgency.FeltOtherwise, x.Demand.Channel.Emergency = .3, .2
	})
	written := o.fated(Written)
	matters, seen := map[matter]int{}, map[int32]des.Time{}
	again := 0
	for _, e := range o.events {
		switch e.Kind {
		case Seen:
			seen[e.Person] = e.At
		case Sent:
			m := matter{e.Person, e.Category, e.Urgent, e.Felt}
			if written[e.Key] {
				matters[m]++
				continue
			}
			again++
			require.Equal(t, seen[e.Person], e.At)
			require.Positive(t, matters[m], "a matter that was not written about before")
		}
	}
	requireShare(t, .5, again, o.number(Seen), "go on")
	require.Zero(t, o.number(FollowedUp))
	require.Equal(t, len(written)+again, o.number(Sent))
	require.EqualValues(t, o.within(Sent), o.fell(demandMessages))
}

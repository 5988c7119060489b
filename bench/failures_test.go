package bench

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// Of five looks at a list two are refused with 503, one with 400 and two hang; the send that fails takes its thread with it.
func TestErrorsAreToldByOperationOutcomeAndStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int32
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			switch c.Kind {
			case results.OpSend:
				return &Answer{Outcome: results.Denied, Status: 403, Detail: "not you: https://portal.test/?code=s3cret-9&of=7"}, nil
			case results.OpUnread:
				switch looks.Add(1) {
				case 1, 3:
					return &Answer{Outcome: results.Invalid, Status: 503, Detail: "disk\nfull"}, nil
				case 2:
					return &Answer{Outcome: results.Invalid, Status: 400}, nil
				}
			}
			return nil, nil
		}, takes: func(_ string, c *Call) time.Duration {
			if c.Kind == results.OpUnread && looks.Load() == 3 {
				return time.Minute
			}
			return 0
		}}
		ops := conversation()
		for i := range 5 {
			ops = append(ops, at(1000*(i+1), results.OpUnread, patient(int32(10+i))))
		}
		cfg := config(d, workload(60, ops...))
		r := mustRun(t, cfg)
		want := []results.ErrorExample{
			{Op: "send", Outcome: "denied", Status: 403, Count: 1, Example: "not you: https://portal.test/?code=[redacted]&of=7"},
			{Op: "unread", Outcome: "invalid", Status: 400, Count: 1},
			{Op: "unread", Outcome: "invalid", Status: 503, Count: 2, Example: "disk full"},
			{Op: "unread", Outcome: "timeout", Count: 2, Example: "context deadline exceeded"},
		}
		var sent []results.ErrorExample
		for _, e := range r.Load.Errors {
			if e.Outcome != "skipped" {
				sent = append(sent, e)
				continue
			}
			require.True(t, strings.HasPrefix(e.Example, "send in thread 0 of network 0, which ended denied: not you"), e.Example)
		}
		require.Equal(t, want, sent)
		requireErrorsAddUp(t, &r.Load)
	})
}

// requireErrorsAddUp holds the counts of errors against the outcomes of the operations, all of them.
func requireErrorsAddUp(t *testing.T, l *results.Load) {
	t.Helper()
	want, got := map[string]int64{}, map[string]int64{}
	for _, op := range l.Ops[1:] {
		for outcome, n := range op.Outcomes {
			if outcome != "ok" {
				want[op.Op+" "+outcome] = n
			}
		}
	}
	for _, e := range l.Errors {
		got[e.Op+" "+e.Outcome] += e.Count
	}
	require.Equal(t, want, got)
}

// Of one conversation that a portal can do but for claiming and closing, and ten looks of which four fall into the warm-up.
func TestMixHoldsWhatThePortalCannotDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := conversation()
		model := map[string]int64{"unread": 6}
		for i := range ops {
			ops[i].Due += 5000
			model[ops[i].Kind.String()]++
		}
		var looks []sim.Op
		for i := range 10 {
			looks = append(looks, at(i*100, results.OpUnread, patient(20)))
		}
		cfg := config(&poor{}, workload(10, append(looks, ops...)...))
		cfg.WarmUp = 400 * time.Millisecond
		r := mustRun(t, cfg)
		got := map[string]int64{}
		for _, row := range r.Load.Mix {
			got[row.Op] = row.Model
			offered := row.Model
			if row.Op == "claim" || row.Op == "close" {
				offered = 0
			}
			require.Equal(t, offered, row.Offered, row.Op)
			require.Equal(t, offered, rowOf(t, r, row.Op).Offered, row.Op)
		}
		require.Equal(t, model, got)
	})
}

// What is left out when a workload is made for a portal is in the mix as well: half as many as there are, 6,000 in 20 s at
// 300/s, and none of the warm-up, which is a quarter of that. The networks all ask for recipients within the same 40 s of
// every two minutes, which are a tenth of the window each: at its ends one may be counted that is not, or not counted.
func TestMixOfAWorkloadMadeForAPortal(t *testing.T) {
	g, can := goal(), Capabilities{}
	g.WarmUp = 5 * time.Second
	for k := range can.Ops {
		can.Ops[k] = Native
	}
	can.Ops[results.OpRecipients] = Absent
	g.Can = &can
	_, w, err := Reach(t.Context(), g, thirds)
	require.NoError(t, err)
	w.Describe = func(sim.Actor) sim.Person { return sim.Person{} }
	s, err := newSurvey(w, can, accountKeys{}, g.WarmUp)
	require.NoError(t, err)
	mix := s.mix(w)
	offered := float64(mix[results.OpUnread])
	require.InEpsilon(t, g.Rate*g.For.Seconds(), offered, nearEnough)
	require.InEpsilon(t, offered/2, float64(mix[results.OpRecipients]), .11)
}

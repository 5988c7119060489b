package bench

import (
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// stalled returns 20 s of 500 independent operations a second, and a portal that answers in 1 ms but freezes for 2 s
// after 8 s of them.
func stalled() (Workload, *desk) {
	var ops []sim.Op
	for i := range int32(10_000) {
		ops = append(ops, at(int(i)*2, results.OpUnread, patient(i)))
	}
	d := &desk{}
	var clock time.Time
	d.takes = func(_ string, c *Call) time.Duration {
		if c.Kind != results.OpUnread {
			return 0
		}
		if clock.IsZero() {
			clock = time.Now()
		}
		since := time.Since(clock)
		if since >= 8*time.Second && since < 10*time.Second {
			return 10*time.Second - since + time.Millisecond
		}
		return time.Millisecond
	}
	return workload(20, ops...), d
}

// Of 10,000 operations, the 1,000 that fall due in the stall wait from 2 s to 0 s for its end. So a share of .95 is below
// 1.0 s (500 of the 1,000 are above) and .99 below 1.8 s (100 of the 1,000 are above).
func TestStallShowsInResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := stalled()
		all := rowOf(t, mustRun(t, config(d, w)), "all")
		require.EqualValues(t, 10_000, all.Outcomes["ok"])
		require.InEpsilon(t, 1001., float64(all.ResponseMS.P95), .01)
		require.InEpsilon(t, 1801., float64(all.ResponseMS.P99), .01)
		require.InEpsilon(t, 2001., float64(all.ResponseMS.Max), .001)
		require.Zero(t, float64(all.LagMS.Max), "the clock of the bubble stands still while the generator works")
		require.Zero(t, float64(all.WaitMS.Max), "independent operations wait for nobody")
	})
}

// With a time-out of 1 s the 500 that fall due in the first second of the stall are never answered. They are slower than
// all others: 9,500 of 10,000 are done by the slowest answer, and nothing can be said of the 9,900th. Counted without
// them, p95 would be 0.9 s, and p99 1 s.
func TestTimeoutsAreSlowerThanAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := stalled()
		cfg := config(d, w)
		cfg.Timeout, cfg.MaxInFlight = time.Second, 1000
		cfg.Thresholds = limits(t, "all.response.p99<5s", "all.response.p50<5ms", "all.errors<=6%")
		r := mustRun(t, cfg)
		all := rowOf(t, r, "all")
		require.InDelta(t, 500, all.Outcomes["timeout"], 1)
		require.EqualValues(t, all.Outcomes["timeout"], all.Unanswered())
		requireMissing(t, all.ResponseMS.P99)
		require.InEpsilon(t, 1., float64(all.ResponseMS.P50), .01)
		require.Equal(t, results.RunValid, r.Load.Validity)
		require.Equal(t, results.Fail, r.Load.Thresholds[0].Status)
		require.Equal(t, results.Pass, r.Load.Thresholds[1].Status)
		require.Equal(t, results.Pass, r.Load.Thresholds[2].Status)
	})
}

func limits(t *testing.T, texts ...string) (all []results.ParsedThreshold) {
	t.Helper()
	for _, text := range texts {
		p, err := results.ParseThreshold(text)
		require.NoError(t, err)
		all = append(all, p)
	}
	return all
}

// With room for 50, the first 50 operations of the stall go out. The other 950 are held back, and so is the one that falls
// due at its end, 1 ms before the 50 answers come.
func TestStallBehindLimitIsInvalid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := stalled()
		cfg := config(d, w)
		cfg.MaxInFlight = 50
		r := mustRun(t, cfg)
		all := rowOf(t, r, "all")
		require.EqualValues(t, 951, all.Outcomes["capped"])
		require.EqualValues(t, 10_000, all.Offered)
		require.EqualValues(t, 9_049, all.Sent)
		require.Equal(t, results.RunInvalid, r.Load.Validity)
	})
}

// One person does two things 10 ms apart, and each takes 100 ms.
//
//	           intended  ready  sent  done   wait  response  schedule
//	first             0      0     0   100      0       100       100
//	second           10    100   100   200     90       100       190
func TestFourMoments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{takes: func(string, *Call) time.Duration { return 100 * time.Millisecond }}
		w := workload(1, at(0, results.OpUnread, patient(1)), at(10, results.OpRecipients, patient(1)))
		r := mustRun(t, config(d, w))
		first, second := rowOf(t, r, "unread"), rowOf(t, r, "recipients")
		require.EqualValues(t, 0, first.WaitMS.Max)
		require.EqualValues(t, 100, first.ScheduleMS.Max)
		require.EqualValues(t, 90, second.WaitMS.Max)
		require.EqualValues(t, 100, second.ResponseMS.Max)
		require.EqualValues(t, 100, second.ServiceMS.Max)
		require.EqualValues(t, 190, second.ScheduleMS.Max)
	})
}

// conversation is a thread from its sending to its closing, by one patient and one nurse.
func conversation() []sim.Op {
	ops := []sim.Op{
		at(0, results.OpAuth, patient(1)), at(100, results.OpSend, patient(1)), at(200, results.OpAuth, staff(0)),
		at(300, results.OpInbox, staff(0)), at(400, results.OpClaim, staff(0)), at(500, results.OpThread, staff(0)),
		at(600, results.OpRead, staff(0)), at(700, results.OpReply, staff(0)), at(800, results.OpClose, staff(0)),
		at(900, results.OpRead, patient(1)),
	}
	ops[1].Subject = 1
	ops[7].Message, ops[9].Message = 1, 1
	return ops
}

func TestConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		cfg := config(d, workload(1, conversation()...))
		cfg.SkipLedger = false
		r := mustRun(t, cfg)
		require.Equal(t, "auth provision provision provision auth send auth inbox claim thread read reply close read thread thread",
			d.kinds())
		require.EqualValues(t, 10, rowOf(t, r, "all").Outcomes["ok"])
		require.Equal(t, &results.Ledger{Checked: 2, Found: 2}, r.Load.Ledger)
		require.Equal(t, results.Mailbox{Start: 0, End: 2}, r.Load.Mailbox)
		require.Zero(t, r.Load.NotListed)
		require.Len(t, r.Load.Ops, 1+results.NumOps)
	})
}

// What a failed send makes impossible is not sent, and says why.
func TestSkipsNameTheRoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpSend {
				return &Answer{Outcome: results.Invalid, Status: 500, Detail: "disk full"}, nil
			}
			return nil, nil
		}}
		r := mustRun(t, config(d, workload(1, conversation()...)))
		require.EqualValues(t, 1, rowOf(t, r, "send").Outcomes["invalid"])
		require.EqualValues(t, 6, rowOf(t, r, "all").Outcomes["skipped"]) // claim, thread, 2 reads, reply, close
		require.EqualValues(t, 1, rowOf(t, r, "inbox").Outcomes["ok"])
		require.Len(t, r.Skipped, 1)
		require.Equal(t, Cause{Op: results.OpSend, Outcome: results.Invalid, Detail: "disk full"}, r.Skipped[0].Root)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"),
			"6 operations were skipped because of send in thread 0 of network 0, which ended invalid: disk full")
		require.Equal(t, []Example{{results.OpSend, results.Invalid, "disk full", 1}}, r.Examples)
	})
}

func TestFailedSignInSkipsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{fault: func(login string, c *Call) (*Answer, error) {
			if c.Kind == results.OpAuth && strings.HasPrefix(login, "st-") {
				return &Answer{Outcome: results.Throttled, Status: 429}, nil
			}
			return nil, nil
		}}
		r := mustRun(t, config(d, workload(1, conversation()...)))
		require.EqualValues(t, 1, rowOf(t, r, "auth").Outcomes["throttled"])
		require.EqualValues(t, 1, rowOf(t, r, "auth").Outcomes["ok"])
		require.EqualValues(t, 1, rowOf(t, r, "send").Outcomes["ok"])
		// The nurse's six operations, and the patient's reading of the answer that was never written.
		require.EqualValues(t, 7, rowOf(t, r, "all").Outcomes["skipped"])
	})
}

// A send whose answer is lost is looked for by its tag: it stays unknown, and what follows goes on.
func TestUnknownIsLookedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		d.fault = func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpSend {
				return &Answer{Outcome: results.Unknown}, nil
			}
			return nil, nil
		}
		d.takes = func(_ string, c *Call) time.Duration {
			if c.Kind == results.OpSend { // it happens all the same
				call := *c
				d.answer(&Session{Account: &Account{}}, &call)
			}
			return time.Millisecond
		}
		r := mustRun(t, config(d, workload(1, conversation()...)))
		require.EqualValues(t, 1, rowOf(t, r, "send").Outcomes["unknown"])
		require.EqualValues(t, 9, rowOf(t, r, "all").Outcomes["ok"])
	})
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{takes: func(_ string, c *Call) time.Duration {
			if c.Kind == results.OpUnread {
				return time.Hour
			}
			return 0
		}}
		cfg := config(d, workload(1, at(500, results.OpUnread, patient(1)), at(600, results.OpRecipients, patient(1))))
		cfg.Timeout = 2 * time.Second
		r := mustRun(t, cfg)
		require.EqualValues(t, 1, rowOf(t, r, "unread").Outcomes["timeout"])
		require.EqualValues(t, 2000, rowOf(t, r, "unread").FailedMS.Max)
		require.EqualValues(t, 1, rowOf(t, r, "recipients").Outcomes["ok"], "due before the end, so it is awaited")
		require.EqualValues(t, 1900, rowOf(t, r, "recipients").WaitMS.Max)
	})
}

// What still waits one time-out after the end is given up: of ten operations that take 0.9 s each, one after another, the
// first two begin by 1.0 + 1.0 s, a third at 1.8 s, and those after it are cut.
func TestSessionsAreCutAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{takes: func(_ string, c *Call) time.Duration {
			if c.Kind == results.OpUnread {
				return 900 * time.Millisecond
			}
			return 0
		}}
		var ops []sim.Op
		for i := range 10 {
			ops = append(ops, at(i, results.OpUnread, patient(1)))
		}
		cfg := config(d, workload(1, ops...))
		cfg.Timeout = time.Second
		r := mustRun(t, cfg)
		require.EqualValues(t, 3, rowOf(t, r, "all").Outcomes["ok"])
		require.EqualValues(t, 7, rowOf(t, r, "all").Outcomes["skipped"])
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "the run had ended")
	})
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5500*time.Millisecond, cancel)
		var ops []sim.Op
		for i := range 10 {
			ops = append(ops, at(i*1000, results.OpUnread, patient(int32(i))))
		}
		cfg := config(&desk{}, workload(10, ops...))
		cfg.WarmUp = time.Second
		r, err := Run(ctx, cfg)
		require.NoError(t, err)
		require.True(t, r.Load.Incomplete)
		require.Equal(t, results.RunInvalid, r.Load.Validity, "what was measured is not what was asked for")
		require.EqualValues(t, 5, rowOf(t, r, "all").Offered, "due at 1 to 5 s: the one at 0 s is warm-up")
		require.EqualValues(t, 5, rowOf(t, r, "all").Outcomes["ok"])
		require.InDelta(t, 4.5, float64(r.Load.DurationS), .001)
	})
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{life: 100 * time.Second}
		ops := []sim.Op{at(0, results.OpAuth, patient(1)), at(39_000, results.OpUnread, patient(1)),
			at(51_000, results.OpUnread, patient(1)), at(90_000, results.OpUnread, patient(1))}
		r := mustRun(t, config(d, workload(100, ops...)))
		// The administrator, the person at 0 s, and again at 51 s, as half of the token's 100 s is less than a minute.
		require.Equal(t, 3, d.signIns)
		require.EqualValues(t, 1, rowOf(t, r, "auth").Offered, "a renewal is a request and no operation")
	})
}

func TestMissingOperationsAreLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustRun(t, config(&poor{}, workload(1, conversation()...)))
		require.EqualValues(t, 8, rowOf(t, r, "all").Outcomes["ok"])
		require.EqualValues(t, 8, rowOf(t, r, "all").Offered)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "the portal has no claim, close: 20% of the workload's operations are left out")
	})
}

// poor is a portal for patients: it knows no items and does not count unread messages.
type poor struct{ desk }

func (p *poor) Capabilities() Capabilities {
	c := p.desk.Capabilities()
	c.Ops[results.OpClaim], c.Ops[results.OpClose] = Absent, Absent
	return c
}

// What one side alone can do is left out for the other, with what needs it.
func TestWhatASideCannotDoIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &oneSided{}
		cfg := config(d, workload(1, conversation()...))
		cfg.SkipLedger, cfg.Lookout = false, true
		r := mustRun(t, cfg)
		require.Equal(t, "auth provision provision provision auth send auth claim close thread", d.kinds(),
			"the patient reads nothing, as nobody has answered")
		require.EqualValues(t, 5, rowOf(t, r, "all").Outcomes["ok"])
		require.EqualValues(t, 5, rowOf(t, r, "all").Offered)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "not everybody has reply, inbox, thread, read on this portal, or what it needs: 50% of the workload's operations are left out")
		require.Equal(t, &results.Ledger{Checked: 1, Found: 1}, r.Load.Ledger)
	})
}

// oneSided is a portal whose lists and threads only patients see.
type oneSided struct{ desk }

func (p *oneSided) Capabilities() Capabilities {
	c := p.desk.Capabilities()
	for _, k := range []results.OpKind{results.OpInbox, results.OpThread, results.OpRead, results.OpReply} {
		c.NotByStaff[k] = true
	}
	return c
}

// Whatever the latencies, nobody does two things at once, and the operations of one thread and of one session reach the
// portal in the order in which they were due.
func TestOrderIsKept(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			ops := tangle(r)
			d := &desk{takes: func(string, *Call) time.Duration {
				return time.Duration(des.NewKey(uint64(time.Now().UnixNano())).IntN(400)) * time.Millisecond
			}}
			result := mustRun(t, config(d, workload(100, ops...)))
			require.Zero(t, d.clash, "seed %d: two operations of a session at once", seed)
			require.EqualValues(t, len(ops), rowOf(t, result, "all").Outcomes["ok"], "seed %d: %+v", seed, result.Examples)
			inOrder(t, seed, ops, d)
		})
	}
}

// tangle makes conversations of 8 patients with 3 nurses, who take turns at random.
func tangle(r *rand.Rand) []sim.Op {
	var ops []sim.Op
	for i := range int32(8) {
		ops = append(ops, sim.Op{Due: des.Time(i), Kind: results.OpSend, Actor: patient(i), Subject: i, To: pool(0),
			Thread: sim.Thread{Number: i}, Text: des.NewKey(r.Uint64())})
	}
	messages := [8]int32{}
	for due := des.Time(100); due < 5000; due += des.Time(r.IntN(20)) {
		i := r.Int32N(8)
		op := sim.Op{Due: due, Actor: staff(r.Int32N(3)), To: pool(0), Thread: sim.Thread{Number: i}, Text: des.NewKey(r.Uint64())}
		op.Kind = []results.OpKind{results.OpClaim, results.OpLabel, results.OpThread, results.OpRead, results.OpReply,
			results.OpInbox, results.OpUnread}[r.IntN(7)]
		if op.Kind == results.OpReply {
			messages[i]++
			op.Message = messages[i]
		}
		ops = append(ops, op)
	}
	return ops
}

// inOrder compares what each session and each thread saw with the order of the operations.
func inOrder(t *testing.T, seed uint64, ops []sim.Op, d *desk) {
	t.Helper()
	keys := accountKeys{"d", 0, "run1", nil}
	want := map[string][]results.OpKind{}
	for _, op := range ops {
		login := keys.login(op.Actor)
		want[login] = append(want[login], op.Kind)
		if hasThread(op.Kind) {
			want[tag("run1", op.Thread)] = append(want[tag("run1", op.Thread)], op.Kind)
		}
	}
	got := map[string][]results.OpKind{}
	for _, s := range d.served {
		if s.call.Kind == results.OpAuth || s.call.Kind == results.OpProvision {
			continue
		}
		got[s.login] = append(got[s.login], s.call.Kind)
		if s.call.Tag != "" {
			got[s.call.Tag] = append(got[s.call.Tag], s.call.Kind)
		}
	}
	require.Equal(t, want, got, "seed %d", seed)
}

func TestSeedingComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := sim.OpenThread{Thread: sim.Thread{Number: 5}, Subject: 1, Sender: patient(1), To: pool(0),
			Messages: []sim.OpenMessage{{Author: patient(1), ReadBy: []sim.Actor{staff(0)}}, {Author: staff(0)}},
			Item:     sim.ItemAccepted, Holder: staff(7)}
		untouched := open
		untouched.Thread.Number, untouched.Item = 6, sim.ItemCompleted
		reply := at(0, results.OpReply, patient(1))
		reply.Thread.Number, reply.Message = 5, 2
		w := workload(1, reply)
		w.Openings[0].Threads = []sim.OpenThread{open, untouched}
		d := &desk{}
		r := mustRun(t, config(d, w))
		require.Equal(t, results.Mailbox{Start: 2, End: 3}, r.Load.Mailbox)
		require.Len(t, d.threads, 1, "a thread that no list shows and nobody touches is not seeded")
		kinds := slices.DeleteFunc(strings.Fields(d.kinds()), func(k string) bool { return k == "auth" || k == "provision" })
		require.Equal(t, []string{"send", "read", "reply", "claim", "reply"}, kinds)
		require.EqualValues(t, 1, rowOf(t, r, "all").Offered)
	})
}

func TestSeedingFailureStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := workload(1, at(0, results.OpUnread, patient(1)))
		w.Openings[0].Threads = []sim.OpenThread{{Sender: patient(1), Subject: 1, To: pool(0), Messages: make([]sim.OpenMessage, 1),
			Item: sim.ItemRequested, Holder: pool(0)}}
		d := &desk{fault: func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpSend {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, nil
		}}
		_, err := Run(t.Context(), config(d, w))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorContains(t, err, "seeding thread 0 of network 0: send as pt-")
	})
}

func TestConfigIsChecked(t *testing.T) {
	good := func() Config { return config(&desk{}, workload(1, at(0, results.OpUnread, patient(1)))) }
	for want, spoil := range map[string]func(*Config){
		"without a portal":   func(c *Config) { c.Portal = nil },
		"run id":             func(c *Config) { c.RunID = "run 1" },
		"speed":              func(c *Config) { c.Workload.Speed = 0 },
		"outside the window": func(c *Config) { c.Workload.Ops[0].Due = des.Minute },
		"nothing happens":    func(c *Config) { c.Workload.Ops = nil },
		"warm-up":            func(c *Config) { c.WarmUp = time.Second },
	} {
		cfg := good()
		spoil(&cfg)
		_, err := Run(t.Context(), cfg)
		require.ErrorContains(t, err, want)
	}
	cfg := good()
	require.NoError(t, cfg.complete())
}

package bench_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
)

// counting is so many seconds in which 50 patients a second, a new one each time, ask for their unread messages.
func counting(seconds int) []sim.Op {
	var ops []sim.Op
	for i := range int32(50 * seconds) {
		ops = append(ops, at(int(i)*20, results.OpUnread, patient(i), i))
	}
	return ops
}

// A stall from 8 to 10 s holds the 100 of 1,000 requests that come in it: the one at 8.00 s for 2 s, the one at 9.98 s
// for 20 ms. So a share of .95 is answered within 1.0 s (50 of the 1,000 are not), .99 within 1.8 s (10 are not). What
// comes after it is answered at once.
func TestStallOfThePortal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := counting(20)
		for i := range ops {
			if ops[i].Due >= 10_000 {
				ops[i].Kind = results.OpRecipients
			}
		}
		r := openNoopWard(t, shift(20, ops...), 1, "stall=2s@8s").run(t)
		all := row(t, r, "all")
		require.Equal(t, map[string]int64{"ok": 1000}, all.Outcomes)
		require.InDelta(t, 1000, float64(all.ResponseMS.P95), 21)
		require.InDelta(t, 1800, float64(all.ResponseMS.P99), 21)
		require.InDelta(t, 2000, float64(all.ResponseMS.Max), 1)
		require.Zero(t, float64(all.LagMS.Max), "the portal's stall is not the generator's")
		require.Zero(t, float64(row(t, r, "recipients").ResponseMS.Max))
		require.Zero(t, float64(row(t, r, "recipients").ServiceMS.Max))
		require.Equal(t, results.RunValid, r.Load.Validity, "%v", r.Load.Why)
	})
}

// One person asks at 8.0 s, in the stall, and means to do the next thing at 8.5 s. It goes out at 10 s: it waited 1.5 s,
// and the portal took no time for it.
func TestStallShowsAsWaitOfWhatFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := shift(20, at(8000, results.OpUnread, patient(1), 1), at(8500, results.OpRecipients, patient(1), 1),
			at(18_000, results.OpInbox, patient(1), 1)) // the stall of 18 s is the second one
		r := openNoopWard(t, w, 1, "stall=2s@8s/10s").run(t)
		require.EqualValues(t, 2000, row(t, r, "unread").ServiceMS.Max)
		require.EqualValues(t, 1500, row(t, r, "recipients").WaitMS.Max)
		require.Zero(t, float64(row(t, r, "recipients").ServiceMS.Max))
		require.EqualValues(t, 2000, row(t, r, "inbox").ServiceMS.Max)
	})
}

// What is under way when the stall begins is held as well: a request that comes at 7.98 s and takes 30 ms is done at
// 8.01 s, and its answer leaves at 10 s.
func TestStallHoldsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := shift(20, at(7980, results.OpUnread, patient(1), 1), at(7980, results.OpRecipients, patient(2), 2))
		r := openNoopWard(t, w, 1, "latency=30ms:unread", "stall=2s@8s:unread").run(t)
		require.EqualValues(t, 2020, row(t, r, "unread").ServiceMS.Max)
		require.Zero(t, float64(row(t, r, "recipients").ServiceMS.Max))
	})
}

// A portal that falls silent costs a time-out for what is under way and one for what waits, and no more.
func TestPortalThatFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ops []sim.Op
		for i := range int32(100) {
			ops = append(ops, consultation(int(i)*100, i)...)
		}
		w := openWard(t, shift(11, ops...), "stall=24h@5s")
		start := time.Now()
		r := w.run(t)
		all := row(t, r, "all")
		require.Positive(t, all.Outcomes["ok"])
		require.Positive(t, all.Outcomes["timeout"])
		require.Equal(t, all.Offered, all.Outcomes["ok"]+all.Outcomes["timeout"]+all.Outcomes["skipped"])
		require.Equal(t, results.RunInvalid, r.Load.Validity)
		require.Equal(t, results.Fail, r.Load.Thresholds[0].Status)
		require.Equal(t, r.Load.Mailbox.End, r.Load.Ledger.Unread, "nothing is said of what could not be looked for")
		// 11 s, two time-outs of 5 s, and the ledger's patience: two of its own 30 s, and those then under way.
		require.LessOrEqual(t, time.Since(start), 11*time.Second+2*5*time.Second+3*30*time.Second)
	})
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := append(counting(10), at(9990, results.OpRecipients, patient(1), 1))
		r := openNoopWard(t, shift(10, ops...), 1, "latency=20ms..80ms:unread").run(t)
		unread := row(t, r, "unread")
		require.InDelta(t, 50, float64(unread.ServiceMS.Mean), 3.2) // 500 draws from 60 ms: 4 x 60 / sqrt(12 x 500) is 3.1
		require.LessOrEqual(t, float64(unread.ServiceMS.Max), 80.)
		require.GreaterOrEqual(t, float64(unread.ServiceMS.P50), 20.)
		require.Zero(t, float64(row(t, r, "recipients").ServiceMS.Max))
	})
}

// Chance depends on the seed and the number of the request: the same run has the same errors, and another seed others.
func TestErrorsAreCountedAndRepeated(t *testing.T) {
	failed := func(seed uint64) (at []int64, n int64) {
		synctest.Test(t, func(t *testing.T) {
			w := openNoopWard(t, shift(20, counting(20)...), seed, "errors=5%/503:unread")
			r := w.run(t)
			for _, second := range r.Series {
				at = append(at, second.Errors)
			}
			n = row(t, r, "unread").Outcomes["invalid"]
			require.Equal(t, map[string]int64{"ok": 1000 - n, "invalid": n}, row(t, r, "unread").Outcomes)
			require.Contains(t, w.faulty.Report()[0], "struck")
			require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "fault errors=5%/503:unread")
			require.Equal(t, results.RunValid, r.Load.Validity)
			require.Equal(t, results.Fail, r.Load.Thresholds[0].Status)
		})
		return at, n
	}
	once, n := failed(1)
	require.InDelta(t, 50, float64(n), 28) // four standard deviations: 4 x sqrt(1000 x .05 x .95)
	again, _ := failed(1)
	require.Equal(t, once, again)
	other, _ := failed(2)
	require.NotEqual(t, once, other)
}

// The portal works while the run is prepared, and answers 500 to everything afterwards: what people would have done
// next is skipped, which makes the run invalid, and the limit on errors has failed all the same.
func TestNothingBut500s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openWard(t, shift(1, consultation(1, 1)...), "errors=100%@1ms").run(t)
		all := row(t, r, "all")
		require.Equal(t, map[string]int64{"invalid": 2, "skipped": 10}, all.Outcomes, "two people could not sign in")
		require.Equal(t, results.Fail, r.Load.Thresholds[0].Status)
		require.Zero(t, r.Load.Ledger.Checked)
		require.Contains(t, r.Load.Warnings[0], "10 operations were skipped because of auth, which ended invalid")
	})
}

// An outage has an end: what falls due at 1.0 to 2.0 s fails, 50 a second.
func TestErrorsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openNoopWard(t, shift(4, counting(4)...), 1, "errors=100%@1s..2s").run(t)
		require.Equal(t, map[string]int64{"ok": 150, "invalid": 50}, row(t, r, "unread").Outcomes)
	})
}

func TestThrottling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openNoopWard(t, shift(20, counting(20)...), 1, "throttle=10%:unread").run(t)
		n := row(t, r, "unread").Outcomes["throttled"]
		require.InDelta(t, 100, float64(n), 38) // 4 x sqrt(1000 x .1 x .9)
		require.Equal(t, results.RunInvalid, r.Load.Validity)
		require.Contains(t, strings.Join(r.Load.Why, "\n"), "the limiter was measured")
		require.Equal(t, results.Inconclusive, r.Load.Thresholds[0].Status)
	})
}

// 50 a second come and 40 may pass, with 40 saved up at first. Of the 1,000 in 19.98 s, 40 + 19.98 x 40 = 839 pass.
func TestThrottlingByRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openNoopWard(t, shift(20, counting(20)...), 1, "throttle=40/s:unread").run(t)
		require.Equal(t, map[string]int64{"ok": 839, "throttled": 161}, row(t, r, "unread").Outcomes)
	})
}

// withFile is a message with a file, which a nurse opens.
func withFile() []sim.Op {
	ops := []sim.Op{at(10, results.OpAttach, patient(1), 1), at(20, results.OpSend, patient(1), 1),
		at(30, results.OpThread, patient(1), 1), at(40, results.OpFetch, nurse(1), 1)}
	for i := range ops {
		ops[i].Files, ops[i].Bytes = 1, 100
	}
	return ops
}

// A message that is stored without its file is partial, and is found; the file is not there for those who read it.
func TestPartialAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openWard(t, shift(1, withFile()...)).run(t)
		require.Equal(t, map[string]int64{"ok": 4}, row(t, r, "all").Outcomes, "without faults all goes well")
		w := openWard(t, shift(1, append(withFile(), consultation(100, 2)...)...), "partial=100%:send,label")
		r = w.run(t)
		require.Equal(t, map[string]int64{"partial": 1, "ok": 1}, row(t, r, "send").Outcomes, "one has no file to lose")
		require.Equal(t, map[string]int64{"notfound": 1}, row(t, r, "fetch").Outcomes)
		require.Equal(t, map[string]int64{"partial": 1}, row(t, r, "label").Outcomes)
		require.Equal(t, []string{"fault partial=100%:send,label struck 2 of 3 requests"}, w.faulty.Report())
		require.EqualValues(t, 3, r.Load.Ledger.Found)
		require.EqualValues(t, 3, r.Load.Ledger.Checked)
		require.EqualValues(t, 3, r.Load.Mailbox.End)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "done without files[0] (status 429)")
	})
}

// A portal that makes only some of the accounts cannot be loaded.
func TestPartialProvisioningStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, append(consultation(0, 1), consultation(100, 2)...)...), "partial=100%:provision")
		_, err := runOf(w)
		require.ErrorContains(t, err, "provisioning 2 accounts: portal answered partial (status 200): 1 of 2 accounts were answered")
	})
}

// Every change is made and no answer comes: sends and replies are looked for and found, so that all that follows goes on,
// and the ledger finds each message once. Of the 12 operations, 7 are changes.
func TestCutAfterTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openWard(t, shift(2, append(consultation(0, 1), consultation(1000, 2)...)...), "eof=100%").run(t)
		require.Equal(t, map[string]int64{"ok": 10, "unknown": 14}, row(t, r, "all").Outcomes)
		l := r.Load.Ledger
		require.Equal(t, &results.Ledger{Checked: 4, Found: 4, Leaked: l.Leaked}, l)
		require.Zero(t, *l.Leaked)
		require.EqualValues(t, 4, r.Load.Mailbox.End)
		require.Empty(t, r.Skipped)
		require.Equal(t, results.Fail, r.Load.Thresholds[0].Status)
	})
}

// Clinics at their everyday work, with one answer in five lost: whatever is skipped has a file or a reading as its root,
// which no list shows, and no message is lost, doubled or shown to others.
func TestCutsInEverydayWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, replayed(t, "nurse-first", 2, time.Hour, 60), "eof=20%@1ms")
		r := w.run(t)
		all := row(t, r, "all")
		require.Greater(t, all.Outcomes["unknown"], int64(20))
		for _, s := range r.Skipped {
			require.Contains(t, []results.OpKind{results.OpAttach, results.OpReading}, s.Root.Op, "%+v", s)
		}
		require.Equal(t, all.Offered, all.Outcomes["ok"]+all.Outcomes["unknown"]+all.Outcomes["skipped"], "%v", all.Outcomes)
		l := r.Load.Ledger
		require.Equal(t, r.Load.Mailbox.End, l.Checked)
		require.Equal(t, &results.Ledger{Checked: l.Checked, Found: l.Checked, Leaked: l.Leaked}, l)
		require.Zero(t, *l.Leaked)
	})
}

// Lists and threads are 60 s behind. The nurse does not see the item and claims it all the same, nobody can open the
// thread yet, and a patient who asks after 70 s sees all of it. So does the ledger, which comes after that.
func TestStaleReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := append(consultation(0, 1), at(70_000, results.OpThread, patient(1), 1), at(70_000, results.OpInbox, nurse(2), 1))
		r := openWard(t, shift(100, ops...), "stale=60s").run(t)
		require.EqualValues(t, 1, r.Load.NotListed)
		require.Equal(t, map[string]int64{"notfound": 2, "ok": 1}, row(t, r, "thread").Outcomes)
		require.Equal(t, map[string]int64{"ok": 1}, row(t, r, "claim").Outcomes)
		require.Equal(t, &results.Ledger{Checked: 2, Found: 2}, r.Load.Ledger)
	})
}

// A list that does not come leaves open what it would have shown.
func TestListsThatFailListNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openWard(t, shift(1, consultation(0, 1)...), "errors=100%:inbox").run(t)
		require.Equal(t, map[string]int64{"ok": 11, "invalid": 1}, row(t, r, "all").Outcomes)
		require.Zero(t, r.Load.NotListed)
	})
}

// Right after the last answer nothing is shown yet. The ledger looks again after 1, 3, 7, 15, 25, ... s, and both messages
// are there at 65 s: that is a property of the portal, and nothing is lost.
func TestLedgerWaitsForStaleReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openWard(t, shift(1, consultation(0, 1)...), "stale=60s").run(t)
		require.Equal(t, &results.Ledger{Checked: 2, Found: 2, Late: 2, LateS: 65}, r.Load.Ledger)
		require.Contains(t, strings.Join(r.Load.Warnings, "\n"), "the portal's reads are not up to date: 2 of 2 acknowledged messages "+
			"were missing when they were first looked for, and there 65 s later at the latest")
	})
}

// Reads that are older than any wait: the messages are lost, as far as anybody can tell, and the wait has an end.
func TestLedgerDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		r := openWard(t, shift(1, consultation(0, 1)...), "stale=1h").run(t)
		require.Equal(t, &results.Ledger{Checked: 2, Lost: 2}, r.Load.Ledger)
		require.LessOrEqual(t, time.Since(start), 80*time.Second)
	})
}

// An interruption while it waits says nothing of what was not there yet.
func TestLedgerInterruptedWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 1)...), "stale=60s")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(30*time.Second, cancel)
		r, err := bench.Run(ctx, w.config)
		require.NoError(t, err)
		require.Equal(t, &results.Ledger{Unread: 2}, r.Load.Ledger)
		require.True(t, r.Load.Incomplete)
	})
}

// Sends and replies bring no ids: they are looked for at once, and end as well as any.
func TestAnswersWithoutIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 1)...), "idless=100%")
		r := w.run(t)
		require.Equal(t, map[string]int64{"ok": 12}, row(t, r, "all").Outcomes)
		require.EqualValues(t, 3, row(t, r, "send").Requests, "one to send, one for the list, one for the thread")
		require.Equal(t, &results.Ledger{Checked: 2, Found: 2}, r.Load.Ledger)
		require.Equal(t, []string{"fault idless=100% struck 2 of 2 requests"}, w.faulty.Report())
	})
}

// Threads are seeded on a portal that gives no ids as on any other, and clinics do all of their everyday work.
func TestSeedingWithoutIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openWard(t, replayed(t, "nurse-first", 2, time.Hour, 60), "idless=100%").run(t)
		all := row(t, r, "all")
		require.Equal(t, map[string]int64{"ok": all.Offered}, all.Outcomes, "%v", r.Load.Warnings)
		require.Positive(t, r.Load.Mailbox.Start)
		l := r.Load.Ledger
		require.Equal(t, r.Load.Mailbox.End, l.Checked)
		require.Equal(t, l.Checked, l.Found)
	})
}

// Nothing can be looked for where nothing is kept: the run could not be prepared, and says why.
func TestSeedingWithoutIDsOrMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := runOf(openNoopWard(t, replayed(t, "nurse-first", 2, time.Hour, 60), 1, "idless=100%"))
		require.ErrorContains(t, err, "the answer brought no ids, and nothing was found by looking for it")
	})
}

// Faults count from the latest provisioning, so that a second load of the same portal meets what the first did. The
// result says that the portal had them.
func TestFaultsBeginAgainWithEveryLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openNoopWard(t, shift(4, counting(4)...), 1, "errors=10%@1s..2s:unread")
		first := w.run(t)
		time.Sleep(time.Hour)
		w.config.RunID = "run2"
		second := w.run(t)
		n := row(t, first, "unread").Outcomes["invalid"]
		require.Positive(t, n)
		require.Equal(t, n, row(t, second, "unread").Outcomes["invalid"])
		require.Equal(t, "refportal noop with faults errors=10%@1s..2s:unread", first.Load.Portal)
	})
}

// A portal that now and then fails, throttles, or commits and hangs up can still be filled, and every message is there once.
// What had to be tried again is said.
func TestFillingAPortalThatIsOutOfOrderAtTimes(t *testing.T) {
	for _, fault := range []string{"errors=20%", "throttle=20%", "eof=30%"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := shift(1)
				for i := range int32(60) {
					w.Ops = append(w.Ops, at(1, results.OpThread, patient(i), i))
					who, open := nurse(i), sim.OpenThread{Thread: sim.Thread{Number: i}, Subject: i, Sender: patient(i), To: triagePool}
					open.Messages = []sim.OpenMessage{{Author: patient(i), Text: 7, ReadBy: []sim.Actor{who}}, {Author: who, Text: 8}}
					open.Item, open.Holder = []sim.ItemState{sim.ItemRequested, sim.ItemAccepted, sim.ItemCompleted}[i%3], who
					w.Openings[0].Threads = append(w.Openings[0].Threads, open)
				}
				x := openWard(t, w, fault)
				x.config.Workers = 1 // a pause under a lock, for which others wait, would stop the fake clock
				r := x.run(t)
				require.EqualValues(t, 120, r.Load.Mailbox.Start)
				require.Equal(t, results.Ledger{Checked: 120, Found: 120, Leaked: r.Load.Ledger.Leaked}, *r.Load.Ledger)
				require.Zero(t, *r.Load.Ledger.Leaked)
				require.Regexp(t, "^before and after the clock [0-9]+ operations had to be tried again, the first of them ", r.Load.Warnings[0])
			})
		})
	}
}

// Where nobody listens nothing is tried again.
func TestDeadPortsAreNotInsistedOn(t *testing.T) {
	x := openWard(t, shift(1, at(1, results.OpUnread, patient(0), 0)))
	x.config.Portal = refportal.NewPortal(bench.NewClient(bench.ClientConfig{}).HTTP, "http://127.0.0.1:9")
	start := time.Now()
	_, err := runOf(x)
	require.ErrorContains(t, err, "refused")
	require.Less(t, time.Since(start), 100*time.Millisecond)
}

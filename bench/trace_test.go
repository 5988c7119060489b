package bench_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

func tracedText(t testing.TB, w *bench.Workload) string {
	t.Helper()
	var b bytes.Buffer
	head := bench.TraceHeader{Scenario: "smoke", Policy: "p", Digest: "d1", ScenarioDigest: "d2", Seed: 1, At: "mon-08:00"}
	require.NoError(t, bench.WriteTrace(&b, head, w, 2*time.Second))
	return b.String()
}

func mustRead(t testing.TB, text string) *bench.Trace {
	t.Helper()
	trace, err := bench.ReadTrace(strings.NewReader(text))
	require.NoError(t, err)
	return trace
}

func mustWork(t testing.TB, trace *bench.Trace, faster float64) bench.Workload {
	t.Helper()
	w, err := trace.Workload(faster)
	require.NoError(t, err)
	return w
}

// plain keeps of an operation what matters for its kind, as package sim lists it.
func plain(op sim.Op) sim.Op {
	p := sim.Op{Due: op.Due, Kind: op.Kind, Actor: op.Actor, Thread: op.Thread}
	switch op.Kind {
	case results.OpAuth, results.OpUnread, results.OpRecipients:
		p.Thread = sim.Thread{}
	case results.OpInbox:
		p.Thread, p.To = sim.Thread{}, op.To
	case results.OpSend:
		p = op
	case results.OpReply:
		p.Message, p.Files, p.Wording, p.Text = op.Message, op.Files, op.Wording, op.Text
	case results.OpAttach:
		p.Message, p.Text, p.Bytes = op.Message, op.Text, op.Bytes
	case results.OpRead:
		p.Message = op.Message
	case results.OpRoute:
		p.To = op.To
	case results.OpLabel:
		p.Category, p.Urgent = op.Category, op.Urgent
	case results.OpReading:
		p.Thread, p.Subject, p.Wording, p.Text = sim.Thread{}, op.Subject, op.Wording, op.Text
	}
	return p
}

// seen returns the openings without the threads that nobody sees: those that are over, and that no operation touches.
func seen(w *bench.Workload) []sim.Opening {
	touched := map[sim.Thread]bool{}
	for _, op := range w.Ops {
		switch op.Kind {
		case results.OpAuth, results.OpUnread, results.OpRecipients, results.OpInbox, results.OpReading:
		default:
			touched[op.Thread] = true
		}
	}
	var openings []sim.Opening
	for _, o := range w.Openings {
		left := sim.Opening{At: o.At}
		for _, th := range o.Threads {
			if th.Item != sim.ItemCompleted || touched[th.Thread] {
				left.Threads = append(left.Threads, th)
			}
		}
		openings = append(openings, left)
	}
	return openings
}

// What simulated clinics do comes back from a trace as it was, field by field: the operations, the threads that are open
// before, the people, and the speed, so that every moment is the same on the wall clock.
func TestTraceSurvivesARoundTrip(t *testing.T) {
	kinds := map[results.OpKind]int{}
	for _, policy := range []string{"physician-first", "nurse-first", "urgency-first"} {
		w := replayed(t, policy, 3, 2*time.Hour, 37.7)
		text := tracedText(t, &w)
		trace := mustRead(t, text)
		got := mustWork(t, trace, 1)
		require.Len(t, got.Ops, len(w.Ops))
		for i := range w.Ops {
			require.Equal(t, plain(w.Ops[i]), got.Ops[i], policy)
		}
		require.Equal(t, seen(&w), got.Openings, policy)
		require.Equal(t, []any{w.From, w.Until, w.Speed}, []any{got.From, got.Until, got.Speed})
		require.Equal(t, w.Duration(), got.Duration())
		require.Equal(t, 2*time.Second, trace.WarmUp(1))
		require.Equal(t, 500*time.Millisecond, trace.WarmUp(4))
		for _, op := range w.Ops {
			kinds[op.Kind]++
			for _, a := range []sim.Actor{op.Actor, op.To} {
				if a != (sim.Actor{}) {
					require.Equal(t, w.Describe(a), got.Describe(a))
				}
			}
		}
		require.Equal(t, text, tracedText(t, &got), "written again it is the same file")

		twice := mustWork(t, trace, 2)
		require.Equal(t, w.Speed*2, twice.Speed)
		require.Equal(t, w.Duration()/2, twice.Duration())
	}
	for _, k := range []results.OpKind{results.OpAuth, results.OpSend, results.OpReply, results.OpInbox, results.OpThread,
		results.OpClaim, results.OpRoute, results.OpRead, results.OpAttach, results.OpReading} {
		require.Positive(t, kinds[k], k)
	}
}

// A trace kept from a run and replayed offers the same operations at the same microseconds, and the portal can do it all.
func TestReplayedTraceOffersTheSame(t *testing.T) {
	client, portal, admin := reference(t)
	w := replayed(t, "nurse-first", 2, time.Hour, 3600)
	offered := func(w bench.Workload, id string) (rows []results.OpRow) {
		var ops bytes.Buffer
		r, err := bench.Run(t.Context(), bench.Config{Portal: portal, Client: client, Admin: admin, Workload: w, Digest: "smoke",
			Seed: 1, RunID: id, MaxInFlight: 1000, KeepOps: &ops})
		require.NoError(t, err)
		all, _ := r.Load.Op("all")
		require.Equal(t, map[string]int64{"ok": all.Offered}, all.Outcomes, r.Load.Warnings)
		require.Zero(t, r.Load.Ledger.Lost+r.Load.Ledger.Duplicated+*r.Load.Ledger.Leaked)
		for row, err := range results.ReadOps(&ops) {
			require.NoError(t, err)
			rows = append(rows, results.OpRow{Intended: row.Intended, Op: row.Op})
		}
		return rows
	}
	first := offered(w, "run1")
	require.Len(t, first, len(w.Ops))
	require.ElementsMatch(t, first, offered(mustWork(t, mustRead(t, tracedText(t, &w)), 1), "run2"))
}

// log is what somebody might export of their own portal: no handles, no people, dates, and a thread that was there
// before.
const log = `{"format":1,"kind":"trace"}
{"at":"2026-03-02T08:00:00Z","op":"auth","person":"u17"}
{"at":"2026-03-02T08:00:01.250Z","op":"send","person":"u17","thread":"T-9","to":"cardiology","category":"medication","urgent":true}

{"at":"2026-03-02T08:00:02Z","op":"inbox","person":"jo","to":"cardiology"}
{"at":"2026-03-02T09:00:03+01:00","op":"claim","person":"jo","thread":"T-9"}
{"at":"2026-03-02T08:00:04Z","op":"thread","person":"jo","thread":"T-9"}
{"at":"2026-03-02T08:00:05Z","op":"reply","person":"jo","thread":"T-9"}
{"at":"2026-03-02T08:00:06Z","op":"read","person":"u17","thread":"T-9"}
{"at":"2026-03-02T08:00:06.500Z","op":"attach","person":"u17","thread":"T-9","bytes":1000}
{"at":"2026-03-02T08:00:07Z","op":"reply","person":"u17","thread":"T-9","files":1}
{"at":"2026-03-02T08:00:08Z","op":"reply","person":"u4","thread":"T-2"}
{"at":"2026-03-02T08:00:09Z","op":"reply","person":"jo","thread":"T-2"}
{"at":"2026-03-02T08:00:09Z","op":"close","person":"jo","thread":"T-9"}
`

func TestLogOfAnotherPortal(t *testing.T) {
	trace := mustRead(t, log)
	start, ok := trace.Start()
	require.True(t, ok)
	require.True(t, start.Equal(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)))
	require.Len(t, trace.Header.Digest, 16, "a trace without a digest has that of its text")
	w := mustWork(t, trace, 1)
	require.Equal(t, 10*time.Second, w.Duration(), "to the end of the last second")

	u17, u4 := sim.Actor{Kind: sim.ActorPatient}, sim.Actor{Index: 1, Kind: sim.ActorPatient}
	jo, pool := sim.Actor{Kind: sim.ActorStaff}, sim.Actor{Kind: sim.ActorPool}
	type short struct {
		due     des.Time
		kind    results.OpKind
		actor   sim.Actor
		to      sim.Actor
		thread  int32
		message int32
		subject int32
	}
	var got []short
	for _, op := range w.Ops {
		got = append(got, short{op.Due, op.Kind, op.Actor, op.To, op.Thread.Number, op.Message, op.Subject})
	}
	require.Equal(t, []short{
		{0, results.OpAuth, u17, sim.Actor{}, 0, 0, 0},
		{1250, results.OpSend, u17, pool, 0, 0, 0},
		{2000, results.OpInbox, jo, pool, 0, 0, 0},
		{3000, results.OpClaim, jo, sim.Actor{}, 0, 0, 0},
		{4000, results.OpThread, jo, sim.Actor{}, 0, 0, 0},
		{5000, results.OpReply, jo, sim.Actor{}, 0, 1, 0},
		{6000, results.OpRead, u17, sim.Actor{}, 0, 1, 0},
		{6500, results.OpAttach, u17, sim.Actor{}, 0, 2, 0},
		{7000, results.OpReply, u17, sim.Actor{}, 0, 2, 0},
		{8000, results.OpReply, u4, sim.Actor{}, 1, 1, 0},
		{9000, results.OpReply, jo, sim.Actor{}, 1, 2, 0},
		{9000, results.OpClose, jo, sim.Actor{}, 0, 0, 0},
	}, got)
	require.Equal(t, []sim.Actor{pool}, w.Describe(jo).Pools)
	require.NotContains(t, w.Describe(u17).Name, "u17")
	require.Len(t, w.Openings, 1)
	require.Len(t, w.Openings[0].Threads, 1, "T-2 was there before")
	require.Equal(t, u4, w.Openings[0].Threads[0].Sender)
}

// It can be replayed as it is.
func TestLogOfAnotherPortalIsReplayed(t *testing.T) {
	client, portal, admin := reference(t)
	r, err := bench.Run(t.Context(), bench.Config{Portal: portal, Client: client, Admin: admin,
		Workload: mustWork(t, mustRead(t, log), 10), Digest: "d", RunID: "run1"})
	require.NoError(t, err)
	all, _ := r.Load.Op("all")
	require.Equal(t, map[string]int64{"ok": 12}, all.Outcomes, "%v", r.Load.Warnings)
	none := int64(0)
	require.Equal(t, &results.Ledger{Checked: 6, Found: 6, Leaked: &none}, r.Load.Ledger, "the one before, and five of the log")
}

// Staff who write first, proxies and people who are described.
func TestTraceWithPeople(t *testing.T) {
	w := mustWork(t, mustRead(t, `{"format":1,"kind":"trace","seed":7,"speed":2,"window_ms":5000,"warm_up_s":1}
{"person":"mom","kind":"proxy","acts_for":"kid"}
{"person":"dr-lee","kind":"staff","role":"physician","name":"Dr Lee","pools":["team"]}
{"open":"old","sender":"kid","to":"team","item":"accepted","holder":"dr-lee","category":"result","messages":[{"author":"kid","read_by":["dr-lee"]},{"author":"dr-lee"}]}
{"at_ms":0,"op":"reply","person":"mom","thread":"old"}
{"at_ms":10,"op":"send","person":"mom","thread":"new","to":"dr-lee"}
{"at_ms":20,"op":"send","person":"dr-lee","thread":"out","subject":"kid","to":"kid"}
{"at_ms":30,"op":"label","person":"dr-lee","thread":"new","category":"symptom"}
{"at_ms":4999,"op":"route","person":"dr-lee","thread":"new","to":"team"}
`), 1)
	mom, kid := sim.Actor{Kind: sim.ActorProxy}, sim.Actor{Kind: sim.ActorPatient}
	lee, team := sim.Actor{Kind: sim.ActorStaff}, sim.Actor{Kind: sim.ActorPool}
	require.Equal(t, mom, w.Ops[0].Actor)
	require.EqualValues(t, 2, w.Ops[0].Message)
	require.Equal(t, lee, w.Ops[1].To)
	require.Equal(t, kid, w.Ops[2].To)
	require.Equal(t, "Dr Lee", w.Describe(lee).Name)
	require.Equal(t, []sim.Actor{team}, w.Describe(lee).Pools)
	require.Equal(t, team, w.Ops[4].To)
	old := w.Openings[0].Threads[0]
	require.Equal(t, []any{sim.ItemAccepted, lee, 2}, []any{old.Item, old.Holder, len(old.Messages)})
	require.Equal(t, 2500*time.Millisecond, w.Duration())
}

func TestReadTraceSaysWhereAndWhatToDo(t *testing.T) {
	const head = `{"format":1,"kind":"trace"}` + "\n"
	const exact = `{"format":1,"kind":"trace","care_networks":2}` + "\n"
	const first = `{"at_ms":5,"op":"send","person":"u","thread":"t"}` + "\n"
	for _, c := range []struct{ text, want string }{
		{"", `a trace begins with {"format":1,"kind":"trace"}`},
		{`{"at_ms":5}`, `line 1: unknown field "at_ms"`},
		{`{"format":1,"kind":"load"}`, `line 1: kind is "load" and not "trace"`},
		{`{"format":9,"kind":"trace"}`, "line 1: it has format 9 and this portalbench reads up to 1"},
		{`{"format":1,"kind":"trace","speed":-1}`, "line 1: speed"},
		{`{"format":1,"kind":"trace","scenario":"\u001b[2J"}`, "line 1: \"\\x1b[2J\" is too long, or cannot be printed"},
		{`{"format":1,"kind":"trace","start":"monday"}`, "line 1: start \"monday\": write it as"},
		{head, "no operation is in it"},
		{head + first + `{"at_ms":5,"op":"sned","person":"u"}`, `line 3: unknown op "sned": did you mean send?`},
		{head + `{"at_ms":5,"op":"provision","person":"u"}`, "line 2: op provision belongs to the preparation"},
		{head + `{"op":"send","person":"u","thread":"t"}`, "line 2: it has no time: give at_ms"},
		{head + `{"at":"8 am","op":"unread","person":"u"}`, `line 2: at "8 am": write it as`},
		{head + `{"at_ms":5,"op":"send","thread":"t"}`, "line 2: send without person"},
		{head + `{"at_ms":5,"op":"reply","person":"u"}`, "line 2: reply without thread"},
		{head + `{"at_ms":5,"op":"route","person":"u","thread":"t"}`, "line 2: route without to"},
		{head + `{"at_ms":5,"op":"attach","person":"u","thread":"t"}`, "line 2: attach of 0 bytes"},
		{head + `{"at_ms":5,"op":"unread","person":"u","thread":"t"}`, "line 2: unread has no thread: leave it out"},
		{head + `{"at_ms":5,"op":"unread","person":"u","role":"rn"}`, "line 2: unread has no fields of persons"},
		{head + first + `{"at_ms":4,"op":"unread","person":"u"}`, "line 3: it is due at 4 ms, and line 2 at 5 ms: sort"},
		{head + `{"at_ms":-4,"op":"unread","person":"u"}`, "line 2: it is due 4 ms before the window"},
		{head + first + `{"at":"2026-03-02T08:00:00Z","op":"unread","person":"u"}`, "line 3: it has a date, and those before have none"},
		{head + `{"at":"2026-03-02T08:00:00Z","op":"unread","person":"u"}` + "\n" + `{"at":"2026-03-02T07:59:59.9995Z","op":"unread","person":"u"}`, "line 3: it is due 1 ms before"},
		{`{"format":1,"kind":"trace","start":"2026-03-02T08:00:00Z"}` + "\n" + `{"at_ms":7,"at":"2026-03-02T08:00:00Z","op":"unread","person":"u"}`, "line 2: at_ms is 7, and at is 0 ms"},
		{`{"format":1,"kind":"trace","window_ms":5}` + "\n" + first, "line 2: it is due 5 ms after the start, and the window ends at 5 ms"},
		{head + first + first, `line 3: thread "t" was begun in line 2`},
		{head + `{"at_ms":5,"op":"read","person":"u","thread":"t"}` + "\n" + first, `line 3: thread "t" begins here, and line 2 used it before`},
		{head + `{"at_ms":5,"op":"attach","bytes":9,"person":"u","thread":"t"}`, `a file is attached in thread "t"`},
		{head + `{"at_ms":5,"op":"send","person":"u","thread":"t","text":"Dear doctor"}`, "what people wrote is never replayed"},
		{head + `{"at_ms":5,"op":"send","person":"u","thread":"t","category":"cough"}`, `line 2: unknown category "cough"`},
		{head + `{"at_ms":5,"op":"send","person":"u","thread":"t","wording":{"staff":"chief"}}`, "line 2: the wording names"},
		{head + `{"person":"u","kind":"boss"}` + "\n" + first, `line 2: kind "boss"`},
		{head + `{"person":"u","kind":"staff"}` + "\n" + first, `line 3: "u" is staff and no patient: say with subject`},
		{head + `{"person":"u","kind":"pool"}` + "\n" + first, `line 2: "u" is a pool`},
		{head + `{"person":"u","kind":"proxy"}` + "\n" + first, `line 2: proxy "u": say with acts_for whose`},
		{head + `{"person":"u","kind":"staff","role":"boss"}` + "\n" + first, `line 2: unknown role "boss"`},
		{head + `{"person":"u","kind":"patient"}` + "\n" + `{"person":"u","kind":"patient"}`, "line 3: \"u\" is described twice"},
		{head + `{"at_ms":5,"person":"u"}`, "line 2: it has no op"},
		{head + `{"at_ms":5}`, "line 2: it is no line of a trace"},
		{head + `{"open":"t","sender":"u","to":"p"}`, `line 2: open thread "t" has no messages`},
		{head + `{"open":"t","sender":"u","to":"p","item":"accepted","messages":[{"author":"u"}]}` + "\n" + `{"at_ms":5,"op":"unread","person":"u"}`, "line 2: open thread \"t\" is accepted"},
		{exact + `{"at_ms":5,"op":"unread","person":"u"}`, `line 2: "u" is no handle of one of the 2 care networks`},
		{exact + `{"at_ms":5,"op":"unread","person":"n2-p1"}`, "line 2: \"n2-p1\" is no handle of one of the 2"},
		{exact + `{"at_ms":5,"op":"read","person":"n1-p1","thread":"t"}`, `line 2: "t" is no handle of a thread`},
		{exact + `{"at_ms":5,"op":"read","person":"n1-p1","thread":"n1-t1"}`, `line 2: thread "n1-t1" was neither sent nor open before`},
		{exact + `{"at_ms":5,"op":"send","person":"n1-p1","thread":"n1-t1"}`, "line 2: send without to"},
		{exact + `{"at_ms":5,"op":"send","person":"n1-p1","subject":"n0-p1","to":"n1-pool0","thread":"n1-t1"}`, `line 2: "n0-p1" is of network 0`},
		{exact + `{"person":"n1-p1","kind":"staff"}`, `line 2: "n1-p1" is no handle of a staff`},
	} {
		trace, err := bench.ReadTrace(strings.NewReader(c.text))
		if err == nil {
			_, err = trace.Workload(1)
		}
		require.ErrorContains(t, err, c.want, c.text)
	}
}

// Whatever is read can be replayed, and written and read again.
func FuzzReadTrace(f *testing.F) {
	w := replayed(f, "nurse-first", 1, 10*time.Minute, 60)
	w.Ops, w.Openings[0].Threads = w.Ops[:5], w.Openings[0].Threads[:1]
	f.Add(tracedText(f, &w))
	f.Add(log)
	f.Add(`{"format":1,"kind":"trace"}` + "\n" + `{"person":"a","kind":"proxy","acts_for":"b"}` + "\n" + `{"at_ms":0,"op":"unread","person":"a"}`)
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := bench.ReadTrace(strings.NewReader(text))
		if err != nil {
			return
		}
		if trace.Header.CareNetworks > 1000 {
			return
		}
		w, err := trace.Workload(1)
		if err != nil {
			return
		}
		var b bytes.Buffer
		require.NoError(t, bench.WriteTrace(&b, trace.Header, &w, 0))
		again := mustWork(t, mustRead(t, b.String()), 1)
		require.Equal(t, w.Ops, again.Ops)
		require.Equal(t, w.Openings, again.Openings)
	})
}

// Every line is one JSON object, and the fields are those of docs/format.md.
func TestTraceLines(t *testing.T) {
	w := replayed(t, "nurse-first", 1, 30*time.Minute, 60)
	lines := strings.Split(strings.TrimSpace(tracedText(t, &w)), "\n")
	require.Greater(t, len(lines), len(w.Ops))
	for _, line := range lines {
		require.True(t, json.Valid([]byte(line)), line)
	}
	require.Contains(t, lines[0], `{"format":1,"kind":"trace","scenario":"smoke","policy":"p","digest":"d1","scenario_digest":"d2","seed":1,"at":"mon-08:00","from_ms":633600000,"window_ms":1800000,"warm_up_s":2,"care_networks":1,"speed":60}`)
}

package bench_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// pastOf makes so many closed threads of patients in turn: a message, an answer that the patient has read, and the next
// one waits for the pool.
func pastOf(threads, patients int) func(int) []sim.OpenThread {
	return func(network int) (all []sim.OpenThread) {
		for i := range threads {
			who := patient(int32(i % patients))
			who.Network = int32(network)
			staff, pool := nurse(0), triagePool
			staff.Network, pool.Network = who.Network, who.Network
			at := des.Time(i) * des.Hour
			all = append(all, sim.OpenThread{Thread: sim.Thread{Network: who.Network, Number: int32(i)}, Subject: who.Index, Sender: who, To: pool,
				Messages: []sim.OpenMessage{
					{Author: who, Text: des.NewKey(uint64(2*i) + 1), ReadBy: []sim.Actor{staff}, Written: at},
					{Author: staff, Text: des.NewKey(uint64(2*i) + 2), ReadBy: []sim.Actor{who}, Written: at + des.Minute},
				}, Item: sim.ItemCompleted, Holder: pool})
		}
		return all
	}
}

// inNetwork describes the people of any network as those of the first.
func inNetwork(a sim.Actor) sim.Person {
	first := a
	first.Network = 0
	p := shift(1).Describe(first)
	for i := range p.Pools {
		p.Pools[i].Network = a.Network
	}
	return p
}

func historyOn(v bench.Verification, threads int) bench.History {
	return bench.History{Portal: v.Portal, Admin: v.Admin, Cohorts: []bench.Cohort{{Patients: []int32{0, 1, 2, 3}}}, Past: pastOf(threads, 4),
		Describe: inNetwork, Digest: "d", RunID: "s1", Timeout: 5 * time.Second, Workers: 4}
}

// A history is on the portal afterwards, all of it and once.
func TestFilingAHistory(t *testing.T) {
	v := verification(t)
	got, err := historyOn(v, 30).File(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 30, got.Threads)
	require.EqualValues(t, 60, got.Messages)
	require.EqualValues(t, 60, got.Check.Found, "%+v", got.Check)
	require.Zero(t, got.Check.Broken())
	require.EqualValues(t, 4+1+1, got.People) // patients, nurse, pool
}

// cutOff ends everything after so many operations of a kind, in the middle of some, as a process that is killed does.
type cutOff struct {
	bench.Portal
	left chan struct{}
}

var errKilled = errors.New("killed")

func (c cutOff) Do(ctx context.Context, s *bench.Session, call *bench.Call) (bench.Answer, error) {
	if call.Kind == results.OpProvision {
		return c.Portal.Do(ctx, s, call)
	}
	select {
	case <-c.left:
	default:
		return bench.Answer{}, errKilled
	}
	a, err := c.Portal.Do(ctx, s, call)
	if len(c.left) == 0 { // it was done, and nobody heard of it
		return bench.Answer{}, errKilled
	}
	return a, err
}

// A filing that is killed, wherever that is, goes on with its journal and makes nothing twice.
func TestFilingGoesOnAfterItWasKilled(t *testing.T) {
	killedAndResumed(t, historyOn(verification(t), 30), 23)
	for _, after := range []int{1, 7, 40, 61, 88} {
		killedAndResumedInside(t, after)
	}
}

// Nor does it where lists show what was there a minute ago.
func TestFilingGoesOnWhereListsAreOld(t *testing.T) {
	for _, after := range []int{7, 40, 88} {
		killedAndResumedInside(t, after, "stale=60s")
	}
}

func killedAndResumedInside(t *testing.T, after int, faults ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, bench.Workload{}, faults...)
		h := historyOn(bench.Verification{Portal: w.config.Portal, Admin: w.config.Admin}, 30)
		h.Workers = 1 // who waits for somebody's session keeps the clock from going on
		killedAndResumed(t, h, after)
	})
}

// killedAndResumed files a history in two processes, the first of which ends after so many operations.
func killedAndResumed(t *testing.T, h bench.History, after int) {
	t.Helper()
	var file bytes.Buffer
	journal, err := bench.NewFilingJournal(&file, bench.FilingHeader{RunID: "s1"})
	require.NoError(t, err)
	portal := h.Portal
	left := make(chan struct{}, after)
	for range after {
		left <- struct{}{}
	}
	h.Portal, h.Journal = cutOff{portal, left}, journal
	first, err := h.File(t.Context())
	require.ErrorIs(t, err, errKilled)
	require.True(t, first.Incomplete)
	file.WriteString(`{"begun":[2`) // the last line was not finished

	h.Portal = portal
	if h.Journal, err = bench.ResumeFilingJournal(&file); err != nil {
		t.Fatal(err)
	}
	second, err := h.File(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 30, second.FoundBefore+second.Threads, "killed after %d", after)
	require.EqualValues(t, 60, second.Check.Found, "what the first process has made is looked for as well: %+v", second.Check)
	require.Zero(t, second.Check.Broken(), "%+v", second.Check)
	if !portal.Capabilities().Current {
		time.Sleep(time.Minute) // until lists show all of it
	}
	require.Equal(t, 30, threadsOf(t, bench.Verification{Portal: portal, Admin: h.Admin}, "s1"), "killed after %d", after)
}

// What an earlier process has made is looked for when a filing goes on: if it is gone, it is lost.
func TestFilingLooksForWhatWasDoneBefore(t *testing.T) {
	v := verification(t)
	var file bytes.Buffer
	journal, err := bench.NewFilingJournal(&file, bench.FilingHeader{RunID: "s1"})
	require.NoError(t, err)
	h := historyOn(v, 10)
	h.Journal = journal
	_, err = h.File(t.Context())
	require.NoError(t, err)
	_, err = bench.Cleaning{Portal: v.Portal, Admin: v.Admin, RunID: "s1"}.Run(t.Context())
	require.NoError(t, err)
	h = historyOn(v, 10)
	h.Journal, err = bench.ResumeFilingJournal(&file)
	require.NoError(t, err)
	got, err := h.File(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 10, got.FoundBefore)
	require.Zero(t, got.Threads)
	require.EqualValues(t, 20, got.Check.Lost)
}

// halfFull is a disk that is full for a moment, in the middle of its third line.
type halfFull struct {
	bytes.Buffer
	writes int
}

func (f *halfFull) Write(p []byte) (int, error) {
	if f.writes++; f.writes == 3 {
		n, _ := f.Buffer.Write(p[:len(p)/2])
		return n, errors.New("no space left on device")
	}
	return f.Buffer.Write(p)
}

// Nothing is made that a journal could not note, also when it could again: what follows half a line is not read.
func TestFilingEndsWithItsJournal(t *testing.T) {
	v, file := verification(t), &halfFull{}
	journal, err := bench.NewFilingJournal(file, bench.FilingHeader{RunID: "s1"})
	require.NoError(t, err)
	h := historyOn(v, 30)
	h.Journal = journal
	_, err = h.File(t.Context())
	require.ErrorContains(t, err, "no space left")
	h.Journal, err = bench.ResumeFilingJournal(&file.Buffer)
	require.NoError(t, err)
	got, err := h.File(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 60, got.Check.Found)
	require.Equal(t, 30, threadsOf(t, v, "s1"))
}

// Whatever a journal holds, it is read or refused.
func FuzzResumeFilingJournal(f *testing.F) {
	const head = `{"format":1,"kind":"seed-journal","run_id":"s1"}` + "\n"
	for _, rest := range []string{"", `{"begun":[0,3]}`, `{"begun":[0,3]}` + "\n" + `{"done":[0,2],"threads":["a","b"]}`, `{"done":[1,0]}`, `{"done":[0,99999999]}`,
		`{"threads":["a"]}`, `{"beg`, "null"} {
		f.Add(head + rest)
	}
	f.Fuzz(func(t *testing.T, text string) {
		j, err := bench.ResumeFilingJournal(bytes.NewBufferString(text))
		if err == nil {
			require.NotEmpty(t, j.Header.Kind)
		}
	})
}

// threadsOf counts the threads in the mailboxes of the history's patients.
func threadsOf(t *testing.T, v bench.Verification, run string) (n int) {
	t.Helper()
	for i := range 4 {
		a := bench.PatientOf("d", 0, run, v.Admin.Secret, i)
		s := &bench.Session{Account: &a}
		require.NoError(t, v.Portal.SignIn(t.Context(), s))
		c := bench.Call{Kind: results.OpInbox, Limit: 100, Closed: true}
		list, err := v.Portal.Do(t.Context(), s, &c)
		require.NoError(t, err)
		require.Equal(t, results.OK, list.Outcome, list.Detail)
		n += len(list.Items)
	}
	return n
}

// Only as much is filed as was asked for.
func TestFilingSoManyMessages(t *testing.T) {
	v := verification(t)
	h := historyOn(v, 30)
	h.Messages, h.Cohorts = 25, []bench.Cohort{{Patients: []int32{0, 1, 2}}, {Network: 2, Patients: []int32{3}}}
	got, err := h.File(t.Context())
	require.NoError(t, err)
	// Of 25 messages 18 are the share of three patients in four: 9 threads of two. The other's make it 25, with the last of 4.
	require.EqualValues(t, 9+4, got.Threads)
	require.EqualValues(t, 26, got.Messages)
}

package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// past makes threads of two messages, every third of them open.
func past(threads int) func(int) []sim.OpenThread {
	return func(int) (all []sim.OpenThread) {
		pool, nurse := sim.Actor{Kind: sim.ActorPool}, sim.Actor{Kind: sim.ActorStaff}
		for i := range threads {
			who, at := sim.Actor{Index: int32(i % 5)}, des.Time(i)*des.Hour
			t := sim.OpenThread{Thread: sim.Thread{Number: int32(i)}, Subject: who.Index, Sender: who, To: pool, Holder: pool, Item: sim.ItemCompleted,
				Messages: []sim.OpenMessage{
					{Author: who, Text: des.NewKey(uint64(2*i) + 1), ReadBy: []sim.Actor{nurse}, Written: at},
					{Author: nurse, Text: des.NewKey(uint64(2*i) + 2), Written: at + des.Minute},
				}}
			if i%3 == 0 {
				t.Item, t.Messages = sim.ItemRequested, t.Messages[:1]
			}
			all = append(all, t)
		}
		return all
	}
}

func historyOn(p *Portal) bench.History {
	return bench.History{Portal: p, Admin: bench.Account{Kind: bench.AdminAccount}, Cohorts: []bench.Cohort{{Patients: []int32{0, 1, 2, 3, 4}}},
		Past: past(90), Ends: 90 * des.Hour, Describe: func(a sim.Actor) sim.Person {
			if a.Kind == sim.ActorStaff {
				return sim.Person{Name: "Somebody", Role: scenarios.RN, Pools: []sim.Actor{{Kind: sim.ActorPool}}}
			}
			return sim.Person{Name: "Somebody"}
		}, Digest: "d", RunID: "s1", Timeout: 5 * time.Second, Workers: 2, Stale: time.Millisecond}
}

// count counts what the server holds of a type.
func (s *server) count(kind string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.store {
		if o["resourceType"] == kind {
			n++
		}
	}
	return n
}

// A history is filed by transactions, or step by step where there are none, and all of it is there as it was left.
func TestFilingAHistory(t *testing.T) {
	for name, s := range map[string]*server{"transactions": {}, "short ones": {most: 12}, "no transactions": {cannot: []string{"transaction"}},
		"no Task": {without: []string{"Task"}}, "absolute": {absolute: true}} {
		t.Run(name, func(t *testing.T) {
			p := s.start(t)
			require.NoError(t, p.Meet(t.Context(), nil))
			if name == "no Task" { // what takes no item can be done without one
				require.True(t, p.Fills())
			}
			got, err := historyOn(p).File(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 90, got.Threads)
			require.EqualValues(t, 30+2*60, got.Messages)
			require.EqualValues(t, 150, got.Check.Found, "%+v", got.Check)
			require.Zero(t, got.Check.Broken())
			require.Equal(t, 90+150, s.count("Communication"))
			if name == "no Task" {
				return
			}
			require.Equal(t, 90, s.count("Task"))
			list, err := p.Do(t.Context(), &bench.Session{Account: &bench.Account{Kind: bench.StaffAccount}},
				&bench.Call{Kind: results.OpInbox, To: &bench.Account{Kind: bench.PoolAccount, Login: s.pool()}, Limit: 100})
			require.NoError(t, err)
			require.Len(t, list.Items, 30, "open items wait in the pool")
		})
	}
}

// pool returns the login of the only pool.
func (s *server) pool() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.store {
		if o["resourceType"] == "CareTeam" {
			return o["identifier"].([]any)[0].(object)["value"].(string)
		}
	}
	return ""
}

// What was stored although its answer never came is found again, also by another process.
func TestFilingGoesOnWithoutMakingAnythingTwice(t *testing.T) {
	for _, after := range []int{3, 5} {
		n := 0
		s := &server{}
		s.spoil = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || r.URL.Path != "/fhir" && r.URL.Path != "/fhir/" {
				return false
			}
			if n++; n < after {
				return false
			}
			content := new(bytes.Buffer)
			_, _ = content.ReadFrom(r.Body)
			if b := decoded(content.Bytes()); n == after { // it is stored, and nobody hears of it
				_, _ = s.transaction(b)
			}
			panic(http.ErrAbortHandler)
		}
		p := s.start(t)
		require.NoError(t, p.Meet(t.Context(), nil))
		var file bytes.Buffer
		journal, err := bench.NewFilingJournal(&file, bench.FilingHeader{RunID: "s1"})
		require.NoError(t, err)
		h := historyOn(p)
		h.Journal = journal
		_, err = h.File(t.Context())
		require.Error(t, err, "the server never comes back")

		s.mu.Lock()
		s.spoil = nil
		s.mu.Unlock()
		h = historyOn(p)
		h.Journal, err = bench.ResumeFilingJournal(&file)
		require.NoError(t, err)
		got, err := h.File(t.Context())
		require.NoError(t, err, "after %d", after)
		require.EqualValues(t, 90, got.FoundBefore+got.Threads)
		require.Equal(t, 90+150, s.count("Communication"), "after %d", after)
		require.Equal(t, 90, s.count("Task"), "after %d", after)
	}
}

// Only what a run has made is removed, whatever the server returns when asked for it.
func TestCleaningARun(t *testing.T) {
	for name, s := range map[string]*server{"transactions": {}, "short ones": {most: 7}, "no transactions": {cannot: []string{"transaction"}}} {
		t.Run(name, func(t *testing.T) {
			p := s.start(t)
			require.NoError(t, p.Meet(t.Context(), nil))
			_, err := historyOn(p).File(t.Context())
			require.NoError(t, err)
			before := len(s.store)
			verified(t, p)
			require.Greater(t, len(s.store), before)
			gone, err := bench.Cleaning{Portal: p, Admin: bench.Account{Kind: bench.AdminAccount}, RunID: "v1"}.Run(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 6, gone.Accounts)
			require.EqualValues(t, 1, gone.Readings)
			require.EqualValues(t, 6, gone.Threads)
			require.Len(t, s.store, before, "what others have made stays, and nothing else")
			gone, err = bench.Cleaning{Portal: p, Admin: bench.Account{Kind: bench.AdminAccount}, RunID: "s1"}.Run(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 90, gone.Threads)
			require.EqualValues(t, 150, gone.Messages)
			require.Len(t, s.store, 5, "patients are for every run")
		})
	}
}

// A server that does not look for tags returns everything, of which nothing may be removed.
func TestCleaningWhereTagsAreNotLookedFor(t *testing.T) {
	s := &server{noTags: true, page: 10}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	_, err := historyOn(p).File(t.Context())
	require.NoError(t, err)
	before := len(s.store)
	_, err = bench.Cleaning{Portal: p, Admin: bench.Account{Kind: bench.AdminAccount}, RunID: "other"}.Run(t.Context())
	require.ErrorContains(t, err, "does not look for tags")
	require.Len(t, s.store, before)
}

// An id that would be a query, or the way to something else, is none.
func TestCleaningByIDsAlone(t *testing.T) {
	for id, want := range map[string]bool{"x1": true, "a.b-c": true, "": false, "..": false, "?_lastUpdated=gt2000": false, "../Patient/1": false, "a%2Fb": false} {
		require.Equal(t, want, (&bearer{ID: id}).named(), id)
	}
}

func decoded(text []byte) (o object) {
	if err := json.Unmarshal(text, &o); err != nil {
		panic(fmt.Sprint("no JSON: ", err))
	}
	return o
}

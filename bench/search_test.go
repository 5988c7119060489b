package bench

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// A send takes 100 ms and its answer is lost. It is looked for by a listing of 300 ms and a reading of 50 ms, so its id
// is known at 450 ms.
//
//	          intended  ready  wait
//	thread          10    450   440  by a nurse, who waits for the thread
//	unread         200    450   250  by the patient, whose session is busy until then
//	send             0      0     0  failed after 100 ms: looking for it is not its response
func TestLookingForALostWriteIsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		d.takes = func(_ string, c *Call) time.Duration {
			switch c.Kind {
			case results.OpSend:
				call := *c
				d.answer(&Session{Account: &Account{}}, &call) // it happens all the same
				return 100 * time.Millisecond
			case results.OpInbox:
				return 300 * time.Millisecond
			case results.OpThread:
				return 50 * time.Millisecond
			}
			return 0
		}
		d.fault = func(_ string, c *Call) (*Answer, error) {
			if c.Kind == results.OpSend {
				return &Answer{Outcome: results.Unknown}, nil
			}
			return nil, nil
		}
		send := at(0, results.OpSend, patient(1))
		send.Subject = 1
		r := mustRun(t, config(d, workload(1, send, at(10, results.OpThread, staff(0)), at(200, results.OpUnread, patient(1)))))
		require.EqualValues(t, 1, rowOf(t, r, "send").Outcomes["unknown"])
		require.EqualValues(t, 100, rowOf(t, r, "send").FailedMS.Max)
		require.EqualValues(t, 440, rowOf(t, r, "thread").WaitMS.Max)
		require.EqualValues(t, 250, rowOf(t, r, "unread").WaitMS.Max)
		require.EqualValues(t, 50, rowOf(t, r, "thread").ResponseMS.Max)
		require.Zero(t, float64(rowOf(t, r, "all").LagMS.Max))
		require.EqualValues(t, 2, rowOf(t, r, "all").Outcomes["ok"])
	})
}

// The same holds for an operation that is only released when the one before it has ended: it may begin when the latest of
// its own moment, the answer and the end of the search has come.
func TestReadyAfterALostWrite(t *testing.T) {
	var session turn
	session.leave(&flight{done: 2 * time.Second, resolved: 3 * time.Second})
	for _, c := range []struct{ intended, want time.Duration }{{time.Second, 3 * time.Second}, {4 * time.Second, 4 * time.Second}} {
		f := &flight{ready: c.intended}
		(&turn{free: session.free}).join(f, 0)
		require.Equal(t, c.want, f.ready)
		require.Zero(t, f.blockers)
	}
}

// tacit is a portal that does not say which item a message made, so that staff must look for it.
type tacit struct{ desk }

func (p *tacit) Do(ctx context.Context, s *Session, c *Call) (Answer, error) {
	a, err := p.desk.Do(ctx, s, c)
	if c.Kind == results.OpSend {
		a.Item, a.Version = "", ""
	}
	return a, err
}

// A nurse claims an item that must be looked for, in a listing that takes 40 ms. How the listing ends decides how the
// claim does: it is sent once anything was asked of the portal for it and answered otherwise than asked, and skipped
// only when the listing did not show its item.
func TestClaimEndsAsItsSearch(t *testing.T) {
	for _, c := range []struct {
		name    string
		listing *Answer
		err     error
		want    string
		sent    int64
	}{
		{"shown", nil, nil, "ok", 1},
		{"throttled", &Answer{Outcome: results.Throttled, Status: 429}, nil, "throttled", 1},
		{"denied", &Answer{Outcome: results.Denied, Status: 403}, nil, "denied", 1},
		{"cut off", nil, io.ErrUnexpectedEOF, "transport", 1},
		{"empty", &Answer{}, nil, "skipped", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &tacit{}
				p.takes = func(_ string, c *Call) time.Duration {
					if c.Kind == results.OpInbox {
						return 40 * time.Millisecond
					}
					return 0
				}
				p.fault = func(_ string, call *Call) (*Answer, error) {
					if call.Kind == results.OpInbox {
						return c.listing, c.err
					}
					return nil, nil
				}
				send := at(0, results.OpSend, patient(1))
				send.Subject = 1
				r := mustRun(t, config(p, workload(1, send, at(100, results.OpClaim, staff(0)))))
				claim := rowOf(t, r, "claim")
				require.Equal(t, map[string]int64{c.want: 1}, claim.Outcomes)
				require.EqualValues(t, 1, claim.Offered)
				require.Equal(t, c.sent, claim.Sent)
				switch {
				case c.want == "ok":
					require.EqualValues(t, 40, claim.ResponseMS.Max, "the search is part of it")
				case c.sent == 1:
					require.EqualValues(t, 40, claim.FailedMS.Max)
				default:
					requireMissing(t, claim.FailedMS.Max)
				}
			})
		})
	}
}

// An item on the second page is found there, and one that no page shows is given up after so many pages.
func TestSearchTurnsPages(t *testing.T) {
	for _, c := range []struct {
		page  int // that shows it, from 0
		asked int
		found bool
	}{{1, 2, true}, {searchPages - 1, searchPages, true}, {searchPages, searchPages, false}} {
		p := &pages{shows: c.page}
		row, err := searchItem(t.Context(), p, &Session{}, []*Account{{}}, &Call{Thread: "T7", Tag: "our-tag"})
		require.NoError(t, err)
		require.Equal(t, c.found, row.Item == "I7", "page %d", c.page)
		require.Equal(t, c.asked, p.asked)
	}
}

// pages is a list without an end that shows one thread on one of its pages.
type pages struct {
	desk
	shows, asked int
}

func (p *pages) Do(_ context.Context, _ *Session, c *Call) (Answer, error) {
	a := Answer{Next: c.Cursor + "."} // a dot for each page
	if p.asked++; len(c.Cursor) == p.shows {
		a.Items = []Listed{{Thread: "T7", Item: "I7", Topic: "x our-tag"}}
	} else {
		a.Items = []Listed{{Thread: "T8", Item: "I8", Topic: "x other-tag"}}
	}
	return a, nil
}

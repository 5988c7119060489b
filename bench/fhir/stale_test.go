package fhir

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
)

// inside starts a server without a network, for tests whose clock is not the wall's.
func (s *server) inside(t *testing.T, around func(http.Handler, http.ResponseWriter, *http.Request)) *Portal {
	t.Helper()
	s.store, s.web = map[string]object{}, &httptest.Server{URL: "http://server.test"}
	return NewPortal(&http.Client{Transport: direct(func(w http.ResponseWriter, r *http.Request) { around(s, w, r) })}, s.web.URL+"/fhir", nil, time.Now)
}

type direct http.HandlerFunc

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d(w, r)
	res := w.Result()
	res.Request = r
	return res, r.Context().Err()
}

// lagging shows in its searches what it has stored only after a minute, once it has lost an answer.
type lagging struct {
	lose  int // of how many transactions the answer is lost
	lost  func()
	fresh time.Time // from when on its searches show everything
}

func (l *lagging) around(next http.Handler, w http.ResponseWriter, r *http.Request) {
	filed := r.URL.Query().Has("identifier") && (strings.HasSuffix(r.URL.Path, "/Communication") || strings.HasSuffix(r.URL.Path, "/Task"))
	content := new(bytes.Buffer)
	if r.Body != nil {
		_, _ = content.ReadFrom(r.Body)
		r.Body = http.NoBody
		r2 := r.Clone(r.Context())
		r2.Body = readCloser{content}
		r = r2
	}
	threads := r.Method == http.MethodPost && bytes.Contains(content.Bytes(), []byte(`"Communication"`))
	switch {
	case filed && time.Now().Before(l.fresh):
		_, _ = w.Write([]byte(`{"resourceType":"Bundle","type":"searchset"}`))
	case threads && l.lose > 0:
		l.lose--
		l.fresh = time.Now().Add(time.Minute)
		next.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusInternalServerError)
		l.lost()
	default:
		next.ServeHTTP(w, r)
	}
}

type readCloser struct{ *bytes.Buffer }

func (readCloser) Close() error { return nil }

// A transaction that was done although nobody heard of it is not done again while the server's searches do not show it yet.
func TestFilingWhereSearchesLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := &server{}, &lagging{lose: 2, lost: func() {}}
		p := s.inside(t, l.around)
		require.NoError(t, p.Meet(t.Context(), nil))
		h := historyOn(p)
		h.Workers, h.Stale = 1, 0
		got, err := h.File(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 90, got.Threads)
		require.EqualValues(t, 150, got.Check.Found, "%+v", got.Check)
		require.Equal(t, 90+150, s.count("Communication"), "nothing is there twice")
	})
}

// Nor does another process do it again that takes over at once.
func TestFilingGoesOnWhereSearchesLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, kill := context.WithCancel(t.Context())
		s, l := &server{}, &lagging{lose: 1, lost: kill}
		p := s.inside(t, l.around)
		require.NoError(t, p.Meet(t.Context(), nil))
		var file bytes.Buffer
		journal, err := bench.NewFilingJournal(&file, bench.FilingHeader{RunID: "s1"})
		require.NoError(t, err)
		h := historyOn(p)
		h.Workers, h.Stale, h.Journal = 1, 0, journal
		_, err = h.File(ctx)
		require.ErrorIs(t, err, context.Canceled)
		there := s.count("Communication")
		require.NotZero(t, there)

		h.Journal, err = bench.ResumeFilingJournal(&file)
		require.NoError(t, err)
		got, err := h.File(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 150, got.Check.Found, "%+v", got.Check)
		require.Equal(t, 90+150, s.count("Communication"), "nothing is there twice")
	})
}

// Threads that a server would tear apart, as it does not put references in the place of names, are made step by step: the
// first transaction tells, and no other is sent before.
func TestFilingWhereNamesAreKept(t *testing.T) {
	s := &server{habits: habits{names: "kept"}}
	p := s.start(t)
	require.NoError(t, p.Meet(t.Context(), nil))
	h := historyOn(p)
	h.Workers = 8
	got, err := h.File(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 150, got.Check.Found, "%+v", got.Check)
	require.Equal(t, 90+150, s.count("Communication"))
	require.False(t, p.Fills())
}

// What a server still lists for a minute is counted once when it is removed, and looked at until it is gone; what it says it
// has removed, and lists for ever, ends the removal.
func TestCleaningWhereSearchesLag(t *testing.T) {
	for name, l := range map[string]struct {
		lag     time.Duration
		failure string
	}{"a minute": {time.Minute, ""}, "for ever": {1000 * time.Hour, "still lists what it has removed"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := &server{page: 30, without: []string{"Task"}}, map[string]*httptest.ResponseRecorder{}
				var shows time.Time
				var mu sync.Mutex // several workers ask
				p := s.inside(t, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					defer mu.Unlock()
					old := kept[r.URL.String()]
					if old == nil || time.Now().After(shows) || !r.URL.Query().Has("_tag") {
						old = httptest.NewRecorder()
						next.ServeHTTP(old, r)
						kept[r.URL.String()] = old
					}
					w.WriteHeader(old.Code)
					_, _ = w.Write(bytes.ReplaceAll(old.Body.Bytes(), []byte(`"404"`), []byte(`"204"`)))
				})
				require.NoError(t, p.Meet(t.Context(), nil))
				_, err := historyOn(p).File(t.Context())
				require.NoError(t, err)
				mu.Lock()
				shows = time.Now().Add(l.lag)
				mu.Unlock()
				gone, err := bench.Cleaning{Portal: p, Admin: bench.Account{Kind: bench.AdminAccount}, RunID: "s1"}.Run(t.Context())
				if l.failure != "" {
					require.ErrorContains(t, err, l.failure)
					require.LessOrEqual(t, gone.Messages+gone.Threads, int64(150+90))
					return
				}
				require.NoError(t, err)
				require.Len(t, s.store, 5, "patients are for every run")
				require.EqualValues(t, 150, gone.Messages)
				require.EqualValues(t, 90, gone.Threads)
			})
		})
	}
}

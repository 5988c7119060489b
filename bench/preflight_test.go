package bench_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// A sound portal gives no cause for doubt.
func TestPreflightOfASoundPortal(t *testing.T) {
	p, err := verification(t).Preflight(t.Context())
	require.NoError(t, err)
	require.Empty(t, p.Broken())
	require.Empty(t, p.Warnings)
	require.Positive(t, float64(p.SignInMS))
	require.Zero(t, float64(p.SkewS))
}

// What answers tell beside their content is noticed.
func TestPreflightNotices(t *testing.T) {
	v := verificationBehind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-RateLimit-Limit", "500;w=60")
			w.Header().Set("Date", time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat))
			next.ServeHTTP(w, r)
		})
	})
	p, err := v.Preflight(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Warnings, 2)
	require.Contains(t, p.Warnings[0], "the portal limits requests (X-Ratelimit-Limit: 500;w=60)")
	require.Regexp(t, `the portal's clock is -(59|60|61) s off this one`, p.Warnings[1])
}

// Something that fails for want of order is not held against what the portal means. Portal verify does.
func TestPreflightOfAPortalOutOfOrder(t *testing.T) {
	v := verification(t)
	v.Portal = liar{v.Portal, func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
		if c.Kind == results.OpLabel || c.Kind == results.OpRoute {
			return bench.Answer{Outcome: results.Invalid, Status: http.StatusServiceUnavailable}, nil
		}
		return next.Do(ctx, s, c)
	}}
	p, err := v.Preflight(t.Context())
	require.NoError(t, err)
	require.Empty(t, p.Broken())
	require.Len(t, p.Warnings, 2)
	require.Contains(t, p.Warnings[0], "it could not be checked for ")
	require.Equal(t, "and 1 more could not be checked", p.Warnings[1])
	v.RunID = "v2"
	strict, err := v.Run(t.Context())
	require.NoError(t, err)
	require.Len(t, strict.Broken(), 2)
}

// What is not tried in time is not held against the portal either.
func TestPreflightEndsInTime(t *testing.T) {
	v := verification(t)
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int64
	v.Portal = liar{v.Portal, func(_ context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
		if calls.Add(1) == 12 {
			cancel()
		}
		return next.Do(ctx, s, c)
	}}
	p, err := v.Preflight(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, p.Broken())
}

// A portal that fails verification makes a run invalid, and says whose doing that is.
func TestRunsOfAPortalThatFailsVerification(t *testing.T) {
	w := openWard(t, shift(1, consultation(100, 0)...))
	v := bench.Verification{Portal: liar{w.config.Portal, func(ctx context.Context, next bench.Portal, s *bench.Session, c *bench.Call) (bench.Answer, error) {
		a, err := next.Do(ctx, s, c)
		if c.Kind == results.OpClaim {
			a.Outcome = results.OK
		}
		return a, err
	}}, Admin: w.config.Admin, RunID: "v1", Timeout: 5 * time.Second, Within: 200 * time.Millisecond}
	found, err := v.Preflight(t.Context())
	require.NoError(t, err)
	w.config.Preflight = found
	got := w.run(t).Load
	require.Equal(t, results.RunInvalid, got.Validity)
	require.Contains(t, strings.Join(got.Why, "\n"), "the portal failed verification, in 1 of what its operations must mean: claim: a second claim")
	require.Contains(t, got.LimitedBy, results.LimitedByPortal)
}

// A portal whose lists and threads are 60 s old is told as such, with the time, by a verification and before a load. All
// that is held against it is that it is late.
func TestOldReadsAreAProperty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 0)...), "stale=60s")
		v := bench.Verification{Portal: w.config.Portal, Admin: w.config.Admin, RunID: "v1", Timeout: 5 * time.Second, Within: 10 * time.Second,
			Patience: 70 * time.Second}
		got, err := v.Run(t.Context())
		require.NoError(t, err)
		require.Len(t, got.Broken(), 1)
		require.Regexp(t, "^send: it is in the list of whom it is for: it was there only after 6[0-7] s$", got.Broken()[0])
		require.InDelta(t, 64_000, float64(got.VisibleAfterMS), 4000, "looks are 1 s apart, and the portal's pictures 6 s")
		v.RunID = "v2"
		before, err := v.Preflight(t.Context())
		require.NoError(t, err)
		require.Empty(t, before.Broken())
		require.Contains(t, strings.Join(before.Warnings, "\n"), "what was written could be seen after 6")
		w.config.Preflight = before
		r := w.run(t).Load
		require.Equal(t, results.RunValid, r.Validity, "%v", r.Why)
		require.Equal(t, &results.Ledger{Checked: 2, Found: 2, Late: 2, LateS: 65}, r.Ledger)
		require.InDelta(t, 64_000, float64(r.Preflight.VisibleAfterMS), 4000)
	})
}

// What is never seen is not old, but missing.
func TestWhatIsNeverSeenIsNotOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := openWard(t, shift(1, consultation(0, 0)...), "stale=1h")
		v := bench.Verification{Portal: w.config.Portal, Admin: w.config.Admin, RunID: "v1", Timeout: 5 * time.Second, Within: 10 * time.Second,
			Patience: 70 * time.Second}
		before, err := v.Preflight(t.Context())
		require.NoError(t, err)
		require.Contains(t, strings.Join(before.Broken(), "\n"), "send: it is in the list of whom it is for: it is on none of the pages looked at, for 10s")
	})
}

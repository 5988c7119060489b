package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An alarm rings after what it was last set to, never before, and as often as it is set, by whomever.
func TestAlarms(t *testing.T) {
	for name, make := range map[string]func() alarm{"timer": newTimerAlarm, "fine": newFineAlarm} {
		t.Run(name, func(t *testing.T) {
			a := make()
			defer a.stop()
			a.set(time.Hour)
			for _, d := range []time.Duration{20 * time.Millisecond, time.Microsecond, 0} {
				start := time.Now()
				a.set(d)
				a.wait()
				require.GreaterOrEqual(t, time.Since(start), d)
			}
			a.set(300 * time.Millisecond)
			a.set(time.Hour)
			start := time.Now()
			time.AfterFunc(400*time.Millisecond, func() { a.set(0) })
			a.wait()
			require.GreaterOrEqual(t, time.Since(start), 400*time.Millisecond, "it rang when it was to ring before")
		})
	}
}

// BenchmarkAlarm tells how late alarms ring.
func BenchmarkAlarm(b *testing.B) {
	for name, make := range map[string]func() alarm{"timer": newTimerAlarm, "fine": newFineAlarm} {
		b.Run(name, func(b *testing.B) {
			a := make()
			defer a.stop()
			var late time.Duration
			for range b.N {
				due := time.Now().Add(1300 * time.Microsecond)
				a.set(time.Until(due))
				a.wait()
				late += time.Since(due)
			}
			b.ReportMetric(float64(late.Microseconds())/float64(b.N), "us-late")
		})
	}
}

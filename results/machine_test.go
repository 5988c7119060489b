package results

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Work shows in the processor time, and collections in the pauses.
func TestProcessCPUAndGCPauseOnlyGrow(t *testing.T) {
	cpu, pause := ProcessCPU(), GCPause()
	sum := 0
	for ProcessCPU()-cpu < 2*time.Millisecond {
		for i := range 1_000_000 {
			sum += i * i
		}
	}
	runtime.GC()
	runtime.KeepAlive(sum)
	require.Greater(t, GCPause(), pause)
	require.Equal(t, runtime.GOARCH, ThisMachine().GOARCH)
	require.Positive(t, ThisMachine().Cores)
}

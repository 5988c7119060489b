package results

import (
	"runtime"
	"runtime/debug"
	"time"
)

// ThisMachine describes the machine and the program's runtime at this moment.
func ThisMachine() Machine {
	return Machine{GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, CPU: cpuModel(), Cores: runtime.NumCPU(),
		GOMAXPROCS: runtime.GOMAXPROCS(0), GCPauseMS: Number(float64(GCPause()) / float64(time.Millisecond))}
}

// GCPause returns how long the garbage collector has stopped this process in all. It is exact, where the histogram of
// runtime/metrics would give it to within a bucket, and reading it stops nothing.
func GCPause() time.Duration {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	return s.PauseTotal
}

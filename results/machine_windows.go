package results

import (
	"os"
	"syscall"
	"time"
)

// ProcessCPU returns the processor time this process has used, in user and kernel mode, all cores together. It is 0
// where the system does not say.
func ProcessCPU() time.Duration {
	process, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0
	}
	var created, exited, kernel, user syscall.Filetime
	if syscall.GetProcessTimes(process, &created, &exited, &kernel, &user) != nil {
		return 0
	}
	return span(kernel) + span(user)
}

// span reads a Filetime as a length of time, in units of 100 ns.
func span(f syscall.Filetime) time.Duration {
	return time.Duration(int64(f.HighDateTime)<<32|int64(f.LowDateTime)) * 100
}

func cpuModel() string { return os.Getenv("PROCESSOR_IDENTIFIER") }

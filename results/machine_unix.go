//go:build linux || darwin || freebsd || netbsd || openbsd

package results

import (
	"syscall"
	"time"
)

// ProcessCPU returns the processor time this process has used, in user and system mode, all cores together. It is 0
// where the system does not say.
func ProcessCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

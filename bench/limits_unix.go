//go:build unix

package bench

import (
	"math"
	"syscall"
)

// openFileLimit returns how many files and sockets this process may have open. Go raises the soft limit to the hard one
// at start, so this is what there is.
func openFileLimit() (limit int, known bool) {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 0, false
	}
	return int(min(uint64(r.Cur), math.MaxInt32)), true
}

// exhausted lists the errors of a machine that has no file or port left.
func exhausted() []syscall.Errno {
	return []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS}
}

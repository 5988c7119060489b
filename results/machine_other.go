//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !windows

package results

import "time"

// ProcessCPU returns 0: this system does not say in a way that this program knows.
func ProcessCPU() time.Duration { return 0 }

//go:build !unix

package bench

import "syscall"

// openFileLimit returns nothing: sockets are not counted as files here.
func openFileLimit() (limit int, known bool) { return 0, false }

// exhausted lists the Winsock errors of a machine that has no socket, port or buffer left: WSAEMFILE, WSAEADDRNOTAVAIL
// and WSAENOBUFS.
func exhausted() []syscall.Errno { return []syscall.Errno{10024, 10049, 10055} }

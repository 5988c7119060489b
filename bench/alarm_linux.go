package bench

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// kernelAlarm is an alarm of the kernel, late by some 0.1 ms. The runtime waits for its file as for a connection.
type kernelAlarm struct {
	file  *os.File
	conn  syscall.RawConn
	at    unix.ItimerSpec
	arm   func(fd uintptr) // sets the kernel's timer to at
	rings [8]byte          // how often it has rung, which is of no interest
}

// newFineAlarm returns the finest alarm that there is.
func newFineAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimerAlarm()
	}
	a := &kernelAlarm{file: os.NewFile(uintptr(fd), "timerfd")}
	if a.conn, err = a.file.SyscallConn(); err != nil {
		_ = a.file.Close()
		return newTimerAlarm()
	}
	a.arm = func(fd uintptr) { _ = unix.TimerfdSettime(int(fd), 0, &a.at, nil) } // fails for wrong arguments alone
	return a
}

func (a *kernelAlarm) wait() { _, _ = a.file.Read(a.rings[:]) } // fails when it is stopped, as who waits then must know

func (a *kernelAlarm) set(d time.Duration) {
	a.at.Value = unix.NsecToTimespec(max(int64(d), 1)) // 0 would turn it off
	_ = a.conn.Control(a.arm)
}

func (a *kernelAlarm) stop() { _ = a.file.Close() }

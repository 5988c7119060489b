package bench

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// kernelAlarm is an alarm of the kernel, late by some 0.1 ms. The runtime waits for its file as for a connection.
type kernelAlarm struct {
	file *os.File
	ring chan time.Time
}

// newFineAlarm returns the finest alarm that there is.
func newFineAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimerAlarm()
	}
	a := &kernelAlarm{os.NewFile(uintptr(fd), "timerfd"), make(chan time.Time, 1)}
	go a.listen()
	return a
}

// listen passes on every ring until the file is closed.
func (a *kernelAlarm) listen() {
	for count := make([]byte, 8); ; {
		if _, err := a.file.Read(count); err != nil {
			return
		}
		select {
		case a.ring <- time.Now():
		default: // the last one has not been heard yet
		}
	}
}

func (a *kernelAlarm) rings() <-chan time.Time { return a.ring }

func (a *kernelAlarm) set(d time.Duration) {
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(max(int64(d), 1))} // 0 would turn it off
	if raw, err := a.file.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = unix.TimerfdSettime(int(fd), 0, &at, nil) }) // fails for wrong arguments alone
	}
}

func (a *kernelAlarm) stop() { _ = a.file.Close() }

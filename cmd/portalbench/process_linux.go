package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// tick is the unit of processor times in /proc: Linux has 100 a second towards programs on every architecture.
const tick = time.Second / 100

// processUsage reads what a process has used from /proc/PID/stat.
func processUsage(pid int) (usage, error) {
	if pid < 1 {
		return usage{}, errors.New("there is no such process: use the number that ps shows")
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return usage{}, errors.New("there is no such process")
	}
	if err != nil {
		return usage{}, err
	}
	u, err := parseStat(string(stat), int64(os.Getpagesize()))
	if err != nil {
		return usage{}, fmt.Errorf("reading /proc/%d/stat: %w", pid, err)
	}
	if fine, ok := cpuClock(pid); ok {
		u.cpu = fine
	}
	return u, nil
}

// Places in /proc/PID/stat, counted from the state, which follows the program's name (proc_pid_stat(5) counts from 1 at the
// process id and has the state third).
const (
	statState   = 3
	statUser    = 14 - statState
	statSystem  = 15 - statState
	statThreads = 20 - statState
	statRSS     = 24 - statState // pages
)

// parseStat reads the content of /proc/PID/stat. The name stands in brackets and may hold anything, brackets included.
// A process that has ended and whose parent has not noticed yet has used what it has, but there is none to watch.
func parseStat(text string, page int64) (usage, error) {
	fields := statFields(text)
	if len(fields) <= statRSS {
		return usage{}, fmt.Errorf("%d fields after the program's name, more than %d are needed", len(fields), statRSS)
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return usage{}, errors.New("the process has ended")
	}
	var n [statRSS + 1]int64
	for _, i := range []int{statUser, statSystem, statThreads, statRSS} {
		v, err := strconv.ParseInt(fields[i], 10, 39) // 87 years of processor time, in nanoseconds, do not overflow
		if err != nil || v < 0 {
			return usage{}, fmt.Errorf("%q where a number was expected", fields[i])
		}
		n[i] = v
	}
	return usage{cpu: time.Duration(n[statUser]+n[statSystem]) * tick, rss: n[statRSS] * page, threads: int(n[statThreads])}, nil
}

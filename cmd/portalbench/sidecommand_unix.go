//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// canStartCommands reports an error where commands cannot be started in a group of their own.
func canStartCommands() error { return nil }

// ownGroup has a command run in a process group of its own.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup tells the processes of a group to end, or ends them by force.
func endGroup(group int, force bool) {
	signal := syscall.SIGTERM
	if force {
		signal = syscall.SIGKILL
	}
	_ = syscall.Kill(-group, signal) // fails when there are none any more
}

// groupLives reports whether a group has processes.
func groupLives(group int) bool { return syscall.Kill(-group, 0) == nil }

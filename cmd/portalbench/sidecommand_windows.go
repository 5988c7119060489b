package main

import (
	"errors"
	"os/exec"
)

func canStartCommands() error {
	return errors.New("commands cannot be started in a process group of their own on this system: start both portals and name their addresses")
}

func ownGroup(*exec.Cmd) {}

func endGroup(int, bool) {}

func groupLives(int) bool { return false }

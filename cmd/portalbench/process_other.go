//go:build !linux

package main

// processUsage is not known for other processes here.
func processUsage(int) (usage, error) { return usage{}, errNotHere }

// groupUsage is not known here either.
func groupUsage(int) (usage, error) { return usage{}, errNotHere }

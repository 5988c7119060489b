//go:build !linux && !darwin && !windows

package results

func cpuModel() string { return "" }

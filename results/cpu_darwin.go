package results

import "syscall"

func cpuModel() string {
	model, err := syscall.Sysctl("machdep.cpu.brand_string")
	if err != nil {
		return ""
	}
	return model
}

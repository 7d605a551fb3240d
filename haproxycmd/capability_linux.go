package haproxycmd

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// keepCapabilities lets the right to bind low ports survive the change of the user: a reload may need it. It returns what
// is to be done after the change. In a build with cgo threads cannot be made to agree on it, and nothing is kept.
func keepCapabilities() (restore func()) {
	_, _, no := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 1, 0)
	if no != 0 {
		return func() {}
	}
	return func() {
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		data := [2]unix.CapUserData{}
		bit := uint32(1) << unix.CAP_NET_BIND_SERVICE
		data[0].Effective, data[0].Permitted = bit, bit
		syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])), 0)
	}
}

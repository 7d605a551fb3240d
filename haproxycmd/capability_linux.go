package haproxycmd

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Capabilities that outlive the change of the user.
const (
	// forBind: a reload may need low ports.
	forBind = 1 << unix.CAP_NET_BIND_SERVICE
	// forVRRP: addresses, VRRP and ARP, and the guard's real-time priority and locked memory. The guard may have to be
	// started again, so these pass on to it.
	forVRRP = 1<<unix.CAP_NET_ADMIN | 1<<unix.CAP_NET_RAW | 1<<unix.CAP_SYS_NICE | 1<<unix.CAP_IPC_LOCK
)

// keepCapabilities lets the right to bind low ports, and what virtual routers need, survive the change of the user, as far
// as the process has it. It returns what is to be done after the change, or nil if nothing can be kept: in a build with cgo
// threads cannot be made to agree on it.
func keepCapabilities(vrrp bool) (restore func()) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	data := [2]unix.CapUserData{}
	if unix.Capget(&header, &data[0]) != nil {
		return nil
	}
	keep, pass := uint32(forBind), uint32(0)
	if vrrp {
		keep |= forVRRP
		pass = forVRRP & data[0].Permitted
	}
	keep &= data[0].Permitted
	if _, _, no := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 1, 0); no != 0 {
		return nil
	}
	return func() {
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		data := [2]unix.CapUserData{{Effective: keep, Permitted: keep, Inheritable: pass}}
		syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])), 0)
		for c := range uintptr(32) {
			if pass&(1<<c) != 0 {
				syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, c)
			}
		}
	}
}

package netio

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"
)

// rawAddr is a socket address as the system writes it.
type rawAddr struct {
	b   [28]byte // sockaddr_in6, the longest that is looked at
	len uint32
}

func acceptOne(fd int, sa *rawAddr) (int, syscall.Errno) {
	sa.len = uint32(len(sa.b))
	n, _, e := syscall.RawSyscall6(syscall.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&sa.b)), uintptr(unsafe.Pointer(&sa.len)),
		syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0, 0)
	return int(n), e
}

// sockname is the local address of a socket.
func sockname(fd int) netip.AddrPort {
	var sa rawAddr
	sa.len = uint32(len(sa.b))
	syscall.RawSyscall(syscall.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&sa.b)), uintptr(unsafe.Pointer(&sa.len)))
	return sa.addrPort()
}

func (sa *rawAddr) addrPort() netip.AddrPort {
	port := binary.BigEndian.Uint16(sa.b[2:4])
	switch binary.NativeEndian.Uint16(sa.b[:2]) {
	case syscall.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(sa.b[4:8])), port)
	case syscall.AF_INET6:
		a := netip.AddrFrom16([16]byte(sa.b[8:24])).Unmap()
		if id := binary.NativeEndian.Uint32(sa.b[24:28]); id != 0 && a.Is6() && a.IsLinkLocalUnicast() {
			a = a.WithZone(zoneName(id))
		}
		return netip.AddrPortFrom(a, port)
	}
	return netip.AddrPort{}
}

// set writes a TCP address; the result is its length.
func (sa *rawAddr) set(a netip.AddrPort) uint32 {
	binary.BigEndian.PutUint16(sa.b[2:4], a.Port())
	ip := a.Addr()
	if ip.Is4() || ip.Is4In6() {
		binary.NativeEndian.PutUint16(sa.b[:2], syscall.AF_INET)
		v4 := ip.As4()
		copy(sa.b[4:8], v4[:])
		return 16
	}
	binary.NativeEndian.PutUint16(sa.b[:2], syscall.AF_INET6)
	v6 := ip.As16()
	copy(sa.b[8:24], v6[:])
	binary.NativeEndian.PutUint32(sa.b[24:28], zoneID(ip.Zone()))
	return 28
}

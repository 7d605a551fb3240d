package haproxy

import "golang.org/x/sys/unix"

// dropCapabilities takes what makes a socket transparent (CAP_NET_ADMIN or CAP_NET_RAW) from the calling thread, which must be thrown away afterwards.
func dropCapabilities() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&head, &data[0]); err != nil {
		return err
	}
	data[0].Effective &^= 1<<unix.CAP_NET_ADMIN | 1<<unix.CAP_NET_RAW
	return unix.Capset(&head, &data[0])
}

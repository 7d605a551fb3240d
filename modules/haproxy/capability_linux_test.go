package haproxy

import "golang.org/x/sys/unix"

// dropCapability takes CAP_NET_ADMIN from the calling thread, which must be thrown away afterwards.
func dropCapability() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&head, &data[0]); err != nil {
		return err
	}
	data[0].Effective &^= 1 << unix.CAP_NET_ADMIN
	return unix.Capset(&head, &data[0])
}

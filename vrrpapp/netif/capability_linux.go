package netif

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// CheckCapabilities returns a *CapabilityError unless the process may open raw sockets and change addresses.
func CheckCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return fmt.Errorf("netif: capabilities: %w", err)
	}
	return missing(data[0].Effective)
}

// missing judges the low 32 bits of the effective set.
func missing(effective uint32) error {
	var e CapabilityError
	if effective&(1<<unix.CAP_NET_RAW) == 0 {
		e.Missing = append(e.Missing, "CAP_NET_RAW")
	}
	if effective&(1<<unix.CAP_NET_ADMIN) == 0 {
		e.Missing = append(e.Missing, "CAP_NET_ADMIN")
	}
	if e.Missing == nil {
		return nil
	}
	return &e
}

// explain adds to an EPERM which capability is missing.
func explain(err error) error {
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EACCES) {
		return err
	}
	if why := CheckCapabilities(); why != nil {
		return fmt.Errorf("%w: %w", err, why)
	}
	return err
}

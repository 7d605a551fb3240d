package netif

import "net/netip"

// Heard are the messages of some virtual routers to one destination, a group or an own address, that an open Socket receives.
type Heard struct {
	To    netip.Addr
	VRIDs VRIDs
}

// earBuffer is the size of an Ear's receive buffer in bytes, some dozens of packets: what comes when it is full is only counted,
// so a flood costs next to nothing.
const earBuffer = 32 << 10

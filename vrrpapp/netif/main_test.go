package netif

import "net/netip"

var ip = netip.MustParseAddr

package wire

import (
	"fmt"
	"net/netip"
	"time"
)

// Proto is VRRP's IP protocol number (RFC 5798 5.1.1.4).
const Proto = 112

// TTL is that of every advertisement, and what a receiver of multicast insists on (RFC 5798 5.1.1.3, 5.1.2.3).
const TTL = 255

// TOS is what keepalived writes into the IP header: class selector 6.
const TOS = 0xc0

// The multicast groups (RFC 5798 5.1.1.2, 5.1.2.2).
var (
	Group4 = netip.AddrFrom4([4]byte{224, 0, 0, 18})
	Group6 = netip.AddrFrom16([16]byte{0: 0xff, 1: 0x02, 15: 0x12})
)

// MaxLen is the longest message: 255 IPv6 addresses.
const MaxLen = headLen + 255*16

// MaxInterval2 and MaxInterval3 are the longest intervals that fit (RFC 3768 5.3.7, RFC 5798 5.2.7).
const (
	MaxInterval2 = 255 * time.Second
	MaxInterval3 = 4095 * centisecond
)

const (
	headLen     = 8
	authLen     = 8 // follows the addresses of version 2, also without authentication (RFC 3768 5.3.10)
	centisecond = 10 * time.Millisecond
	typeAdvert  = 1
)

// Auth is the authentication type of version 2. RFC 3768 5.3.6 knows only AuthNone; the others are RFC 2338's, which
// keepalived still speaks.
type Auth uint8

// The types.
const (
	AuthNone Auth = 0
	AuthPass Auth = 1 // eight bytes of password in the clear
	AuthAH   Auth = 2 // IPsec, IP protocol 51: read, so that it can be named, and refused by fsm
)

// Password is the authentication data of AuthPass.
type Password [authLen]byte

// PasswordFrom is auth_pass as keepalived sends it: at most eight bytes, filled with zeros. cut says that bytes were lost.
func PasswordFrom(s string) (p Password, cut bool) {
	return p, copy(p[:], s) < len(s)
}

// Checksum is how version 3's sum over IPv4 is made. Version 2 and IPv6 have one way each.
type Checksum uint8

// The ways. Parse accepts each.
const (
	// Pseudo sums a pseudo-header of source, destination, protocol and length too: what keepalived and FRR read in RFC 5798
	// 5.2.8. The default.
	Pseudo Checksum = iota
	// Plain sums the message alone (RFC 9568 5.2.8).
	Plain
	// OldUnicast is Pseudo with 224.0.0.18 as the destination of a unicast message: keepalived before 1.3.6
	// (old_unicast_checksum).
	OldUnicast
)

var checksumNames = [...]string{Pseudo: "pseudo", Plain: "plain", OldUnicast: "old_unicast"}

// String is the word for logs.
func (c Checksum) String() string {
	if int(c) < len(checksumNames) {
		return checksumNames[c]
	}
	return "unknown"
}

// MarshalText is String.
func (c Checksum) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *Checksum) UnmarshalText(b []byte) error {
	for i, name := range checksumNames {
		if name == string(b) {
			*c = Checksum(i)
			return nil
		}
	}
	return fmt.Errorf("vrrp: no checksum is called %q", b)
}

// IP is what a message's IP header says.
type IP struct {
	Src, Dst netip.Addr
	TTL      uint8 // or hop limit
}

// sound says that both addresses are there and of one family.
func (ip IP) sound() bool {
	return ip.Src.IsValid() && ip.Dst.IsValid() && ip.Src.Is4() == ip.Dst.Is4() && !ip.Src.Is4In6()
}

// Packet is one advertisement.
type Packet struct {
	// Version is 2 or 3.
	Version uint8
	// VRID is 1-255.
	VRID uint8
	// Priority is 1-254, 255 for the addresses' owner, 0 for a master that leaves (RFC 5798 5.2.4).
	Priority uint8
	// Interval is the sender's advertisement interval: whole seconds 1-255 in version 2, centiseconds 1-4095 in version 3.
	Interval time.Duration
	// Auth and Password belong to version 2. Whatever the type, Password is sent as it stands.
	Auth     Auth
	Password Password
	// Checksum is the way to sum version 3 over IPv4. Parse sets it to the way that matched: it can be learnt from a peer.
	Checksum Checksum
	// Addrs are the virtual addresses, all of the IP header's family; none is allowed (keepalived sends that when all
	// addresses are excluded). Parse reuses the slice.
	Addrs []netip.Addr
}

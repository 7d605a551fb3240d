package fsm

import (
	"fmt"
	"net/netip"
	"time"
)

// Event is what a Machine is told. Advert and Rejected go in by pointer, so that the hot path does not allocate: the
// caller keeps and reuses them, the machine keeps nothing of them.
type Event interface{ event() }

// Start begins the protocol (RFC 5798 6.4.1 Startup).
type Start struct {
	// Adopt continues as master at once: the machine of an earlier configuration was, and was stopped with Stop.Keep. Also
	// for a guard that was restarted while nobody can have taken over.
	Adopt bool
	// Found are the addresses on the interface that bear our mark, left by an earlier life. What is not in the configuration
	// is removed. The rest stays for one interval of listening, then this node is master; the first advertisement of another
	// ends that. With Adopt there is no listening.
	Found []netip.Prefix
}

// Stop ends the protocol (RFC 5798 6.4.3 Shutdown): a master hands over first, and is in Init once the successor is heard
// or the wait is over.
type Stop struct {
	// Keep leaves the addresses where they are, for the machine that adopts them. Init at once.
	Keep bool
	// Abrupt removes the addresses and is in Init at once. A Stop while Leaving that says Abrupt ends the wait.
	Abrupt bool
}

// Tick says that Deadline has come. The caller has handed over every message that was received until now; how late it
// is, the machine sees itself.
type Tick struct{}

// Advert is an advertisement for our VRID that package wire found sound.
type Advert struct {
	// Source is the IP header's.
	Source netip.Addr
	// TTL is the IP header's; wire has checked it for multicast.
	TTL uint8
	// Version, Priority, Interval, Auth and Addrs are the message's.
	Version  uint8
	Priority uint8
	Interval time.Duration
	Auth     Key
	Addrs    []netip.Addr
	// Received is when the kernel got it. Zero: now.
	Received time.Time
}

// Rejected is a message that package wire refused, or that never was for us: it is counted and named, nothing else.
type Rejected struct {
	Reason Reason
	Source netip.Addr
}

// Interface is the state of the instance's interface. Before the first, there is no link.
type Interface struct {
	// Up is IFF_UP and IFF_RUNNING.
	Up bool
	// Missing is that there is none.
	Missing bool
	// Source is the address that our messages come from, which also breaks ties: the interface's primary IPv4 or link-local
	// IPv6 address, mcast_src_ip or unicast_src_ip. Not valid: there is none (yet).
	Source netip.Addr
}

// Track is news of a tracker. An unknown name is ignored: it may be one of an earlier configuration.
type Track struct {
	Name string
	// Up is a tracker's verdict.
	Up bool
	// Value is what a Scaled tracker (track_file) read.
	Value int
}

// Holder is who holds a machine back.
type Holder uint8

// The holders.
const (
	ByOperator Holder = 1 << iota // until the operator says Resume
	ByStart                       // until the process is ready to serve
)

var holderNames = map[Holder]string{0: "", ByOperator: "operator", ByStart: "start", ByOperator | ByStart: "operator,start"}

// MarshalText names the holders.
func (h Holder) MarshalText() ([]byte, error) { return []byte(holderNames[h]), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *Holder) UnmarshalText(b []byte) error {
	for x, name := range holderNames {
		if name == string(b) {
			*h = x
			return nil
		}
	}
	return fmt.Errorf("fsm: no holder is called %q", b)
}

// Hold makes it a backup that never takes over, until Resume of the same holder. A master hands over first; if there is no
// successor it gives the addresses up nevertheless: HandOver does not.
type Hold struct{ By Holder }

// Resume ends a Hold, and the reticence after a HandOver.
type Resume struct{ By Holder }

// HandOver makes a master leave in favour of whoever takes over, of lower priority too, and leave that one alone as long as
// it lives. Without a successor it stays master.
type HandOver struct{}

// Yield goes on with the reticence after a HandOver that another machine obeyed: that of a guard which has died since. A master
// heeds it no more than a HandOver that is over.
type Yield struct{}

// Removed says that somebody else took addresses of ours away, seen on the interface: not what our own effects caused.
type Removed struct{ Addrs []netip.Prefix }

// Appeared says that addresses of ours are on the interface although we do not hold them, put there by an earlier life or
// by somebody else.
type Appeared struct {
	Addrs []netip.Prefix
	// Ours says that they bear our mark and can be removed. Otherwise they are reported.
	Ours bool
}

// Reload puts another configuration in force without a change of state.
type Reload struct{ Config Config }

// Regroup says that another group is around the machine than before, or none (Alone): what it owed to the former one ends.
type Regroup struct{}

func (Regroup) event()   {}
func (Start) event()     {}
func (Stop) event()      {}
func (Tick) event()      {}
func (*Advert) event()   {}
func (*Rejected) event() {}
func (Interface) event() {}
func (Track) event()     {}
func (Hold) event()      {}
func (Resume) event()    {}
func (HandOver) event()  {}
func (Yield) event()     {}
func (Removed) event()   {}
func (Appeared) event()  {}
func (Reload) event()    {}

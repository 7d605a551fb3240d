//go:build !linux

package netif

import (
	"net/netip"
	"time"
)

// Socket sends and receives VRRP packets, where there is Linux.
type Socket struct{}

// Open returns ErrUnsupported.
func Open(SocketConfig) (*Socket, error) { return nil, ErrUnsupported }

func (*Socket) Config() SocketConfig             { return SocketConfig{} }
func (*Socket) SetVRIDs(VRIDs) error             { return ErrUnsupported }
func (*Socket) Receive(func(*Packet)) error      { return ErrUnsupported }
func (*Socket) Drain(func(*Packet)) (int, error) { return 0, ErrUnsupported }
func (*Socket) SetReadDeadline(time.Time) error  { return ErrUnsupported }
func (*Socket) ReceiveAll(func(*Packet))         {}
func (*Socket) Send(*Packet) error               { return ErrUnsupported }
func (*Socket) Dropped() uint64                  { return 0 }
func (*Socket) Close() error                     { return nil }

// Ear hears what no Socket does, where there is Linux.
type Ear struct{}

// OpenEar returns ErrUnsupported.
func OpenEar(Interface, bool) (*Ear, error) { return nil, ErrUnsupported }

func (*Ear) Drain(func(*Packet)) (uint32, error) { return 0, ErrUnsupported }
func (*Ear) SetHeard([]Heard) error              { return ErrUnsupported }
func (*Ear) Close() error                        { return nil }

// Announcer sends gratuitous ARPs and neighbour advertisements, where there is Linux.
type Announcer struct{}

// NewAnnouncer returns ErrUnsupported.
func NewAnnouncer() (*Announcer, error) { return nil, ErrUnsupported }

func (*Announcer) Announce(on Interface, addr netip.Addr, _ bool) error {
	if err := checkAnnounce(&on, addr); err != nil {
		return err
	}
	return ErrUnsupported
}
func (*Announcer) Close() error { return nil }

// Host changes addresses, routes, rules and macvlans, where there is Linux.
type Host struct{}

// OpenHost returns ErrUnsupported.
func OpenHost() (*Host, error) { return nil, ErrUnsupported }

func (*Host) AddAddress(int, Address) (bool, error)    { return false, ErrUnsupported }
func (*Host) RemoveAddress(int, Address) (bool, error) { return false, ErrUnsupported }
func (*Host) Addresses(int) ([]Address, error)         { return nil, ErrUnsupported }
func (*Host) AddRoute(Route) error                     { return ErrUnsupported }
func (*Host) RemoveRoute(Route) (bool, error)          { return false, ErrUnsupported }
func (*Host) AddRule(Rule) error                       { return ErrUnsupported }
func (*Host) RemoveRule(Rule) (bool, error)            { return false, ErrUnsupported }
func (*Host) AddVMAC(VMAC) (Interface, error)          { return Interface{}, ErrUnsupported }
func (*Host) RemoveVMAC(VMAC) error                    { return ErrUnsupported }
func (*Host) Close() error                             { return nil }

// Watcher follows interfaces and addresses, where there is Linux.
type Watcher struct{}

// Watch returns ErrUnsupported.
func Watch(WatchConfig, func(Event)) (*Watcher, error) { return nil, ErrUnsupported }

func (*Watcher) Interface(string) (Interface, bool) { return Interface{}, false }
func (*Watcher) Interfaces() []Interface            { return nil }
func (*Watcher) Addresses(int) []Address            { return nil }
func (*Watcher) Err() error                         { return ErrUnsupported }
func (*Watcher) Close() error                       { return nil }

// CheckCapabilities returns ErrUnsupported.
func CheckCapabilities() error { return ErrUnsupported }

// Forwards is not known.
func Forwards(string) bool { return false }

// PromoteSecondaries returns ErrUnsupported.
func PromoteSecondaries(string) error { return ErrUnsupported }

// freebindNetwork is about options of Linux.
func freebindNetwork(string, int) error { return ErrUnsupported }

// Namespace is a network namespace, where there is Linux.
type Namespace struct{}

// CurrentNamespace returns ErrUnsupported.
func CurrentNamespace() (*Namespace, error) { return nil, ErrUnsupported }

func (*Namespace) Do(func() error) error { return ErrUnsupported }
func (*Namespace) Close() error          { return nil }

// Prober asks who answers for an address, where there is Linux.
type Prober struct{}

// NewProber returns ErrUnsupported.
func NewProber(func(Answer)) (*Prober, error) { return nil, ErrUnsupported }

func (*Prober) Probe(Interface, netip.Addr, netip.Addr) error { return ErrUnsupported }
func (*Prober) Close() error                                  { return nil }

// SetFirewall returns ErrUnsupported.
func SetFirewall(Firewall) error { return ErrUnsupported }

// Presence makes processes known to each other, where there is Linux.
type Presence struct{}

// BePresent returns ErrUnsupported.
func BePresent(*Namespace, func([]int)) (*Presence, error) { return nil, ErrUnsupported }

func (*Presence) Close() error { return nil }

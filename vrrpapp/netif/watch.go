package netif

// Event is a piece of news about an interface of the host.
type Event struct {
	Kind EventKind
	// Interface is the interface as it is now; of a removed one, as it was last.
	Interface Interface
	// Was is, for InterfaceChanged, what it was before.
	Was Interface
	// Address is what an event of an address is about; of a removed one, as it was last.
	Address Address
}

// EventKind says what happened.
type EventKind uint8

const (
	// InterfaceAdded: it appeared, or was given this name.
	InterfaceAdded EventKind = iota + 1
	// InterfaceChanged: up or down, carrier, MAC, MTU.
	InterfaceChanged
	// InterfaceRemoved: it vanished, or was given another name (InterfaceAdded follows).
	InterfaceRemoved
	// AddressAdded: the interface has a new address.
	AddressAdded
	// AddressChanged: its flags, lifetime or tag changed, as at the end of duplicate detection.
	AddressChanged
	// AddressRemoved: somebody took it, or the kernel did with the primary address of its subnet. The event may be out of
	// date (another one added it again since, or it was our own doing): ask Host.Addresses before acting.
	AddressRemoved
	// RoutesRemoved: routes that carry our tag were deleted, by whomever. It tells of no interface. Linux is silent about
	// IPv4 routes that go with their interface or address: check them at InterfaceChanged and AddressRemoved too.
	RoutesRemoved
	// RulesRemoved: rules that carry our tag were deleted.
	RulesRemoved
	// Resynced: the kernel had more news than the buffer took. What was lost of interfaces and addresses has been reported
	// by comparing, or will be if that failed (Err); routes and rules must be looked at.
	Resynced
)

var eventNames = [...]string{
	InterfaceAdded: "interface added", InterfaceChanged: "interface changed", InterfaceRemoved: "interface removed",
	AddressAdded: "address added", AddressChanged: "address changed", AddressRemoved: "address removed",
	RoutesRemoved: "routes removed", RulesRemoved: "rules removed", Resynced: "resynchronised",
}

func (k EventKind) String() string {
	if int(k) < len(eventNames) && eventNames[k] != "" {
		return eventNames[k]
	}
	return "unknown event"
}

func (e Event) String() string {
	s := e.Kind.String()
	if e.Interface.Name != "" {
		s += " " + e.Interface.Name
	}
	if e.Address.Prefix.IsValid() {
		s += " " + e.Address.Prefix.String()
	}
	return s
}

// WatchConfig says what a Watcher looks at beside interfaces and addresses.
type WatchConfig struct {
	// Routes asks for RoutesRemoved and RulesRemoved. A router's other routes cost nothing, the kernel filters them.
	Routes bool
	// Buffer is the size of the receive buffer in bytes as the kernel accounts them. Default 4 MiB, some 5,000 changes.
	Buffer int
}

const defaultWatchBuffer = 4 << 20

// table is what is known of the host's interfaces. It turns messages into events, and knows no socket.
type table struct {
	byIndex map[int]*known
	emit    func(Event)
}

// known is an interface with its addresses, which may be heard of first.
type known struct {
	Interface
	addrs []Address
	seen  bool // during a comparison
}

func (t *table) at(index int) *known {
	k := t.byIndex[index]
	if k == nil {
		k = &known{Interface: Interface{Index: index}}
		t.byIndex[index] = k
	}
	return k
}

// link takes an interface's state.
func (t *table) link(now Interface) {
	k := t.at(now.Index)
	was := k.Interface
	k.Interface, k.seen = now, true
	switch {
	case was == now:
	case was.Name == now.Name:
		t.emit(Event{Kind: InterfaceChanged, Interface: now, Was: was})
	default:
		if was.Name != "" {
			t.emit(Event{Kind: InterfaceRemoved, Interface: was})
		}
		t.emit(Event{Kind: InterfaceAdded, Interface: now})
	}
}

// unlink takes an interface away, its addresses first.
func (t *table) unlink(index int) {
	k := t.byIndex[index]
	if k == nil {
		return
	}
	for len(k.addrs) > 0 {
		t.removeAddress(index, k.addrs[len(k.addrs)-1])
	}
	delete(t.byIndex, index)
	if k.Name != "" {
		t.emit(Event{Kind: InterfaceRemoved, Interface: k.Interface})
	}
}

// address takes an address's state.
func (t *table) address(index int, a Address) {
	k := t.at(index)
	for i := range k.addrs {
		if k.addrs[i].same(a) {
			if k.addrs[i] != a {
				k.addrs[i] = a
				t.emit(Event{Kind: AddressChanged, Interface: k.Interface, Address: a})
			}
			return
		}
	}
	k.addrs = append(k.addrs, a)
	t.emit(Event{Kind: AddressAdded, Interface: k.Interface, Address: a})
}

func (t *table) removeAddress(index int, a Address) {
	k := t.byIndex[index]
	if k == nil {
		return
	}
	for i := range k.addrs {
		if k.addrs[i].same(a) {
			a = k.addrs[i]
			k.drop(i)
			t.emit(Event{Kind: AddressRemoved, Interface: k.Interface, Address: a})
			return
		}
	}
}

// drop takes an address out and keeps the order. The shorter side moves: thousands that go as they came cost nothing.
func (k *known) drop(i int) {
	if i < len(k.addrs)/2 {
		copy(k.addrs[1:i+1], k.addrs[:i])
		k.addrs = k.addrs[1:]
		return
	}
	k.addrs = append(k.addrs[:i], k.addrs[i+1:]...)
}

// compare takes the state of everything at once.
func (t *table) compare(links []Interface, addrs []indexed) {
	for _, k := range t.byIndex {
		k.seen = false
	}
	for _, l := range links {
		t.link(l)
	}
	have := make(map[int][]Address, len(links))
	for _, a := range addrs {
		have[a.index] = append(have[a.index], a.Address)
	}
	for index, k := range t.byIndex {
		if !k.seen {
			t.unlink(index)
			continue
		}
		for i := len(k.addrs) - 1; i >= 0; i-- {
			if !anySame(have[index], k.addrs[i]) {
				t.removeAddress(index, k.addrs[i])
			}
		}
		for _, a := range have[index] {
			t.address(index, a)
		}
	}
}

func anySame(list []Address, a Address) bool {
	for _, b := range list {
		if b.same(a) {
			return true
		}
	}
	return false
}

// indexed is an address of an interface.
type indexed struct {
	index int
	Address
}

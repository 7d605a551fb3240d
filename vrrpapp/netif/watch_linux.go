package netif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Watcher follows the interfaces and addresses of the namespace it was made in. Its methods may be called from any
// goroutine, but Close not from the function that gets the events.
type Watcher struct {
	f    *os.File
	rc   syscall.RawConn
	host *Host // for the dumps
	tell func(Event)
	done chan struct{}

	closing chan struct{}
	once    sync.Once

	mu     sync.Mutex
	table  table
	queue  []Event // made under the mutex, told without it
	err    error
	resync int
}

// Watch starts to watch and calls tell for each event, one after the other, on a goroutine of its own. tell must be
// quick; it may ask the watcher, whose answers are as new as the event or newer. What is there already is no event: ask
// for it after Watch has returned. Watching needs no privilege, except for a large buffer.
func Watch(cfg WatchConfig, tell func(Event)) (*Watcher, error) {
	w := &Watcher{tell: tell, done: make(chan struct{}), closing: make(chan struct{})}
	w.table = table{byIndex: map[int]*known{}, emit: func(e Event) { w.queue = append(w.queue, e) }}
	if cfg.Buffer == 0 {
		cfg.Buffer = defaultWatchBuffer
	}
	var err error
	if w.host, err = OpenHost(); err != nil {
		return nil, err
	}
	if err = w.subscribe(cfg); err == nil {
		// After subscribing, so that nothing is missed between.
		err = w.compare()
	}
	if err != nil {
		if w.f != nil {
			w.f.Close()
		}
		w.host.Close()
		return nil, fmt.Errorf("netif: watch: %w", err)
	}
	w.queue = nil
	go w.run()
	return w, nil
}

func (w *Watcher) subscribe(cfg WatchConfig) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	w.f = os.NewFile(uintptr(fd), "netlink events")
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR)
	if cfg.Routes {
		groups |= unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_ROUTE | unix.RTMGRP_IPV4_RULE | 1<<(unix.RTNLGRP_IPV6_RULE-1)
		if err := attach(fd, onlyOurRoutes()); err != nil {
			return err
		}
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, cfg.Buffer) != nil {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, cfg.Buffer); err != nil {
			return err
		}
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		return err
	}
	w.rc, err = w.f.SyscallConn()
	return err
}

// onlyOurRoutes drops new routes, and deleted ones of others: a router has a million of them.
func onlyOurRoutes() []bpf.Instruction {
	kind := func(k uint16) uint32 {
		return uint32(binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, k)))
	}
	const protocol = unix.SizeofNlMsghdr + 5 // of rtmsg
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: 4, Size: 2}, // type of the message
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: kind(unix.RTM_NEWROUTE), SkipTrue: 3},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: kind(unix.RTM_DELROUTE), SkipTrue: 3},
		bpf.LoadAbsolute{Off: protocol, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: RouteProtocol, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: 1 << 20},
	}
}

// compareAgain is between two tries to make up for lost events.
const compareAgain = 100 * time.Millisecond

// run reads until Close. Whatever else the kernel refuses, for want of memory too, is an overrun: a watcher that ended in silence
// would leave its owner with a picture of the past.
func (w *Watcher) run() {
	defer close(w.done)
	buf := make([]byte, 64<<10)
	for {
		n, open, err := w.read(buf)
		for again := err != nil; open && again; {
			if open, again = w.overrun(buf); again {
				select {
				case <-w.closing:
				case <-time.After(compareAgain):
				}
			}
		}
		if !open {
			return
		}
		if err == nil {
			w.take(buf[:n])
		}
	}
}

// read waits for a message. It is not open any more after Close.
func (w *Watcher) read(buf []byte) (n int, open bool, err error) {
	e := w.rc.Read(func(fd uintptr) bool {
		n, _, err = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
		return err != unix.EAGAIN && err != unix.EINTR
	})
	return n, e == nil, err
}

// overrun makes up for lost events: first all that are queued are thrown away, then everything is compared. Again says that this
// failed.
func (w *Watcher) overrun(buf []byte) (open, again bool) {
	var err error
	for err == nil || err == unix.ENOBUFS || err == unix.EINTR {
		e := w.rc.Control(func(fd uintptr) { _, _, err = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT) })
		if e != nil {
			return false, false
		}
	}
	w.mu.Lock()
	w.err = w.compare()
	again = w.err != nil
	w.resync++
	w.table.emit(Event{Kind: Resynced})
	w.mu.Unlock()
	w.flush()
	return true, again
}

// compare asks for everything. An interrupted dump is used as it is: what it lacks, events bring.
func (w *Watcher) compare() error {
	var links []Interface
	err := w.host.dump(func() *nl.NetlinkRequest {
		links = links[:0]
		r := w.host.request(unix.RTM_GETLINK, unix.NLM_F_DUMP)
		r.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
		return r
	}, unix.RTM_NEWLINK, func(m []byte) bool {
		if i, ok := parseLink(m); ok {
			links = append(links, i)
		}
		return true
	})
	if err != nil && !errors.Is(err, nl.ErrDumpInterrupted) {
		return fmt.Errorf("list interfaces: %w", err)
	}
	var addrs []indexed
	err = w.host.dump(func() *nl.NetlinkRequest {
		addrs = addrs[:0]
		r := w.host.request(unix.RTM_GETADDR, unix.NLM_F_DUMP)
		r.AddData(nl.NewIfAddrmsg(unix.AF_UNSPEC))
		return r
	}, unix.RTM_NEWADDR, func(m []byte) bool {
		if index, a, ok := parseAddress(m); ok {
			addrs = append(addrs, indexed{index, a})
		}
		return true
	})
	if err != nil && !errors.Is(err, nl.ErrDumpInterrupted) {
		return fmt.Errorf("list addresses: %w", err)
	}
	w.table.compare(links, addrs)
	return nil
}

// take feeds one datagram to the table.
func (w *Watcher) take(b []byte) {
	w.mu.Lock()
	for len(b) >= unix.SizeofNlMsghdr {
		size, kind := int(binary.NativeEndian.Uint32(b)), binary.NativeEndian.Uint16(b[4:])
		if size < unix.SizeofNlMsghdr || size > len(b) {
			break
		}
		w.message(kind, b[unix.SizeofNlMsghdr:size])
		b = b[min(len(b), (size+3)&^3):]
	}
	w.mu.Unlock()
	w.flush()
}

func (w *Watcher) message(kind uint16, m []byte) {
	switch kind {
	case unix.RTM_NEWLINK:
		if i, ok := parseLink(m); ok {
			w.table.link(i)
		}
	case unix.RTM_DELLINK:
		if i, ok := parseLink(m); ok {
			w.table.unlink(i.Index)
		}
	case unix.RTM_NEWADDR:
		if index, a, ok := parseAddress(m); ok {
			w.table.address(index, a)
		}
	case unix.RTM_DELADDR:
		if index, a, ok := parseAddress(m); ok {
			w.table.removeAddress(index, a)
		}
	case unix.RTM_DELROUTE:
		w.table.emit(Event{Kind: RoutesRemoved})
	case unix.RTM_DELRULE:
		if ruleIsOurs(m) {
			w.table.emit(Event{Kind: RulesRemoved})
		}
	}
}

// flush tells what is queued. Only the watcher's goroutine queues and flushes.
func (w *Watcher) flush() {
	for _, e := range w.queue {
		w.tell(e)
	}
	w.queue = w.queue[:0]
}

// Interface looks an interface up by its name.
func (w *Watcher) Interface(name string) (Interface, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.table.byIndex {
		if k.Name == name {
			return k.Interface, true
		}
	}
	return Interface{}, false
}

// Interfaces are all interfaces, in the order of their indexes.
func (w *Watcher) Interfaces() (all []Interface) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.table.byIndex {
		if k.Name != "" {
			all = append(all, k.Interface)
		}
	}
	slices.SortFunc(all, func(a, b Interface) int { return a.Index - b.Index })
	return all
}

// Addresses are the addresses of an interface in the kernel's order; the first one that is not Secondary is what
// keepalived takes as the source of its advertisements.
func (w *Watcher) Addresses(index int) []Address {
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.table.byIndex[index]; k != nil {
		return slices.Clone(k.addrs)
	}
	return nil
}

// Err is why the last comparison after lost events failed; nil if there was none or it worked.
func (w *Watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close ends the watch and waits for the last event to be told.
func (w *Watcher) Close() error {
	w.once.Do(func() { close(w.closing) })
	err := w.f.Close()
	<-w.done
	return errors.Join(err, w.host.Close())
}

// parseLink reads the body of an RTM_NEWLINK or RTM_DELLINK. Those of other families are about something else: a bridge
// tells with RTM_DELLINK that a port left it.
func parseLink(m []byte) (i Interface, ok bool) {
	if len(m) < unix.SizeofIfInfomsg || m[0] != unix.AF_UNSPEC {
		return i, false
	}
	kind, flags := binary.NativeEndian.Uint16(m[2:]), binary.NativeEndian.Uint32(m[8:])
	i.Index = int(int32(binary.NativeEndian.Uint32(m[4:])))
	i.Up, i.Carrier = flags&unix.IFF_UP != 0, flags&unix.IFF_RUNNING != 0
	i.NoARP, i.Loopback = flags&unix.IFF_NOARP != 0, flags&unix.IFF_LOOPBACK != 0
	i.PointToPoint, i.Multicast = flags&unix.IFF_POINTOPOINT != 0, flags&unix.IFF_MULTICAST != 0
	i.Ethernet = kind == unix.ARPHRD_ETHER
	for attr, value := range attributes(m[unix.SizeofIfInfomsg:]) {
		switch attr {
		case unix.IFLA_IFNAME:
			i.Name = unix.ByteSliceToString(value)
		case unix.IFLA_ADDRESS:
			if i.Ethernet && len(value) == len(i.MAC) {
				copy(i.MAC[:], value)
			}
		case unix.IFLA_MTU:
			i.MTU = number(value)
		case unix.IFLA_LINK:
			i.Parent = number(value)
		case unix.IFLA_LINKINFO:
			for attr, value := range attributes(value) {
				if attr == unix.IFLA_INFO_KIND {
					i.Kind = unix.ByteSliceToString(value)
				}
			}
		}
	}
	return i, i.Name != "" && i.Index > 0
}

func number(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	return int(int32(binary.NativeEndian.Uint32(b)))
}

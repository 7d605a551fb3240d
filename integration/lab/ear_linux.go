package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Ear hears at the ports of the switch all advertisements that nodes send, also those for one peer only.
type Ear struct {
	fd    int
	ports map[int]string // names of nodes by the index of their port

	mu      sync.Mutex
	adverts []Advert
}

// Advert is one that was heard.
type Advert struct {
	At       time.Time // of the kernel's receipt
	From     string    // the node
	Source   netip.Addr
	VRID     uint8
	Priority uint8
}

// listen opens the ear until the end of the case.
func (w *World) listen() *Ear {
	e := &Ear{ports: map[int]string{}}
	w.lab.Switch.Do(e.open)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for e.hear() == nil {
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	w.Cleanup(func() {
		close(stop)
		<-done // within the socket's time-out
		unix.Close(e.fd)
	})
	return e
}

// onlyVRRP is a classic BPF program: IPv4 or IPv6 with protocol 112.
var onlyVRRP = []unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 0},
	{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: 0xf0},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 0x40, Jt: 0, Jf: 2},
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 9},
	{Code: unix.BPF_JMP | unix.BPF_JA, K: 2},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 0x60, Jt: 0, Jf: 3},
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 6},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 112, Jt: 0, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0xffff},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0},
}

// open opens a packet socket for all ports: of type "all", because a bridge takes the packets before the others are asked.
func (e *Ear) open() (err error) {
	links, err := netlink.LinkList()
	if err != nil {
		return err
	}
	for _, l := range links {
		e.ports[l.Attrs().Index] = l.Attrs().Name
	}
	if e.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	all := unix.SockFprog{Len: uint16(len(onlyVRRP)), Filter: &onlyVRRP[0]}
	return errors.Join(
		unix.SetsockoptSockFprog(e.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &all),
		unix.SetsockoptInt(e.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptTimeval(e.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 100000}),
		unix.Bind(e.fd, &unix.SockaddrLinklayer{Protocol: unix.ETH_P_ALL << 8}),
	)
}

// hear takes one packet.
func (e *Ear) hear() error {
	buf, control := make([]byte, 1600), make([]byte, 64)
	n, size, _, from, err := unix.Recvmsg(e.fd, buf, control, 0)
	if err == unix.EAGAIN || err == unix.EINTR || err == unix.ENETDOWN {
		return nil
	}
	link, ok := from.(*unix.SockaddrLinklayer)
	if err != nil || !ok {
		return os.ErrClosed
	}
	if link.Pkttype == unix.PACKET_OUTGOING || e.ports[link.Ifindex] == "br0" {
		return nil // heard before, at a port
	}
	a := Advert{At: stamp(control[:size]), From: e.ports[link.Ifindex]}
	header := 40
	if buf[0]>>4 == 4 {
		header = int(buf[0]&15) * 4
		a.Source, _ = netip.AddrFromSlice(buf[12:16])
	} else {
		a.Source, _ = netip.AddrFromSlice(buf[8:24])
	}
	if n < header+8 {
		return nil
	}
	a.VRID, a.Priority = buf[header+1], buf[header+2]
	e.mu.Lock()
	defer e.mu.Unlock()
	e.adverts = append(e.adverts, a)
	return nil
}

// stamp is when the kernel got a packet, on the clock of time.Now: this process may have been late to look.
func stamp(control []byte) time.Time {
	now := time.Now()
	list, _ := unix.ParseSocketControlMessage(control)
	for _, m := range list {
		if m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			sec, nsec := binary.NativeEndian.Uint64(m.Data), binary.NativeEndian.Uint64(m.Data[8:])
			return now.Add(-max(0, now.Sub(time.Unix(int64(sec), int64(nsec)))))
		}
	}
	return now
}

// count is how many were heard from a node.
func (e *Ear) count(node string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, a := range e.adverts {
		if a.From == node {
			n++
		}
	}
	return n
}

// last is when the latest of a node was.
func (e *Ear) last(node string) (at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.adverts {
		if a.From == node {
			at = a.At
		}
	}
	return at
}

// since are those heard from then on.
func (e *Ear) since(t time.Time) (list []Advert) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.adverts {
		if !a.At.Before(t) {
			list = append(list, a)
		}
	}
	return list
}

// silent is for how long at most a node that was master was not heard until it, or somebody else as master, was heard again.
func silent(list []Advert, node string) (longest time.Duration) {
	var last time.Time // of the node's words as the master
	for _, a := range list {
		if a.Priority == 0 {
			if a.From == node {
				last = time.Time{}
			}
			continue
		}
		if !last.IsZero() {
			longest = max(longest, a.At.Sub(last))
		}
		if last = (time.Time{}); a.From == node {
			last = a.At
		}
	}
	return longest
}

// told is a line of the adverts since a moment, repetitions counted, the last ones if there are very many.
func told(list []Advert, since time.Time) string {
	const most = 60
	var lines []string
	for i := 0; i < len(list); {
		first, n := list[i], 0
		for ; i < len(list) && list[i].From == first.From && list[i].Priority == first.Priority && list[i].VRID == first.VRID; i++ {
			n++
		}
		lines = append(lines, fmt.Sprintf("%.1f %s(%v) vrid %d priority %d x %d", ms(first.At.Sub(since)), first.From, first.Source, first.VRID, first.Priority, n))
	}
	if len(lines) > most {
		lines = append([]string{fmt.Sprintf("(%d more)", len(lines)-most)}, lines[len(lines)-most:]...)
	}
	return strings.Join(lines, "; ")
}

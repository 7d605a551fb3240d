package nstest

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Ping is a running series of echo requests.
type Ping struct {
	conn  net.PacketConn
	to    net.Addr
	v6    bool
	every time.Duration
	id    uint16
	stop  chan struct{}
	// done by send and receive
	sending, receiving sync.WaitGroup

	mu   sync.Mutex
	sent []time.Time // by sequence number
	back []time.Time // zero: no answer
	fail int
}

// Report is what became of a series.
type Report struct {
	// Sent counts the requests that had at least the grace time to be answered; Lost those of them that were not.
	Sent, Lost int
	// Errors counts the requests that could not even be sent (they are lost too).
	Errors int
	// Longest is the longest time without an answer: from the first unanswered request to the next answered one.
	Longest time.Duration
	// Gaps are the runs of unanswered requests in their order.
	Gaps []Gap
}

// Gap is a run of unanswered requests.
type Gap struct {
	From time.Time     // when the first of them was sent
	For  time.Duration // until the next answered one was sent, or the end
	Lost int
}

func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d sent, %d lost (%d not sendable), longest %v", r.Sent, r.Lost, r.Errors, r.Longest.Round(100*time.Microsecond))
	for _, g := range r.Gaps {
		fmt.Fprintf(&b, "; %d for %v", g.Lost, g.For.Round(100*time.Microsecond))
	}
	return b.String()
}

// Ping sends an echo request to an address every so often until Stop. 5 ms is what the figures of VRRP are measured with.
func (n *Namespace) Ping(to netip.Addr, every time.Duration) *Ping {
	n.t.Helper()
	p := &Ping{to: &net.IPAddr{IP: to.AsSlice(), Zone: to.Zone()}, v6: to.Is6(), every: every, id: uint16(series.Add(1)), stop: make(chan struct{})}
	n.Do(func() (err error) {
		p.conn, err = echoSocket(p.v6)
		return err
	})
	p.sending.Go(p.send)
	p.receiving.Go(p.receive)
	n.t.Cleanup(func() { p.Stop() })
	return p
}

// echoSocket is a raw socket, because the unprivileged kind depends on net.ipv4.ping_group_range.
func echoSocket(v6 bool) (net.PacketConn, error) {
	family, proto := unix.AF_INET, unix.IPPROTO_ICMP
	if v6 {
		family, proto = unix.AF_INET6, unix.IPPROTO_ICMPV6
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	if err != nil {
		return nil, fmt.Errorf("raw ICMP socket: %w", err)
	}
	f := os.NewFile(uintptr(fd), "ping")
	defer f.Close()
	return net.FilePacketConn(f)
}

// series numbers the pings of the process: a raw socket sees the answers to all of a namespace.
var series atomic.Uint32

func (p *Ping) send() {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		p.mu.Lock()
		seq := len(p.sent)
		p.sent = append(p.sent, time.Now())
		p.back = append(p.back, time.Time{})
		p.mu.Unlock()
		if _, err := p.conn.WriteTo(p.request(seq), p.to); err != nil {
			p.mu.Lock()
			p.fail++
			p.mu.Unlock()
		}
		select {
		case <-tick.C:
		case <-p.stop:
			return
		}
	}
}

// request is an echo request; its sequence number stands in the body too, where it does not wrap.
func (p *Ping) request(seq int) []byte {
	b := make([]byte, 16)
	b[0] = 8
	if p.v6 {
		b[0] = 128 // the kernel computes the checksum of ICMPv6
	}
	binary.BigEndian.PutUint16(b[4:], p.id)
	binary.BigEndian.PutUint16(b[6:], uint16(seq))
	binary.BigEndian.PutUint64(b[8:], uint64(seq))
	if !p.v6 {
		sum := uint32(0)
		for i := 0; i < len(b); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(b[i:]))
		}
		sum = sum>>16 + sum&0xffff
		binary.BigEndian.PutUint16(b[2:], ^uint16(sum+sum>>16))
	}
	return b
}

func (p *Ping) receive() {
	buf := make([]byte, 2048)
	for {
		n, _, err := p.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		p.answer(buf[:n])
	}
}

func (p *Ping) answer(b []byte) {
	now := time.Now()
	if !p.v6 && len(b) >= 20 && b[0]>>4 == 4 {
		b = b[min(len(b), int(b[0]&15)*4):] // some of Go's paths leave the IPv4 header in front
	}
	if len(b) < 16 || (b[0] != 0 && b[0] != 129) || binary.BigEndian.Uint16(b[4:]) != p.id {
		return
	}
	seq := binary.BigEndian.Uint64(b[8:])
	p.mu.Lock()
	defer p.mu.Unlock()
	if seq < uint64(len(p.back)) && p.back[seq].IsZero() {
		p.back[seq] = now
	}
}

// Answered is how many requests were answered so far.
func (p *Ping) Answered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, t := range p.back {
		if !t.IsZero() {
			n++
		}
	}
	return n
}

// Grace is how long Stop waits for the answers that are under way.
const Grace = 50 * time.Millisecond

// Stop ends the series and tells what became of it. A second Stop repeats the report.
func (p *Ping) Stop() Report {
	select {
	case <-p.stop:
	default:
		close(p.stop)
		p.sending.Wait()
		Within(Grace, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return !p.back[len(p.back)-1].IsZero()
		})
		p.conn.Close()
		p.receiving.Wait()
	}
	return p.report()
}

func (p *Ping) report() Report {
	r := Report{Sent: len(p.sent), Errors: p.fail}
	for i, back := range p.back {
		if !back.IsZero() {
			continue
		}
		r.Lost++
		if i == 0 || !p.back[i-1].IsZero() {
			r.Gaps = append(r.Gaps, Gap{From: p.sent[i]})
		}
		g := &r.Gaps[len(r.Gaps)-1]
		g.Lost++
		g.For = p.every
		if i+1 < len(p.sent) {
			g.For = p.sent[i+1].Sub(g.From)
		}
		r.Longest = max(r.Longest, g.For)
	}
	return r
}

package netif

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiver is the reading half of a socket. Its mutex makes the packets come out one after the other, also when Drain
// reads while Receive waits.
type receiver struct {
	mu   sync.Mutex
	v6   bool
	most int // packets that the buffer can hold

	// Of the one Receive under way. The closures are made once, so that a packet costs no allocation.
	readFn func(uintptr) bool
	fn     func(*Packet)
	n      int
	err    error

	// Of the Drain that holds the mutex.
	drainFn  func(uintptr)
	drainFor func(*Packet)
	drained  int
	drainErr error

	p     Packet
	empty time.Time // when nothing was queued
	buf   [longest]byte
	_     [0]uint64 // what follows is read as Cmsghdr
	oob   [256]byte
	name  unix.RawSockaddrInet6
	iov   unix.Iovec
	msg   unix.Msghdr
}

func (r *receiver) init(v6 bool, buffer int) {
	r.v6, r.empty = v6, time.Now()
	r.most = 2*buffer/smallest + 1 // the kernel doubles what is asked for
	r.iov = unix.Iovec{Base: &r.buf[0]}
	r.iov.SetLen(len(r.buf))
	r.msg.Iov = &r.iov
	r.msg.SetIovlen(1)
	r.readFn = func(fd uintptr) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.n, r.err = r.drain(int(fd), r.fn)
		return r.n > 0 || r.err != nil
	}
	r.drainFn = func(fd uintptr) { r.drained, r.drainErr = r.drain(int(fd), r.drainFor) }
}

// Receive waits until packets are there and calls fn for each of them, in the order of their arrival. One goroutine
// receives; fn must not call Receive or Drain. It returns os.ErrClosed after Close, os.ErrDeadlineExceeded when the
// deadline passed, and otherwise an error of the network that the next call may not meet any more (the interface went
// down, an ICMP error).
func (s *Socket) Receive(fn func(*Packet)) error {
	r := &s.rx
	r.fn = fn
	if err := s.inRC.Read(r.readFn); err != nil {
		return closed(err)
	}
	return r.err
}

// receiveAgain is the pause after an error of the network: it may come again at once, and as often.
const receiveAgain = 10 * time.Millisecond

// ReceiveAll is Receive until Close.
func (s *Socket) ReceiveAll(fn func(*Packet)) {
	for {
		err := s.Receive(fn)
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err != nil {
			select {
			case <-s.closing:
			case <-time.After(receiveAgain):
			}
		}
	}
}

// Drain calls fn for each packet that has arrived before the call, without waiting, and returns how many there were. A
// timeout is to be believed only after it: the packet that it waited for may be queued. When a Receive is under way in
// another goroutine, Drain waits for its fn.
func (s *Socket) Drain(fn func(*Packet)) (int, error) { return s.rx.drainNow(s.inRC, fn) }

func (r *receiver) drainNow(in syscall.RawConn, fn func(*Packet)) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drained, r.drainFor, r.drainErr = 0, fn, nil
	if err := in.Control(r.drainFn); err != nil {
		return 0, closed(err)
	}
	return r.drained, r.drainErr
}

// SetReadDeadline bounds Receive; the zero time means no bound. It wakes a Receive that waits.
func (s *Socket) SetReadDeadline(t time.Time) error { return s.in.SetReadDeadline(t) }

// closed hides that RawConn has an error of its own for a closed file.
func closed(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return os.ErrDeadlineExceeded
	}
	return os.ErrClosed
}

// smallest is less than what the kernel accounts for the smallest packet.
const smallest = 512

// drain reads until nothing is queued, or as many packets as the buffer can hold: then those that were queued when it
// began are out, and it ends under any load. The time stamps do not tell which came later: the kernel turns stamping on
// a moment after the first socket asks for it, and stamps what arrived before when it is read.
func (r *receiver) drain(fd int, fn func(*Packet)) (n int, err error) {
	began := time.Now()
	for n < r.most {
		size, e := r.recv(fd)
		switch e {
		case 0:
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			r.empty = began
			return n, nil
		default:
			return n, e
		}
		n++
		if stamp, ok := r.parse(size); ok {
			r.p.Time = r.received(began, stamp)
			fn(&r.p)
		}
	}
	return n, nil
}

// received converts the kernel's wall clock to the monotonic one. What is read now came after the queue was last seen
// empty; a stamp that says otherwise was taken before somebody set the clock, and the time of reading is used.
func (r *receiver) received(now, stamp time.Time) time.Time {
	if stamp.IsZero() {
		return now
	}
	age := now.Round(0).Sub(stamp)
	if age < 0 || age > now.Sub(r.empty)+time.Millisecond {
		return now
	}
	return now.Add(-age)
}

func (r *receiver) recv(fd int) (int, syscall.Errno) {
	r.msg.Name, r.msg.Namelen = (*byte)(unsafe.Pointer(&r.name)), uint32(unsafe.Sizeof(r.name))
	r.msg.Control = &r.oob[0]
	r.msg.SetControllen(len(r.oob))
	n, _, e := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&r.msg)), unix.MSG_DONTWAIT)
	return int(n), e
}

// parse fills the packet from what recv got, and returns the kernel's time stamp.
func (r *receiver) parse(size int) (stamp time.Time, ok bool) {
	r.p = Packet{Truncated: r.msg.Flags&unix.MSG_TRUNC != 0}
	r.control(&stamp)
	b := r.buf[:size]
	if r.v6 {
		r.p.Src, r.p.Data = netip.AddrFrom16(r.name.Addr), b
		return stamp, true
	}
	return stamp, r.p.header4(b)
}

// header4 takes the IPv4 header off. Total length, not the frame's, ends the message.
func (p *Packet) header4(b []byte) bool {
	if len(b) < 20 || b[0]>>4 != 4 {
		return false
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if head < 20 || head > len(b) {
		return false
	}
	if total >= head && total < len(b) {
		b = b[:total]
	}
	p.TTL = b[8]
	p.Src, p.Dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	p.Data = b[head:]
	return true
}

// control reads the ancillary data in place: unix.ParseSocketControlMessage would allocate.
func (r *receiver) control(stamp *time.Time) {
	b := r.oob[:r.msg.Controllen]
	for len(b) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
		size := int(h.Len)
		if size < unix.CmsgLen(0) || size > len(b) {
			return
		}
		data := b[unix.CmsgLen(0):size]
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			ts := (*unix.Timespec)(unsafe.Pointer(&data[0]))
			*stamp = time.Unix(ts.Unix())
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_HOPLIMIT && len(data) >= 4:
			r.p.TTL = uint8(binary.NativeEndian.Uint32(data))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= 16:
			r.p.Dst = netip.AddrFrom16([16]byte(data[:16]))
		}
		b = b[min(len(b), unix.CmsgSpace(size-unix.CmsgLen(0))):]
	}
}

// drops reads SK_MEMINFO_DROPS, the ninth word of SO_MEMINFO.
func drops(fd int) (uint32, error) {
	var words [9]uint32
	size := uint32(unsafe.Sizeof(words))
	_, _, e := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO, uintptr(unsafe.Pointer(&words)), uintptr(unsafe.Pointer(&size)), 0)
	if e != 0 {
		return 0, e
	}
	return words[8], nil
}

package netio

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// Conn is a stream connection. Reading and writing may happen at the same time, each by one task. It belongs either to a
// loop, whose tasks alone may use it, or to Go's poller; what any goroutine may call says so.
type Conn struct {
	*plain          // on Go's poller
	lp     *loop    // on a loop
	on     loopConn // what the loop keeps of it

	fd      int
	aborted atomic.Bool  // Abort was called
	poked   atomic.Bool  // AbortRead or a watcher ended the current read
	limit   atomic.Int64 // Time that Shorten set for all reads, 0 for none

	Local, Remote netip.AddrPort // zero for unix sockets
	IsUnix        bool
	To            Addr // what Dial was told
}

// plain is what a connection on Go's poller has.
type plain struct {
	nc  net.Conn
	rc  syscall.RawConn // nil when nc is not a plain socket
	raw rawIO

	rArmed, wArmed Time // deadlines that are set on nc now
}

// NewConn wraps a connection that Go's net package opened or accepted.
func NewConn(nc net.Conn) *Conn {
	c := &Conn{plain: &plain{nc: nc}, fd: -1}
	if sc, ok := nc.(syscall.Conn); ok {
		if rc, err := sc.SyscallConn(); err == nil {
			c.rc = rc
			c.initRaw()
		}
	}
	switch nc.(type) {
	case *net.UnixConn:
		c.IsUnix = true
	default:
		c.Local, c.Remote = addrPort(nc.LocalAddr()), addrPort(nc.RemoteAddr())
	}
	return c
}

// Parks tells whether c can be parked: it belongs to a loop.
func (c *Conn) Parks() bool { return c.lp != nil }

// Aborted tells whether Abort was called.
func (c *Conn) Aborted() bool { return c.aborted.Load() }

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		p := t.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}

// Net is the wrapped connection.
func (c *Conn) Net() net.Conn { return c.nc }

// Lender has memory that a read borrows only as long as there is something to read, so that a connection that waits for
// its next request holds none.
type Lender interface {
	// Lend returns the memory to read into.
	Lend() []byte
	// Reclaim takes it back: nothing was read.
	Reclaim()
}

// ReadLent is Read into memory that l lends. After an error it may have been reclaimed or not.
func (c *Conn) ReadLent(l Lender, until Time) (int, error) { return c.read(nil, l, until) }

// Read reads into p what is there, waiting until the deadline for the first byte.
func (c *Conn) Read(p []byte, until Time) (int, error) { return c.read(p, nil, until) }

// ReadBeside is Read that also ends, with ErrDead, when other is reset: nobody wants what is read. On Go's poller only a
// write to other tells.
func (c *Conn) ReadBeside(p []byte, other *Conn, until Time) (int, error) {
	if c.lp != nil {
		return c.loopRead(p, nil, beside{other, true}, until)
	}
	return c.read(p, nil, until)
}

// beside is a connection that is watched during a read of another one: for its end, or only for a reset.
type beside struct {
	c    *Conn
	dead bool
}

func (c *Conn) plainRead(p []byte, l Lender) (int, error) {
	if l != nil {
		p = l.Lend()
	}
	return c.nc.Read(p)
}

func (c *Conn) read(p []byte, l Lender, until Time) (int, error) {
	if c.lp != nil {
		return c.loopRead(p, l, beside{}, until)
	}
	for {
		lim := c.limit.Load()
		until := Earlier(until, Time(lim))
		if err := c.armRead(until); err != nil {
			return 0, sysErr(err)
		}
		// Looked at after arming: whoever interrupts sets its flag before it moves the deadline.
		switch {
		case c.aborted.Load():
			return 0, ErrAborted
		case c.poked.Load():
			return 0, ErrGone
		case c.limit.Load() != lim:
			continue
		}
		n, err := c.readOnce(p, l)
		if n > 0 || err == nil {
			return n, nil
		}
		if again, err := c.after(err, until, &c.rArmed); !again {
			return 0, err
		}
	}
}

// after decides what a failed call means: a timer that fired before the deadline only has to be set again.
func (c *Conn) after(err error, until Time, armed *Time) (again bool, _ error) {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		if c.aborted.Load() {
			return false, ErrAborted
		}
		return false, sysErr(err)
	}
	*armed = 1
	if c.aborted.Load() {
		return false, ErrAborted
	}
	if c.poked.Load() {
		return false, ErrGone
	}
	if until != 0 && Now() >= until {
		return false, ErrTimeout
	}
	return true, nil
}

func sysErr(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return ErrAborted
	}
	var no syscall.Errno
	if errors.As(err, &no) {
		return no
	}
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return err
}

// armRead sets the read deadline on the socket only when the one that is set would fire too late or has fired:
// a keep-alive connection sets it about once per timeout, not once per read.
func (c *Conn) armRead(until Time) error {
	if c.rArmed == until || (c.rArmed > 1 && until > c.rArmed) {
		return nil
	}
	if until == 0 && c.rArmed > 1 {
		return nil // fires once for nothing, then is cleared
	}
	c.rArmed = until
	var t time.Time
	if until != 0 {
		t = until.Std()
	}
	return c.nc.SetReadDeadline(t)
}

func (c *Conn) armWrite(until Time) error {
	if c.wArmed == until || (c.wArmed > 1 && until > c.wArmed) {
		return nil
	}
	if until == 0 && c.wArmed > 1 {
		return nil
	}
	c.wArmed = until
	var t time.Time
	if until != 0 {
		t = until.Std()
	}
	return c.nc.SetWriteDeadline(t)
}

// Write writes a and then b, together in one system call where the system has one. timeout bounds each period
// without progress; 0 means never. It returns how much was written in all.
func (c *Conn) Write(a, b []byte, timeout time.Duration) (int, error) {
	if c.lp != nil {
		return c.loopWrite(a, b, timeout, false)
	}
	total := 0
	until := After(timeout)
	for len(a)+len(b) > 0 {
		if err := c.armWrite(until); err != nil {
			return total, sysErr(err)
		}
		// Looked at after arming, as in Read.
		if c.aborted.Load() {
			return total, ErrAborted
		}
		n, err := c.writeOnce(a, b)
		total += n
		if n >= len(a) {
			a, b = nil, b[n-len(a):]
		} else {
			a = a[n:]
		}
		if n > 0 && timeout > 0 && err != nil {
			until = c.wroteAt() + Time(timeout)
		}
		if err != nil {
			if again, err := c.after(err, until, &c.wArmed); !again {
				return total, err
			}
		}
	}
	return total, nil
}

// WriteMore is Write when more will follow at once: the system may wait for it before it sends a packet.
func (c *Conn) WriteMore(a, b []byte, timeout time.Duration) (int, error) {
	if c.lp != nil {
		return c.loopWrite(a, b, timeout, true)
	}
	return c.Write(a, b, timeout)
}

// poke makes the read that waits on c return ErrGone.
func (c *Conn) poke() {
	c.poked.Store(true)
	c.interruptRead()
}

// interruptRead makes the read that waits on c look at its flags again.
func (c *Conn) interruptRead() {
	if c.lp != nil {
		c.nudge()
		return
	}
	c.nc.SetReadDeadline(time.Unix(1, 0))
}

// Abort makes all pending and future calls on c return ErrAborted. Any goroutine may call it.
func (c *Conn) Abort() {
	c.aborted.Store(true)
	if c.lp != nil {
		c.nudge()
		return
	}
	c.nc.SetDeadline(time.Unix(1, 0))
}

// AbortRead is Abort for the reading half only: a blocked Read returns ErrGone. Resume undoes it.
func (c *Conn) AbortRead() { c.poke() }

// Resume undoes AbortRead once no read is pending.
func (c *Conn) Resume() {
	c.poked.Store(false)
	if c.lp == nil {
		c.rArmed = 1
	}
}

// CloseWrite sends FIN and keeps the reading half.
func (c *Conn) CloseWrite() error {
	if c.lp != nil {
		return c.loopShutdown()
	}
	if w, ok := c.nc.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// Close closes c.
func (c *Conn) Close() error {
	if c.lp != nil {
		return c.loopClose(false)
	}
	return c.nc.Close()
}

// Reset closes c with a TCP RST where that exists (silent abort of a peer that must not wait for more).
func (c *Conn) Reset() error {
	if c.lp != nil {
		return c.loopClose(true)
	}
	if l, ok := c.nc.(interface{ SetLinger(int) error }); ok {
		l.SetLinger(0)
	}
	return c.nc.Close()
}

// NoDelay lets several short writes in a row go out at once (TCP_NODELAY). A dialled connection of a loop does not begin
// with it: a request that is written in one piece needs none, and saves a system call.
func (c *Conn) NoDelay() {
	if c.lp != nil {
		c.loopNoDelay()
	}
}

// KeepAlive turns TCP keep-alive probes on (option clitcpka, srvtcpka).
func (c *Conn) KeepAlive() {
	if c.lp != nil {
		c.loopKeepAlive()
		return
	}
	if k, ok := c.nc.(interface{ SetKeepAlive(bool) error }); ok {
		k.SetKeepAlive(true)
	}
}

// Shorten makes the read that waits on c, and all later ones, end with ErrTimeout at the latest d from now.
// It serves timeouts that begin when the other direction ends; any goroutine may call it.
func (c *Conn) Shorten(d time.Duration) {
	c.limit.Store(int64(After(d)))
	c.interruptRead() // the read looks at the limit and waits on, perhaps for less than d
}

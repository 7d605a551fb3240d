package engine

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// runTunnel sends the head of a 101 or CONNECT response and then copies both ways until both sides are closed
// (configuration.txt 4.2 "timeout tunnel").
func (s *session) runTunnel(head []byte) {
	s.keep, s.srvKeep, s.tunnel = false, false, true
	early := (*s.sin.b)[s.sin.r:s.sin.w]
	s.t.Log.BytesOut += int64(len(early))
	if !s.toClient(head, early) {
		return
	}
	s.lastSeen.Store(int64(s.task.Now()))
	ahead := (*s.in.b)[s.in.r:s.in.w]
	s.in.r = s.in.w
	s.take(&s.up.buf)
	up := pipe{s: s, from: s.c, to: s.srv, buf: *s.up.buf.b, idle: s.tunnelTimeout(s.fe.Timeouts.Client), fin: s.fe.Timeouts.ClientFin}
	down := pipe{s: s, from: s.srv, to: s.c, buf: *s.sin.b, idle: s.tunnelTimeout(s.be.Timeouts.Server), fin: s.be.Timeouts.ServerFin}
	up.other, down.other = &down, &up
	s.task.Fork(func() {
		defer s.contain()
		up.run(ahead)
	})
	down.run(nil)
	s.task.Join()
	s.t.Log.BytesIn += up.bytes
	s.t.Log.BytesOut += down.bytes
	switch {
	case down.err == nil && up.err == nil:
	case errors.Is(down.err, netio.ErrTimeout), errors.Is(up.err, netio.ErrTimeout):
		f := &faultClientSlow // both sides are silent: HAProxy names the client unless the server's timeout is the shorter one
		if down.idle > 0 && (up.idle == 0 || down.idle < up.idle) {
			f = &faultServerSlow
		}
		s.failData(f)
	case up.first && up.err != nil:
		s.failData(tunnelFault(up.err, &faultClientCut, &faultClientSlow))
	case down.err != nil:
		s.failData(tunnelFault(down.err, &faultServerCut, &faultServerSlow))
	}
}

func tunnelFault(err error, cut, slow *fault) *fault {
	if errors.Is(err, netio.ErrTimeout) || errors.Is(err, netio.ErrGone) {
		return slow
	}
	return cut
}

func (s *session) tunnelTimeout(side time.Duration) time.Duration {
	if d := s.be.Timeouts.Tunnel; d > 0 {
		return d
	}
	return side
}

// pipe is one direction of a tunnel.
type pipe struct {
	s         *session
	from, to  *netio.Conn
	other     *pipe
	buf       []byte
	idle, fin time.Duration
	bytes     int64
	err       error       // nil after a regular close
	first     bool        // it failed before the other direction did
	halved    atomic.Bool // the other direction has ended: fin counts
}

func (p *pipe) run(ahead []byte) {
	if len(ahead) > 0 {
		p.bytes += int64(len(ahead))
		if _, err := p.to.Write(ahead, nil, p.idle); err != nil {
			p.fail(err)
			return
		}
	}
	for {
		n, err := p.read()
		if n == 0 {
			if isEOF(err) {
				p.to.CloseWrite()
				p.half()
				return
			}
			p.fail(err)
			return
		}
		p.bytes += int64(n)
		if _, err := p.to.Write(p.buf[:n], nil, p.idle); err != nil {
			p.fail(err)
			return
		}
		p.s.lastSeen.Store(int64(p.s.task.Now()))
	}
}

// read waits for data; activity in the other direction counts as well.
func (p *pipe) read() (int, error) {
	for {
		until := netio.Time(0)
		if p.idle > 0 {
			until = netio.Time(p.s.lastSeen.Load()) + netio.Time(p.idle)
		}
		n, err := p.from.Read(p.buf, until)
		if n > 0 {
			p.s.lastSeen.Store(int64(p.s.task.Now()))
		}
		if n > 0 || !errors.Is(err, netio.ErrTimeout) || !p.more() {
			return n, err
		}
	}
}

// more tells whether a read that has timed out may go on, because something has moved meanwhile.
func (p *pipe) more() bool {
	idle, halved := p.idle, p.halved.Load()
	if halved {
		idle = p.fin
	}
	left := time.Duration(netio.Time(p.s.lastSeen.Load()) + netio.Time(idle) - netio.Now())
	if left <= 0 {
		return false
	}
	if halved {
		p.from.Shorten(left)
	}
	return true
}

// half applies timeout client-fin or server-fin to the direction that is still open.
func (p *pipe) half() {
	if p.other.fin > 0 {
		p.other.halved.Store(true)
		p.to.Shorten(p.other.fin)
	}
}

// fail ends both directions.
func (p *pipe) fail(err error) {
	p.err, p.first = err, !p.to.Aborted()
	p.from.Abort()
	p.to.Abort()
}

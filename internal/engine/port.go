package engine

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Listener is one address of a bind line in a snapshot.
type Listener struct {
	// Key names the socket: address and the options that cannot change while it is open. A listener of a newer snapshot
	// with the same key takes the socket over, with the connections that wait in its backlog.
	Key string
	// Open opens the socket; it is called only when no socket of this Key is open.
	Open func() (net.Listener, error)
	// Proxy is the frontend, Info what logs and fetches say of the bind line.
	Proxy *Proxy
	Info  txn.Listener
	// MaxConn is the bind option maxconn, 0 for none.
	MaxConn int
}

// port is an open listening socket. It outlives the snapshots that name it.
type port struct {
	eng    *Engine
	key    string
	ln     net.Listener
	loops  *netio.Listener // accepts on the loops; nil: a goroutine does
	cur    atomic.Pointer[Listener]
	closed atomic.Bool
	own    connLimit                 // the bind line's own maxconn
	fe     atomic.Pointer[connLimit] // the frontend's
	done   chan struct{}
}

// bindAll opens the sockets that s has and nobody has opened yet. On an error the new ones are closed again.
func (e *Engine) bindAll(s *Snapshot) (opened []*port, _ error) {
	for _, l := range s.Listeners {
		if l.Proxy.Disabled || e.ports[l.Key] != nil {
			continue
		}
		ln, err := l.Open()
		if err != nil {
			for _, p := range opened {
				p.ln.Close()
				delete(e.ports, p.key)
			}
			return nil, fmt.Errorf("frontend %s: cannot bind %s: %w", l.Proxy.Name, l.Info.Addr, err)
		}
		p := &port{eng: e, key: l.Key, ln: ln, done: make(chan struct{})}
		p.own.init()
		p.cur.Store(l)
		p.fe.Store(e.feLimit(l.Proxy))
		e.ports[l.Key] = p
		opened = append(opened, p)
	}
	return opened, nil
}

// open begins to accept from ports: on the loops of group, or without one, and from what is no plain socket, on a
// goroutine each.
func (e *Engine) open(ports []*port, group *netio.Group) {
	for _, p := range ports {
		e.wg.Add(1)
		if group != nil {
			p.loops, _ = group.Listen(p.ln, p)
		}
		if p.loops != nil {
			p.loops.Open()
		} else {
			go e.accept(p)
		}
	}
}

// rebind points the open sockets at the listeners of the ruling snapshot.
func (e *Engine) rebind(s *Snapshot) {
	for _, l := range s.Listeners {
		if p := e.ports[l.Key]; p != nil {
			p.cur.Store(l)
		}
	}
	for _, l := range s.Listeners {
		if p := e.ports[l.Key]; p != nil {
			p.own.limit(l.MaxConn)
		}
		if l.Proxy.FE != nil {
			fe := e.feLimit(l.Proxy)
			if p := e.ports[l.Key]; p != nil {
				p.fe.Store(fe)
			}
			fe.limit(l.Proxy.MaxConn)
			if p := e.ports[l.Key]; p != nil && p.loops != nil {
				p.loops.Resume() // it may wait for the limit of the frontend that had it before
			}
		}
	}
}

// unbind closes the sockets that only the removed snapshot named.
func (e *Engine) unbind(gone *Snapshot) {
	keep := make(map[string]bool)
	for _, s := range e.stack {
		for _, l := range s.Listeners {
			if !l.Proxy.Disabled {
				keep[l.Key] = true
			}
		}
	}
	for _, l := range gone.Listeners {
		if p := e.ports[l.Key]; p != nil && !keep[l.Key] {
			delete(e.ports, l.Key)
			p.closed.Store(true)
			if p.loops != nil {
				p.loops.Close()
				e.wg.Done()
			}
			p.ln.Close()
			if p.loops == nil {
				e.wakeAccept(p)
				<-p.done
			}
			e.active.closeIdleOf(p)
		}
	}
}

// wakeAccept makes the accept loop of p look whether it is closed. It may wait for the limit of a frontend that p belonged
// to under an older snapshot.
func (e *Engine) wakeAccept(p *port) {
	p.own.wakeAll()
	e.slots.wakeAll()
	e.limitMu.Lock()
	defer e.limitMu.Unlock()
	for _, l := range e.feLimits {
		l.wakeAll()
	}
}

// Addrs are the addresses that are listened on, by listener key.
func (e *Engine) Addrs() map[string]net.Addr {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := make(map[string]net.Addr, len(e.ports))
	for k, p := range e.ports {
		m[k] = p.ln.Addr()
	}
	return m
}

// accept takes connections from p as long as there is room: what does not fit stays in the kernel's backlog.
func (e *Engine) accept(p *port) {
	defer e.wg.Done()
	defer close(p.done)
	for {
		fe := e.feLimit(p.cur.Load().Proxy)
		limits := [3]*connLimit{&p.own, fe, &e.slots}
		for _, l := range limits {
			if !l.room(&p.closed) {
				return
			}
		}
		nc, err := p.ln.Accept()
		if err != nil {
			if p.closed.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			e.logger.Load().Warn("accept", "listener", p.key, "error", err)
			time.Sleep(10 * time.Millisecond) // out of descriptors: give sessions time to end
			continue
		}
		if !take(limits, &p.closed) {
			nc.Close()
			return
		}
		cl := e.admit(p, netio.NewConn(nc), fe)
		netio.Go(cl.Run)
	}
}

// take takes a place of every limit, or none.
func take(limits [3]*connLimit, stop *atomic.Bool) bool {
	for i, l := range limits {
		if !l.acquire(stop) {
			for _, l := range limits[:i] {
				l.release()
			}
			return false
		}
	}
	return true
}

// give gives a connection's places back.
func (p *port) give(fe *connLimit) {
	p.own.release()
	fe.release()
	p.eng.slots.release()
}

// Room implements netio.Acceptor: it takes a place of every limit, or none.
func (p *port) Room() (any, bool) {
	fe := p.fe.Load()
	if !p.own.try(p) {
		return nil, false
	}
	if !fe.try(p) {
		p.own.release()
		return nil, false
	}
	if !p.eng.slots.try(p) {
		p.own.release()
		fe.release()
		return nil, false
	}
	return fe, true
}

// Accepted implements netio.Acceptor.
func (p *port) Accepted(c *netio.Conn, place any) {
	c.Start(p.eng.admit(p, c, place.(*connLimit)))
}

// Refused implements netio.Acceptor.
func (p *port) Refused(place any) { p.give(place.(*connLimit)) }

// Failed implements netio.Acceptor.
func (p *port) Failed(err error) {
	p.eng.logger.Load().Warn("accept", "listener", p.key, "error", err)
}

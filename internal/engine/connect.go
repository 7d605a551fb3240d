package engine

import (
	"errors"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// turnAround is the longest pause before the same server is tried again (configuration.txt 4.2 "retries").
const turnAround = time.Second

// connect gets a connection to the server of the slot, with retries and redispatches.
func (s *session) connect() *fault {
	for {
		f := s.open()
		if f == nil {
			return nil
		}
		if f.retry&RetryConnFailure == 0 || s.c.Aborted() {
			return f
		}
		if s.be.RetryOn&RetryConnFailure == 0 || !s.retry() {
			s.both(func(c *server.Counters) { c.ErrConn.Add(1) })
			return f
		}
		if f := s.again(f == &faultConnect); f != nil {
			return f
		}
	}
}

// retry takes one of the retries that are left.
func (s *session) retry() bool {
	if s.t.Log.Retries >= s.be.Retries {
		return false
	}
	s.t.Log.Retries++
	return true
}

// again prepares the next attempt: at another server when option redispatch says so, else at the same one after a
// pause when it refused quickly.
func (s *session) again(quick bool) *fault {
	if s.redispatchNow() {
		old := s.slot.Server
		s.slot.Release()
		if f := s.chooseServer(nil, old); f != nil {
			return f
		}
		if s.slot.Server != old {
			s.t.Log.Redispatched = true
			old.Redispatches.Add(1)
			s.be.BE.Redispatches.Add(1)
			return nil
		}
	}
	s.both(func(c *server.Counters) { c.Retries.Add(1) })
	if !quick {
		return nil
	}
	d := turnAround
	if c := s.be.Timeouts.Connect; c > 0 && c < d {
		d = c
	}
	var watch *netio.Conn
	if s.abortOnClose() {
		watch = s.c
	}
	if s.pause(d, watch) == netio.ErrGone {
		return &faultConnectGone
	}
	return nil
}

// pause waits for d, until the session is aborted or the peer of watch goes away (ErrGone). Wakes that were meant for a
// wait before are passed over.
func (s *session) pause(d time.Duration, watch *netio.Conn) error {
	for until := s.task.After(d); d > 0 && !s.c.Aborted(); d = until.Sub(s.task.Now()) {
		if err := s.task.Sleep(d, s.event, watch); err != nil {
			return err
		}
	}
	return nil
}

// redispatchNow tells whether this retry may go to another server (configuration.txt 4.2 "option redispatch"). As observed,
// not only the N-th retry (for a negative N the one before the last -N-1) does, but all from there on.
func (s *session) redispatchNow() bool {
	n := s.be.Redispatch
	if n < 0 {
		n += s.be.Retries + 1
	}
	return s.be.Redispatch != 0 && s.t.Log.Retries >= n
}

// open takes an idle connection or opens a new one.
func (s *session) open() *fault {
	srv := s.slot.Server
	ep, ok := srv.Endpoint(s.conn.Dst)
	if !ok {
		return &faultConnect
	}
	to := netio.Addr{TCP: ep.Addr, Unix: ep.Unix}
	if c := s.takeIdle(srv, to); c != nil {
		s.srv, s.srvReused = c, true
		srv.Reuse.Add(1)
		s.be.BE.Reuse.Add(1)
		s.connected(srv)
		return nil
	}
	srv.Connect.Add(1)
	s.be.BE.Connect.Add(1)
	c, err := s.task.Dial(to, s.be.Timeouts.Connect)
	if err != nil {
		if errors.Is(err, netio.ErrTimeout) {
			return &faultConnectTime
		}
		return &faultConnect
	}
	if s.be.ServerKA {
		c.KeepAlive()
	}
	s.srv, s.srvReused = c, false
	s.connected(srv)
	return nil
}

func (s *session) connected(srv *server.Server) {
	t := &s.t
	s.aborts.Store(s.srv)
	if s.c.Aborted() {
		s.srv.Abort()
	}
	s.mark(&t.Log.Connected)
	srv.Began(t.Log.Connected)
	poolOf(srv).used(srv.UsedConns.Add(1))
	t.ServerLocal, t.ServerRemote = s.srv.Local, s.srv.Remote
	s.srvKeep, s.srvBroken = s.srvKeepWanted, false
}

// closeServer ends the connection to the server, or keeps it for later when its response was complete. It ends with a RST,
// as in HAProxy: no local port is left in TIME_WAIT, which a busy proxy would run out of. After bytes that
// are no HTTP it ends with a FIN, as there too.
func (s *session) closeServer() {
	c, srv := s.srv, s.slot.Server
	s.srv = nil
	s.aborts.Store(nil)
	srv.UsedConns.Add(-1)
	if s.srvKeep {
		s.putIdle(srv, c)
		return
	}
	if s.srvBroken {
		c.Close()
		return
	}
	c.Reset()
}

package engine

import (
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// client is a client's connection. While it waits for a request on a loop it is all that there is of it: no task, no
// session, no buffer.
type client struct {
	next, prev *client // in clients

	eng  *Engine
	port *port
	c    *netio.Conn
	conn txn.Conn

	place   *connLimit       // of the frontend's maxconn
	entered *server.Frontend // whose session this is counted as

	own       *netio.Conn // an idle connection that only this client may use
	ownServer *server.Server
	private   bool // the server's connection is bound to this client

	ended  time.Time  // the transaction before did
	until  netio.Time // the wait for a request that began when it was parked
	parked bool

	session atomic.Pointer[session]    // that serves it now
	aborts  atomic.Pointer[netio.Conn] // the server's connection, for abort
	idle    atomic.Bool                // waits for a request and has none
	stop    atomic.Bool                // ends when it is idle
}

// admit makes an accepted connection a client.
func (e *Engine) admit(p *port, c *netio.Conn, place *connLimit) *client {
	now := time.Now()
	ln := p.cur.Load()
	cl := &client{eng: e, port: p, c: c, place: place, entered: ln.Proxy.FE}
	cl.conn = txn.Conn{Src: c.Remote, Dst: c.Local, Unix: c.IsUnix, Accepted: now, Listener: &ln.Info}
	e.wg.Add(1)
	e.ActConn.Add(1)
	e.TotalConns.Add(1)
	e.active.add(cl)
	cl.entered.Enter(now)
	if ln.Proxy.ClientKA {
		c.KeepAlive()
	}
	return cl
}

// wait is how long a client may take for its request.
func (cl *client) wait(fe *Proxy) time.Duration {
	switch {
	case cl.conn.Requests > 0:
		return fe.Timeouts.KeepAlive
	case fe.Timeouts.HTTPRequest == 0:
		return fe.Timeouts.Client
	}
	return fe.Timeouts.HTTPRequest
}

// park lets the client wait for its request without a session; false: it cannot.
func (cl *client) park(task *netio.Task) bool {
	if !cl.c.Parks() {
		return false
	}
	cl.until = task.After(cl.wait(cl.port.cur.Load().Proxy))
	cl.parked = cl.c.Park(cl, cl.until)
	return cl.parked
}

// Run implements netio.Handler: it serves the client until it is parked or ends.
func (cl *client) Run(task *netio.Task) {
	s := sessionPool.Get().(*session)
	s.client, s.task = cl, task
	s.t.Conn = &cl.conn
	cl.session.Store(s)
	defer s.leave()
	woken := cl.parked // by something to read, or else a transaction finds out by what
	for s.begun() || woken || !s.park() {
		woken = false
		if !s.transaction() {
			return
		}
	}
}

// end closes the client's connection and gives its places back.
func (cl *client) end() {
	if cl.own != nil {
		cl.own.Reset()
	}
	cl.c.Close()
	cl.entered.Leave()
	cl.eng.active.remove(cl)
	cl.eng.ActConn.Add(-1)
	cl.port.give(cl.place)
	cl.eng.wg.Done()
}

// stopIdle ends the client when it waits for a request, else after the one that runs.
func (cl *client) stopIdle() {
	cl.stop.Store(true)
	if cl.idle.Load() {
		cl.c.AbortRead()
	}
}

// abort ends the client now.
func (cl *client) abort() {
	cl.stop.Store(true)
	cl.c.Abort()
	if c := cl.aborts.Load(); c != nil {
		c.Abort()
	}
	cl.c.Do(cl.interrupt)
}

// interrupt ends what its session waits for beside connections. It runs where no session comes or goes.
func (cl *client) interrupt() {
	if s := cl.session.Load(); s != nil {
		s.task.Interrupt()
		s.event.Wake()
	}
}

package engine

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// session is one client connection with whatever serves it. It runs on one task from top to bottom; only forward of a
// request body and tunnels have a second half (netio.Task.Fork).
type session struct {
	next, prev *session // in sessions

	eng  *Engine
	port *port
	task *netio.Task
	c    *netio.Conn
	conn txn.Conn
	t    txn.Txn

	snap   *Snapshot
	ln     *Listener
	fe, be *Proxy // be is nil until a backend was chosen
	inBE   bool   // be's counters were entered

	in, out, sin           buffer  // from the client, towards either side, from the server
	serverStatus           int     // the response's status as the server sent it
	stages                 []Stage // what the response's body runs through
	chunkOut               bool    // the response goes out chunked
	odd, closeAfter, addTE bool    // rules changed the framing, see framing.go
	resKind                h1.Body
	serverLength           int64  // the response's Content-Length as the server sent it
	sinData                []byte // what came of the body with its head
	carry                  []byte // what the client sent behind the request's body, in the upload's buffer
	body                   reqBody
	up                     upload
	dec                    h1.Chunked // of the response
	chunks                 chunkPart

	slot      server.Slot
	event     *netio.Event
	srv       *netio.Conn // the connection to the server
	srvReused bool
	own       *netio.Conn // an idle connection that only this session may use
	ownServer *server.Server

	bufsize       int  // of all buffers of this transaction
	keep          bool // the client's connection may carry another request
	srvKeep       bool // the server's connection may carry another request
	srvKeepWanted bool // the request said so
	private       bool // the server's connection is bound to this client
	srvBroken     bool // what came from either side could not be parsed
	sent          bool // bytes of a final response head went out
	logged        bool // the line of this transaction was written
	silent        bool // no log line for this transaction
	fault         *fault
	tunnel        bool
	lastSeen      atomic.Int64 // netio.Time of the last byte in either direction, for timers that both directions feed

	aborts   atomic.Pointer[netio.Conn] // the server's connection, for abort
	entered  *server.Frontend           // whose session this is counted as
	answered atomic.Bool                // the response's head is there
	gone     bool                       // the client closed while its request's body was awaited
	idle     atomic.Bool                // waits for a request and has none
	stop     atomic.Bool
}

// buffer is a piece of pooled memory with what was read into it.
type buffer struct {
	b    *[]byte
	r, w int
}

var sessionPool = sync.Pool{New: func() any {
	s := &session{event: netio.NewEvent()}
	s.slot.Waker = s.event
	return s
}}

// serve runs a client connection until it ends.
func (e *Engine) serve(task *netio.Task, p *port, c *netio.Conn, accepted time.Time) {
	s := sessionPool.Get().(*session)
	s.eng, s.port, s.task, s.c = e, p, task, c
	e.ActConn.Add(1)
	e.TotalConns.Add(1)
	e.active.add(s)
	defer s.end()
	s.begin(accepted)
	for s.transaction() {
	}
}

// begin fills in what is known of the connection.
func (s *session) begin(accepted time.Time) {
	s.conn.Src, s.conn.Dst = s.c.Remote, s.c.Local
	s.conn.Unix = s.c.IsUnix
	s.conn.Accepted = accepted
	s.conn.Requests = 0
	s.conn.Vars.Reset()
	s.t.Conn = &s.conn
	s.t.Log = txn.Record{}
	s.adopt()
	s.entered = s.fe.FE
	s.entered.Enter(accepted)
	if s.fe.ClientKA {
		s.c.KeepAlive()
	}
}

// adopt points the session at the ruling snapshot; a transaction sees the same one from its start to its end.
func (s *session) adopt() {
	s.snap = s.eng.Ruling()
	s.ln = s.port.cur.Load()
	if s.snap == nil {
		s.snap = &Snapshot{Global: Global{Bufsize: 16384, Maxrewrite: 1024}}
	}
	if s.bufsize = s.snap.Global.Bufsize; s.in.b != nil {
		s.bufsize = len(*s.in.b) // what is in it was sent before the reload: this transaction goes on with its size
	}
	s.fe = s.ln.Proxy
	s.conn.Listener = &s.ln.Info
	s.t.Frontend = s.fe.FE
	s.t.FrontendErrors = s.fe.Errors
	s.t.ReqCaptureLens, s.t.ResCaptureLens = s.fe.ReqCaptureLens, s.fe.ResCaptureLens
}

// end closes whatever is open and gives the memory back. A panic in a session ends that session only.
func (s *session) end() {
	if r := recover(); r != nil {
		s.panicked(r)
		s.srvKeep = false
		s.joinUpload()
		s.task.Join() // the other half of a tunnel
	}
	s.slot.Cancel()
	s.leaveServer()
	s.leaveBackend()
	if s.own != nil {
		s.own.Reset()
	}
	s.hangUp()
	s.entered.Leave()
	s.eng.active.remove(s)
	s.eng.ActConn.Add(-1)
	s.release(&s.in)
	s.release(&s.out)
	s.release(&s.sin)
	s.release(&s.up.buf)
	s.recycle()
}

// hangUp closes the client's connection. What it has sent and nobody reads is taken out of the way first: a close with
// unread bytes resets the connection, and the client could lose the answer that is on its way.
func (s *session) hangUp() {
	if !s.c.Aborted() && s.c.Pending() {
		s.c.CloseWrite()
		s.take(&s.in)
		for i := 0; i < 8 && s.c.Pending(); i++ {
			if n, err := s.c.Read(*s.in.b, netio.After(time.Millisecond)); n == 0 || err != nil {
				break
			}
		}
	}
	s.c.Close()
}

// panicked reports a panic and ends both connections: one session dies, not the process.
func (s *session) panicked(r any) {
	s.eng.Panics.Add(1)
	s.eng.logger.Load().Error("panic in a session", "panic", r, "stack", string(debug.Stack()))
	s.c.Abort()
	if c := s.aborts.Load(); c != nil {
		c.Abort()
	}
}

// recycle clears the session for the next connection.
func (s *session) recycle() {
	s.t.Reset()
	s.t.Frontend = nil
	s.eng, s.port, s.task, s.c, s.snap, s.ln, s.fe, s.be = nil, nil, nil, nil, nil, nil, nil, nil
	s.private = false
	s.srv, s.own, s.ownServer, s.fault, s.carry = nil, nil, nil, nil, nil
	s.slot = server.Slot{Waker: s.event}
	s.event.Clear()
	s.idle.Store(false)
	s.stop.Store(false)
	s.tunnel = false
	sessionPool.Put(s)
}

// stopIdle ends the session when it waits for a request, else after the one that runs.
func (s *session) stopIdle() {
	s.stop.Store(true)
	if s.idle.Load() {
		s.c.AbortRead()
	}
}

// abort ends the session now.
func (s *session) abort() {
	s.stop.Store(true)
	s.c.Abort()
	if c := s.aborts.Load(); c != nil {
		c.Abort()
	}
	s.task.Interrupt()
	s.event.Wake()
}

var bufferPool sync.Pool

// take makes sure that b has memory.
func (s *session) take(b *buffer) {
	if b.b != nil {
		return
	}
	size := s.bufsize
	if v, ok := bufferPool.Get().(*[]byte); ok && len(*v) == size {
		b.b = v
	} else {
		v := make([]byte, size)
		b.b = &v
	}
	b.r, b.w = 0, 0
}

// release gives b's memory back to the pool.
func (s *session) release(b *buffer) {
	if b.b != nil {
		bufferPool.Put(b.b)
		b.b = nil
	}
	b.r, b.w = 0, 0
}

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

// session serves a client while it has something to do. It runs on one task from top to bottom; only forward of a request
// body and tunnels have a second half (netio.Task.Fork).
type session struct {
	*client

	task *netio.Task
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

	bufsize       int  // of all buffers of this transaction
	keep          bool // the client's connection may carry another request
	srvKeep       bool // the server's connection may carry another request
	srvKeepWanted bool // the request said so
	srvBroken     bool // what came from either side could not be parsed
	sent          bool // bytes of a final response head went out
	logged        bool // the line of this transaction was written
	silent        bool // no log line for this transaction
	fault         *fault
	tunnel        bool
	lastSeen      atomic.Int64 // netio.Time of the last byte in either direction, for timers that both directions feed

	answered atomic.Bool // the response's head is there
	gone     bool        // the client closed while its request's body was awaited
}

var sessionPool = sync.Pool{New: func() any {
	s := &session{event: netio.NewEvent()}
	s.slot.Waker = s.event
	return s
}}

// adopt points the session at the ruling snapshot; a transaction sees the same one from its start to its end.
func (s *session) adopt() {
	s.snap = s.eng.Ruling()
	s.ln = s.port.cur.Load()
	if s.snap == nil {
		s.snap = &Snapshot{Global: Global{Bufsize: defaultBufsize, Maxrewrite: 1024}}
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

// begun reads what is there of the next request and tells whether there is something, or an end, for a transaction.
func (s *session) begun() bool {
	if s.in.w > s.in.r {
		return true
	}
	if s.in.b == nil {
		s.bufsize = s.eng.bufsize()
	}
	n, err := s.c.TryLent((*inputLender)(s))
	if n > 0 {
		s.in.w += n
		s.busy()
	}
	return n > 0 || err != nil
}

// busy notes that a request has begun.
func (s *session) busy() {
	s.idle.Store(false)
	if s.stop.Load() {
		s.eng.active.settle()
		s.c.Resume() // it was interrupted as idle just when this request came: serve that
	}
}

// park lets the client wait for its next request without this session.
func (s *session) park() bool {
	s.client.idle.Store(s.conn.Requests > 0)
	return !s.stop.Load() && s.client.park(s.task)
}

// leave gives the memory back, and closes whatever is open unless the client was parked. A panic in a session ends that
// client only.
func (s *session) leave() {
	if r := recover(); r != nil {
		s.panicked(r)
		s.parked = false
		s.srvKeep = false
		s.joinUpload()
		s.task.Join() // the other half of a tunnel
	}
	cl := s.client
	if !cl.parked {
		s.slot.Cancel()
		s.leaveServer()
		s.leaveBackend()
		s.linger()
	}
	s.release(&s.in)
	s.release(&s.out)
	s.releaseAnswer()
	s.release(&s.up.buf)
	if !cl.parked {
		cl.end()
	}
	cl.session.Store(nil)
	s.recycle()
}

// linger prepares the close of the client's connection. What it has sent and nobody reads is taken out of the way: a
// close with unread bytes resets the connection, and the client could lose the answer that is on its way.
func (s *session) linger() {
	if !s.c.Aborted() && s.c.Pending() {
		s.c.CloseWrite()
		s.take(&s.in)
		for i := 0; i < 8 && s.c.Pending(); i++ {
			if n, err := s.c.Read(*s.in.b, s.task.After(time.Millisecond)); n == 0 || err != nil {
				break
			}
		}
	}
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

// recycle clears the session for the next client.
func (s *session) recycle() {
	s.t.Reset()
	s.t.Frontend = nil
	s.t.Conn = nil
	s.client, s.task, s.snap, s.ln, s.fe, s.be = nil, nil, nil, nil, nil, nil
	s.srv, s.fault, s.carry = nil, nil, nil
	s.slot = server.Slot{Waker: s.event}
	s.event.Clear()
	s.tunnel = false
	sessionPool.Put(s)
}

package server

import (
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Server is the run-time state of one server. It outlives reloads.
type Server struct {
	backend *Backend
	name    string
	id      atomic.Int64
	config  atomic.Pointer[Config]
	target  atomic.Pointer[compiled]
	addr    atomic.Pointer[netip.Addr] // what the address is or its name resolved to; nil: nothing yet
	snap    atomic.Uint32              // flags for readers without the lock, see publish

	// Under the backend's lock.
	index      int // place in the backend, -1 when no configuration has it any more
	candidate  bool
	userWeight int
	admin      Admin
	oper       oper
	health     int       // 0 ... rise-1: down, rise ... rise+fall-1: up
	checking   bool      // a check is running
	checkedAt  time.Time // when the last check began
	checksOff  bool      // turned off at run time
	last       CheckResult
	hasLast    bool
	checkFails int64 // failed checks while up
	downs      int64 // transitions to down
	down       bool  // the state that lastChange began counts as down time
	lastChange time.Time
	downTime   time.Duration
	unresolved bool // it was logged that its name has no address
	queue      queue

	// Pool belongs to the engine: the idle connections to this server.
	Pool atomic.Value

	queueLen  atomic.Int64
	weightNow atomic.Int64

	_ [64]byte // the counters change with every request: keep them off the lines above
	Counters
	UsedConns atomic.Int64 // used_conn_cur, maintained by the engine
	IdleConns atomic.Int64 // idle_conn_cur, maintained by the engine
	SafeConns atomic.Int64 // safe_conn_cur, maintained by the engine
	_         [64]byte
}

const (
	snapUp uint32 = 1 << iota
)

func newServer(b *Backend, name string) *Server {
	return &Server{backend: b, name: name, lastChange: time.Now()}
}

// configure puts c in force. The backend is locked. True: its name has to be looked up.
func (s *Server) configure(c *compiled) bool {
	old := s.config.Load()
	s.config.Store(c.cfg)
	prev := s.target.Swap(c)
	fresh := old == nil
	if fresh || old.weight() != c.cfg.weight() {
		s.userWeight = c.cfg.weight()
	}
	if fresh || old.Disabled != c.cfg.Disabled {
		s.admin &^= ForcedMaint | ConfigMaint
		if c.cfg.Disabled {
			s.admin |= ConfigMaint
		}
	}
	if fresh || prev.target != c.target || prev.check != c.check || old.Check != c.cfg.Check {
		s.oper, s.health = running, c.cfg.rise()
		s.last, s.hasLast = CheckResult{}, false
	}
	s.health = min(s.health, s.full())
	moved := fresh || prev.target != c.target
	if moved {
		s.readdress(c)
	}
	if fresh {
		s.down = s.admin&Maint != 0
	}
	return c.target.Host != ""
}

// readdress forgets the address of a former target.
func (s *Server) readdress(c *compiled) {
	s.admin &^= ResolveMaint
	if c.target.Host == "" {
		ip := c.target.IP
		s.addr.Store(&ip)
		return
	}
	s.unresolved = false
	for _, word := range c.cfg.InitAddr {
		if ip, err := netip.ParseAddr(word); err == nil {
			s.addr.Store(&ip)
			return
		}
	}
	s.addr.Store(nil)
	s.admin |= ResolveMaint
}

// remove forgets a server that no configuration has any more. Who waits for it looks for another.
func (s *Server) remove() {
	s.index = -1
	for s.queue.head != nil {
		w := s.queue.head
		s.backend.unqueue(w, false)
		s.backend.wake = append(s.backend.wake, w.Waker)
	}
	s.publish()
}

// Name is the server's name.
func (s *Server) Name() string { return s.name }

// Backend is the backend it belongs to.
func (s *Server) Backend() *Backend { return s.backend }

// ID is its number in the backend (sid).
func (s *Server) ID() int { return int(s.id.Load()) }

// Index is its place in the backend's list, for balancers, under the backend's lock; -1 when it is gone.
func (s *Server) Index() int { return s.index }

// Gone tells whether no configuration has the server any more.
func (s *Server) Gone() bool {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	return s.index < 0
}

// Config is what the ruling configuration says about it. Do not change it.
func (s *Server) Config() *Config { return s.config.Load() }

// Conns is the number of sessions on it.
func (s *Server) Conns() int64 { return s.Sessions.Load() }

// ConnFree is the number of sessions it could still take, -1 without a limit.
func (s *Server) ConnFree() int64 {
	if s.config.Load().maxConn() == 0 {
		return -1
	}
	return max(s.limit()-s.Sessions.Load(), 0)
}

// SessRate is the number of sessions per second.
func (s *Server) SessRate() int64 { return s.Counters.SessRate.Read(time.Now()) }

// IsUp says that it is up or not checked, and not in maintenance.
func (s *Server) IsUp() bool { return s.snap.Load()&snapUp != 0 }

// QueueLen is the number of sessions that wait for this server (qcur).
func (s *Server) QueueLen() int64 { return s.queueLen.Load() }

// Weight is the effective weight.
func (s *Server) Weight() int64 { return s.weightNow.Load() }

// InitWeight is the configured weight.
func (s *Server) InitWeight() int64 { return int64(s.config.Load().weight()) }

// UserWeight is the weight as set at run time, else as configured.
func (s *Server) UserWeight() int64 { return s.weightNow.Load() }

// EffWeight is the weight a balancer has to use. Under the backend's lock.
func (s *Server) EffWeight() int { return s.userWeight }

// Began counts a session that connects to s, or takes one of its connections, at now.
func (s *Server) Began(now time.Time) {
	s.SessTotal.Add(1)
	s.Counters.SessRate.Add(now)
	s.sessionAt(now)
	s.backend.sessionAt(now)
}

// Endpoint is where to connect to; client is the address that the client connected to (for servers without a port).
// False: its name has not been resolved.
func (s *Server) Endpoint(client netip.AddrPort) (Endpoint, bool) {
	ip := s.addr.Load()
	if ip == nil {
		return Endpoint{}, false
	}
	return s.target.Load().target.at(*ip, client), true
}

// HasRoom says that a session can go to s at once: nobody waits for it and it is below its limit. Under the backend's
// lock, for balancers.
func (s *Server) HasRoom() bool { return s.hasRoom() }

// QueueOpen says that s has a maxqueue, and its queue is not full. Under the backend's lock, for balancers.
func (s *Server) QueueOpen() bool { return s.queue.n.Load() < int64(s.config.Load().MaxQueue) }

func (s *Server) hasRoom() bool { return s.queue.head == nil && s.free() }

func (s *Server) free() bool {
	return s.config.Load().maxConn() == 0 || s.Sessions.Load() < s.limit()
}

// limit is the dynamic maxconn (configuration.txt 5.2 minconn).
func (s *Server) limit() int64 {
	c := s.config.Load()
	most, least := c.maxConn(), int64(c.MinConn)
	full, now := s.backend.fullConn.Load(), s.backend.Sessions.Load()
	if least == 0 || least >= most || full == 0 || now >= full {
		return most
	}
	return max(least, now*most/full)
}

// balanced says that a balancer may use it.
func (s *Server) balanced() bool { return s.admin == 0 && s.oper == running && s.userWeight > 0 }

// persistent says that it takes sessions that name it (configuration.txt 4.2: option persist for servers that are down).
func (s *Server) persistent() bool {
	return s.admin&Maint == 0 && s.oper != stopped || s.backend.settings.Persist
}

// publish makes the state visible to readers without the lock.
func (s *Server) publish() {
	var f uint32
	if s.admin&Maint == 0 && s.oper != stopped && s.index >= 0 {
		f |= snapUp
	}
	s.snap.Store(f)
	s.weightNow.Store(int64(s.userWeight))
}

var _ txn.Server = (*Server)(nil)

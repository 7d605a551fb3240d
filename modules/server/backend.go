package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Balancer chooses servers; modules/balance implements it. All methods are called with the backend locked: they must not
// block nor call methods of Backend other than Candidates.
type Balancer interface {
	// Pick chooses among the backend's Candidates, not avoid if there is another. nil means all are full. A server without
	// room may be returned: the session then waits in that server's queue.
	Pick(t *txn.Txn, avoid *Server) *Server
	// Changed tells that candidates or weights have changed.
	Changed(b *Backend)
	// Taken and Dropped tell that a session was given to s or has left it, whoever chose s.
	Taken(s *Server)
	Dropped(s *Server)
}

// Log receives the sentences about state changes; level is syslog's (0 emerg ... 6 info). It must not block.
type Log func(level int, msg string)

// Settings are what a configuration says about a backend.
type Settings struct {
	ID         int       // number for statistics
	Servers    []*Config // in the order of the file
	Balancer   Balancer
	AllBackups bool  // option allbackups
	FullConn   int64 // fullconn: from how many sessions on servers' dynamic limits are at maxconn
	Persist    bool  // option persist: persistent sessions go to servers that are down, too
	Redispatch bool  // option redispatch: sessions that wait for a server that goes down, or is full, go to another
	LogHealth  bool  // option log-health-checks
	Disabled   bool  // disabled: no server is usable
	Listen     bool  // the proxy is a `listen` section: HAProxy's sentences say proxy, not backend
	Log        Log
	// Resolve looks up servers' names, default DefaultResolve.
	Resolve Resolve
}

// Validate checks what Configure would refuse.
func (s *Settings) Validate() error {
	_, err := compile(s)
	return err
}

// Backend is the run-time state of a backend and its servers. It outlives reloads.
type Backend struct {
	Counters
	name string

	mu         sync.Mutex
	settings   *Settings
	lb         Balancer
	servers    []*Server
	byName     map[string]*Server
	former     *Settings          // what was in force before settings
	gone       map[string]*Server // the servers that only former has, in case it comes back
	candidates []*Server          // what the balancer chooses from
	queue      queue
	arrivals   uint64   // numbers sessions that wait, over all queues
	wake       []Waker  // to call after the lock is released
	say        []saying // to log after the lock is released
	changed    bool     // watchers are to be called after the lock is released
	watchers   watchers
	lastChange time.Time
	downTime   time.Duration
	downCount  int64
	closed     bool

	background sync.WaitGroup
	ctx        context.Context // ends with the last reference
	cancel     context.CancelFunc

	id       atomic.Int64
	fullConn atomic.Int64
	active   atomic.Int64 // usable active servers (act)
	backups  atomic.Int64 // usable backup servers (bck)
	usable   atomic.Int64 // nbsrv
	weight   atomic.Int64 // weight of the candidates
	queued   atomic.Int64 // sessions in all queues
	view     atomic.Pointer[view]
	cookies  atomic.Pointer[cookieTable]
}

// view is the list of servers for readers without the lock.
type view struct{ servers []*Server }

// NewBackend returns a backend outside of any registry.
func NewBackend(name string) *Backend {
	b := &Backend{name: name, settings: &Settings{}, lastChange: time.Now()}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.view.Store(&view{})
	b.cookies.Store(&cookieTable{})
	return b
}

// Name is the proxy's name.
func (b *Backend) Name() string { return b.name }

// ID is the proxy's number (iid).
func (b *Backend) ID() int { return int(b.id.Load()) }

// Conns is the number of concurrent sessions.
func (b *Backend) Conns() int64 { return b.Sessions.Load() }

// ConnLimit is the fullconn (slim).
func (b *Backend) ConnLimit() int64 { return b.fullConn.Load() }

// SessRate is the number of sessions per second.
func (b *Backend) SessRate() int64 { return b.Counters.SessRate.Read(time.Now()) }

// ConnRate is 0: backends have none.
func (b *Backend) ConnRate() int64 { return 0 }

// ReqRate is 0: backends have none.
func (b *Backend) ReqRate() int64 { return 0 }

// UsableServers is HAProxy's nbsrv: active usable servers; without any, the backup servers in use.
func (b *Backend) UsableServers() int64 { return b.usable.Load() }

// ActiveServers and BackupServers are the usable servers of either kind (act, bck).
func (b *Backend) ActiveServers() int64 { return b.active.Load() }

// BackupServers is the number of usable backup servers (bck).
func (b *Backend) BackupServers() int64 { return b.backups.Load() }

// TotalWeight is the weight of the servers in use.
func (b *Backend) TotalWeight() int64 { return b.weight.Load() }

// QueueLen is the number of sessions that wait in the backend's and its servers' queues.
func (b *Backend) QueueLen() int64 { return b.queued.Load() }

// QueueOwn is the number of sessions that wait for any server (qcur).
func (b *Backend) QueueOwn() int64 { return b.queue.n.Load() }

// QueueMax is the highest QueueOwn (qmax).
func (b *Backend) QueueMax() int64 { return b.queue.n.Peak() }

// AvgQueue is the total queue divided by the number of active servers, rounded up; without one, the total.
func (b *Backend) AvgQueue() int64 {
	n, q := b.usable.Load(), b.queued.Load()
	if n == 0 {
		return q
	}
	return (q + n - 1) / n
}

// FreeSlots is connslots: connections and queue places that the servers have left; -1 when one has no limit.
func (b *Backend) FreeSlots() int64 {
	var free int64
	for _, s := range b.view.Load().servers {
		c := s.config.Load()
		if !s.IsUp() {
			continue
		}
		if c.maxConn() == 0 || c.MaxQueue == 0 {
			return -1
		}
		free += c.maxConn() - s.Sessions.Load() + int64(c.MaxQueue) - s.QueueLen()
	}
	return max(free, 0)
}

// Servers are the servers in the order of the configuration. The slice is shared: do not change it.
func (b *Backend) Servers() []*Server { return b.view.Load().servers }

// Candidates are the servers that a balancer chooses from: the usable active ones; without any, the first usable backup,
// or all of them with option allbackups. Only a Balancer may call it; the slice changes with the next Changed.
func (b *Backend) Candidates() []*Server { return b.candidates }

// Server finds a server by name, nil if there is none.
func (b *Backend) Server(name string) txn.Server {
	if s := b.ServerByName(name); s != nil {
		return s
	}
	return nil
}

// ServerByName finds a server by name, nil if there is none.
func (b *Backend) ServerByName(name string) *Server {
	for _, s := range b.view.Load().servers {
		if s.name == name {
			return s
		}
	}
	return nil
}

// ServerByID finds a server by its number, nil if there is none.
func (b *Backend) ServerByID(id int) *Server {
	for _, s := range b.view.Load().servers {
		if s.ID() == id {
			return s
		}
	}
	return nil
}

// Enter counts a session that this backend was chosen for at now.
func (b *Backend) Enter(now time.Time) {
	b.SessTotal.Add(1)
	b.Counters.SessRate.Add(now)
	b.Sessions.Inc()
}

// Leave ends what Enter began.
func (b *Backend) Leave() { b.Sessions.Dec() }

// SetBalancer replaces the balancer.
func (b *Backend) SetBalancer(lb Balancer) {
	b.mu.Lock()
	defer b.unlock()
	b.lb = lb
	lb.Changed(b)
}

// compiled is a server's configuration with its addresses parsed.
type compiled struct {
	cfg    *Config
	target Target
	check  Target
}

func compile(s *Settings) ([]compiled, error) {
	var errs []error
	list := make([]compiled, len(s.Servers))
	seen, ids := make(map[string]bool, len(s.Servers)), make(map[int]string)
	for i, c := range s.Servers {
		if seen[c.Name] {
			errs = append(errs, fmt.Errorf("server %s: the name is already used", c.Name))
		}
		seen[c.Name] = true
		if c.ID != 0 && ids[c.ID] != "" {
			errs = append(errs, fmt.Errorf("server %s: the id %d is already used by server %s", c.Name, c.ID, ids[c.ID]))
		}
		ids[c.ID] = c.Name
		list[i].cfg = c
		if err := list[i].parse(); err != nil {
			errs = append(errs, fmt.Errorf("server %s: %w", c.Name, err))
		}
	}
	return list, errors.Join(errs...)
}

func (c *compiled) parse() error {
	err := c.cfg.validate()
	if err != nil {
		return err
	}
	if c.target, err = ParseTarget(c.cfg.Address); err != nil {
		return err
	}
	c.check = c.target
	if c.cfg.CheckAddress != "" {
		port := c.target.Port
		if c.check, err = ParseTarget(c.cfg.CheckAddress); err != nil {
			return err
		}
		if c.check.Mapped && c.check.Port == 0 {
			c.check.Port, c.check.Mapped = port, c.target.Mapped
		}
	}
	if c.cfg.CheckPort != 0 {
		c.check.Port, c.check.Mapped = c.cfg.CheckPort, false
	}
	if c.cfg.Check && c.check.Unix == "" && c.check.Mapped {
		return errors.New("neither service port nor check port")
	}
	return nil
}

// Configure puts s in force: servers are found by name and keep their state, new ones are added, gone ones are forgotten
// (their sessions go on). Putting the same former Settings in force again, after a reload that failed, also brings the
// servers back that the failed ones did not have.
//
// What survives: counters and sessions always; health, unless the address or the check's address changed; the
// administrative state, unless the word `disabled` was added or removed; the weight that was set at run time, unless the
// configured weight changed.
func (b *Backend) Configure(s *Settings) error {
	list, err := compile(s)
	if err != nil {
		return fmt.Errorf("backend %s: %w", b.name, err)
	}
	b.awaitNames(b.install(s, list))
	return nil
}

// install does Configure's work under the lock; it returns the servers whose names are being looked up.
func (b *Backend) install(s *Settings, list []compiled) map[*Server]<-chan struct{} {
	waiting := make(map[*Server]<-chan struct{})
	b.mu.Lock()
	defer b.unlock()
	var revived map[string]*Server
	if s == b.former {
		revived = b.gone
	}
	b.former, b.settings = b.settings, s
	b.changed = true // the number of servers may be another
	b.id.Store(int64(s.ID))
	b.fullConn.Store(s.FullConn)
	old := b.byName
	b.byName = make(map[string]*Server, len(list))
	servers := make([]*Server, len(list))
	for i := range list {
		srv := old[list[i].cfg.Name]
		if srv == nil {
			srv = revived[list[i].cfg.Name]
		}
		if srv == nil {
			srv = newServer(b, list[i].cfg.Name)
		}
		delete(old, list[i].cfg.Name)
		srv.index = i
		if srv.configure(&list[i]) && !b.closed {
			if tried := srv.watchName(&list[i]); srv.addr.Load() == nil {
				waiting[srv] = tried
			}
		}
		servers[i] = srv
		b.byName[srv.name] = srv
	}
	for _, srv := range old {
		srv.remove()
	}
	b.gone = old
	numberServers(servers)
	b.servers = servers
	b.view.Store(&view{servers})
	b.cookies.Store(newCookieTable(servers))
	if s.Balancer != nil {
		b.lb = s.Balancer
	}
	b.recount()
	b.drainQueues()
	return waiting
}

// numberServers gives each server its number: the configured one, or the first that is free from its place on.
func numberServers(servers []*Server) {
	used := make(map[int]bool, len(servers))
	for _, s := range servers {
		used[s.config.Load().ID] = true
	}
	for i, s := range servers {
		id := s.config.Load().ID
		if id == 0 {
			for id = i + 1; used[id]; id++ {
			}
			used[id] = true
		}
		s.id.Store(int64(id))
	}
}

// recount finds the candidates after a server's state or weight has changed.
func (b *Backend) recount() {
	var act, bck []*Server
	for _, s := range b.servers {
		s.publish()
		s.candidate = false
		if !s.balanced() {
			continue
		}
		if s.config.Load().Backup {
			bck = append(bck, s)
		} else {
			act = append(act, s)
		}
	}
	b.candidates = act
	if len(act) == 0 {
		b.candidates = bck
		if len(bck) > 1 && !b.settings.AllBackups {
			b.candidates = bck[:1]
		}
	}
	var weight int64
	for _, s := range b.candidates {
		s.candidate = true
		weight += int64(s.userWeight)
	}
	b.active.Store(int64(len(act)))
	b.backups.Store(int64(len(bck)))
	usable := int64(len(b.candidates))
	if b.settings.Disabled {
		usable = 0
	}
	if b.usable.Swap(usable) != usable {
		b.changed = true
	}
	b.weight.Store(weight)
	if b.lb != nil {
		b.lb.Changed(b)
	}
}

// close ends the background work of all servers.
func (b *Backend) close() {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		b.cancel()
	}
	b.mu.Unlock()
	b.background.Wait()
}

var _ txn.Backend = (*Backend)(nil)

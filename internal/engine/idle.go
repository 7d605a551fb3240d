package engine

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// idlePool holds the idle connections to one server (configuration.txt 4.2 "http-reuse"): those of each loop apart, so
// that loops do not wait for each other.
type idlePool struct {
	srv   *server.Server
	parts atomic.Pointer[[]*idlePart] // by number of the loop, 0 for sessions on goroutines
	mu    sync.Mutex                  // of parts' growth, and listed
	// peak is the most connections that were in use at once, lately: more than that are not kept.
	peak   atomic.Int64
	listed atomic.Bool // in pools
}

// idlePart are the connections of one loop, the last used on top.
type idlePart struct {
	mu     sync.Mutex
	reused []idleConn // have carried more than one request: taken first, and safe for aggressive reuse
	fresh  []idleConn
}

// used notes that n connections are in use.
func (p *idlePool) used(n int64) {
	for {
		old := p.peak.Load()
		if n <= old || p.peak.CompareAndSwap(old, n) {
			return
		}
	}
}

type idleConn struct {
	c     *netio.Conn
	since netio.Time
}

// pools are all pools with connections.
var pools struct {
	sync.Mutex
	m map[*idlePool]bool
}

func poolOf(srv *server.Server) *idlePool {
	if p, ok := srv.Pool.Load().(*idlePool); ok {
		return p
	}
	p := &idlePool{srv: srv}
	p.parts.Store(new([]*idlePart))
	srv.Pool.CompareAndSwap(nil, p)
	return srv.Pool.Load().(*idlePool)
}

// part is the part of a loop.
func (p *idlePool) part(loop int) *idlePart {
	if all := *p.parts.Load(); loop < len(all) {
		return all[loop]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Clone(*p.parts.Load())
	for loop >= len(all) {
		all = append(all, new(idlePart))
	}
	p.parts.Store(&all)
	return all[loop]
}

// list puts p among the pools that PurgeIdle looks at.
func (p *idlePool) list() {
	if p.listed.Load() {
		return
	}
	pools.Lock()
	defer pools.Unlock()
	p.listed.Store(true)
	if pools.m == nil {
		pools.m = make(map[*idlePool]bool)
	}
	pools.m[p] = true
}

// unlist forgets p while it is empty; the next connection lists it again.
func (p *idlePool) unlist() {
	pools.Lock()
	defer pools.Unlock()
	p.listed.Store(false) // first: whoever keeps a connection now lists p again, and waits for the lock
	for _, part := range *p.parts.Load() {
		if part.size() > 0 {
			p.listed.Store(true)
			return
		}
	}
	delete(pools.m, p)
}

func (part *idlePart) size() int {
	part.mu.Lock()
	defer part.mu.Unlock()
	return len(part.reused) + len(part.fresh)
}

// retrySafe are the conditions under which http-reuse safe also serves first requests from idle connections.
const retrySafe = RetryConnFailure | RetryEmptyResponse | RetryResponseTimeout

// takeIdle returns a connection to srv that this request may use, nil when it has to open one. It leads to the address
// that the server has now, for this client: a reload or a name lookup may have moved the server, and the port may depend
// on the client's.
func (s *session) takeIdle(srv *server.Server, to netio.Addr) *netio.Conn {
	if c := s.own; c != nil {
		same := s.ownServer == srv
		s.own, s.ownServer = nil, nil
		if same && c.To == to && c.Quiet() {
			return c
		}
		c.Reset()
	}
	s.private = false
	mode := s.be.Reuse
	first := s.conn.Requests == 1
	if mode == ReuseSafe && s.be.RetryOn&retrySafe == retrySafe {
		first = false // what goes wrong with an idle connection is repeated on another one
	}
	if mode == ReuseNever || (mode == ReuseSafe && first) {
		return nil
	}
	p := poolOf(srv)
	for {
		c := p.take(to, mode == ReuseAggressive && first, s.task.Loop(), s.snap.Global.IdlePoolShared)
		if c == nil {
			return nil
		}
		c, err := c.Use(s.task)
		if err != nil {
			continue
		}
		if c.Quiet() {
			return c
		}
		c.Close() // the server has closed it meanwhile
	}
}

// take takes a connection of the loop, or, where they are shared, of another one.
func (p *idlePool) take(to netio.Addr, onlyReused bool, loop int, shared bool) *netio.Conn {
	c := p.part(loop).take(to, onlyReused)
	if all := *p.parts.Load(); c == nil && loop > 0 && shared && p.srv.IdleConns.Load() > 0 {
		for i := 1; i < len(all) && c == nil; i++ {
			if i != loop {
				c = all[i].take(to, onlyReused)
			}
		}
	}
	if c != nil {
		p.srv.IdleConns.Add(-1)
	}
	return c
}

func (part *idlePart) take(to netio.Addr, onlyReused bool) *netio.Conn {
	part.mu.Lock()
	defer part.mu.Unlock()
	c := pop(&part.reused, to)
	if c == nil && !onlyReused {
		c = pop(&part.fresh, to)
	}
	return c
}

func pop(list *[]idleConn, to netio.Addr) *netio.Conn {
	l := *list
	for i := len(l) - 1; i >= 0; i-- {
		c := l[i].c
		if c.To != to {
			continue
		}
		copy(l[i:], l[i+1:])
		l[len(l)-1] = idleConn{}
		*list = l[:len(l)-1]
		return c
	}
	return nil
}

// putIdle keeps c for later requests, or closes it when the server's pool is full.
func (s *session) putIdle(srv *server.Server, c *netio.Conn) {
	if s.be.Reuse == ReuseNever || s.private {
		if s.keep {
			s.own, s.ownServer = c, srv
			return
		}
		c.Reset()
		return
	}
	if !poolOf(srv).put(c, s.srvReused, s.task.Now()) {
		c.Reset()
	}
}

// put keeps c; false: there are enough (pool-max-conn, pool-purge-delay 0, and no more than were in use at once lately).
func (p *idlePool) put(c *netio.Conn, reused bool, now netio.Time) bool {
	cfg := p.srv.Config()
	if d := cfg.PoolPurgeDelay; d != nil && *d == 0 {
		return false
	}
	n := p.srv.IdleConns.Load()
	if most := cfg.PoolMaxConn; most != nil && *most >= 0 && n >= int64(*most) || n+p.srv.UsedConns.Load() >= p.peak.Load() {
		return false
	}
	part := p.part(c.Loop())
	part.mu.Lock()
	defer part.mu.Unlock()
	if !c.Keep(p) {
		return false
	}
	list := &part.fresh
	if reused {
		list = &part.reused
	}
	*list = append(*list, idleConn{c: c, since: now})
	p.srv.IdleConns.Add(1)
	p.list()
	return true
}

// Lost implements netio.Keeper: the server has closed an idle connection, or has said something unasked.
func (p *idlePool) Lost(c *netio.Conn) {
	if p.part(c.Loop()).drop(c) {
		p.srv.IdleConns.Add(-1)
		c.Close()
	}
}

// drop takes c out; false: somebody else has.
func (part *idlePart) drop(c *netio.Conn) bool {
	part.mu.Lock()
	defer part.mu.Unlock()
	for _, list := range []*[]idleConn{&part.reused, &part.fresh} {
		for i := range *list {
			if (*list)[i].c == c {
				*list = slices.Delete(*list, i, i+1)
				return true
			}
		}
	}
	return false
}

var (
	bound       = [][]byte{[]byte("ntlm"), []byte("nego")}
	nameWWWAuth = "www-authenticate"
	namePrxAuth = "proxy-authenticate"
)

// markPrivate notes that the server authenticates connections instead of requests: nobody else may use this one.
func (s *session) markPrivate() {
	name := nameWWWAuth
	if s.t.Res.Status == 407 {
		name = namePrxAuth
	} else if s.t.Res.Status != 401 {
		return
	}
	h := s.t.Res.Headers
	for i := h.Find(name, 0); i >= 0; i = h.Find(name, i+1) {
		for _, scheme := range bound {
			if v := h[i].Value; len(v) >= len(scheme) && bytes.EqualFold(v[:len(scheme)], scheme) {
				s.private = true
			}
		}
	}
}

// purge closes the connections that have been idle for longer than age, and those that the server has closed.
func (p *idlePool) purge(age time.Duration) {
	limit := netio.Now() - netio.Time(age)
	for _, part := range *p.parts.Load() {
		dead := part.purge(age, limit)
		p.srv.IdleConns.Add(-int64(len(dead)))
		for _, e := range dead {
			e.c.Discard()
		}
	}
	used := p.srv.UsedConns.Load()
	p.peak.Store(max(used, (p.peak.Load()+used+1)/2))
}

func (part *idlePart) purge(age time.Duration, limit netio.Time) (dead []idleConn) {
	part.mu.Lock()
	defer part.mu.Unlock()
	for _, list := range []*[]idleConn{&part.reused, &part.fresh} {
		keep := (*list)[:0]
		for _, e := range *list {
			if age == 0 || e.since <= limit || e.c.Loop() == 0 && !e.c.Quiet() {
				dead = append(dead, e)
			} else {
				keep = append(keep, e)
			}
		}
		clear((*list)[len(keep):])
		*list = keep
	}
	return dead
}

// defaultPurge is pool-purge-delay's default (configuration.txt 5.2).
const defaultPurge = 5 * time.Second

// PurgeIdle closes idle server connections that are due; all says that the rest goes too (at the end).
func PurgeIdle(all bool) {
	purging.Lock()
	defer purging.Unlock()
	purging.list = appendPools(purging.list[:0])
	defer func() { clear(purging.list) }()
	for _, p := range purging.list {
		age := defaultPurge
		if d := p.srv.Config().PoolPurgeDelay; d != nil {
			age = time.Duration(*d)
		}
		if all || p.srv.Gone() {
			age = 0
		}
		p.purge(age)
		p.unlist() // unless something is left: servers of backends that a reload took away come to no other end
	}
}

// purging is the list that PurgeIdle goes through, once a second: the same memory each time.
var purging struct {
	sync.Mutex
	list []*idlePool
}

func appendPools(list []*idlePool) []*idlePool {
	pools.Lock()
	defer pools.Unlock()
	for p := range pools.m {
		list = append(list, p)
	}
	return list
}

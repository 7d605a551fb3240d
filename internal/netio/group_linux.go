package netio

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// Start makes n loops accept connections; those that were more before only finish what they have. batch is how many
// connections are accepted in a row: 0 for the default, negative for all that are there.
func (g *Group) Start(n, batch int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case batch == 0:
		batch = defaultBatch
	case batch < 0:
		batch = math.MaxInt32
	}
	g.batch.Store(int32(batch))
	spareProcs(n)
	for len(g.loops) < n {
		l, err := newLoop(g)
		if err != nil {
			return err
		}
		g.loops = append(g.loops, l)
		g.wg.Add(1)
		go l.run()
	}
	if n == g.Loops() {
		return nil
	}
	active := g.loops[:n:n]
	g.active.Store(&active)
	for s := range g.listeners {
		s.spread(active)
	}
	return nil
}

// spareProcs raises GOMAXPROCS above the number of loops. Each loop holds one of Go's processors for as long as it has
// work; checks, the admin API and everything else that runs on goroutines need another. It also keeps Go's monitor from
// taking the processor of a loop that waits for events away from it each time, at the price of a tenth of the CPU.
func spareProcs(n int) {
	if want := n + max(1, n/4); runtime.GOMAXPROCS(0) < want {
		runtime.GOMAXPROCS(want)
	}
}

// Release lets each loop end as soon as it has no connection left. Listeners must have been closed.
func (g *Group) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.released.Load() {
		return
	}
	g.released.Store(true)
	for _, l := range g.loops {
		l.post(note{fn: func() { l.ending = true }})
	}
}

// Listener gives the connections of a socket to an Acceptor.
type Listener struct {
	g    *Group
	a    Acceptor
	fd   int
	unix bool
	// local is the address of all its connections, invalid when each may have another.
	local netip.AddrPort

	mu     sync.Mutex
	seats  []*seat // one on each loop
	left   []*seat // of loops that accept no more
	opened bool
	closed bool
}

// seat is a listener on one loop.
type seat struct {
	ln     *Listener
	l      *loop
	on     bool // epoll tells of it
	pause  bool // the acceptor has no room, or the system no descriptors
	closed bool
}

// errNoDescriptor says that a listener hides its socket.
var errNoDescriptor = errors.New("netio: a listener without a descriptor")

// Listen makes a Listener that accepts from ln's socket on all loops, once it is opened; ln itself must not be used for
// that, and may be closed when it does not take its name with it.
func (g *Group) Listen(ln net.Listener, a Acceptor) (*Listener, error) {
	fd, err := dupListener(ln)
	if err != nil {
		return nil, err
	}
	_, isUnix := ln.Addr().(*net.UnixAddr)
	if !isUnix { // connections inherit it
		one := int32(1)
		setsockopt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, unsafe.Pointer(&one), 4)
	}
	s := &Listener{g: g, a: a, fd: fd, unix: isUnix}
	if addr := sockname(fd); !isUnix && !addr.Addr().IsUnspecified() && !transparent(fd) {
		s.local = addr
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listeners == nil {
		g.listeners = make(map[*Listener]bool)
	}
	g.listeners[s] = true
	return s, nil
}

// Open begins to accept.
func (s *Listener) Open() {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	s.mu.Lock()
	s.opened = true
	s.mu.Unlock()
	s.spread(*s.g.active.Load())
}

// spread gives s a seat on each of the loops, and on no other.
func (s *Listener) spread(active []*loop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.opened {
		return
	}
	var keep []*seat
	has := make(map[*loop]bool)
	for _, st := range s.seats {
		if !slices.Contains(active, st.l) {
			st.l.post(note{fn: st.close})
			s.left = append(s.left, st)
			continue
		}
		keep, has[st.l] = append(keep, st), true
	}
	for _, l := range active {
		if !has[l] {
			st := &seat{ln: s, l: l}
			keep = append(keep, st)
			l.post(note{fn: st.open})
		}
	}
	s.seats = keep
}

// transparent tells whether connections to any address may come to fd (bind option transparent).
func transparent(fd int) bool {
	for _, level := range []int{syscall.IPPROTO_IP, syscall.IPPROTO_IPV6} {
		name := syscall.IP_TRANSPARENT
		if level == syscall.IPPROTO_IPV6 {
			name = 75 // IPV6_TRANSPARENT
		}
		if v, err := syscall.GetsockoptInt(fd, level, name); err == nil && v != 0 {
			return true
		}
	}
	return false
}

func dupListener(ln net.Listener) (int, error) {
	if d, ok := ln.(Descriptor); ok {
		return d.Dup()
	}
	sc, ok := ln.(syscall.Conn)
	if !ok {
		return 0, errNoDescriptor
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return 0, err
	}
	fd := -1
	var e syscall.Errno
	if err := rc.Control(func(f uintptr) {
		r, _, no := syscall.RawSyscall(syscall.SYS_FCNTL, f, syscall.F_DUPFD_CLOEXEC, 0)
		fd, e = int(r), no
	}); err != nil {
		return 0, err
	}
	if e != 0 {
		return 0, e
	}
	return fd, nil
}

// Resume looks again whether the acceptor has room. Any goroutine may call it.
func (s *Listener) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.seats {
		st.l.post(note{fn: st.resume})
	}
}

// Close ends accepting and returns when no Accepted will be called any more. It must not be called on a loop.
func (s *Listener) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	seats := append(s.seats, s.left...)
	s.seats, s.left = nil, nil
	s.mu.Unlock()
	s.g.forget(s)
	barrier(len(seats), func(i int, done func()) bool {
		return seats[i].l.post(note{fn: func() { seats[i].close(); done() }})
	})
	// Connections that one loop has accepted for another are on their way: they were posted before this.
	s.g.mu.Lock()
	loops := s.g.loops // also those that have begun after Listen
	s.g.mu.Unlock()
	barrier(len(loops), func(i int, done func()) bool { return loops[i].post(note{fn: done}) })
	syscall.Close(s.fd)
}

// barrier posts n notes and waits until the loops, those that live, have come to them.
func barrier(n int, post func(i int, done func()) bool) {
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		if !post(i, wg.Done) {
			wg.Done()
		}
	}
	wg.Wait()
}

func (g *Group) forget(s *Listener) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.listeners, s)
}

func (st *seat) open() {
	if st.closed {
		return
	}
	st.l.listeners[st.ln.fd] = st
	st.resume()
}

func (st *seat) resume() {
	st.pause = false
	if st.on || st.closed {
		return
	}
	if err := st.l.watch(st.ln.fd, syscall.EPOLLIN|epollExclusive); err != nil {
		st.ln.a.Failed(err)
		return
	}
	st.on = true
}

// rest stops listening until resume.
func (st *seat) rest() {
	st.pause = true
	if st.on {
		st.on = false
		st.l.unwatch(st.ln.fd)
	}
}

func (st *seat) close() {
	st.closed = true
	if st.on {
		st.on = false
		st.l.unwatch(st.ln.fd)
	}
	delete(st.l.listeners, st.ln.fd)
}

// acceptPause is how long a loop waits when the system has no descriptor for another connection.
const acceptPause = 10 * time.Millisecond

// accept takes some connections of a listener that has them.
func (l *loop) accept(st *seat) {
	defer l.recovered()
	if st.closed || st.pause {
		return
	}
	a := st.ln.a
	for range l.g.batch.Load() {
		place, ok := a.Room()
		if !ok {
			st.rest()
			return
		}
		var sa rawAddr
		fd, e := acceptOne(st.ln.fd, &sa)
		if e != 0 {
			a.Refused(place)
			switch e {
			case syscall.EAGAIN:
				return
			case syscall.EINTR, syscall.ECONNABORTED:
				continue
			}
			a.Failed(e)
			st.rest()
			time.AfterFunc(acceptPause, func() { l.post(note{fn: st.resume}) })
			return
		}
		if to := l.lighter(); to != nil {
			to.count.Add(1) // so that the next one sees it; adopt takes it back
			to.post(note{kind: noteAdopt, fd: fd, sa: sa, seat: st, place: place})
			continue
		}
		l.admit(st.ln, fd, &sa, place)
	}
}

// lighter is the loop that has clearly fewer connections than l, nil without one.
func (l *loop) lighter() *loop {
	var best *loop
	n := l.count.Load()
	low := n - 4 - n/8
	for _, o := range *l.g.active.Load() {
		if c := o.count.Load(); c < low {
			best, low = o, c
		}
	}
	return best
}

func (l *loop) adopt(n *note) {
	l.count.Add(-1)
	l.admit(n.seat.ln, n.fd, &n.sa, n.place)
}

// admit makes an accepted descriptor a connection of l.
func (l *loop) admit(ln *Listener, fd int, sa *rawAddr, place any) {
	c := l.add(fd)
	c.IsUnix = ln.unix
	if !ln.unix {
		c.Remote = sa.addrPort()
		if c.Local = ln.local; !c.Local.IsValid() {
			c.Local = sockname(fd)
		}
	}
	ln.a.Accepted(c, place)
}

package netio

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// loop runs tasks as coroutines over one epoll instance. Everything in it belongs to the goroutine of run and to the
// coroutines that it resumes, which never run at the same time; only the inbox is open to others.
type loop struct {
	g  *Group
	id int // unique among the loops that run, from 1

	ep, bell int // the epoll instance and the eventfd that ends its wait

	conns     []*Conn // by descriptor
	listeners map[int]*seat
	heard     []*seat // listeners with an event
	count     atomic.Int64

	cur     *Task   // that runs
	ready   []*Task // that run next
	spare   []*Task
	idle    []*Task // coroutines without work
	working int     // tasks with work
	timers  timers

	now     Time // of the last look at the clock
	date    time.Time
	busy    bool // the last poll brought much
	yielded Time // when Go's scheduler was last called
	ending  bool

	inMu     sync.Mutex
	inbox    []note
	inSpare  []note
	ended    bool // nobody looks at the inbox any more
	inLen    atomic.Int32
	sleeping atomic.Bool
	debug    loopDebug

	pipes  []*Pipe
	iov    [2]syscall.Iovec
	msg    syscall.Msghdr
	events [256]syscall.EpollEvent
}

// note is what somebody else wants of a loop.
type note struct {
	task *Task  // to look at what it waits for
	conn *Conn  // to look at its flags, or to be closed
	fn   func() // to be called on the loop
	kind noteKind
	fd   int
	sa   rawAddr
	seat *seat

	place any
}

type noteKind uint8

const (
	noteWake noteKind = iota
	noteClose
	noteAdopt  // a connection that another loop has accepted
	noteForget // a connection that has moved to another loop
)

const (
	epollET        = 1 << 31
	epollExclusive = 1 << 28
	readable       = syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
	writable       = syscall.EPOLLOUT | syscall.EPOLLHUP | syscall.EPOLLERR
	gone           = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
)

// loopIDs gives each running loop the lowest number that is free: pools keep a place for each.
var loopIDs struct {
	sync.Mutex
	used []bool
}

func newLoop(g *Group) (*loop, error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	const efdNonblock, efdCloexec = syscall.O_NONBLOCK, syscall.O_CLOEXEC
	bell, _, e := syscall.RawSyscall(syscall.SYS_EVENTFD2, 0, efdNonblock|efdCloexec, 0)
	if e != 0 {
		syscall.Close(ep)
		return nil, e
	}
	l := &loop{g: g, ep: ep, bell: int(bell), listeners: make(map[int]*seat)}
	if err := l.watch(l.bell, syscall.EPOLLIN|epollET); err != nil {
		syscall.Close(ep)
		syscall.Close(l.bell)
		return nil, err
	}
	loopIDs.Lock()
	defer loopIDs.Unlock()
	for l.id = 1; l.id < len(loopIDs.used) && loopIDs.used[l.id]; l.id++ {
	}
	for l.id >= len(loopIDs.used) {
		loopIDs.used = append(loopIDs.used, false)
	}
	loopIDs.used[l.id] = true
	return l, nil
}

func (l *loop) watch(fd int, events uint32) error {
	ev := syscall.EpollEvent{Events: events, Fd: int32(fd)}
	_, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(l.ep), syscall.EPOLL_CTL_ADD, uintptr(fd), uintptr(unsafe.Pointer(&ev)), 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func (l *loop) unwatch(fd int) {
	var ev syscall.EpollEvent
	syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(l.ep), syscall.EPOLL_CTL_DEL, uintptr(fd), uintptr(unsafe.Pointer(&ev)), 0, 0)
}

// run is the loop. First all events of a poll are noted, then whoever they concern runs: no task sees an old state.
func (l *loop) run() {
	defer l.end()
	l.guard()
	for !l.done() {
		n := l.poll()
		l.date = time.Now()
		l.now = at(l.date)
		l.debug.runs(nil)
		if l.now > l.yielded+maxTurn {
			l.yielded = l.now
			runtime.Gosched()
		}
		for i := range n {
			l.event(&l.events[i])
		}
		for t := l.timers.due(l.now); t != nil; t = l.timers.due(l.now) {
			if t.task != nil {
				l.wake(t.task)
			} else {
				l.unpark(t.conn)
			}
		}
		for _, s := range l.heard {
			l.accept(s)
		}
		l.heard = l.heard[:0]
		l.receive()
		l.runReady()
		l.debug.waits()
	}
}

// maxTurn is how long a loop goes without calling Go's scheduler. After ten milliseconds Go's monitor would take it for a
// goroutine that does not let others run, interrupt it, and take its processor away during the next wait, and would look
// again every 20 us for a while: a fifth of all CPU at 1,000 requests a second.
const maxTurn = Time(4 * time.Millisecond)

// done tells whether the loop may end: it was released, and nothing is left of it.
func (l *loop) done() bool {
	if !l.ending || l.count.Load() != 0 || l.working != 0 || len(l.listeners) != 0 {
		return false
	}
	l.inMu.Lock()
	defer l.inMu.Unlock()
	l.ended = len(l.inbox) == 0
	return l.ended
}

func (l *loop) end() {
	l.unguard()
	for _, t := range l.idle {
		t.on.stop()
	}
	for _, p := range l.pipes {
		Pipes.free.Add(-1)
		p.close()
	}
	syscall.Close(l.ep)
	syscall.Close(l.bell)
	loopIDs.Lock()
	loopIDs.used[l.id] = false
	loopIDs.Unlock()
	l.g.wg.Done()
}

// poll waits for events, as long as there is nothing else to do.
func (l *loop) poll() int {
	if len(l.ready) > 0 || l.inLen.Load() > 0 {
		return l.epollWait(0)
	}
	if l.busy { // more is likely to be there already: look without telling Go's scheduler
		n := l.epollWait(0)
		l.busy = n >= busyEvents
		if n > 0 {
			return n
		}
	}
	l.sleeping.Store(true)
	defer l.sleeping.Store(false)
	if l.inLen.Load() > 0 {
		return 0
	}
	n, _, e := syscall.Syscall6(syscall.SYS_EPOLL_PWAIT, uintptr(l.ep), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), uintptr(l.wait()), 0, 0)
	if e != 0 {
		return 0
	}
	l.busy = n >= busyEvents
	return int(n)
}

// busyEvents is how many events of one wait make it likely that more have come when they are done.
const busyEvents = 3

func (l *loop) epollWait(ms int) int {
	n, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(l.ep), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), uintptr(ms), 0, 0)
	if e != 0 {
		return 0
	}
	return int(n)
}

// wait is how long the poll may last, in milliseconds: until the soonest timer, for ever (-1) without one.
func (l *loop) wait() int {
	next := l.timers.next()
	if next == 0 {
		return -1
	}
	d := next.Sub(Now())
	if d <= 0 {
		return 0
	}
	return int(min((d+time.Millisecond-1)/time.Millisecond, 1<<30))
}

// event notes what epoll says of one descriptor.
func (l *loop) event(ev *syscall.EpollEvent) {
	fd := int(ev.Fd)
	if fd >= len(l.conns) || l.conns[fd] == nil {
		if s := l.listeners[fd]; s != nil {
			l.heard = append(l.heard, s)
		}
		return
	}
	c := l.conns[fd]
	o := &c.on
	if ev.Events&gone != 0 {
		o.hup = true
		o.dead = ev.Events&(syscall.EPOLLHUP|syscall.EPOLLERR) != 0
		if o.watcher != nil {
			l.wake(o.watcher)
		}
	}
	if ev.Events&readable != 0 {
		o.rready = true
		switch {
		case o.reader != nil:
			l.wake(o.reader)
		case o.parked != nil:
			l.unpark(c)
		case o.keeper != nil:
			l.lost(c)
		}
	}
	if ev.Events&writable != 0 {
		o.wready = true
		if o.writer != nil {
			l.wake(o.writer)
		}
	}
}

func (l *loop) lost(c *Conn) {
	defer l.recovered()
	c.on.keeper.Lost(c)
}

// post leaves n for the loop; false: the loop has ended. Any goroutine may call it. The bell is rung under the lock: after
// the end its descriptor is somebody else's.
func (l *loop) post(n note) bool { return l.leave(n, true) }

// leave is post; without ring the note waits until the loop wakes by itself.
func (l *loop) leave(n note, ring bool) bool {
	l.inMu.Lock()
	defer l.inMu.Unlock()
	if l.ended {
		return false
	}
	l.inbox = append(l.inbox, n)
	l.inLen.Store(int32(len(l.inbox)))
	if ring && l.sleeping.CompareAndSwap(true, false) {
		one := uint64(1)
		syscall.RawSyscall(syscall.SYS_WRITE, uintptr(l.bell), uintptr(unsafe.Pointer(&one)), 8)
	}
	return true
}

// receive does what others have posted.
func (l *loop) receive() {
	if l.inLen.Load() == 0 {
		return
	}
	l.inMu.Lock()
	notes := l.inbox
	l.inbox, l.inSpare = l.inSpare[:0], nil
	l.inLen.Store(0)
	l.inMu.Unlock()
	for i := range notes {
		l.handle(&notes[i])
	}
	clear(notes)
	l.inSpare = notes[:0]
}

func (l *loop) handle(n *note) {
	defer l.recovered()
	switch {
	case n.fn != nil:
		n.fn()
	case n.kind == noteAdopt:
		l.adopt(n)
	case n.kind == noteClose:
		n.conn.loopClose(false)
	case n.kind == noteForget:
		n.conn.forget()
	case n.conn != nil:
		n.conn.look()
	case n.task != nil:
		if n.task.on.blocked {
			l.wake(n.task)
		}
	}
}

// wake lets t run soon.
func (l *loop) wake(t *Task) {
	if !t.on.queued {
		t.on.queued = true
		l.ready = append(l.ready, t)
	}
}

// runReady runs every task that is ready now; what they make ready runs after the next poll.
func (l *loop) runReady() {
	run := l.ready
	l.ready = l.spare[:0]
	for _, t := range run {
		l.resume(t)
	}
	clear(run)
	l.spare = run[:0]
}

// recovered is the last resort for a panic that nothing below has recovered from.
func (l *loop) recovered() {
	if r := recover(); r != nil {
		l.g.panics(r, debug.Stack())
	}
}

package guard

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// Options are what a guard is started with, in the network namespace of the calling thread.
type Options struct {
	// Report is speaker.Options'. Beside the speaker's reports it gets those of kind Restarted.
	Report func(speaker.Report)
	// Command is the guard's program and its arguments. Default: this binary with the argument vrrp-guard. The program must
	// call Main.
	Command []string
	// Realtime is the priority by SCHED_FIFO, 1 to 99 (vrrp_rt_priority). Default 50, negative is none.
	Realtime int
	// Niceness is for a guard without real-time priority, -20 to 19 (vrrp_priority). Default -20.
	Niceness int
	// Swappable lets its memory be swapped out (the opposite of vrrp_no_swap).
	Swappable bool
	// CPUs are the processors it runs on (vrrp_cpu_affinity). Default all.
	CPUs []int
	// Patience is how long this process may be silent until the guard takes it for hung, and the other way round. Default 10 s.
	Patience time.Duration
	// InProcess lets this process speak itself when the guard dies again and again.
	InProcess bool
	// Log gets what the guard has to say to a human. Default: nothing is logged.
	Log *slog.Logger
}

// Restarted reports that the guard died. Detail says of what, and what is done about it; Count is how many died since it
// last lived for a while.
const Restarted speaker.Kind = "guard"

// ErrGone is what calls get after a guard that could not be kept alive, and after Close.
var ErrGone = errors.New("guard: there is none")

// errStuck is what calls get from a guard that does not answer.
var errStuck = errors.New("guard: no answer")

// patient is how long a call waits for an answer, and a message for room in the socket. A configuration may take longer as
// long as the guard gives signs of life.
const (
	patient    = 2 * time.Second
	longestTry = 15 * time.Second
)

// Guard is a speaker.Speaker in another process.
type Guard struct {
	opts  Options
	place *netif.Namespace
	log   *slog.Logger

	mu      sync.Mutex
	memory  memory          // what the next guard must know
	link    *link           // nil while there is none
	local   speaker.Speaker // after the guard was given up
	gone    bool
	closing bool
	changed chan struct{} // closed and replaced when one of the above changes

	stop chan struct{} // closed by Close
	done chan struct{} // closed when the last goroutine has ended
}

// Start starts a guard and waits until its speaker is open. Every later guard is started in its place.
func Start(o Options) (*Guard, error) {
	o = o.withDefaults()
	here, err := netif.CurrentNamespace()
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	g := &Guard{
		opts: o, place: here, log: o.Log, memory: newMemory(),
		changed: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	first := make(chan error, 1)
	go g.supervise(first)
	if err := <-first; err != nil {
		<-g.done
		return nil, fmt.Errorf("guard: %w", err)
	}
	return g, nil
}

func (o Options) withDefaults() Options {
	if len(o.Command) == 0 {
		o.Command = []string{"/proc/self/exe", "vrrp-guard"}
	}
	if o.Realtime == 0 {
		o.Realtime = 50
	}
	if o.Niceness == 0 {
		o.Niceness = -20
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	if o.Report == nil {
		o.Report = func(speaker.Report) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Apply is speaker.Speaker's. A guard that dies of it, or does not answer, has the configuration before in force again.
func (g *Guard) Apply(c speaker.Config) error {
	return g.command(command{Do: doApply, Config: &c}, limits{patient, longestTry}, func(m *memory) { m.applied(c) })
}

// Order is speaker.Speaker's.
func (g *Guard) Order(router string, o speaker.Order) error {
	g.mu.Lock()
	was := maps.Clone(g.memory.states)
	g.mu.Unlock()
	return g.command(command{Do: doOrder, Name: router, Order: o}, limits{patient, patient},
		func(m *memory) { m.ordered(router, o, was) })
}

// command has something done, and remembers it if it was.
func (g *Guard) command(c command, wait limits, remember func(*memory)) error {
	l, local, err := g.current()
	if err != nil {
		return err
	}
	done := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		remember(&g.memory)
	}
	if local == nil {
		_, err = l.call(c, wait, done)
	} else if _, err = obey(local, c); err == nil {
		done()
	}
	return err
}

// Ready is speaker.Speaker's.
func (g *Guard) Ready() {
	g.tell(command{Do: doReady}, func(m *memory) { m.ready = true }, speaker.Speaker.Ready)
}

// Track is speaker.Speaker's.
func (g *Guard) Track(name string, up bool, value int) {
	g.tell(command{Do: doTrack, Name: name, Up: up, Value: value},
		func(m *memory) { m.verdicts[name] = verdict{up, value} },
		func(s speaker.Speaker) { s.Track(name, up, value) })
}

// tell remembers and says something that has no answer. If there is no guard, the next one is told.
func (g *Guard) tell(c command, remember func(*memory), local func(speaker.Speaker)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	remember(&g.memory)
	switch {
	case g.local != nil:
		local(g.local)
	case g.link != nil:
		g.link.send(c) // a failure ends the link, and the next guard is told
	}
}

// Status is speaker.Speaker's. If the guard dies meanwhile, the next one is asked.
func (g *Guard) Status() ([]speaker.Status, error) {
	for again := true; ; again = false {
		l, local, err := g.current()
		if err != nil {
			return nil, err
		}
		if local != nil {
			return local.Status()
		}
		n, err := l.call(command{Do: doStatus}, limits{patient, patient}, nil)
		if err != errEnded || !again {
			return n.Status, err
		}
	}
}

// Release is speaker.Speaker's.
func (g *Guard) Release(most time.Duration) {
	g.mu.Lock()
	g.memory.released = true
	g.mu.Unlock()
	l, local, err := g.current()
	switch {
	case err != nil:
		g.log.Error("vrrp guard: nothing is handed over", "error", err)
	case local != nil:
		local.Release(most)
	default:
		if _, err := l.call(command{Do: doRelease, Most: most}, limits{most + patient, most + patient}, nil); err != nil {
			g.log.Error("vrrp guard: hand over", "error", err)
		}
	}
}

// Close is speaker.Speaker's. The process has ended when it returns.
func (g *Guard) Close() error {
	g.mu.Lock()
	if g.closing {
		g.mu.Unlock()
		<-g.done
		return nil
	}
	g.closing = true
	l, local := g.link, g.local
	g.local = nil
	g.announce()
	g.mu.Unlock()
	var err error
	if local != nil {
		err = local.Close()
	}
	if l != nil {
		_, err = l.call(command{Do: doClose}, limits{patient, patient}, nil)
		if errors.Is(err, errEnded) {
			err = nil // it was quicker than its answer
		}
	}
	close(g.stop)
	<-g.done
	return err
}

// current is whom to ask; it waits for a guard that is being started.
func (g *Guard) current() (*link, speaker.Speaker, error) {
	timeout := time.NewTimer(patient)
	defer timeout.Stop()
	for {
		g.mu.Lock()
		l, local, gone, changed := g.link, g.local, g.gone || g.closing, g.changed
		g.mu.Unlock()
		switch {
		case gone:
			return nil, nil, ErrGone
		case l != nil || local != nil:
			return l, local, nil
		}
		select {
		case <-changed:
		case <-timeout.C:
			return nil, nil, errStuck
		}
	}
}

// Place is where the virtual routers run now: in the "guard", or in the "process" after guards that died again and again.
func (g *Guard) Place() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.local != nil {
		return "process"
	}
	return "guard"
}

// announce wakes who waits in current. g.mu is held.
func (g *Guard) announce() {
	close(g.changed)
	g.changed = make(chan struct{})
}

var _ speaker.Speaker = (*Guard)(nil)

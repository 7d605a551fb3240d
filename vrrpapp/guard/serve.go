package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// linger is how long a guard waits for the end of the proxy after SIGTERM: a proxy that got the same signal may let its
// clients finish first.
var linger = 30 * time.Second

// service is a guard from inside. Its fields belong to the goroutine of Serve, but for out.
type service struct {
	conn    net.Conn
	out     *outbox
	inbox   chan command
	broken  error // why the inbox was closed
	setup   setup
	speaker speaker.Speaker
	config  speaker.Config
	held    map[string]bool // by the operator
	hung    bool            // the proxy is
	silent  int             // beats without a word of the proxy
	lingers <-chan time.Time
	release chan struct{} // closed at the end of the last hand-over of everything; nil before
}

// Serve is the guard: it speaks as the proxy at the other end of conn says, until that ends. The end of ctx makes it hand over
// and wait for the proxy to end. It returns the process's exit code.
func Serve(ctx context.Context, conn net.Conn) int {
	s := &service{conn: conn, out: newOutbox(time.Second), inbox: make(chan command, 256), held: map[string]bool{}}
	read, wrote := make(chan struct{}), make(chan struct{})
	stop := make(chan struct{})
	go func() { defer close(read); s.read(stop) }()
	go func() { defer close(wrote); s.out.run(conn) }()
	code := s.serve(ctx)
	close(stop)
	s.out.flush(time.Second)
	conn.Close()
	s.out.put(news{}) // makes the writer see that it is closed
	<-read
	<-wrote
	return code
}

func (s *service) serve(ctx context.Context) int {
	if !s.open() {
		return 1
	}
	beat := time.NewTicker(beatOf(s.setup.Patience))
	defer beat.Stop()
	for {
		select {
		case c, ok := <-s.inbox:
			if !ok {
				return s.orphaned()
			}
			s.awake()
			if s.do(c) {
				return 0
			}
		case <-beat.C:
			s.watch()
		case <-ctx.Done():
			ctx = context.Background()
			s.terminate()
		case <-s.lingers:
			s.speaker.Close()
			return 0
		}
	}
}

// read puts the proxy's commands into the inbox.
func (s *service) read(stop <-chan struct{}) {
	defer close(s.inbox)
	f := newFrames(s.conn)
	for {
		var c command
		if s.broken = f.next(&c); s.broken != nil {
			return
		}
		select {
		case s.inbox <- c:
		case <-stop:
			return
		}
	}
}

// open obeys the first command.
func (s *service) open() bool {
	var c command
	select {
	case c = <-s.inbox:
	case <-time.After(startTime):
	}
	if c.Do != doOpen || c.Setup == nil {
		return false
	}
	s.setup = *c.Setup
	s.pace()
	for _, line := range takePrivileges(s.setup) {
		s.out.put(news{Log: line})
	}
	o := speaker.Options{Report: func(r speaker.Report) { s.out.put(news{Report: &r}) }, Adopt: s.setup.Adopt}
	if s.setup.Ago > 0 {
		o.Died = time.Now().Add(-s.setup.Ago)
	}
	var err error
	if s.speaker, err = openSpeaker(o); err != nil {
		s.answer(c, news{}, err)
		return false
	}
	s.answer(c, news{}, nil)
	return true
}

// answer answers a command that wants it.
func (s *service) answer(c command, n news, err error) {
	if n.ID = c.ID; n.ID == 0 {
		return
	}
	if err != nil {
		n.Error = err.Error()
		if lack := (*netif.CapabilityError)(nil); errors.As(err, &lack) {
			n.Lacks = lack.Missing
		}
	}
	s.out.put(n)
}

// do carries out a command. It reports whether that was the last one.
func (s *service) do(c command) (last bool) {
	switch c.Do {
	case doRelease:
		done := s.handOver(c.Most)
		go func() { <-done; s.answer(c, news{}, nil) }()
	case doClose:
		s.answer(c, news{}, s.speaker.Close())
		return true
	default:
		status, err := obey(s.speaker, c)
		if err == nil {
			s.note(c)
		}
		s.answer(c, news{Status: status}, err)
	}
	return false
}

// note keeps of an obeyed command what the guard itself must know.
func (s *service) note(c command) {
	switch c.Do {
	case doApply:
		s.config = *c.Config
		s.pace()
	case doOrder:
		if c.Order == speaker.HandOver {
			return
		}
		for _, name := range meant(&s.config, c.Name) {
			s.held[name] = c.Order == speaker.Hold
		}
	}
}

// pace makes the signs of life twice as frequent as advertisements, within reason: a guard that died is known to have been
// alive at the last one, and what it held can be adopted for the time that an advertisement lasts.
func (s *service) pace() {
	beat := beatOf(s.setup.Patience)
	for _, r := range s.config.Routers {
		if i := r.FSM.Interval; i > 0 {
			beat = min(beat, max(i/2, 20*time.Millisecond))
		} else {
			beat = min(beat, time.Second/2)
		}
	}
	s.out.beat.Store(int64(beat))
}

// watch counts the proxy's silence in beats of our own, as the proxy does with ours.
func (s *service) watch() {
	breathe()
	if s.silent++; s.silent > beats && !s.hung && s.lingers == nil {
		s.hung = true
		s.out.put(news{Log: fmt.Sprintf("the proxy says nothing for %v: handing over", s.setup.Patience)})
		s.speaker.Order("", speaker.Hold)
	}
}

// awake ends what watch began.
func (s *service) awake() {
	if s.silent = 0; !s.hung {
		return
	}
	s.hung = false
	s.out.put(news{Log: "the proxy is back"})
	yielded := s.yielded()
	for _, r := range s.config.Routers {
		if s.held[r.Name] {
			continue
		}
		s.speaker.Order(r.Name, speaker.Resume)
		if yielded[r.Name] { // Resume ends that too, and it is the operator's
			s.speaker.Order(r.Name, speaker.Yield)
		}
	}
}

// yielded are the routers that a HandOver still has its effect on.
func (s *service) yielded() map[string]bool {
	all, _ := s.speaker.Status()
	names := map[string]bool{}
	for i := range all {
		names[all[i].Name] = all[i].Yielded
	}
	return names
}

// terminate is for SIGTERM: the proxy may have got it too.
func (s *service) terminate() {
	s.out.put(news{Log: "told to end: handing over"})
	s.lingers = time.After(s.setup.Linger)
	s.handOver(s.bound())
}

// handOver hands everything over while the service goes on: the proxy's end must be seen. Two who want it wait for one.
func (s *service) handOver(most time.Duration) <-chan struct{} {
	if s.release != nil {
		select {
		case <-s.release:
		default:
			return s.release
		}
	}
	done := make(chan struct{})
	s.release = done
	go func() { defer close(done); s.speaker.Release(max(most, time.Millisecond)) }()
	return done
}

// orphaned hands over because the proxy is dead.
func (s *service) orphaned() int {
	bound := s.bound()
	wait(s.handOver(bound), bound+time.Second)
	closed := make(chan struct{})
	go func() { defer close(closed); s.speaker.Close() }()
	wait(closed, time.Second)
	if s.broken != io.EOF {
		return 1
	}
	return 0
}

// wait waits at most so long: nothing may keep an orphan alive.
func wait(done <-chan struct{}, most time.Duration) {
	select {
	case <-done:
	case <-time.After(most):
	}
}

// bound is how long a hand-over may take, and then some.
func (s *service) bound() time.Duration { return s.config.Patience() + 1500*time.Millisecond }

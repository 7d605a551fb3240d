package server

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// inOrder picks the first candidate with room: enough to test everything around a balancer.
type inOrder struct {
	b              *Backend
	taken, dropped int
}

func (o *inOrder) Changed(b *Backend) { o.b = b }
func (o *inOrder) Taken(*Server)      { o.taken++ }
func (o *inOrder) Dropped(*Server)    { o.dropped++ }
func (o *inOrder) Pick(_ *txn.Txn, avoid *Server) *Server {
	for _, s := range o.b.Candidates() {
		if s != avoid && s.HasRoom() {
			return s
		}
	}
	return nil
}

// session is a Slot that remembers being woken.
type session struct {
	Slot
	woken atomic.Int32
}

func (s *session) Wake() { s.woken.Add(1) }

func newSession() *session {
	s := new(session)
	s.Waker = s
	return s
}

// journal collects what is logged.
type journal struct {
	sync.Mutex
	lines []string
}

func (j *journal) log(level int, msg string) {
	j.Lock()
	defer j.Unlock()
	j.lines = append(j.lines, fmt.Sprintf("<%d>%s", level, msg))
}

func (j *journal) take() string {
	j.Lock()
	defer j.Unlock()
	text := strings.Join(j.lines, "\n")
	j.lines = nil
	return text
}

// setup is a backend with the given server lines.
func setup(t testing.TB, j *journal, change func(*Settings), lines ...string) *Backend {
	t.Helper()
	b := NewBackend("b")
	configure(t, b, j, change, lines...)
	t.Cleanup(b.close)
	return b
}

func configure(t testing.TB, b *Backend, j *journal, change func(*Settings), lines ...string) {
	t.Helper()
	s := settingsOf(t, lines...)
	s.Balancer = new(inOrder)
	if j != nil {
		s.Log = j.log
	}
	if change != nil {
		change(s)
	}
	if err := b.Configure(s); err != nil {
		t.Fatal(err)
	}
}

func settingsOf(t testing.TB, lines ...string) *Settings {
	t.Helper()
	s := new(Settings)
	for _, line := range lines {
		c, _, err := parseLine("server " + line)
		if err != nil {
			t.Fatal(err)
		}
		s.Servers = append(s.Servers, c)
	}
	return s
}

func assign(t testing.TB, b *Backend, want *Server, expect Outcome) *session {
	t.Helper()
	s := newSession()
	if got := b.Assign(nil, &s.Slot, want, nil); got != expect {
		t.Fatalf("outcome %d, want %d", got, expect)
	}
	return s
}

// TestQueueOrder is facts: server s1's queue and the backend's are served by arrival.
func TestQueueOrder(t *testing.T) {
	b := setup(t, nil, nil, "s1 127.0.0.1:1 maxconn 1", "s2 127.0.0.1:2 maxconn 1")
	s1, s2 := b.ServerByName("s1"), b.ServerByName("s2")
	one, two := assign(t, b, s1, Granted), assign(t, b, s2, Granted)
	three := assign(t, b, s1, Queued)
	four := assign(t, b, nil, Queued)
	five := assign(t, b, s2, Queued)
	six := assign(t, b, s1, Queued)
	if s1.QueueLen() != 2 || s2.QueueLen() != 1 || b.QueueOwn() != 1 || b.QueueLen() != 4 || b.AvgQueue() != 2 {
		t.Fatalf("queues %d %d %d %d %d", s1.QueueLen(), s2.QueueLen(), b.QueueOwn(), b.QueueLen(), b.AvgQueue())
	}
	one.Release()
	two.Release()
	if !three.Granted() || three.Server != s1 || !four.Granted() || four.Server != s2 || five.Granted() || six.Granted() {
		t.Fatal("not in the order of arrival")
	}
	if three.woken.Load() != 1 || five.woken.Load() != 0 {
		t.Error("wrong sessions woken")
	}
	if three.ServerPos != 1 || four.BackendPos != 1 {
		t.Errorf("positions %d %d, want 1 1", three.ServerPos, four.BackendPos)
	}
	if !six.Cancel() || six.ServerPos != 2 || six.Cancel() || three.Cancel() {
		t.Errorf("cancel: position %d, want 2", six.ServerPos)
	}
	four.Release()
	if !five.Granted() || five.Server != s2 {
		t.Error("five did not get its server")
	}
	three.Release()
	five.Release()
	if s1.Conns() != 0 || s2.Conns() != 0 || b.QueueLen() != 0 {
		t.Errorf("left over: %d %d %d", s1.Conns(), s2.Conns(), b.QueueLen())
	}
}

func TestMaxQueue(t *testing.T) {
	for _, redispatch := range []bool{false, true} {
		b := setup(t, nil, func(s *Settings) { s.Redispatch = redispatch }, "s1 127.0.0.1:1 maxconn 1 maxqueue 1", "s2 127.0.0.1:2")
		s1 := b.ServerByName("s1")
		assign(t, b, s1, Granted)
		assign(t, b, s1, Queued)
		if redispatch {
			if s := assign(t, b, s1, Granted); s.Server.Name() != "s2" {
				t.Errorf("went to %s", s.Server.Name())
			}
		} else {
			assign(t, b, s1, Full)
		}
	}
}

// TestQueueOutlivesMaintenance: without option redispatch who waits for a server goes on waiting for it, and even gets it
// when a place is free; the backend's queue waits for a usable server.
func TestQueueOutlivesMaintenance(t *testing.T) {
	j := new(journal)
	b := setup(t, j, nil, "s1 127.0.0.1:1 maxconn 1")
	s1 := b.ServerByName("s1")
	one := assign(t, b, nil, Granted)
	two, three := assign(t, b, nil, Queued), assign(t, b, s1, Queued)
	s1.SetMode(Maintenance)
	want := "<1>Server b/s1 is going DOWN for maintenance. 0 active and 0 backup servers left. 1 sessions active, 0 requeued, 1 remaining in queue.\n" +
		"<0>backend b has no server available!"
	if got := j.take(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	assign(t, b, nil, NoServer)
	one.Release()
	if two.Granted() || !three.Granted() {
		t.Fatal("the server's own queue is served, the backend's is not")
	}
	three.Release()
	s1.SetMode(Ready)
	if !two.Granted() || two.woken.Load() != 1 {
		t.Error("the backend's queue was not served when the server came back")
	}
}

func TestRedispatchQueue(t *testing.T) {
	j := new(journal)
	b := setup(t, j, func(s *Settings) { s.Redispatch = true }, "s1 127.0.0.1:1 maxconn 1", "s2 127.0.0.1:2")
	s1 := b.ServerByName("s1")
	assign(t, b, s1, Granted)
	two := assign(t, b, s1, Queued)
	s1.SetMode(Maintenance)
	if got, want := j.take(), "1 sessions active, 1 requeued, 0 remaining in queue."; !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
	if two.woken.Load() != 1 || two.Waiting() || two.Granted() {
		t.Fatal("not put out of the queue")
	}
	if b.Assign(nil, &two.Slot, s1, nil) != Granted || two.Server.Name() != "s2" {
		t.Error("did not get the other server")
	}
}

func TestDynamicMaxconn(t *testing.T) {
	b := setup(t, nil, func(s *Settings) { s.FullConn = 10 }, "s1 127.0.0.1:1 minconn 2 maxconn 10")
	s1 := b.ServerByName("s1")
	for _, tt := range []struct{ sessions, limit int64 }{{0, 2}, {1, 2}, {3, 3}, {7, 7}, {10, 10}, {50, 10}} {
		for b.Conns() < tt.sessions {
			b.Enter(time.Now())
		}
		if s1.ConnFree() != tt.limit {
			t.Errorf("with %d sessions: %d, want %d", tt.sessions, s1.ConnFree(), tt.limit)
		}
	}
}

// TestMinconnAlone: HAProxy takes the higher of the two for the limit.
func TestMinconnAlone(t *testing.T) {
	for line, want := range map[string]int64{"minconn 5": 5, "minconn 5 maxconn 3": 5, "minconn 2 maxconn 9": 9, "maxconn 4": 4, "": 0} {
		s := setup(t, nil, func(s *Settings) { s.FullConn = 1 }, "s1 127.0.0.1:1 "+line).ServerByName("s1")
		s.backend.Enter(time.Now())
		free := want
		if want == 0 {
			free = -1
		}
		if s.View().Limit != want || s.ConnFree() != free {
			t.Errorf("%s: limit %d, free %d, want %d", line, s.View().Limit, s.ConnFree(), want)
		}
	}
}

func TestBackup(t *testing.T) {
	for _, all := range []bool{false, true} {
		b := setup(t, nil, func(s *Settings) { s.AllBackups = all }, "s1 127.0.0.1:1", "k1 127.0.0.1:2 backup", "k2 127.0.0.1:3 backup weight 3")
		if b.UsableServers() != 1 || b.ActiveServers() != 1 || b.BackupServers() != 2 {
			t.Fatal("counts with an active server")
		}
		b.ServerByName("s1").SetMode(Maintenance)
		want := map[bool][2]int64{false: {1, 1}, true: {2, 4}}[all]
		if b.UsableServers() != want[0] || b.TotalWeight() != want[1] {
			t.Errorf("allbackups %v: %d servers of weight %d", all, b.UsableServers(), b.TotalWeight())
		}
	}
}

func TestCookie(t *testing.T) {
	b := setup(t, nil, nil, "s1 127.0.0.1:1 cookie x", "s2 127.0.0.1:2 cookie y", "s3 127.0.0.1:3 cookie x", "s4 127.0.0.1:4")
	name := func(v string) string {
		if s := b.ServerByCookie([]byte(v)); s != nil {
			return s.Name()
		}
		return ""
	}
	if name("x") != "s1" || name("y") != "s2" || name("") != "" || name("z") != "" || name("xx") != "" {
		t.Error(name("x"), name("y"), name(""), name("z"))
	}
	b.ServerByName("s1").SetMode(Maintenance)
	if name("x") != "s3" {
		t.Errorf("the first operational server is %s", name("x"))
	}
	v := []byte("y")
	if n := testing.AllocsPerRun(100, func() { b.ServerByCookie(v) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestConcurrentSessions has sessions come, wait, give up and go on several goroutines: nothing is lost.
func TestConcurrentSessions(t *testing.T) {
	b := setup(t, nil, nil, "s1 127.0.0.1:1 maxconn 2", "s2 127.0.0.1:2 maxconn 1")
	var wg sync.WaitGroup
	var served atomic.Int64
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 500 {
				w := &blocking{ch: make(chan struct{}, 1)}
				w.Waker = w
				var want *Server
				if i%3 == 0 {
					want = b.ServerByName("s1")
				}
				if o := b.Assign(nil, &w.Slot, want, nil); o == Queued {
					if g == 0 && i%5 == 0 && w.Cancel() {
						continue
					}
					<-w.ch
				}
				if c := w.Server.Config().MaxConn; w.Server.Conns() > int64(c) {
					t.Errorf("%d sessions, the limit is %d", w.Server.Conns(), c)
				}
				served.Add(1)
				w.Release()
			}
		}()
	}
	wg.Wait()
	if b.QueueLen() != 0 || b.ServerByName("s1").Conns() != 0 || b.ServerByName("s2").Conns() != 0 || served.Load() == 0 {
		t.Errorf("left over: %d %d %d", b.QueueLen(), b.ServerByName("s1").Conns(), b.ServerByName("s2").Conns())
	}
}

type blocking struct {
	Slot
	ch chan struct{}
}

func (w *blocking) Wake() { w.ch <- struct{}{} }

func TestNoAllocation(t *testing.T) {
	b := setup(t, nil, nil, "s1 127.0.0.1:1 maxconn 1")
	f := NewFrontend("f")
	s, q := newSession(), newSession()
	s1, now := b.ServerByName("s1"), time.Now()
	if n := testing.AllocsPerRun(100, func() {
		f.Enter(now)
		f.Request(now)
		b.Enter(now)
		b.Assign(nil, &s.Slot, nil, nil)
		s1.Began(now)
		b.Assign(nil, &q.Slot, nil, nil)
		s.Release()
		q.Release()
		s1.Response(200)
		s1.Times(1, 2, 3, 4)
		s1.Endpoint(txn.Conn{}.Dst)
		b.Leave()
		f.Leave()
	}); n != 0 {
		t.Errorf("%v allocations per request", n)
	}
}

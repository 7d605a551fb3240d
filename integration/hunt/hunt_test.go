package hunt

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// clients is how many connections are open at a time.
const clients = 48

// TestHunt lets clients, servers and reloads do their worst for a while.
func TestHunt(t *testing.T) {
	lasting := 10 * time.Second
	if v := os.Getenv("HUNT"); v != "" {
		d, err := time.ParseDuration(v)
		if err != nil {
			t.Fatal(err)
		}
		lasting = d
	} else if testing.Short() {
		lasting = 3 * time.Second
	}
	seed := uint64(time.Now().UnixNano())
	if v := os.Getenv("HUNT_SEED"); v != "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("HUNT_SEED=%d", seed)
	t.Run("loops", func(t *testing.T) { hunt(t, seed, lasting, false) })
	t.Run("noepoll", func(t *testing.T) { hunt(t, seed, lasting/2, true) })
}

func hunt(t *testing.T, seed uint64, lasting time.Duration, noepoll bool) {
	rng := rand.New(rand.NewPCG(seed, 0))
	l := &ledger{t: t}
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	go l.listen(sink)
	free := reserve(6)
	p := &plan{noepoll: noepoll, stable: [3]string(free[:3]), moving: free[3:6], dead: deadEnd(t), unix: filepath.Join(t.TempDir(), "hunt.sock"), logs: sink.LocalAddr().String()}
	warm := p.start(t, l, rng) // what a first start leaves behind for good is not a leak
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	warm()
	time.Sleep(100 * time.Millisecond)
	before := resources()
	stop := p.start(t, l, rng)
	p.run(l, rng, lasting)
	quiet(t)
	halt(t, 5*time.Second)
	stop()
	settled(t, before)
	p.surprise(t, rng)
	settled(t, before)
	t.Logf("%v: %d requests, %d answered, %d answered by the proxy, %d cut, %d tunnels, %d faults, %d reloads", lasting,
		l.sent.Load(), l.answered.Load(), l.refused.Load(), l.cut.Load(), l.tunnels.Load(), l.faults.Load(), l.reloads.Load())
	if n := l.bad.Load(); n > mostReports {
		t.Errorf("%d more were wrong", n-mostReports)
	}
	if l.answered.Load() == 0 || l.reloads.Load() == 0 || l.faults.Load() == 0 {
		t.Error("the hunt did nothing")
	}
	if haproxy.Engine().Panics.Load() != 0 {
		t.Errorf("%d panics", haproxy.Engine().Panics.Load())
	}
}

// surprise stops everything while clients and servers are at it, with little time for them. What they think of it does
// not matter; that it ends, and leaves nothing behind, does.
func (p *plan) surprise(t *testing.T, rng *rand.Rand) {
	defer haproxy.SetHardStop(-1)
	for _, patience := range []time.Duration{0, 300 * time.Millisecond} {
		l := &ledger{t: t, calm: true}
		stop := p.start(t, l, rng)
		done := make(chan struct{})
		go func() { defer close(done); p.run(l, rng, time.Second) }()
		time.Sleep(700 * time.Millisecond)
		l.over.Store(true)
		haproxy.SetHardStop(patience)
		halt(t, patience+3*time.Second)
		<-done
		stop()
	}
}

func halt(t *testing.T, most time.Duration) {
	t.Helper()
	began := time.Now()
	done := make(chan error, 1)
	go func() { done <- caddy.Stop() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(most + 20*time.Second):
		buf := make([]byte, 1<<20)
		t.Fatalf("the stop hangs\n%s", buf[:runtime.Stack(buf, true)])
	}
	if d := time.Since(began); d > most {
		t.Errorf("the stop took %v", d)
	}
}

// start starts servers and a first configuration.
func (p *plan) start(t *testing.T, l *ledger, rng *rand.Rand) (stop func()) {
	p.origins = nil
	for range 3 {
		p.origins = append(p.origins, newOrigin(l))
	}
	text := p.text(rng)
	if err := load(text); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	list := p.origins
	return func() {
		for _, o := range list {
			o.close()
		}
	}
}

// run keeps the clients going and reloads.
func (p *plan) run(l *ledger, rng *rand.Rand, lasting time.Duration) {
	end := time.Now().Add(lasting)
	var wg sync.WaitGroup
	for i := range clients {
		rng := rand.New(rand.NewPCG(rng.Uint64(), uint64(i)))
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(end) && l.bad.Load() <= mostReports && !l.over.Load() {
				p.connection(l, rng, i%4 == 0)
			}
		}()
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for {
		select {
		case <-done:
			return
		case <-time.After(time.Duration(50+rng.IntN(400)) * time.Millisecond):
		}
		if time.Now().After(end.Add(40 * time.Second)) {
			l.live.Range(func(_, at any) bool { l.wrong("a client still waits: %v", at); return true })
			buf := make([]byte, 1<<20)
			l.t.Fatalf("clients hang\n%s", buf[:runtime.Stack(buf, true)])
		}
		if time.Now().After(end) || l.calm {
			continue
		}
		text := p.text(rng)
		if rng.IntN(6) == 0 { // one that cannot be: the one before stays
			if load(text+"frontend taken\n\tbind "+p.dead+"\n") == nil {
				l.wrong("a reload with an address that is taken succeeds")
			}
		} else if err := load(text); err != nil {
			l.wrong("reload: %v in\n%s", err, text)
		}
		l.reloads.Add(1)
	}
}

// connection is one client at one of the addresses; a clean one goes where every configuration listens.
func (p *plan) connection(l *ledger, rng *rand.Rand, clean bool) {
	at := rng.IntN(len(p.stable))
	switch n := rng.IntN(10); {
	case clean || n < 6:
		exchanges(l, rng, "tcp", p.stable[at], clean, at == closing)
	case n < 7:
		exchanges(l, rng, "unix", p.unix, false, false)
	default:
		exchanges(l, rng, "tcp", p.moving[rng.IntN(len(p.moving))], false, false)
	}
}

// quiet waits until no client is connected, then looks at the gauges of everything.
func quiet(t *testing.T) {
	e := haproxy.Engine()
	for end := time.Now().Add(10 * time.Second); e.ActConn.Load() != 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%d client connections are still counted", e.ActConn.Load())
			break
		}
	}
	for _, p := range e.Ruling().Proxies {
		for what, n := range gauges(p) {
			if n != 0 {
				t.Errorf("%s of %s is %d with nobody there", what, p.Name, n)
			}
		}
	}
}

func gauges(p *engine.Proxy) map[string]int64 {
	m := make(map[string]int64)
	if p.FE != nil {
		m["frontend sessions"] = p.FE.Conns()
	}
	if p.BE == nil {
		return m
	}
	m["backend sessions"], m["backend queue"], m["all queues"] = p.BE.Conns(), p.BE.QueueOwn(), p.BE.QueueLen()
	for _, s := range p.BE.Servers() {
		m["sessions of "+s.Name()], m["queue of "+s.Name()] = s.Conns(), s.QueueLen()
		m["used connections of "+s.Name()] = s.UsedConns.Load()
		m["negative idle connections of "+s.Name()] = min(s.IdleConns.Load(), 0)
	}
	return m
}

// resources counts goroutines and descriptors.
func resources() [2]int {
	files, _ := os.ReadDir("/proc/self/fd")
	return [2]int{runtime.NumGoroutine(), len(files)}
}

// settled waits until no more goroutines and descriptors are there than before.
func settled(t *testing.T, before [2]int) {
	var now [2]int
	for range 200 {
		if now = resources(); now[0] <= before[0] && now[1] <= before[1] {
			return
		}
		runtime.GC() // the pipes that io.Copy used for splice(2) have finalizers
		time.Sleep(20 * time.Millisecond)
	}
	buf := make([]byte, 1<<20)
	t.Errorf("%d goroutines and %d descriptors, before %d and %d\n%s%s", now[0], now[1], before[0], before[1], buf[:runtime.Stack(buf, true)], files())
}

func files() string {
	var b strings.Builder
	list, _ := os.ReadDir("/proc/self/fd")
	for _, f := range list {
		to, _ := os.Readlink("/proc/self/fd/" + f.Name())
		fmt.Fprintf(&b, "\n%s -> %s", f.Name(), to)
	}
	return b.String()
}

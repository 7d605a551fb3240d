package guard

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// When the proxy is killed, another node has the address after its skew, and the dead one has not.
func TestTakeover(t *testing.T) {
	for name, p := range map[string]pace{"1 s": second, "100 ms": tenth} {
		t.Run(name, func(t *testing.T) {
			q := startPair(t, p)
			guard, begin := q.a.guard(), time.Now()
			q.a.Signal(syscall.SIGKILL)
			q.holder("b")
			took := time.Since(begin)
			held, ping := q.hold.Stop(), q.ping.Stop()
			t.Logf("%v; %v; %v", took, held, ping)
			if took > p.skew()+2*p.interval { // without the guard's last word it is a skew and three intervals
				t.Errorf("it took %v, the skew is %v", took, p.skew())
			}
			// Both have it for 40 ms (docs/vrrp.md).
			if short := p.skew() / 2; held.Nobody > short || held.Several > 60*time.Millisecond || ping.Longest > short {
				t.Error("the hand-over was not smooth")
			}
			await(t, "the guard's end", func() bool { return !alive(guard) })
		})
	}
}

// When the guard is killed, nothing changes.
func TestGuardKilled(t *testing.T) {
	q := startPair(t, second)
	guard := q.a.guard()
	syscall.Kill(guard, syscall.SIGKILL)
	begin := time.Now()
	await(t, "another guard", func() bool { return q.a.guard() != guard })
	took := time.Since(begin)
	time.Sleep(4 * time.Second) // longer than b waits for a master
	held, ping := q.hold.Stop(), q.ping.Stop()
	t.Logf("new guard after %v; %v; %v", took, held, ping)
	if len(held.Changes) != 0 || ping.Lost != 0 {
		t.Error("the address moved")
	}
	if out := q.a.Output(); strings.Count(out, "\nchanged") != 2 || strings.Count(out, "\nguard ") != 1 {
		t.Error("it says more than that the guard died")
	}
}

// What was handed over stays there when the guard is killed, although that node's priority is lower.
func TestGuardKilledAfterHandOver(t *testing.T) {
	l := nstest.NewLab(t, "a", "b")
	for i, name := range []string{"a", "b"} {
		l.Node(name).IP("addr flush dev eth0")
		l.Node(name).IP(fmt.Sprintf("addr add 10.9.0.%d/24 dev eth0", i+1))
	}
	a := startReal(t, l.Node("a"), Options{})
	defer a.Close()
	a.Ready()
	if err := a.Apply(tenth.router(200)); err != nil {
		t.Fatal(err)
	}
	a.await("the address", func() bool { return l.Node("a").Holds(vip) })
	b := startNode(t, l.Node("b"), tenth.router(100))
	b.says("changed INIT BACKUP")
	if err := a.Order("V", speaker.HandOver); err != nil {
		t.Fatal(err)
	}
	b.says("changed BACKUP MASTER")
	yielded := func() (count uint64, yes bool) {
		s, err := a.Status()
		return s[0].Counts.Received, err == nil && s[0].State == fsm.Backup && s[0].Yielded
	}
	a.await("backup", func() bool { _, yes := yielded(); return yes })
	a.kill()
	a.await("a second of the master's words", func() bool { n, _ := yielded(); return n > 10 })
	if _, yes := yielded(); !yes || strings.Count(b.Output(), "changed MASTER") != 0 {
		t.Error("the restarted guard took it back")
	}
}

// When both are killed, the address is left behind; another proxy at that node takes it away as soon as it hears the new master.
func TestBothKilled(t *testing.T) {
	q := startPair(t, tenth)
	guard := q.a.guard()
	q.a.Signal(syscall.SIGSTOP) // or it would start another
	syscall.Kill(guard, syscall.SIGKILL)
	q.a.Signal(syscall.SIGKILL)
	q.b.says("changed BACKUP MASTER")
	begin := time.Now()
	startNode(t, q.lab.Node("a"), tenth.router(50))
	q.holder("b")
	t.Logf("gone %v after the start", time.Since(begin))
}

// When the proxy hangs, its guard hands over; when it goes on, everything is as before.
func TestProxyStopped(t *testing.T) {
	q := startPair(t, tenth)
	begin := time.Now()
	q.a.Signal(syscall.SIGSTOP)
	q.holder("b")
	took := time.Since(begin)
	if took < time.Second-beatOf(time.Second) { // it may have spoken that long before
		t.Errorf("after %v already", took)
	}
	q.a.Signal(syscall.SIGCONT)
	q.holder("a")
	held, ping := q.hold.Stop(), q.ping.Stop()
	t.Logf("handed over after %v; %v; %v", took, held, ping)
	if ping.Longest > 50*time.Millisecond || held.Several > 100*time.Millisecond {
		t.Error("the hand-overs were not smooth")
	}
}

// A guard that cannot be kept alive leaves no address, whether this process goes on in its place or not.
func TestGivenUp(t *testing.T) {
	for _, inProcess := range []bool{true, false} {
		n := nstest.NewLab(t, "a").Node("a")
		n.IP("addr flush dev eth0")
		n.IP("addr add 10.9.0.1/24 dev eth0")
		s := startReal(t, n, Options{InProcess: inProcess})
		s.Ready()
		if err := s.Apply(tenth.router(200)); err != nil {
			t.Fatal(err)
		}
		s.await("the address", func() bool { return n.Holds(vip) })
		for range mostDeaths - 1 {
			s.kill()
		}
		syscall.Kill(s.pid(), syscall.SIGKILL)
		s.await("the end", func() bool { return strings.Contains(s.log(), "giving up") })
		if inProcess {
			s.await("mastership", func() bool { l, err := s.Status(); return err == nil && l[0].State.String() == "MASTER" })
			s.Close()
		}
		if n.Holds(vip) {
			t.Error("the address was left behind")
		}
	}
}

// A guard that cannot be asked to give up its address leaves none either.
func TestCloseStuck(t *testing.T) {
	n := nstest.NewLab(t, "a").Node("a")
	n.IP("addr flush dev eth0")
	n.IP("addr add 10.9.0.1/24 dev eth0")
	s := startReal(t, n, Options{})
	s.Ready()
	if err := s.Apply(tenth.router(200)); err != nil {
		t.Fatal(err)
	}
	s.await("the address", func() bool { return n.Holds(vip) })
	syscall.Kill(s.pid(), syscall.SIGSTOP)
	begin := time.Now()
	if err := s.Close(); !errors.Is(err, errStuck) {
		t.Error(err)
	}
	if took := time.Since(begin); took > 2*patient {
		t.Errorf("it took %v", took)
	}
	if n.Holds(vip) {
		t.Error("the address was left behind")
	}
}

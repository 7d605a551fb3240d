package guard

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// Everything that a speaker can be told reaches the one in the guard, in order, and its answers come back.
func TestCalls(t *testing.T) {
	s := start(t, Options{})
	s.Ready()
	s.Track("web", true, 3)
	if err := s.Apply(config("VI_1", "VI_2")); err != nil {
		t.Fatal(err)
	}
	if err := s.Order("VI_1", speaker.Hold); err != nil {
		t.Fatal(err)
	}
	if err := s.Order("nobody", speaker.Hold); err == nil || err.Error() != "no router nobody" {
		t.Errorf("order to nobody: %v", err)
	}
	if err := s.Apply(config("refused")); err == nil || err.Error() != "router refused" {
		t.Errorf("refused: %v", err)
	}
	if list, err := s.Status(); err != nil || len(list) != 0 {
		t.Errorf("status %v, %v", list, err)
	}
	s.Release(time.Second)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{"open adopt=[] died=never", "ready", "track web true 3", "apply VI_1,VI_2", `order "VI_1" hold`,
		`order "nobody" hold`, "release", "close"}
	if d := cmp.Diff(want, s.told()); d != "" {
		t.Error("(-want +got)", d)
	}
	var to []string
	for _, r := range s.reported() {
		to = append(to, r.Router+" "+r.From.String()+" "+r.To.String())
	}
	if d := cmp.Diff([]string{"VI_1 INIT BACKUP", "VI_2 INIT BACKUP"}, to); d != "" {
		t.Error("(-want +got)", d)
	}
	for what, err := range map[string]error{"apply": s.Apply(config()), "order": s.Order("", speaker.Hold)} {
		if !errors.Is(err, ErrGone) {
			t.Errorf("%s after the end: %v", what, err)
		}
	}
}

// Reports come in order, and none is lost.
func TestReports(t *testing.T) {
	s := start(t, Options{})
	const many = 3000
	s.Track("reports", true, many)
	s.await("all reports", func() bool { return len(s.reported()) == many })
	for i, r := range s.reported() {
		if r.Count != i+1 {
			t.Fatalf("report %d is %d", i, r.Count)
		}
	}
}

// A guard that cannot open its speaker says why, in the type of the reason.
func TestStartRefused(t *testing.T) {
	t.Setenv("GUARD_FAKE_OPEN", "lacks")
	_, err := tryStart(t, Options{})
	var lack *netif.CapabilityError
	if !errors.As(err, &lack) || !slices.Equal(lack.Missing, []string{"CAP_NET_RAW"}) {
		t.Errorf("%v", err)
	}
	t.Setenv("GUARD_FAKE_OPEN", "exit")
	if _, err = tryStart(t, Options{}); err == nil || !strings.Contains(err.Error(), "exit status 9") {
		t.Errorf("%v", err)
	}
	if _, err = tryStart(t, Options{Command: []string{"/nonexistent"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// The next guard is told what the last one knew, and what it may go on with.
func TestRestart(t *testing.T) {
	s := start(t, Options{})
	s.Ready()
	s.Track("web", false, 0)
	s.Track("web", true, 3)
	if err := s.Apply(config("VI_1", "VI_2")); err != nil {
		t.Fatal(err)
	}
	s.Order("", speaker.Hold)
	s.Order("VI_1", speaker.Resume)
	s.Track("master", true, 0)
	s.await("master", func() bool {
		return slices.ContainsFunc(s.reported(), func(r speaker.Report) bool { return r.To == fsm.Master })
	})
	before := len(s.told())
	s.kill()
	want := []string{"open adopt=[VI_1] died=just now", "ready", "track master true 0", "track web true 3", "apply VI_1,VI_2",
		`order "VI_2" hold`}
	s.awaitTold(want[len(want)-1], 1)
	if d := cmp.Diff(want, s.told()[before:]); d != "" {
		t.Error("(-want +got)", d)
	}
	list, err := s.Status()
	if err != nil || len(list) != 2 || list[0].State != fsm.Master {
		t.Errorf("status %v, %v", list, err)
	}
	var kinds []speaker.Kind
	for _, r := range s.reported()[3:] {
		if r.Router != "" || r.Kind == Restarted {
			kinds = append(kinds, r.Kind)
		}
	}
	// That VI_1 is master and VI_2 backup is no news.
	if d := cmp.Diff([]speaker.Kind{Restarted}, kinds[:1]); d != "" || len(kinds) > 2 {
		t.Error("(-want +got)", d, kinds)
	}
	if !strings.Contains(s.log(), "signal: killed") {
		t.Error("nobody says what it died of:", s.log())
	}
}

// A panic's words are logged.
func TestPanicIsLogged(t *testing.T) {
	s := start(t, Options{})
	s.Track("panic", true, 0)
	s.await("its words", func() bool {
		return strings.Contains(s.log(), "panic: asked to") && strings.Contains(s.log(), "fake_linux_test.go")
	})
}

// A call that a guard dies of fails, and the configuration before is in force again.
func TestDeadlyConfiguration(t *testing.T) {
	s := start(t, Options{})
	if err := s.Apply(config("VI_1")); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(config("deadly")); !errors.Is(err, errEnded) {
		t.Errorf("%v", err)
	}
	s.awaitTold("apply VI_1", 2)
	if list, err := s.Status(); err != nil || len(list) != 1 || list[0].Name != "VI_1" {
		t.Errorf("status %v, %v", list, err)
	}
}

// A guard that is stopped does not hold up its callers, goes on if it comes back in time, and is replaced if not.
func TestStuck(t *testing.T) {
	s := start(t, Options{Patience: 4 * time.Second})
	if err := s.Apply(config("VI_1")); err != nil {
		t.Fatal(err)
	}
	was := s.pid()
	syscall.Kill(was, syscall.SIGSTOP)
	begin := time.Now()
	if err := s.Order("", speaker.HandOver); !errors.Is(err, errStuck) {
		t.Errorf("%v", err)
	}
	if took := time.Since(begin); took > patient+time.Second {
		t.Errorf("it took %v", took)
	}
	s.Track("one way", true, 0)
	syscall.Kill(was, syscall.SIGCONT)
	s.awaitTold("track one way true 0", 1)
	if _, err := s.Status(); err != nil || s.pid() != was {
		t.Errorf("%v", err)
	}
	syscall.Kill(was, syscall.SIGSTOP)
	s.await("another guard", func() bool { return s.pid() != was })
	if !strings.Contains(s.log(), "stuck and killed") {
		t.Error(s.log())
	}
}

// A guard that does not read is replaced as soon as something does not fit into the socket: killed, for it would take the
// socket's end for ours.
func TestFull(t *testing.T) {
	s := start(t, Options{})
	was := s.pid()
	syscall.Kill(was, syscall.SIGSTOP)
	begin := time.Now()
	for s.pid() == was && time.Since(begin) < soon {
		s.Track(strings.Repeat("web", 10_000), true, 0)
	}
	s.await("another guard", func() bool { return s.pid() != was })
	if took := time.Since(begin); took > 3*patient { // its silence it would be killed for later
		t.Errorf("after %v", took)
	}
	if slices.Contains(s.told(), "release") {
		t.Error("it handed over")
	}
}

// A configuration that comes into force after its caller was told that it did not is taken back.
func TestTooLate(t *testing.T) {
	s := start(t, Options{})
	if err := s.Apply(config("VI_1")); err != nil {
		t.Fatal(err)
	}
	c := config("slow")
	c.Routers[0].FSM.PreemptDelay = time.Second
	l, _, _ := s.current()
	if _, err := l.call(command{Do: doApply, Config: &c}, limits{time.Millisecond, time.Millisecond}, nil); !errors.Is(err, errStuck) {
		t.Fatal(err)
	}
	s.awaitTold("apply slow", 1)
	s.awaitTold("apply VI_1", 2)
}

// A guard that dies again and again is given up: in favour of this process if that is wanted.
func TestGiveUp(t *testing.T) {
	for _, inProcess := range []bool{false, true} {
		t.Run(map[bool]string{false: "for nothing", true: "for this process"}[inProcess], func(t *testing.T) {
			s := start(t, Options{InProcess: inProcess})
			if err := s.Apply(config("VI_1")); err != nil {
				t.Fatal(err)
			}
			for range mostDeaths - 1 {
				s.kill()
			}
			syscall.Kill(s.pid(), syscall.SIGKILL)
			s.await("the end", func() bool { return strings.Contains(s.log(), "giving up") })
			list, err := s.Status()
			if inProcess && (err != nil || len(list) != 1) || !inProcess && !errors.Is(err, ErrGone) {
				t.Errorf("%v, %v", list, err)
			}
			last := s.reported()[len(s.reported())-1]
			if last.Kind != Restarted || last.Count != mostDeaths || !strings.Contains(last.Detail, "giving up") {
				t.Errorf("%+v", last)
			}
		})
	}
}

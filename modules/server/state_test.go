package server

import (
	"context"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var (
	good     = CheckResult{Status: CheckL7OK, Code: 200}
	bad      = CheckResult{Status: CheckL7Status, Code: 500, Info: "X"}
	notFound = CheckResult{Status: CheckL7OKCond, Code: 404}
	refused  = CheckResult{Status: CheckL4Conn, Info: "Connection refused"}
)

// TestSentences walks through the states in which HAProxy was watched; each line is what it logged there.
func TestSentences(t *testing.T) {
	j := new(journal)
	b := setup(t, j, nil, "s1 127.0.0.1:1 check fall 2 rise 3", "s2 127.0.0.1:2 check backup")
	s1, s2 := b.ServerByName("s1"), b.ServerByName("s2")
	check := func(s *Server, r CheckResult) func() {
		return func() {
			if s.CheckBegins(time.Now()) {
				s.CheckDone(r)
			}
		}
	}
	mode := func(s *Server, m Mode) func() { return func() { s.SetMode(m) } }
	weight := func(s *Server, w int) func() {
		return func() {
			if err := s.SetWeight(w); err != nil {
				t.Error(err)
			}
		}
	}
	for _, step := range []struct {
		name   string
		do     func()
		log    string
		status string // of s1
	}{
		{"first check", check(s1, good), "", "UP"},
		{"first check of s2", check(s2, good), "", "UP"},
		{"one failure", check(s1, bad), "", "UP 1/2"},
		{"recovers", check(s1, good), "", "UP"},
		{"fails", check(s1, bad), "", "UP 1/2"},
		{"fails again", check(s1, bad), `<1>Server b/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "X", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.`, "DOWN"},
		{"maint while down", mode(s1, Maintenance), "<5>Server b/s1 was DOWN and now enters maintenance.", "MAINT"},
		{"ready", mode(s1, Ready), "<5>Server b/s1 is UP/READY (leaving forced maintenance).", "UP 1/2"},
		{"first check fails", check(s1, bad), `<1>Server b/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "X", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.`, "DOWN"},
		{"drain while down", mode(s1, Drain), "<5>Server b/s1 enters drain state. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.", "DOWN"},
		{"one good check", check(s1, good), "", "DOWN 1/3"},
		{"two", check(s1, good), "", "DOWN 2/3"},
		{"up in drain", check(s1, good), "<5>Server b/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 0ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.\n" +
			"<5>Server b/s1 remains in forced drain mode.", "DRAIN"},
		{"fails in drain", check(s1, bad), "", "DRAIN 1/2"},
		{"down in drain", check(s1, bad), `<5>Server b/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "X", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.` + "\n" +
			"<5>Server b/s1 remains in forced drain mode.", "DOWN"},
		{"maint", mode(s1, Maintenance), "<5>Server b/s1 was DOWN and now enters maintenance.", "MAINT"},
		{"drain", mode(s1, Drain), "<5>Server b/s1 is UP/DRAIN (leaving forced maintenance).\n<5>Server b/s1 remains in forced drain mode.", "DRAIN 1/2"},
		{"fails", check(s1, bad), `<5>Server b/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "X", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.` + "\n" +
			"<5>Server b/s1 remains in forced drain mode.", "DOWN"},
		{"ready", mode(s1, Ready), "<5>Server b/s1 is DOWN (leaving forced drain).", "DOWN"},
		{"good", check(s1, good), "", "DOWN 1/3"},
		{"404 while down", check(s1, notFound), "", "DOWN 1/3"},
		{"good", check(s1, good), "", "DOWN 2/3"},
		{"up", check(s1, good), "<5>Server b/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 0ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.", "UP"},
		{"404", check(s1, notFound), "<5>Server b/s1 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 0ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.", "NOLB"},
		{"good", check(s1, good), "<5>Server b/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 0ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.", "UP"},
		{"drain", mode(s1, Drain), "<5>Server b/s1 enters drain state. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.", "DRAIN"},
		{"ready", mode(s1, Ready), "<5>Server b/s1 is UP (leaving forced drain).", "UP"},
		{"backup without weight", weight(s2, 0), "", "UP"},
		{"no weight at all", weight(s1, 0), "<0>backend b has no server available!", "UP"},
		{"weight", weight(s1, 1), "", "UP"},
		{"maint", mode(s1, Maintenance), "<1>Server b/s1 is going DOWN for maintenance. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n" +
			"<0>backend b has no server available!", "MAINT"},
		{"maint again", mode(s1, Maintenance), "", "MAINT"},
		{"a late check", check(s1, refused), "", "MAINT"},
		{"backup", mode(s2, Maintenance), "<1>Backup Server b/s2 is going DOWN for maintenance. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", "MAINT"},
		{"checks off", func() { s1.SetMode(Ready); s1.SetChecks(false) }, "<5>Server b/s1 is UP/READY (leaving forced maintenance).", "no check"},
	} {
		step.do()
		if got := j.take(); got != step.log {
			t.Errorf("%s:\n got  %s\n want %s", step.name, got, step.log)
		}
		if got := s1.View().Status; got != step.status {
			t.Errorf("%s: status %s, want %s", step.name, got, step.status)
		}
	}
	if v := s1.View(); v.CheckFails != 7 || v.Downs != 5 {
		t.Errorf("%d failed checks, %d times down", v.CheckFails, v.Downs)
	}
}

func TestLogHealth(t *testing.T) {
	j := new(journal)
	b := setup(t, j, func(s *Settings) { s.LogHealth, s.Listen = true, true }, "s1 127.0.0.1:1 check fall 3 rise 2 backup")
	s1 := b.ServerByName("s1")
	for _, step := range []struct {
		r    CheckResult
		want string
	}{
		{bad, `<5>Health check for backup server b/s1 failed, reason: Layer7 wrong status, code: 500, info: "X", check duration: 0ms, status: 0/2 DOWN.` + "\n" +
			"<1>Backup Server b/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n" +
			"<0>proxy b has no server available!"},
		{bad, ""},
		{good, "<5>Health check for backup server b/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 1/2 DOWN."},
		{good, "<5>Health check for backup server b/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: 0ms, status: 3/3 UP.\n" +
			"<5>Backup Server b/s1 is UP. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue."},
		{good, ""},
		{CheckResult{Status: CheckL7Status, Code: 500, Info: "a\x01b\"c\xe9"}, `<5>Health check for backup server b/s1 failed, reason: Layer7 wrong status, code: 500, info: "a<01>b<22>c<E9>", check duration: 0ms, status: 2/3 UP.`},
		{notFound, `<5>Health check for backup server b/s1 conditionally succeeded, reason: Layer7 check conditionally passed, code: 404, check duration: 0ms, status: 3/3 UP.` + "\n" +
			"<5>Backup Server b/s1 is stopping. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.\n" +
			"<0>proxy b has no server available!"},
		{refused, `<5>Health check for backup server b/s1 failed, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms, status: 2/3 UP.`},
	} {
		s1.CheckBegins(time.Now())
		s1.CheckDone(step.r)
		if got := j.take(); got != step.want {
			t.Errorf("got  %s\nwant %s", got, step.want)
		}
	}
}

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, nil, nil, "s1 127.0.0.1:1 check inter 5s fastinter 1s downinter 9s")
		s1 := b.ServerByName("s1")
		next := func(want time.Duration) {
			t.Helper()
			if d := s1.CheckInterval(); d != want {
				t.Errorf("interval %s, want %s", d, want)
			}
		}
		report := func(r CheckResult) { s1.CheckBegins(time.Now()); s1.CheckDone(r) }
		next(time.Second) // not checked yet
		report(good)
		next(5 * time.Second)
		report(bad)
		next(time.Second)
		report(bad)
		report(bad)
		next(9 * time.Second)
		time.Sleep(10 * time.Second)
		if v, bv := s1.View(), b.View(); v.DownTime != 10*time.Second || v.LastChange != 10*time.Second || bv.DownTime != 10*time.Second || bv.Status != "DOWN" || bv.Downs != 1 {
			t.Errorf("%+v %+v", v, bv)
		}
		report(good)
		next(time.Second)
		report(good)
		next(5 * time.Second)
		time.Sleep(3 * time.Second)
		if v, bv := s1.View(), b.View(); v.DownTime != 10*time.Second || v.LastChange != 3*time.Second || bv.DownTime != 10*time.Second || bv.Status != "UP" {
			t.Errorf("%+v %+v", v, bv)
		}
		if d, ok := s1.NextCheck(time.Now()); !ok || d != 2*time.Second {
			t.Errorf("next check in %s %v", d, ok)
		}
	})
}

// TestReload is what Configure promises to keep.
func TestReload(t *testing.T) {
	var r Registry
	b := r.Backend("b")
	configure(t, b, nil, nil, "s1 127.0.0.1:1 check weight 5", "s2 127.0.0.1:2", "gone 127.0.0.1:3")
	s1, gone := b.ServerByName("s1"), b.ServerByName("gone")
	s1.CheckBegins(time.Now())
	s1.CheckDone(bad)
	s1.SetWeight(9)
	b.ServerByName("s2").SetMode(Drain)
	s := assign(t, b, gone, Granted)
	gone.SessTotal.Add(3)
	s1.BytesIn.Add(7)

	if r.Backend("b") != b {
		t.Fatal("a second configuration got another backend")
	}
	configure(t, b, nil, nil, "s2 127.0.0.1:2", "new 127.0.0.1:4", "s1 127.0.0.1:1 check weight 5 maxconn 3")
	if b.ServerByName("s1") != s1 || s1.View().Status != "DOWN" || s1.Weight() != 9 || s1.BytesIn.Load() != 7 || s1.Config().MaxConn != 3 {
		t.Errorf("s1 lost something: %+v", s1.View())
	}
	if b.ServerByName("s2").View().Status != "DRAIN" || b.ServerByName("gone") != nil || b.UsableServers() != 1 {
		t.Error("s2 or gone")
	}
	s.Release() // a session of a server that is gone
	r.ReleaseBackend("b")
	if r.Backend("b") != b {
		t.Error("forgotten while in use")
	}
	r.ReleaseBackend("b")

	configure(t, b, nil, nil, "s1 127.0.0.1:99 check weight 6", "s2 127.0.0.1:2 disabled")
	if v := s1.View(); v.Status != "UP 1/3" || v.Weight != 6 || v.HasCheck {
		t.Errorf("a new address is a new machine, a new weight rules: %+v", v)
	}
	if got := b.ServerByName("s2").View().Status; got != "MAINT" {
		t.Errorf("disabled was added: %s", got)
	}
	if err := b.Configure(settingsOf(t, "x 127.0.0.1:1", "x 127.0.0.1:1")); err == nil || b.ServerByName("s1") == nil {
		t.Error("a bad configuration changed something")
	}
	r.ReleaseBackend("b")
	if r.Backend("b") == b {
		t.Error("the last reference did not forget the backend")
	}
	r.ReleaseBackend("b")
	r.ReleaseBackend("b") // one too many
	f := r.Frontend("f")
	if r.Frontend("f") != f {
		t.Error("frontend")
	}
}

// TestRollback puts the former settings in force again.
func TestRollback(t *testing.T) {
	b := NewBackend("b")
	defer b.close()
	first, second := settingsOf(t, "s1 127.0.0.1:1", "s2 127.0.0.1:2"), settingsOf(t, "s1 127.0.0.1:1")
	for _, s := range []*Settings{first, second} {
		s.Balancer = new(inOrder)
		if err := b.Configure(s); err != nil {
			t.Fatal(err)
		}
		if s == first {
			b.ServerByName("s2").SetMode(Drain)
			b.ServerByName("s2").BytesIn.Add(5)
		}
	}
	if b.ServerByName("s2") != nil {
		t.Fatal("s2 is still there")
	}
	if err := b.Configure(first); err != nil {
		t.Fatal(err)
	}
	if s2 := b.ServerByName("s2"); s2 == nil || s2.BytesIn.Load() != 5 || s2.View().Status != "DRAIN" || s2.Index() != 1 || s2.Config() != first.Servers[1] {
		t.Error("s2 did not come back as it was")
	}
}

func TestDurationJSON(t *testing.T) {
	for text, want := range map[string]Duration{`"1m30s"`: Duration(90 * time.Second), `1500000000`: Duration(1500 * time.Millisecond)} {
		var d Duration
		if err := d.UnmarshalJSON([]byte(text)); err != nil || d != want {
			t.Errorf("%s: %v %v", text, time.Duration(d), err)
		}
	}
	for _, text := range []string{`"x"`, `"5"`, `1.5`, `{}`, `"`} {
		var d Duration
		if d.UnmarshalJSON([]byte(text)) == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

// TestQueueOnReload: who waits for a server that is gone looks for another, and a raised limit lets waiting sessions in.
func TestQueueOnReload(t *testing.T) {
	b := setup(t, nil, nil, "s1 127.0.0.1:1 maxconn 1", "s2 127.0.0.1:2 maxconn 1")
	assign(t, b, nil, Granted)
	assign(t, b, nil, Granted)
	two, three := assign(t, b, b.ServerByName("s1"), Queued), assign(t, b, nil, Queued)
	configure(t, b, nil, nil, "s2 127.0.0.1:2 maxconn 2")
	if two.woken.Load() != 1 || two.Waiting() || two.Granted() {
		t.Error("waits for a server that is gone")
	}
	if !three.Granted() || three.Server.Name() != "s2" {
		t.Error("the raised limit let nobody in")
	}
}

func TestResolve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := new(journal)
		var answer atomic.Pointer[netip.Addr]
		b := NewBackend("b")
		defer b.close()
		configure(t, b, j, func(s *Settings) {
			s.Resolve = func(_ context.Context, network, host string) ([]netip.Addr, error) {
				if a := answer.Load(); a != nil && host == "web.test" && network == "ip" {
					return []netip.Addr{netip.MustParseAddr("::9"), *a}, nil
				}
				return nil, errors.New("no answer")
			}
		}, "s1 web.test:+5 resolve-prefer ipv4", "s2 other.test:80 init-addr last,10.0.0.9")
		s1, s2 := b.ServerByName("s1"), b.ServerByName("s2")
		if got, want := j.take(), "<4>'server b/s1' : could not resolve address 'web.test', disabling server."; got != want {
			t.Errorf("got %s", got)
		}
		if _, ok := s1.Endpoint(netip.AddrPort{}); ok || s1.View().Status != "MAINT (resolution)" || b.UsableServers() != 1 {
			t.Errorf("%+v", s1.View())
		}
		if e, ok := s2.Endpoint(netip.AddrPort{}); !ok || e.String() != "10.0.0.9:80" {
			t.Errorf("init-addr: %s", e)
		}
		first := netip.MustParseAddr("10.0.0.1")
		answer.Store(&first)
		time.Sleep(resolveRetry + time.Millisecond)
		synctest.Wait()
		if got, want := j.take(), "<5>Server b/s1 ('web.test') is UP/READY (resolves again)."; got != want {
			t.Errorf("got %s", got)
		}
		if e, _ := s1.Endpoint(netip.MustParseAddrPort("127.0.0.1:8000")); e.String() != "10.0.0.1:8005" {
			t.Errorf("endpoint %s", e)
		}
		second := netip.MustParseAddr("10.0.0.2")
		answer.Store(&second)
		time.Sleep(resolveAgain)
		synctest.Wait()
		if got, want := j.take(), "<5>b/s1 changed its IP from 10.0.0.1 to 10.0.0.2 by DNS."; got != want {
			t.Errorf("got %s", got)
		}
		answer.Store(nil)
		time.Sleep(resolveAgain * 3)
		if e, ok := s1.Endpoint(netip.AddrPort{}); !ok || e.Addr.Addr() != second {
			t.Error("the last good address was not kept")
		}
	})
}

func TestPrefer(t *testing.T) {
	four, six, other := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("10.0.0.2")
	mapped := netip.MustParseAddr("::ffff:10.0.0.2")
	for _, tt := range []struct {
		list   []netip.Addr
		family string
		now    *netip.Addr
		want   netip.Addr
	}{
		{[]netip.Addr{four, six}, "", nil, six},
		{[]netip.Addr{six, four, other}, "ipv4", nil, four},
		{[]netip.Addr{four}, "ipv6", nil, four},
		{[]netip.Addr{four, other}, "", &other, other},
		{[]netip.Addr{four, mapped}, "ipv4", &other, other},
		{[]netip.Addr{four}, "ipv4", &other, four},
	} {
		if got := prefer(tt.list, tt.family, tt.now); got != tt.want {
			t.Errorf("%v: got %s", tt, got)
		}
	}
}

func TestEndpoint(t *testing.T) {
	client := netip.MustParseAddrPort("192.0.2.1:8000")
	for _, tt := range []struct{ line, want, check string }{
		{"s 127.0.0.1:80 check", "127.0.0.1:80", "127.0.0.1:80"},
		{"s 127.0.0.1 check port 81", "127.0.0.1:8000", "127.0.0.1:81"},
		{"s 127.0.0.1:0 check port 81", "127.0.0.1:8000", "127.0.0.1:81"},
		{"s 127.0.0.1:-100 check port 81 addr 127.0.0.2", "127.0.0.1:7900", "127.0.0.2:81"},
		{"s 127.0.0.1:80 check addr 127.0.0.2", "127.0.0.1:80", "127.0.0.2:80"},
		{"s [::1]:80 check", "[::1]:80", "[::1]:80"},
		{"s *:80 check", "192.0.2.1:80", "0.0.0.0:80"},
		{"s /run/x check", "unix", "unix"},
	} {
		b := setup(t, nil, nil, tt.line)
		s := b.ServerByName("s")
		e, ok := s.Endpoint(client)
		c, ok2 := s.CheckEndpoint()
		if !ok || !ok2 || e.String() != tt.want || c.String() != tt.check {
			t.Errorf("%s: %s %s, want %s %s", tt.line, e, c, tt.want, tt.check)
		}
	}
	if e, _ := setup(t, nil, nil, "s abns@x").ServerByName("s").Endpoint(client); e.Unix != "@x" {
		t.Errorf("abstract: %+v", e)
	}
}

func TestRate(t *testing.T) {
	var r Rate
	at := epoch.Add(100 * time.Second)
	for range 10 {
		r.Add(at)
	}
	for _, tt := range []struct {
		after time.Duration
		want  int64
	}{{0, 10}, {999 * time.Millisecond, 10}, {time.Second, 10}, {1500 * time.Millisecond, 5}, {1900 * time.Millisecond, 1}, {2 * time.Second, 0}, {time.Hour, 0}} {
		if got := r.Read(at.Add(tt.after)); got != tt.want {
			t.Errorf("after %s: %d, want %d", tt.after, got, tt.want)
		}
	}
	if got := r.Add(at.Add(1500 * time.Millisecond)); got != 6 || r.Peak() != 10 {
		t.Errorf("%d, peak %d", got, r.Peak())
	}
	var early Rate
	if early.Add(epoch.Add(-time.Hour)); early.Read(epoch.Add(-time.Hour)) != 1 {
		t.Error("before epoch")
	}
}

func TestAverage(t *testing.T) {
	var a Average
	for range 500 {
		a.Add(10 * time.Millisecond)
	}
	if a.Read() != 10 || a.Peak() != 10 {
		t.Errorf("%d", a.Read())
	}
	for range 5000 {
		a.Add(30 * time.Millisecond)
	}
	if got := a.Read(); got < 29 || got > 30 {
		t.Errorf("%d after a change, want 30", got)
	}
}

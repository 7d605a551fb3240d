package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is a fake server: it notes what it is sent and answers.
type peer struct {
	sync.Mutex
	answer string
	after  func(net.Conn) // instead of closing at once
	got    []string
	dials  int
	times  []time.Duration
	begun  time.Time
	err    error // the connect fails
}

func (p *peer) dial(_ context.Context, _, _ string) (net.Conn, error) {
	p.Lock()
	defer p.Unlock()
	p.dials++
	p.times = append(p.times, time.Since(p.begun))
	if p.err != nil {
		return nil, p.err
	}
	here, there := net.Pipe()
	answer, after := p.answer, p.after
	go func() {
		defer there.Close()
		buf := make([]byte, 4096)
		n, err := there.Read(buf)
		if err != nil {
			return
		}
		p.Lock()
		p.got = append(p.got, string(buf[:n]))
		p.Unlock()
		for i := 0; i < len(answer); i += 7 { // in pieces
			if _, err := there.Write([]byte(answer[i:min(i+7, len(answer))])); err != nil {
				return
			}
		}
		if after != nil {
			after(there)
		}
	}()
	return here, nil
}

// since lists when the checks began, without the first n.
func (p *peer) since(n int) []time.Duration {
	p.Lock()
	defer p.Unlock()
	return append([]time.Duration(nil), p.times[min(n, len(p.times)):]...)
}

func (p *peer) set(f func()) { p.Lock(); defer p.Unlock(); f() }

func backend(t *testing.T, log server.Log, servers ...*server.Config) *server.Backend {
	t.Helper()
	b := server.NewBackend("b")
	if err := b.Configure(&server.Settings{Servers: servers, Log: log}); err != nil {
		t.Fatal(err)
	}
	return b
}

func config(name string, inter time.Duration) *server.Config {
	return &server.Config{Name: name, Address: "127.0.0.1:80", Check: true, Inter: server.Duration(inter)}
}

func must(t *testing.T, lines ...string) *HTTP {
	t.Helper()
	h, err := parse(lines...)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Compile(); err != nil {
		t.Fatal(err)
	}
	return h
}

const ok200 = "HTTP/1.1 200 OK\r\nX-Foo: bar\r\nContent-Length: 5\r\n\r\nhello"

// TestResults has one check of a server that answers so; the results are HAProxy's.
func TestResults(t *testing.T) {
	hang := func(c net.Conn) { c.Read(make([]byte, 1)) }
	for _, tt := range []struct {
		name   string
		lines  []string
		answer string
		after  func(net.Conn)
		err    error
		want   server.CheckResult
	}{
		{name: "200", answer: "HTTP/1.0 200 OK\r\n\r\n", want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "204", answer: "HTTP/1.1 204 No Content\r\n\r\n", want: server.CheckResult{Status: server.CheckL7OK, Code: 204}},
		{name: "302", answer: "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", want: server.CheckResult{Status: server.CheckL7OK, Code: 302}},
		{name: "500", answer: "HTTP/1.1 500 Oh no\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Status, Code: 500, Info: "Oh no"}},
		{name: "500 without a reason", answer: "HTTP/1.1 500\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Status, Code: 500}},
		{name: "long reason", answer: "HTTP/1.1 500 " + strings.Repeat("0123456789", 30) + "\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Status, Code: 500, Info: strings.Repeat("0123456789", 12) + "0123456"}},
		{name: "100", answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Status, Code: 100, Info: "Continue"}},
		{name: "garbage", answer: "hello world\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Resp}},
		{name: "bad header", answer: "HTTP/1.1 200 OK\r\nbad header\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Resp}},
		{name: "nothing", want: server.CheckResult{Status: server.CheckL7Resp}},
		{name: "part of a head", answer: "HTTP/1.1 200 OK\r\nServer: x\r\n", want: server.CheckResult{Status: server.CheckL7Resp}},
		{name: "hangs", after: hang, want: server.CheckResult{Status: server.CheckL7Timeout}},
		{name: "hangs in the head", answer: "HTTP/1.1 200 OK\r\nSer", after: hang, want: server.CheckResult{Status: server.CheckL7Timeout}},
		{name: "hangs in the body", answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", after: hang, want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "refused", err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, want: server.CheckResult{Status: server.CheckL4Conn, Info: "Connection refused"}},
		{name: "no route", err: &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, want: server.CheckResult{Status: server.CheckL4Conn, Info: "No route to host"}},
		{name: "connect timeout", err: context.DeadlineExceeded, want: server.CheckResult{Status: server.CheckL4Timeout}},
		{name: "no descriptors", err: syscall.EMFILE, want: server.CheckResult{Status: server.CheckSockErr, Info: "General socket error (Too many open files)"}},
		{name: "status 201", lines: []string{"http-check expect status 201"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7Status, Code: 200, Info: "OK"}},
		{name: "! status", lines: []string{"http-check expect ! status 200"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7Status, Code: 200, Info: "OK"}},
		{name: "status range", lines: []string{"http-check expect status 100,150-250"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "rstatus", lines: []string{"http-check expect rstatus ^2"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "! rstatus", lines: []string{"http-check expect !rstatus ^2"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7Status, Code: 200, Info: "OK"}},
		{name: "comment", lines: []string{"http-check expect status 500 comment c"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7Status, Code: 200, Info: "OK comment: c"}},
		{name: "string", lines: []string{"http-check expect string hello"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "string before the end", lines: []string{"http-check expect string he"}, answer: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello", after: hang, want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "string chunked", lines: []string{"http-check expect string hello"}, answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "string until close", lines: []string{"http-check expect string hello"}, answer: "HTTP/1.1 404 OK\r\n\r\nhel", want: server.CheckResult{Status: server.CheckL7Resp, Info: "HTTP content check did not match"}},
		{name: "string whatever status", lines: []string{"http-check expect string hello"}, answer: "HTTP/1.1 404 OK\r\n\r\nhello", want: server.CheckResult{Status: server.CheckL7OK, Code: 404}},
		{name: "! string", lines: []string{"http-check expect ! string hello"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7Resp, Info: "HTTP check matched unwanted content"}},
		{name: "! string absent", lines: []string{"http-check expect ! string zz"}, answer: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello", want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "rstring", lines: []string{"http-check expect rstring h.*o"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "no body", lines: []string{"http-check expect rstring ^$"}, answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", want: server.CheckResult{Status: server.CheckL7Resp, Info: "HTTP content check could not find a response body"}},
		{name: "two conditions", lines: []string{"http-check expect status 200", "http-check expect string nope"}, answer: ok200, want: server.CheckResult{Status: server.CheckL7Resp, Info: "HTTP content check did not match"}},
		{name: "string twice chunked", lines: []string{"http-check expect string he", "http-check expect string lo"}, answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", want: server.CheckResult{Status: server.CheckL7OK, Code: 200}},
		{name: "404", lines: []string{"http-check disable-on-404", "http-check expect status 200"}, answer: "HTTP/1.1 404 NF\r\n\r\n", want: server.CheckResult{Status: server.CheckL7OKCond, Code: 404}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &peer{answer: tt.answer, after: tt.after, err: tt.err}
				b := backend(t, nil, config("s", time.Second))
				r := Start([]Backend{{Backend: b, Checker: must(t, append([]string{"option httpchk"}, tt.lines...)...)}}, Options{Dial: p.dial})
				time.Sleep(1500 * time.Millisecond)
				got := b.Servers()[0].View().Check
				r.Stop()
				if tt.want.Status == server.CheckL7Timeout {
					tt.want.Duration = time.Second
				}
				if got != tt.want {
					t.Errorf("got  %+v\nwant %+v", got, tt.want)
				}
			})
		})
	}
}

// TestRhythm looks at when checks run: spread at first, then by the server's state.
func TestRhythm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{begun: time.Now()}
		var list []*server.Config
		for i := range 4 {
			list = append(list, config(fmt.Sprint("s", i), time.Second))
		}
		r := Start([]Backend{{Backend: backend(t, nil, list...), Checker: new(TCP)}}, Options{Dial: p.dial})
		time.Sleep(1900 * time.Millisecond)
		r.Stop()
		if got, want := fmt.Sprint(p.since(0)), "[0s 250ms 500ms 750ms 1s 1.25s 1.5s 1.75s]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}

		p = &peer{begun: time.Now(), err: syscall.ECONNREFUSED}
		c := config("s", 4*time.Second)
		c.FastInter, c.DownInter, c.Rise = server.Duration(time.Second), server.Duration(3*time.Second), 2
		b := backend(t, nil, c)
		r = Start([]Backend{{Backend: b, Checker: new(TCP)}}, Options{Dial: p.dial})
		time.Sleep(5 * time.Second) // 0s down, 3s
		p.set(func() { p.err = nil })
		time.Sleep(7 * time.Second) // 6s going up, 7s up, 11s
		if got, want := fmt.Sprint(p.since(0)), "[0s 3s 6s 7s 11s]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		// A reload: the old runner is stopped after the new one was started, the rhythm goes on.
		next := Start([]Backend{{Backend: b, Checker: new(TCP)}}, Options{Dial: p.dial})
		r.Stop()
		time.Sleep(8 * time.Second)
		if got, want := fmt.Sprint(p.since(5)), "[15s 19s]"; got != want {
			t.Errorf("after a reload: got %s, want %s", got, want)
		}
		b.Servers()[0].SetMode(server.Maintenance)
		time.Sleep(20 * time.Second)
		if len(p.since(0)) != 7 {
			t.Error("checked in maintenance")
		}
		b.Servers()[0].SetMode(server.Ready)
		time.Sleep(5 * time.Second)
		if len(p.since(0)) == 7 {
			t.Error("not checked after maintenance")
		}
		next.Stop()
	})
}

func TestSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{begun: time.Now()}
		r := Start([]Backend{{Backend: backend(t, nil, config("a", 60*time.Second), config("b", 60*time.Second)), Checker: new(TCP)}},
			Options{Dial: p.dial, MaxSpread: 2 * time.Second, Spread: 10})
		time.Sleep(5 * time.Second)
		if got, want := fmt.Sprint(p.since(0)), "[0s 1s]"; got != want {
			t.Errorf("max-spread-checks: got %s, want %s", got, want)
		}
		time.Sleep(time.Hour)
		r.Stop()
		exact := 0
		for i, d := range p.times[2:] {
			if d%(30*time.Second) == 0 {
				exact++
			}
			if i > 0 && d-p.times[i+1] > 66*time.Second {
				t.Errorf("more than 10 percent: %s after %s", d, p.times[i+1])
			}
		}
		if n := len(p.times); n < 105 || n > 140 || exact > n/10 {
			t.Errorf("%d checks, %d of them exact", n, exact)
		}
	})
}

// TestTimeouts: see Runner.probe.
func TestTimeouts(t *testing.T) {
	for _, tt := range []struct{ inter, connect, check, want time.Duration }{
		{2000, 1000, 400, 1000},
		{500, 1000, 1500, 1500},
		{500, 1000, 0, 500},
		{2000, 1000, 0, 2000},
		{2000, 0, 0, 2000},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &peer{after: func(c net.Conn) { c.Read(make([]byte, 1)) }}
			b := backend(t, nil, config("s", tt.inter*time.Millisecond))
			r := Start([]Backend{{Backend: b, Checker: must(t, "option httpchk"), Connect: tt.connect * time.Millisecond, Timeout: tt.check * time.Millisecond}}, Options{Dial: p.dial})
			defer r.Stop()
			time.Sleep(3 * time.Second)
			if v := b.Servers()[0].View(); v.Check.Status != server.CheckL7Timeout || v.Check.Duration != tt.want*time.Millisecond {
				t.Errorf("%+v: %s after %s", tt, v.Check.Status, v.Check.Duration)
			}
		})
	}
}

// TestStop ends checks that hang in a connect or an answer at once, and reports nothing.
func TestStop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			accepted <- c
		}
	}()
	c := config("s", time.Hour)
	c.Address = l.Addr().String()
	b := backend(t, nil, c)
	r := Start([]Backend{{Backend: b, Checker: must(t, "option httpchk")}}, Options{})
	hanging := <-accepted
	defer hanging.Close()
	r.Stop()
	if v := b.Servers()[0].View(); v.Checking || v.HasCheck {
		t.Errorf("%+v", v)
	}

	dialing := make(chan struct{})
	var ended atomic.Bool
	r = Start([]Backend{{Backend: backend(t, nil, config("s", time.Hour)), Checker: new(TCP)}}, Options{
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			close(dialing)
			<-ctx.Done()
			ended.Store(true)
			return nil, errors.New("cancelled")
		}})
	<-dialing
	r.Stop()
	if !ended.Load() {
		t.Error("Stop did not wait")
	}
}

func TestUnixSocket(t *testing.T) {
	c := config("s", time.Hour)
	c.Address = t.TempDir() + "/no"
	b := backend(t, nil, c)
	logged := make(chan string, 4)
	if err := b.Configure(&server.Settings{Servers: []*server.Config{c}, Log: func(_ int, msg string) { logged <- msg }}); err != nil {
		t.Fatal(err)
	}
	r := Start([]Backend{{Backend: b, Checker: new(TCP)}}, Options{})
	defer r.Stop()
	if got := <-logged; !strings.Contains(got, `reason: Socket error, info: "General socket error (No such file or directory)"`) {
		t.Error(got)
	}
}

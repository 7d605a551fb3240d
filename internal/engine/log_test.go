package engine

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// TestLogPolicy: which transactions of one frontend are logged, and with which level.
func TestLogPolicy(t *testing.T) {
	addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
		for head := readHead(r); head != ""; head = readHead(r) {
			if strings.HasPrefix(head, "GET /500") {
				io.WriteString(c, strings.Replace(ok2, "200", "500", 1))
			} else {
				io.WriteString(c, ok2)
			}
		}
	})
	silent := func(t *testing.T, fe *Proxy) {
		a := new(action.SetLogLevel)
		a.Level = "silent"
		fe.HTTPRequest = program(t, a)
	}
	notice := func(t *testing.T, fe *Proxy) {
		a := new(action.SetLogLevel)
		a.Level = "notice"
		fe.HTTPRequest = program(t, a)
	}
	for _, row := range []struct {
		name string
		edit func(t *testing.T, fe *Proxy)
		want string // of: a connection without data, a bad request, a good one, a 500, each with its level
	}{
		{"default", nil, "400 CR 6,400 PR 6,200 -- 6,500 -- 6"},
		{"dontlognull", func(_ *testing.T, fe *Proxy) { fe.Log.Policy.DontLogNull = true }, "400 PR 6,200 -- 6,500 -- 6"},
		{"ignore probes", func(_ *testing.T, fe *Proxy) { fe.IgnoreProbes = true }, "400 PR 6,200 -- 6,500 -- 6"},
		{"dontlog-normal", func(_ *testing.T, fe *Proxy) { fe.Log.Policy.DontLogNormal = true }, "400 CR 6,400 PR 6,500 -- 6"},
		{"separate errors", func(_ *testing.T, fe *Proxy) { fe.Log.Policy.SeparateErrors = true }, "400 CR 3,400 PR 3,200 -- 6,500 -- 3"},
		{"silent", silent, "400 CR 6,400 PR 6"},
		{"notice", notice, "400 CR 6,400 PR 6,200 -- 5,500 -- 5"},
		{"error format", func(t *testing.T, fe *Proxy) {
			f := *fe
			logTo(t, &f, "error %ST")
			fe.Log.ErrorFormat = f.Log.Format
		}, "error 400 6,error 400 6,200 -- 6,500 -- 6"},
		{"monitor-uri", func(_ *testing.T, fe *Proxy) { fe.MonitorURI = []byte("/") }, "400 CR 6,400 PR 6,500 -- 6"},
		{"monitor-net", func(_ *testing.T, fe *Proxy) { fe.MonitorNet = append(fe.MonitorNet, loopback) }, "400 CR 6,400 PR 6"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var log *sink
			r := newRig(t, addr, func(fe, _ *Proxy) {
				log = logTo(t, fe, "%ST %ts")
				if row.edit != nil {
					row.edit(t, fe)
				}
			})
			for _, send := range []string{"", "GET\r\n\r\n", getHead, "GET /500 HTTP/1.1\r\n\r\n"} {
				c := r.dial()
				c.send(send)
				if send != "" {
					c.read(12)
				}
				c.Close()
				await(t, "end of "+send, func() bool { return r.eng.active.empty() && r.eng.TotalConns.Load() > 0 })
				r.eng.TotalConns.Store(0)
			}
			var got []string
			for len(log.lines) > 0 {
				line, level := log.nextLevel(t)
				got = append(got, line+" "+string(rune('0'+level)))
			}
			if g := strings.Join(got, ","); g != row.want {
				t.Errorf("%s, want %s", g, row.want)
			}
		})
	}
}

// empty tells whether no session lives.
func (l *clients) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n == 0
}

// TestLogasap: the line comes with the response's head, once, with plus signs.
func TestLogasap(t *testing.T) {
	end := make(chan struct{})
	addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, nine)
		<-end
		io.WriteString(c, "bcdefghi")
		io.Copy(io.Discard, r)
	})
	for _, row := range []struct {
		asap   bool
		format string
		early  bool
		want   string
	}{
		{true, "%ST %B", true, "200 +50"}, {false, "%ST %B", false, "200 58"},
		{false, "%ST %HM", true, "200 GET"}, {true, "%ST %HM", true, "200 GET"}, // nothing in them has to wait
	} {
		var log *sink
		r := newRig(t, addr, func(fe, _ *Proxy) {
			log = logTo(t, fe, row.format)
			fe.Log.Asap = row.asap
		})
		c := r.dial()
		c.send(getHead)
		c.read(len("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na"))
		if row.early {
			if got := log.next(t); got != row.want {
				t.Errorf("%q: %q, want %q", row.format, got, row.want)
			}
		} else if n := len(log.lines); n != 0 {
			t.Errorf("%q: logged before the end", row.format)
		}
		end <- struct{}{}
		c.read(8)
		if !row.early {
			if got := log.next(t); got != row.want {
				t.Errorf("%q: %q, want %q", row.format, got, row.want)
			}
		}
		await(t, "end", r.allIdle)
		if n := len(log.lines); n != 0 {
			t.Errorf("%q: %d more lines", row.format, n)
		}
	}
}

// TestLogWithoutFormat: the short line of configuration.txt 8.2.1 comes with the request, whatever comes of it.
func TestLogWithoutFormat(t *testing.T) {
	addr, _ := origin(t, after("hang"))
	var log *sink
	r := newRig(t, addr, func(fe, _ *Proxy) {
		log = logTo(t, fe, "x")
		fe.Log.Format = nil
	})
	c := r.dial()
	c.send(getHead)
	want := "Connect from " + c.LocalAddr().String() + " to "
	if got := log.next(t); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "(f/HTTP)") {
		t.Errorf("%q, want %q...(f/HTTP)", got, want)
	}
}

// TestLogSD: structured data is built for targets that want it.
func TestLogSD(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	sd := &sdSink{got: make(chan string, 1)}
	r := newRig(t, addr, func(fe, _ *Proxy) {
		f := *fe
		logTo(t, &f, `[x@1 s="%ST"]`)
		logTo(t, fe, "%ST")
		fe.Log.SD = f.Log.Format
		fe.Log.Sinks = append(fe.Log.Sinks, sd)
		fe.Log.Tag, fe.Log.Host = []byte("tag"), []byte("host")
	})
	r.dial().send(getHead)
	select {
	case got := <-sd.got:
		if want := `[x@1 s="200"]|tag|host|200`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("no line")
	}
}

type sdSink struct{ got chan string }

func (*sdSink) Wants(int) bool { return true }
func (*sdSink) WantsSD() bool  { return true }
func (s *sdSink) Send(_ int, tag, host, sd, msg []byte) {
	s.got <- string(sd) + "|" + string(tag) + "|" + string(host) + "|" + string(msg)
}

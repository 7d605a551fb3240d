package integration

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// reloads is how often the configuration is loaded under load; two of them must fail.
const (
	reloads  = 30
	badPort  = 10
	badWord  = 20
	interval = 330 * time.Millisecond
)

// TestReload loads the configuration again and again under 1,000 requests a second.
func TestReload(t *testing.T) {
	needPrograms(t)
	t.Parallel()
	r := newReloader(t)
	r.p = start(t, ours, r.config(0), r.port)
	r.set(t, "s=c&action=drain&b=b")
	r.until(t, "b", "dead", func(row map[string]string) bool { return strings.HasPrefix(row["status"], "DOWN") })
	traffic := r.traffic(t)
	version := 0
	for i := 1; i <= reloads; i++ {
		time.Sleep(interval)
		text := r.config(i)
		switch i {
		case badPort:
			text = strings.Replace(text, "frontend more", "frontend taken\n bind "+r.taken.Addr().String()+"\nfrontend more", 1)
		case badWord:
			text += "\n frobnicate 3\n"
		}
		status, answer := r.load(t, text)
		fails := i == badPort || i == badWord
		if (status != 200) != fails {
			t.Fatalf("load %d: status %d: %s", i, status, answer)
		}
		if !fails {
			version = i
		}
		r.check(t, i, version)
	}
	sent, failed := traffic()
	if failed > 0 {
		t.Errorf("%d of %d requests failed, the first one: %v", failed, sent, r.first.Load())
	}
	if sent < 6000 {
		t.Errorf("only %d requests: the machine is too slow for this test to mean much", sent)
	}
	// A response is counted when it has been sent: its client may be here first.
	rows := r.stat(t)
	for end := time.Now().Add(2 * time.Second); rows["f/FRONTEND"]["hrsp_2xx"] != fmt.Sprint(sent+r.asked.Load()) && time.Now().Before(end); {
		rows = r.stat(t)
	}
	if got := rows["f/FRONTEND"]["hrsp_2xx"]; got != fmt.Sprint(sent+r.asked.Load()) {
		t.Errorf("the frontend has counted %s responses of %d", got, sent+r.asked.Load())
	}
	for name, want := range map[string][2]string{"b/a": {"no check", "3"}, "b/b": {"no check", "1"}, "b/c": {"DRAIN", "2"}, "b/dead": {"DOWN", "1"}} {
		if row := rows[name]; row["status"] != want[0] || row["weight"] != want[1] {
			t.Errorf("%s: status %s weight %s, want %v", name, row["status"], row["weight"], want)
		}
	}
	if n := rows["b/dead"]["chkdown"]; n != "1" {
		t.Errorf("the dead server went down %s times", n)
	}
	if rows["b/c"]["stot"] != "0" {
		t.Errorf("the drained server got %s requests", rows["b/c"]["stot"])
	}
}

// reloader holds what all versions of the configuration share.
type reloader struct {
	p                 *process
	port, more, admin int
	backends          [3]string
	taken             net.Listener
	socket            string
	asked             atomic.Int64 // requests beside the load that the frontend has answered
	first             atomic.Value // text of an error
	sent, failed      atomic.Int64
}

func newReloader(t *testing.T) *reloader {
	t.Helper()
	r := &reloader{port: freePort(t), more: freePort(t), admin: freePort(t), socket: filepath.Join(t.TempDir(), "s")}
	for i := range r.backends {
		r.backends[i] = plainServer(t, helloAnswer)
	}
	var err error
	if r.taken, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.taken.Close() })
	return r
}

// config is version i: its number is in each answer, and every second version listens on one more port.
func (r *reloader) config(i int) string {
	more := "frontend more\n default_backend b\n"
	if i%2 == 1 {
		more += " bind " + addr(r.more) + "\n"
	}
	return fmt.Sprintf(`global
 stats socket %s level admin
defaults
 mode http
 timeout client 10s
 timeout connect 2s
 timeout server 10s
frontend f
 bind %s
 http-response set-header x-version %d
 default_backend b
%slisten admin
 bind %s
 stats uri /s
 stats admin if TRUE
backend b
 server a %s weight 3
 server b %s weight 1
 server c %s weight 2
 server dead 127.0.0.1:1 check inter 50ms weight 1
`, r.socket, addr(r.port), i, more, addr(r.admin), r.backends[0], r.backends[1], r.backends[2])
}

// load posts a configuration to the admin API.
func (r *reloader) load(t *testing.T, text string) (int, string) {
	t.Helper()
	hc := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", r.p.admin)
		}}}
	res, err := hc.Post("http://localhost/load", "text/haproxy", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

// check asks once whether the wanted version rules, and whether its ports are open and no others.
func (r *reloader) check(t *testing.T, i, version int) {
	t.Helper()
	res, err := http.Get("http://" + addr(r.port) + "/check")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	r.asked.Add(1)
	if got := res.Header.Get("X-Version"); got != fmt.Sprint(version) {
		t.Errorf("after load %d version %s rules, not %d", i, got, version)
	}
	c, err := net.Dial("tcp", addr(r.more))
	if err == nil {
		_ = c.Close()
	}
	if open := err == nil; open != (version%2 == 1) {
		t.Errorf("after load %d, version %d: the second port is open: %v", i, version, open)
	}
}

// set posts to the form of the statistics page.
func (r *reloader) set(t *testing.T, form string) {
	t.Helper()
	hc := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := hc.Post("http://"+addr(r.admin)+"/s", "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if to := res.Header.Get("Location"); !strings.HasSuffix(to, ";st=DONE") {
		t.Fatalf("the form answers %d %s", res.StatusCode, to)
	}
}

// stat is `show stat` by proxy/server.
func (r *reloader) stat(t *testing.T) map[string]map[string]string {
	t.Helper()
	c, err := net.Dial("unix", r.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "show stat\n")
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	rd := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(bytes.TrimSpace(b), []byte("# "))))
	lines, err := rd.ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%v\n%s", err, b)
	}
	rows := map[string]map[string]string{}
	for _, l := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = l[i]
		}
		rows[row["pxname"]+"/"+row["svname"]] = row
	}
	return rows
}

func (r *reloader) until(t *testing.T, proxy, server string, ok func(map[string]string) bool) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for !ok(r.stat(t)[proxy+"/"+server]) {
		if time.Now().After(deadline) {
			t.Fatalf("%s/%s: %v", proxy, server, r.stat(t)[proxy+"/"+server])
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// traffic sends 1,000 requests a second, half of them on connections that stay open, and returns what ends it.
func (r *reloader) traffic(t *testing.T) (stop func() (sent, failed int64)) {
	done := make(chan struct{})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			var a *asker
			for {
				select {
				case <-done:
					return
				case <-tick.C:
				}
				if a == nil || i%2 == 1 {
					if a != nil {
						_ = a.c.Close()
					}
					c, err := net.Dial("tcp", addr(r.port))
					if err != nil {
						r.fail(err)
						continue
					}
					_ = c.SetDeadline(time.Now().Add(time.Minute))
					a = &asker{c: c, request: []byte(simple), tail: []byte("hello"), buf: make([]byte, 4096)}
				}
				if r.sent.Add(1); !a.ask(1) {
					r.fail(fmt.Errorf("client %d: no answer, or not 200: %q", i, a.buf[:60]))
					_ = a.c.Close()
					a = nil
				}
			}
		})
	}
	return func() (int64, int64) {
		close(done)
		all.Wait()
		return r.sent.Load(), r.failed.Load()
	}
}

func (r *reloader) fail(err error) {
	r.failed.Add(1)
	r.first.CompareAndSwap(nil, err.Error())
}

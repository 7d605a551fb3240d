package haproxy

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	_ "github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/action"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/check"
)

// load gives Caddy an app and takes it away at the end of the test.
func load(t *testing.T, app string) error {
	t.Helper()
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	conf := `{"admin":{"disabled":true},"logging":{"logs":{"default":{"writer":{"output":"discard"}}}},"apps":{"haproxy":` + app + `}}`
	if !json.Valid([]byte(conf)) {
		t.Fatalf("no JSON: %s", conf)
	}
	return caddy.Load([]byte(conf), true)
}

func mustLoad(t *testing.T, app string) {
	t.Helper()
	if err := load(t, app); err != nil {
		t.Fatal(err)
	}
}

// named is a server that answers with its name.
func named(t *testing.T, name string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name) }))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// ask sends a request for a host over a new connection and is the answer's body, or its status when it is not 200.
func ask(t *testing.T, key, host, path string) string {
	t.Helper()
	at := Engine().Addrs()[key]
	if at == nil {
		t.Fatalf("no listener %s in %v", key, Engine().Addrs())
	}
	req, err := http.NewRequest("GET", "http://"+at.String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host, req.Close = host, true
	c := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(req)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != 200 {
		return res.Status[:3]
	}
	return string(b)
}

const (
	bindAny = `"bind":[{"address":[{"host":"127.0.0.1","port":0}]}]`
	keyAny  = "tcp4/127.0.0.1:0||false|false|false|0|false"
	times   = `"timeout":{"client":"5s","server":"5s","connect":"1s"}`
)

// site is a frontend before one backend with one server.
func site(server, more string) string {
	return `{"proxies":[{"name":"f","type":"frontend","mode":"http",` + bindAny + `,` + times + `,"default_backend":"b"` + more + `},
		{"name":"b","type":"backend","mode":"http",` + times + `,"server":[` + server + `]}]}`
}

// TestHandWritten runs a JSON config of the tutorial's shape: hosts, weights, a monitor.
func TestHandWritten(t *testing.T) {
	a, b, c := named(t, "a"), named(t, "b"), named(t, "c")
	mustLoad(t, `{
		"global": {"maxconn": 4000},
		"proxies": [
			{"name": "web", "type": "frontend", "mode": "http", `+bindAny+`, "timeout": {"client": "5s"},
			 "monitor_uri": "/alive",
			 "acl": [{"name": "blog", "expr": "hdr_dom(host)", "ignore_case": true, "patterns": ["blog.example"]}],
			 "use_backend": [{"backend": "blog", "if": {"any_of": [[{"acl": "blog"}]]}}],
			 "default_backend": "httpservers"},
			{"name": "httpservers", "type": "backend", "mode": "http", "timeout": {"server": "5s", "connect": "1s"},
			 "balance": {"algorithm": "roundrobin"},
			 "server": [{"name": "http1", "address": "`+a+`", "weight": 1}, {"name": "http2", "address": "`+b+`", "weight": 2}]},
			{"name": "blog", "type": "backend", "mode": "http", "timeout": {"server": "5s", "connect": "1s"},
			 "server": [{"name": "blog1", "address": "`+c+`"}]}
		]}`)
	var got strings.Builder
	for range 6 {
		got.WriteString(ask(t, keyAny, "www.example", "/"))
	}
	if got.String() != "bbabba" { // facts: roundrobin with weights 1:2
		t.Errorf("turns %s, want bbabba", &got)
	}
	if got := ask(t, keyAny, "a.BLOG.example:80", "/"); got != "c" {
		t.Errorf("blog: %s", got)
	}
	if got := ask(t, keyAny, "x", "/alive"); !strings.Contains(got, "Service ready.") {
		t.Errorf("monitor: %s", got)
	}
}

// TestReloadKeepsState: counters, weights and states that were set by an operator outlive a reload.
func TestReloadKeepsState(t *testing.T) {
	a := named(t, "a")
	server := fmt.Sprintf(`{"name":"s","address":%q}`, a)
	mustLoad(t, site(server, ""))
	for range 3 {
		if got := ask(t, keyAny, "x", "/"); got != "a" {
			t.Fatal(got)
		}
	}
	at, before := Engine().Addrs()[keyAny].String(), Engine().Ruling()
	be := before.Proxies[1].BE
	mustLoad(t, site(server, `,"monitor_uri":"/m"`))
	now := Engine().Ruling()
	if now == before || now.Proxies[1].BE != be || now.Proxies[0].FE != before.Proxies[0].FE {
		t.Error("the state is another one")
	}
	if got := Engine().Addrs()[keyAny].String(); got != at {
		t.Errorf("the socket moved from %s to %s", at, got)
	}
	if got := ask(t, keyAny, "x", "/m"); !strings.Contains(got, "ready") {
		t.Errorf("the new configuration does not rule: %s", got)
	}
	await(t, "counters", func() bool { return be.Requests.Load() == 3 && now.Proxies[0].FE.Requests.Load() == 4 })
	if Ruling().Proxies[0].MonitorURI != "/m" {
		t.Error("Ruling is the old configuration")
	}
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 5s", what)
		}
	}
}

// TestFailedReload: a taken address leaves the old configuration in force, with the settings of its servers.
func TestFailedReload(t *testing.T) {
	a, b := named(t, "a"), named(t, "b")
	mustLoad(t, site(fmt.Sprintf(`{"name":"s","address":%q}`, a), ""))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	bad := site(fmt.Sprintf(`{"name":"s","address":%q},{"name":"new","address":%q}`, b, b), "")
	port := taken.Addr().(*net.TCPAddr).Port
	bad = strings.Replace(bad, `"port":0}`, fmt.Sprintf(`"port":0},{"host":"127.0.0.1","port":%d}`, port), 1)
	if err := load(t, bad); err == nil || !strings.Contains(err.Error(), "frontend f: cannot bind 127.0.0.1:"+fmt.Sprint(port)) {
		t.Fatalf("Load = %v", err)
	}
	for range 4 {
		if got := ask(t, keyAny, "x", "/"); got != "a" {
			t.Errorf("after a failed reload: %s", got)
		}
	}
	if n := len(Engine().Ruling().Proxies[1].BE.Servers()); n != 1 {
		t.Errorf("%d servers", n)
	}
}

// TestStop: nothing listens any more.
func TestStop(t *testing.T) {
	mustLoad(t, site(fmt.Sprintf(`{"name":"s","address":%q}`, named(t, "a")), ""))
	at := Engine().Addrs()[keyAny].String()
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", at); err == nil {
		c.Close()
		t.Error("still listening")
	}
	if Ruling() != nil || Engine().Ruling() != nil {
		t.Error("something rules")
	}
}

// TestLogsOverReload: a target that both configurations name goes on.
func TestLogsOverReload(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	pc.SetReadDeadline(time.Now().Add(5 * time.Second))
	more := fmt.Sprintf(`,"log":[{"address":%q,"facility":"local0"}],"log_format":"%%ST %%HP"`, pc.LocalAddr())
	app := site(fmt.Sprintf(`{"name":"s","address":%q}`, named(t, "a")), more)
	buf := make([]byte, 2000)
	for _, path := range []string{"/one", "/two"} {
		mustLoad(t, app)
		ask(t, keyAny, "x", path)
		n, _, err := pc.ReadFrom(buf)
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(buf[:n])), "200 "+path) {
			t.Errorf("%s: %q, %v", path, buf[:n], err)
		}
	}
}

package haproxy

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/check"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// config reads a hand-written configuration.
func config(t *testing.T, text string) *Config {
	t.Helper()
	c := new(Config)
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return c
}

// compiled builds c without running it.
func compiled(t *testing.T, text string) *built {
	t.Helper()
	out, err := newBuilder(config(t, text)).build()
	t.Cleanup(out.release)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func back(more string) string {
	return `{"proxies":[{"name":"b","type":"backend","mode":"http"` + more + `}]}`
}

func front(more string) string {
	return `{"proxies":[{"name":"f","type":"frontend","mode":"http"` + more + `}]}`
}

// TestErrors: what is wrong with a hand-written configuration is said before it runs.
func TestErrors(t *testing.T) {
	for _, row := range []struct{ name, conf, want string }{
		{"mode tcp", `{"proxies":[{"name":"f","type":"frontend","mode":"tcp"}]}`, "proxy 'f': mode tcp is not supported yet"},
		{"no mode", `{"proxies":[{"name":"f","type":"frontend"}]}`, "mode tcp is not supported yet"},
		{"same frontend", `{"proxies":[{"name":"f","type":"frontend","mode":"http"},{"name":"f","type":"listen","mode":"http"}]}`, "frontend 'f' has the same name"},
		{"same backend", `{"proxies":[{"name":"b","type":"backend","mode":"http"},{"name":"b","type":"listen","mode":"http"}]}`, "backend 'b' has the same name"},
		{"default_backend", front(`,"default_backend":"x"`), "unable to find required default_backend: 'x'."},
		{"use_backend", front(`,"use_backend":[{"backend":"x"}]`), "unable to find required use_backend: 'x'."},
		{"unknown ACL", front(`,"use_backend":[{"backend":"x","if":{"any_of":[[{"acl":"nope"}]]}}]`), "nope"},
		{"bad fetch", front(`,"acl":[{"name":"a","expr":"nofetch"}]`), "nofetch"},
		{"bad action", front(`,"http_request":[{"action":{"name":"nope"}}]`), "nope"},
		{"bad log-format", front(`,"log_format":"%{"`), "log-format"},
		{"connection mode", front(`,"http_connection_mode":"x"`), "unknown http_connection_mode 'x'"},
		{"header names", front(`,"option":{"http_restrict_req_hdr_names":"x"}`), "unknown http_restrict_req_hdr_names 'x'"},
		{"forwardfor", front(`,"forwardfor":{"except":"x"}`), "option forwardfor"},
		{"originalto", front(`,"originalto":{"except":"1.2.3.4/99"}`), "option originalto"},
		{"monitor-net", front(`,"monitor_net":["x"]`), "monitor-net"},
		{"http-reuse", back(`,"http_reuse":"x"`), "unknown http-reuse 'x'"},
		{"retry-on", back(`,"retry_on":["404","x"]`), "unknown keyword 'x'"},
		{"cookie mode", back(`,"cookie":{"name":"C","mode":"insert"}`), "cookie mode 'insert' is not supported yet"},
		{"balance", back(`,"balance":{"algorithm":"nope"}`), "haproxy.balance.nope"},
		{"balance without a name", back(`,"balance":{}`), "algorithm"},
		{"balance field", back(`,"balance":{"algorithm":"roundrobin","x":1}`), "x"},
		{"check", back(`,"check":{"type":"nope"}`), "haproxy.checks.nope"},
		{"server weight", back(`,"server":[{"name":"s","address":"127.0.0.1:1","weight":300}]`), "weight of server s"},
		{"server address", back(`,"server":[{"name":"s","address":"127.0.0.1:x"}]`), "127.0.0.1:x"},
		{"same server", back(`,"server":[{"name":"s","address":"127.0.0.1:1"},{"name":"s","address":"127.0.0.1:2"}]`), "s"},
		{"error status", back(`,"error":[{"status":299,"file":"/dev/null"}]`), "299"},
		{"error file", back(`,"error":[{"status":503,"file":"/no/such/file"}]`), "/no/such/file"},
		{"error group", back(`,"error":[{"group":"nope"}]`), "unknown http-errors section 'nope'."},
		{"log target", front(`,"log":[{"address":"127.0.0.1","facility":"nope"}]`), "nope"},
		{"userlist", `{"userlists":[{"name":"u","users":[{"name":"a","groups":["none"]}]}]}`, "none"},
		{"nbthread", `{"global":{"nbthread":65}}`, "'nbthread' value must be between 1 and 64 (was 65)"},
		{"nbthread below 0", `{"global":{"nbthread":-1}}`, "'nbthread' value must be between 1 and 64 (was -1)"},
		{"maxpipes", `{"global":{"maxpipes":-1}}`, "'maxpipes' expects a value of at least 0, got '-1'"},
		{"pipesize", `{"global":{"tune":{"pipesize":-1}}}`, "'tune.pipesize' expects a value of at least 0, got '-1'"},
		{"set-var scope", `{"global":{"set_var":[{"name":"txn.a","expr":"int(1)"}]}}`, "variable 'txn.a' is not of the scope proc"},
		{"set-var value", `{"global":{"set_var":[{"name":"proc.a","expr":"nofetch"}]}}`, "nofetch"},
		{"stats rules", front(`,"stats":{"realm":"x","http_request":[{"action":{"name":"allow"}}]}`), "can't be used at the same time"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := config(t, row.conf).Check(nil)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
}

// TestCheckJSON: Check also takes what was read from JSON, rules included.
func TestCheckJSON(t *testing.T) {
	if err := config(t, front(`,"http_request":[{"action":{"name":"deny"}}]`)).Check(nil); err != nil {
		t.Error(err)
	}
}

// TestAllErrors: one attempt tells everything that is wrong, each with its place when there is one.
func TestAllErrors(t *testing.T) {
	c := config(t, `{"proxies":[{"name":"f","type":"frontend","mode":"http","default_backend":"x","use_backend":[{"backend":"y"}]},
		{"name":"b","type":"backend","mode":"http","http_reuse":"z"}]}`)
	c.Proxies[0].At = map[string]cfg.Pos{"default_backend": {File: "a.cfg", Line: 7}}
	c.Proxies[0].UseBackend[0].Pos = cfg.Pos{File: "a.cfg", Line: 6}
	c.Proxies[1].Pos = cfg.Pos{File: "b.cfg", Line: 3}
	err := c.Check(nil)
	for _, want := range []string{"'y'", "'x'", "'z'"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("%v does not tell %s", err, want)
		}
	}
	got := map[string]string{}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var d *cfg.Diagnostic
		if !errors.As(e, &d) {
			t.Errorf("%v has no position", e)
			continue
		}
		got[d.Pos.String()] = d.Msg
	}
	want := map[string]string{
		"a.cfg:6": "unable to find required use_backend: 'y'.", "a.cfg:7": "unable to find required default_backend: 'x'.",
		"b.cfg:3": "unknown http-reuse 'z'",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTimeoutFallbacks: configuration.txt 4.2: http-keep-alive, queue and tarpit fall back to others.
func TestTimeoutFallbacks(t *testing.T) {
	const s = time.Second
	for _, row := range []struct {
		conf string
		want engine.Timeouts
	}{
		{``, engine.Timeouts{}},
		{`"client":"1s"`, engine.Timeouts{Client: s, KeepAlive: s}},
		{`"client":"1s","http_request":"2s"`, engine.Timeouts{Client: s, HTTPRequest: 2 * s, KeepAlive: 2 * s}},
		{`"client":"1s","http_request":"2s","http_keep_alive":"3s"`, engine.Timeouts{Client: s, HTTPRequest: 2 * s, KeepAlive: 3 * s}},
		{`"connect":"1s"`, engine.Timeouts{Connect: s, Queue: s, Tarpit: s}},
		{`"connect":"1s","queue":"2s","tarpit":"3s"`, engine.Timeouts{Connect: s, Queue: 2 * s, Tarpit: 3 * s}},
		{`"server":"1s","tunnel":"2s","client_fin":"3s","server_fin":"4s"`,
			engine.Timeouts{Server: s, Tunnel: 2 * s, ClientFin: 3 * s, ServerFin: 4 * s}},
	} {
		out := compiled(t, `{"proxies":[{"name":"l","type":"listen","mode":"http","timeout":{`+row.conf+`}}]}`)
		if diff := cmp.Diff(row.want, out.snap.Proxies[0].Timeouts); diff != "" {
			t.Errorf("%s (-want +got)\n%s", row.conf, diff)
		}
	}
}

// TestCompiledDefaults: what an empty proxy becomes.
func TestCompiledDefaults(t *testing.T) {
	p := compiled(t, `{"proxies":[{"name":"l","type":"listen","mode":"http"}]}`).snap.Proxies[0]
	if p.Retries != 3 || p.RetryOn != engine.RetryConnFailure || p.Redispatch != 0 || p.Reuse != engine.ReuseSafe || p.Mode != engine.KeepAlive {
		t.Errorf("retries %d on %b, redispatch %d, reuse %d, mode %d", p.Retries, p.RetryOn, p.Redispatch, p.Reuse, p.Mode)
	}
	g := compiled(t, `{"global":{"tune":{"bufsize":20000}}}`).snap.Global
	if g.Bufsize != 20000 || g.Maxrewrite != 1024 || g.MaxHdr != 101 || g.LogURILen != 1024 || g.Maxconn <= 0 {
		t.Errorf("%+v", g)
	}
}

func TestRetryOnWords(t *testing.T) {
	for words, want := range map[string]engine.RetryOn{
		``: engine.RetryConnFailure, `"none"`: 0, `"404"`: engine.Retry404,
		`"conn-failure","503","empty-response"`: engine.RetryConnFailure | engine.Retry503 | engine.RetryEmptyResponse,
	} {
		if got := compiled(t, back(`,"retry_on":[`+words+`]`)).snap.Proxies[0].RetryOn; got != want {
			t.Errorf("%s: %b, want %b", words, got, want)
		}
	}
	all := compiled(t, back(`,"retry_on":["all-retryable-errors"]`)).snap.Proxies[0].RetryOn
	if no := all & (engine.Retry404 | engine.Retry401 | engine.Retry403 | engine.Retry408 | engine.Retry425 | engine.Retry501); no != 0 {
		t.Errorf("all-retryable-errors has %b", no)
	}
}

// TestGuests: a third party's algorithm or check is one that Caddy knows; ours are loaded with their settings.
func TestGuests(t *testing.T) {
	out := compiled(t, back(`,"balance":{"algorithm":"leastconn"},"check":{"type":"httpchk","uri":"/x"},"server":[{"name":"s","address":"127.0.0.1:1","check":true}]`))
	if len(out.checked) != 1 || len(out.settings) != 1 {
		t.Fatalf("%d checked, %d settings", len(out.checked), len(out.settings))
	}
	for _, s := range out.settings {
		if _, ok := s.Balancer.(*balance.LeastConn); !ok {
			t.Errorf("balancer %T", s.Balancer)
		}
	}
	if _, ok := out.checked[0].Checker.(*check.HTTP); !ok {
		t.Errorf("checker %T", out.checked[0].Checker)
	}
}

// TestErrorPages: the last page of a status wins; a group may be taken whole or in part.
func TestErrorPages(t *testing.T) {
	dir := t.TempDir()
	file := func(name, status string) string {
		p := filepath.Join(dir, name)
		body := "HTTP/1.1 " + status + " " + name + "\r\nContent-Length: 0\r\n\r\n"
		if err := os.WriteFile(p, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(p)
		return string(b)
	}
	a, b, c := file("a", "503"), file("b", "503"), file("c", "404")
	out := compiled(t, `{"http_errors":[{"name":"g","error":[{"status":503,"file":`+b+`},{"status":404,"file":`+c+`}]}],"proxies":[
		{"name":"last","type":"backend","mode":"http","error":[{"status":503,"file":`+a+`},{"status":503,"file":`+b+`}]},
		{"name":"whole","type":"backend","mode":"http","error":[{"group":"g"}]},
		{"name":"part","type":"backend","mode":"http","error":[{"group":"g","status":404}]},
		{"name":"none","type":"backend","mode":"http"}]}`)
	want := map[string][2]string{"last": {"b", ""}, "whole": {"b", "c"}, "part": {"", "c"}}
	for _, p := range out.snap.Proxies {
		w, ok := want[p.Name]
		if !ok {
			if p.Errors != nil {
				t.Errorf("%s has pages", p.Name)
			}
			continue
		}
		for status, want := range map[int]string{503: w[0], 404: w[1]} {
			x := new(txn.Txn)
			x.Reset()
			got := ""
			if p.Errors.Fill(x, status) {
				got = string(x.Res.Reason)
			}
			if got != want {
				t.Errorf("%s: the page for %d is %q, want %q", p.Name, status, got, want)
			}
		}
	}
}

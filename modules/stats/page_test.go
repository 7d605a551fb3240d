package stats

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// request makes a transaction with a request that has been read.
func request(t testing.TB, method, target, body string, headers ...string) *txn.Txn {
	t.Helper()
	head := method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	x := new(txn.Txn)
	if n, err := x.Req.Parse([]byte(head), &h1.Limits{MaxHdr: 101}); err != nil || n == 0 {
		t.Skipf("no request: %q, %v", head, err)
	}
	x.Body, x.BodyComplete = []byte(body), true
	return x
}

// always is a condition that holds.
func always(t testing.TB) []*acl.Cond { t.Helper(); return []*acl.Cond{nil} }

func TestMatch(t *testing.T) {
	p := &Page{URI: "/a?s"}
	for _, row := range []struct {
		method, target string
		want           bool
	}{
		{"GET", "/a?s", true}, {"HEAD", "/a?sx;csv", true}, {"POST", "/a?s", true}, {"PUT", "/a?s", false}, {"GET", "/a", false}, {"GET", "/A?s", false},
		{"GET", "http://h/a?s", true}, {"GET", "http://h", false}, {"OPTIONS", "*", false}, {"GET", "/b/a?s", false},
	} {
		if got := p.Match(request(t, row.method, row.target, "")); got != row.want {
			t.Errorf("%s %s: %v", row.method, row.target, got)
		}
	}
}

func TestLogin(t *testing.T) {
	p := &Page{Source: newFake(t), URI: "/s", Realm: "r", Users: map[string]string{"u": "p:q", "empty": ""}}
	basic := func(s string) string { return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for header, want := range map[string]int{
		basic("u:p:q"): 200, basic("u:p"): 401, basic("v:p:q"): 401, basic("empty:"): 200, basic("nobody:"): 401, basic("u"): 401, "X: y": 401,
		"Authorization: Bearer dTpwOnE=": 401, "Authorization: Basic ?": 401, "Authorization: Basic": 401,
	} {
		x := request(t, "GET", "/s;csv", "", header)
		if v := p.Serve(x); v != txn.Answer || x.Res.Status != want {
			t.Errorf("%q: verdict %d, status %d, want %d", header, v, x.Res.Status, want)
		}
		if i := x.Res.Headers.Find("www-authenticate", 0); (i >= 0) != (want == 401) || i >= 0 && string(x.Res.Headers[i].Value) != `Basic realm="r"` {
			t.Errorf("%q: challenge %d", header, i)
		}
	}
}

// The page shows nothing of a request, a name or a description as markup.
func TestEscaping(t *testing.T) {
	f := newFake(t)
	p := &Page{
		Source: f, URI: `/s"><i>`, Proxy: "l", ShowLegends: true, ShowNode: true, ShowDesc: true, Desc: "<u>desc", Refresh: 5 * time.Second,
		Admin: always(t),
	}
	for _, suffix := range []string{"", ";st=<s>", ";scope=<q>", ";up;norefresh?scope=be", ";st=DONE"} {
		x := request(t, "GET", "/s", "")
		x.Req.Target = []byte(p.URI + suffix)
		p.Serve(x)
		body := string(x.Reply.Body)
		if !strings.HasPrefix(body, "<!DOCTYPE html>") || !strings.HasSuffix(body, "</html>\n") {
			t.Fatalf("%q: no whole page:\n%s", suffix, body)
		}
		for _, bad := range []string{"<i>", "<s>", "<q>", "<u>", "<b>", "n<1>"} {
			if strings.Contains(body, bad) {
				t.Errorf("%q: %q is in the page", suffix, bad)
			}
		}
	}
}

func TestScope(t *testing.T) {
	p := &Page{Proxy: "me", Scope: []string{".", "be"}}
	for name, want := range map[string]bool{"me": true, "be": true, "fe": false} {
		if got := p.shows(name, &query{}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if p.shows("be", &query{scope: "me"}) || !p.shows("be", &query{scope: "BE"}) {
		t.Error("the scope of the query narrows the one of the page")
	}
}

func TestQuery(t *testing.T) {
	for text, want := range map[string]query{
		"": {}, ";csv": {form: "csv"}, ";json-schema": {form: "json-schema"}, ";json;up;no-maint;norefresh": {form: "json", up: true, noMaint: true, noRefresh: true},
		";st=DONE;x": {state: "DONE"}, ";st=": {}, "?scope=ab;up": {scope: "ab", up: true}, "&scope=a": {}, ";scope=a b": {}, ";scope=ab&x": {scope: "ab"},
		"csv": {}, ";scope=" + strings.Repeat("a", 30): {scope: strings.Repeat("a", 20)},
	} {
		if got := parseQuery([]byte(text)); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
	p := &Page{Refresh: time.Second}
	q := query{up: true, noMaint: true, noRefresh: true, scope: "be"}
	if got := parseQuery([]byte(p.suffix(q))); got != q {
		t.Errorf("read back: %+v, want %+v", got, q)
	}
}

func TestForm(t *testing.T) {
	f := newFake(t)
	p := &Page{Source: f, URI: "/s", Admin: always(t)}
	for _, row := range []struct{ body, state, status string }{
		{"s=s1&action=maint&b=be", actionDone, "MAINT"}, {"s=s1&action=ready&b=%233", actionDone, "UP 1/3"}, {"s=s1&s=no&action=drain&b=be", actionPart, "DRAIN 1/3"},
		{"s=no&action=drain&b=be", actionErr, "DRAIN 1/3"}, {"s=s1&action=fly&b=be", actionErr, "DRAIN 1/3"}, {"s=s1&action=ready&b=fe", actionErr, "DRAIN 1/3"},
		{"action=ready&b=be", actionNone, "DRAIN 1/3"}, {"s=s1&action=ready", actionNone, "DRAIN 1/3"}, {"", actionNone, "DRAIN 1/3"},
		{"s=s1&action=ready&b=be", actionDone, "UP 1/3"}, {"s=s1&action=hdown&b=be", actionDone, "DOWN"}, {"s=s1&action=hrunn&b=be", actionDone, "UP"},
		{"s=s1&action=hnolb&b=be", actionDone, "NOLB"}, {"s=s1&action=hrunn&b=be", actionDone, "UP"}, {"s=s1&action=dhlth&b=be", actionDone, "no check"},
		{"s=s1&action=dhlth&b=be", actionNone, "no check"}, {"s=s1&action=ehlth&b=be", actionDone, "UP"}, {"s=s1&action=dagent&b=be", actionNone, "UP"},
	} {
		x := request(t, "POST", "/s", row.body)
		p.Serve(x)
		i := x.Res.Headers.Find("location", 0)
		if x.Res.Status != 303 || i < 0 || string(x.Res.Headers[i].Value) != "/s;st="+row.state {
			t.Errorf("%q: status %d, headers %q, want %s", row.body, x.Res.Status, x.Res.Headers, row.state)
		}
		if got := f.server("s1").View().Status; got != row.status {
			t.Errorf("%q: s1 is %q, want %q", row.body, got, row.status)
		}
	}
	p.Admin = nil
	if x := request(t, "POST", "/s", "s=s1&action=maint&b=be"); p.Serve(x) != txn.Answer || f.server("s1").View().Status != "UP" {
		t.Error("a page without admin rules has changed a server")
	}
	p.Admin = always(t)
	x := request(t, "POST", "/s", "s=s1&action=maint&b=be")
	x.BodyComplete = false
	p.Serve(x)
	if f.server("s1").View().Status != "UP" {
		t.Error("a part of a form has changed a server")
	}
}

// FuzzPage: no request makes the page panic or gives it anything but one of its answers.
func FuzzPage(f *testing.F) {
	src := newFake(f)
	f.Add("GET", ";csv;up;scope=be", "")
	f.Add("POST", ";st=DONE", "s=s1&action=maint&b=%233")
	f.Add("HEAD", "&&;;??", "%zz&=")
	f.Fuzz(func(t *testing.T, method, suffix, body string) {
		p := &Page{Source: src, URI: "/s", Admin: always(t), Refresh: time.Second}
		x := request(t, method, "/s"+suffix, body)
		if !p.Match(x) {
			return
		}
		if v := p.Serve(x); v != txn.Answer || x.Res.Status != 200 && x.Res.Status != 303 {
			t.Errorf("verdict %d, status %d", v, x.Res.Status)
		}
		if i := x.Res.Headers.Find("location", 0); i >= 0 {
			if _, err := url.Parse(string(x.Res.Headers[i].Value)); err != nil || strings.ContainsAny(string(x.Res.Headers[i].Value), "\r\n") {
				t.Errorf("location %q: %v", x.Res.Headers[i].Value, err)
			}
		}
	})
}

package stats

import (
	"strconv"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// DefaultURI and DefaultRealm are what a page without `stats uri` and `stats realm` has.
const (
	DefaultURI   = "/haproxy?stats"
	DefaultRealm = "HAProxy Statistics"
)

// Page serves the statistics of a process over HTTP (configuration.txt 4.2 "stats ..."). It does not change once made.
type Page struct {
	Source Source
	// Proxy is the name of the proxy that serves the page: what "." in Scope means.
	Proxy string
	// URI is the beginning of path and query that the page answers to.
	URI   string
	Realm string
	// Users may see the page; without any everybody may. Values are passwords.
	Users map[string]string
	// Rules run before all else (stats http-request).
	Rules *action.Program
	// Admin are the conditions under which the page changes servers: one that holds is enough.
	Admin []*acl.Cond
	// Scope are the names of the proxies that are shown, all when it is empty.
	Scope       []string
	Refresh     time.Duration
	HideVersion bool
	ShowLegends bool
	ShowNode    bool
	ShowDesc    bool
	Node, Desc  string
}

// Match tells whether the request is for the page.
func (p *Page) Match(t *txn.Txn) bool {
	switch string(t.Req.Method) {
	case "GET", "HEAD", "POST":
	default:
		return false
	}
	target := pathAndQuery(t.Req.Target)
	return len(target) >= len(p.URI) && string(target[:len(p.URI)]) == p.URI
}

// Name is what the log shows in the place of a server.
func (*Page) Name() string { return "<STATS>" }

// NeedBody tells whether the body is needed: it is the form with an action.
func (*Page) NeedBody(t *txn.Txn) bool { return string(t.Req.Method) == "POST" }

// Serve builds the answer.
func (p *Page) Serve(t *txn.Txn) txn.Verdict {
	if v, _ := p.Rules.Run(t, 0); v != txn.Continue && v != txn.Stop {
		return v
	}
	if !p.allowed(t) {
		action.ErrorPage(t, 401)
		t.Res.Headers.Set(nameAuthenticate, []byte(`Basic realm="`+p.Realm+`"`))
		return txn.Answer
	}
	q := parseQuery(pathAndQuery(t.Req.Target)[len(p.URI):])
	if string(t.Req.Method) == "POST" {
		p.post(t, &q)
		return txn.Answer
	}
	kind, body := p.body(t, &q)
	res := begin200(t, kind)
	if p.Refresh > 0 && !q.noRefresh {
		res.Headers.Add(nameRefresh, strconv.AppendInt(nil, seconds(p.Refresh), 10))
	}
	t.Reply.Body, t.Reply.Chunked = body, true
	return txn.Answer
}

// body builds the content in the form that the query asks for.
func (p *Page) body(t *txn.Txn, q *query) (contentType string, body []byte) {
	proc := p.Source.Process()
	w := all
	w.maxconn, w.details = int64(proc.Maxconn), p.ShowLegends
	w.hideDown, w.hideMaint = q.up, q.noMaint
	list := p.Source.Proxies()
	show := func(x *Proxy) bool { return p.shows(x.Name, q) }
	switch q.form {
	case "csv":
		return "text/plain", appendStat(nil, list, &w, formatCSV, show)
	case "json":
		return "application/json", appendStat(nil, list, &w, formatJSON, show)
	case "json-schema":
		return "application/json", []byte(schema)
	}
	w.details = true // the template looks at ShowLegends by itself
	return "text/html", p.render(&proc, list, &w, q, p.admin(t))
}

// shows tells whether a proxy is in the configured scope and in that of the query.
func (p *Page) shows(name string, q *query) bool {
	if len(p.Scope) > 0 {
		found := false
		for _, s := range p.Scope {
			found = found || s == name || s == "." && name == p.Proxy
		}
		if !found {
			return false
		}
	}
	return q.scope == "" || strings.Contains(strings.ToLower(name), strings.ToLower(q.scope))
}

// admin tells whether the page may change servers for this request.
func (p *Page) admin(t *txn.Txn) bool {
	for _, c := range p.Admin {
		if c.Eval(t) {
			return true
		}
	}
	return false
}

func begin200(t *txn.Txn, contentType string) *h1.Response { return begin(t, 200, "OK", contentType) }

// begin starts an answer of the page's own.
func begin(t *txn.Txn, status int, reason, contentType string) *h1.Response {
	r := &t.Res
	r.Reset()
	r.Status, r.Reason, r.Minor, r.ContentLength = status, []byte(reason), 1, -1
	r.Headers.Add(nameCacheControl, valueNoCache)
	r.Headers.Add(nameContentType, []byte(contentType))
	t.Reply = txn.Reply{}
	return r
}

var (
	nameAuthenticate  = []byte("www-authenticate")
	nameCacheControl  = []byte("cache-control")
	nameContentType   = []byte("content-type")
	nameContentLength = []byte("content-length")
	nameLocation      = []byte("location")
	nameRefresh       = []byte("refresh")
	valueNoCache      = []byte("no-cache")
	valueZero         = []byte("0")
)

package action

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// An exchange is one case of testdata/exchanges/*.txt: lines of a listen section, what a client and a server send, and
// what HAProxy was seen to send to both.
type exchange struct {
	line              int
	rules             []string
	request, response string
	toServer          string // recorded
	toClient          string // recorded
	differs           string // why ours is not the same
}

const (
	defaultRequest  = "GET /a/b?q=1 HTTP/1.1\r\nHost: h.example:80\r\nX-A: 1, 2\r\nx-b: z\r\nX-A: 3\r\n\r\n"
	defaultResponse = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-R: a, b\r\nX-R: c\r\n\r\nok"
)

// TestExchanges runs the rules of every case over its messages and compares what comes out with what HAProxy sent.
func TestExchanges(t *testing.T) {
	for _, file := range exchangeFiles(t) {
		for _, x := range readExchanges(t, file) {
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(file), x.line), func(t *testing.T) {
				p := compileExchange(t, x)
				toServer, toClient := p.run(t, x)
				same := toServer == forServer(x.toServer) && toClient == forClient(x.toClient)
				if x.differs != "" {
					if same {
						t.Errorf("line %d: is said to differ (%s), but does not", x.line, x.differs)
					}
					return
				}
				if d := cmp.Diff(forServer(x.toServer), toServer); d != "" {
					t.Errorf("%s\nto the server (-haproxy +ours):\n%s", strings.Join(x.rules, "\n"), d)
				}
				if d := cmp.Diff(forClient(x.toClient), toClient); d != "" {
					t.Errorf("%s\nto the client (-haproxy +ours):\n%s", strings.Join(x.rules, "\n"), d)
				}
			})
		}
	}
}

// forServer and forClient take out of a recording what the connection's handling adds, which is the engine's.
func forServer(s string) string {
	return strings.NewReplacer("connection: close\r\n", "", "connection: keep-alive\r\n", "").Replace(s)
}

func forClient(s string) string { return strings.ReplaceAll(s, "connection: close\r\n", "") }

// proxy is a compiled listen section.
type proxy struct {
	request, response, after *Program
	pages                    *Pages
	captures                 *sample.Captures
}

func compileExchange(t *testing.T, x exchange) *proxy {
	t.Helper()
	p, warnings, err := compileProxy(x.rules)
	if err != nil {
		t.Fatalf("%v (warnings %v)", err, warnings)
	}
	return p
}

// compileProxy reads the lines of a listen section named p as the adapter does.
func compileProxy(lines []string) (p *proxy, warnings []string, err error) {
	s := &section{pages: new(Pages), groups: names{}, captures: new(sample.Captures)}
	text := strings.Join(lines, "\n") + "\n"
	parsed, diags := cfg.Parse([]cfg.File{{Name: "t.cfg", Body: []byte(text)}}, &cfg.Options{})
	for i := range parsed {
		s.line(cfg.NewDispenser(parsed[i], &diags), &diags)
	}
	p = s.compile(&diags)
	for _, d := range diags.Warnings() {
		warnings = append(warnings, d.Msg)
	}
	return p, append(warnings, s.warnings...), diags.Err()
}

// section collects what the lines say, in the order of the file.
type section struct {
	acls                     []acl.Named
	request, response, after Rules
	redirects                Rules
	captures                 *sample.Captures
	pages                    *Pages
	replies                  []*Reply
	groups                   names
	warnings                 []string
}

type names map[string]*Pages

func (l names) HTTPErrors(name string) *Pages { return l[name] }
func (names) Frontend(string) txn.Proxy       { return nil }
func (names) Backend(string) txn.Backend      { return nil }
func (names) Userlist(string) sample.Userlist { return nil }
func (names) ACL(string) func(*txn.Txn) bool  { return nil }
func (s *section) env(where sample.Where) *sample.Env {
	return &sample.Env{Proxy: "p", Where: where, Captures: s.captures, Lookup: s.groups,
		Warn: func(w string) { s.warnings = append(s.warnings, w) }}
}

func (s *section) line(d *cfg.Dispenser, diags *cfg.Diagnostics) {
	d.Next()
	var err error
	switch word := d.Val(); word {
	case "acl":
		var n acl.Named
		err = n.UnmarshalHAProxy(d)
		s.acls = append(s.acls, n)
	case "http-request":
		err = s.rule(d, HTTPRequest, &s.request)
	case "http-response":
		err = s.rule(d, HTTPResponse, &s.response)
	case "http-after-response":
		err = s.rule(d, HTTPAfterResponse, &s.after)
	case "redirect":
		var r Rule
		if r, err = ParseRedirect(d); err == nil {
			s.redirects = append(s.redirects, r)
		}
	case "declare", "capture":
		err = s.declare(d, word)
	case "errorfile", "errorloc", "errorloc302", "errorloc303":
		err = s.errorfile(d, word)
	case "http-error":
		var r *Reply
		if r, err = ParseHTTPError(d); err == nil {
			s.replies = append(s.replies, r)
		}
	default:
		err = d.Errf("unknown keyword '%s'", word)
	}
	diags.Add(d.Pos(), err)
}

func (s *section) rule(d *cfg.Dispenser, set RuleSet, to *Rules) error {
	r, err := Parse(d, set)
	if err != nil {
		return err
	}
	if c, ok := r.Action.(*Capture); ok && c.Len > 0 {
		c.slotFor(s.captures)
	}
	*to = append(*to, r)
	return nil
}

// slotFor declares a slot for c, as the adapter does.
func (a *Capture) slotFor(c *sample.Captures) {
	c.Request = append(c.Request, sample.CaptureSlot{Len: a.Len})
	a.Declare(len(c.Request) - 1)
}

func (s *section) declare(d *cfg.Dispenser, word string) error {
	words := d.Remaining()
	if word == "declare" {
		words = words[1:]
	}
	n, err := strconv.Atoi(words[len(words)-1])
	if words[0] == "request" {
		s.captures.Request = append(s.captures.Request, sample.CaptureSlot{Len: n})
	} else {
		s.captures.Response = append(s.captures.Response, sample.CaptureSlot{Len: n})
	}
	return err
}

func (s *section) errorfile(d *cfg.Dispenser, word string) error {
	var status, value string
	if !d.Args(&status, &value) {
		what := map[bool]string{true: "file", false: "url"}[word == "errorfile"]
		return d.Errf("%s : expects <status_code> and <%s> as arguments.", word, what)
	}
	n, _ := strconv.Atoi(leadingDigits(status))
	var err error
	switch word {
	case "errorfile":
		err = s.pages.AddFile(n, value)
	case "errorloc303":
		err = s.pages.AddLocation(n, value, 303)
	default:
		err = s.pages.AddLocation(n, value, 302)
	}
	if err != nil {
		return d.Errf("%s : %s", word, err)
	}
	return nil
}

func (s *section) compile(diags *cfg.Diagnostics) *proxy {
	in := sample.FEReq | sample.BEReq
	out := sample.FERes | sample.BERes
	set, err := acl.CompileSet(s.env(0), s.acls)
	diags.Add(cfg.Pos{}, err)
	p := &proxy{pages: s.pages, captures: s.captures}
	for _, r := range s.replies {
		diags.Add(cfg.Pos{}, s.pages.AddReply(s.env(in|out), r))
	}
	add := func(to **Program, rs Rules, set2 RuleSet, where sample.Where) {
		var err error
		if reload != nil && !diags.HasErrors() {
			rs = reload(rs)
		}
		*to, err = rs.Compile(s.env(where), set2, set)
		diags.Add(cfg.Pos{}, err)
	}
	add(&p.request, append(s.request, s.redirects...), HTTPRequest, in)
	add(&p.response, s.response, HTTPResponse, out)
	add(&p.after, s.after, HTTPAfterResponse, out)
	return p
}

// reload, when set, is what rules go through before they are compiled.
var reload func(Rules) Rules

func testEnv() *sample.Env { return &sample.Env{Proxy: "p", Lookup: names{}} }

func testACLs(t testing.TB) *acl.Set {
	t.Helper()
	s, err := acl.CompileSet(testEnv(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parseLines(line string) (*cfg.Dispenser, cfg.Diagnostics) {
	lines, diags := cfg.Parse([]cfg.File{{Name: "t.cfg", Body: []byte(line + "\n")}}, &cfg.Options{})
	return cfg.NewDispenser(lines[0], &diags), diags
}

// run does with one exchange what the engine does, without connections.
func (p *proxy) run(t *testing.T, x exchange) (toServer, toClient string) {
	t.Helper()
	tx := newTxn(t, x.request)
	tx.FrontendErrors = p.pages
	p.slots(tx)
	v, _ := p.request.Run(tx, 0)
	if v != txn.Continue && v != txn.Stop {
		return "", p.answer(tx, v)
	}
	toServer = string(h1.AppendRequest(nil, &tx.Req)) + string(tx.Body)
	if strings.Contains(x.request, "Transfer-Encoding") {
		toServer = string(h1.AppendRequest(nil, &tx.Req)) // the body's framing is the engine's
	}
	buf := []byte(x.response)
	n, err := tx.Res.Parse(buf, &h1.Limits{MaxHdr: 101}, tx.Req.Method)
	if err != nil || n == 0 {
		t.Fatalf("response: %d, %v", n, err)
	}
	tx.StartResponse()
	tx.Reply.Body = buf[n:]
	if v, _ = p.response.Run(tx, 0); v != txn.Continue && v != txn.Stop {
		return toServer, p.answer(tx, v)
	}
	p.after.Run(tx, 0)
	return toServer, p.wire(tx)
}

func (p *proxy) slots(tx *txn.Txn) {
	for _, c := range p.captures.Request {
		tx.ReqCaptureLens = append(tx.ReqCaptureLens, c.Len)
	}
	for _, c := range p.captures.Response {
		tx.ResCaptureLens = append(tx.ResCaptureLens, c.Len)
	}
	tx.ReqCaptures = make([][]byte, len(tx.ReqCaptureLens))
	tx.ResCaptures = make([][]byte, len(tx.ResCaptureLens))
}

func (p *proxy) answer(tx *txn.Txn, v txn.Verdict) string {
	switch v {
	case txn.Reject:
		return ""
	case txn.Failed:
		ErrorPage(tx, 500)
	case txn.Deny, txn.Tarpit:
		if !tx.Reply.Ready {
			ErrorPage(tx, tx.DenyStatus)
		}
	}
	if tx.Reply.Silent {
		return ""
	}
	tx.StartResponse()
	p.after.Run(tx, 0)
	return p.wire(tx)
}

func (p *proxy) wire(tx *txn.Txn) string {
	tx.Res.Headers.Del("connection")
	head := string(h1.AppendResponse(nil, &tx.Res))
	if string(tx.Req.Method) == "HEAD" {
		return head
	}
	return head + string(tx.Reply.Body)
}

func newTxn(t testing.TB, request string) *txn.Txn {
	t.Helper()
	tx := &txn.Txn{Conn: &txn.Conn{}}
	tx.Reset()
	tx.Conn.Src, tx.Conn.Dst = addrPort("127.0.0.1:1234"), addrPort("127.0.0.1:80")
	buf := []byte(request)
	n, err := tx.Req.Parse(buf, &h1.Limits{MaxHdr: 101})
	if err != nil || n == 0 {
		t.Fatalf("request: %d, %v", n, err)
	}
	tx.Body = buf[n:]
	line, _, _ := strings.Cut(request, "\r\n")
	tx.Log.Line, tx.Log.Method, tx.Log.URI = []byte(line), tx.Req.Method, tx.Req.Target
	tx.Log.Version = []byte(line[strings.LastIndexByte(line, ' ')+1:])
	return tx
}

func exchangeFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/exchanges/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return files
}

func readExchanges(t *testing.T, file string) []exchange {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []exchange
	var x exchange
	flush := func() {
		if len(x.rules) > 0 {
			list = append(list, x)
		}
		x = exchange{request: defaultRequest, response: defaultResponse}
	}
	flush()
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		n++
		key, value, _ := strings.Cut(sc.Text(), " ")
		switch key {
		case "":
			flush()
		case "rule":
			if x.line == 0 {
				x.line = n
			}
			x.rules = append(x.rules, value)
		case "differs":
			x.differs = value
		case "request", "response", "server", "client":
			text, err := strconv.Unquote(value)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			*map[string]*string{"request": &x.request, "response": &x.response, "server": &x.toServer, "client": &x.toClient}[key] = text
		default:
			if key[0] != '#' {
				t.Fatalf("%s:%d: unknown line", file, n)
			}
		}
	}
	flush()
	return list
}

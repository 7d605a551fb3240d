package sample

import (
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestGolden evaluates the expressions of the golden files.
func TestGolden(t *testing.T) {
	if *update {
		t.Skip("recording")
	}
	t.Setenv("SAMPLE_TEST", "env value")
	for _, file := range goldenFiles(t) {
		for _, g := range readGolden(t, file) {
			t.Run(filepath.Base(file)+"/"+g.name, func(t *testing.T) { evalGroup(t, file, g) })
		}
	}
}

func evalGroup(t *testing.T, file string, g *group) {
	tx := newTxn(t, g)
	for _, rule := range g.rules {
		runSetVar(t, tx, rule)
	}
	if g.response != "" {
		if n, err := tx.Res.Parse([]byte(g.response), nil, tx.Req.Method); err != nil || n == 0 {
			t.Fatalf("response: %d %v", n, err)
		}
		tx.StartResponse()
	}
	for _, r := range g.rows {
		e, err := Compile(testEnv(), r.expr)
		if err != nil {
			t.Errorf("%s:%d: %v", file, r.line, err)
			continue
		}
		got := "none"
		if r.acl {
			got = strconv.FormatBool(evalAny(tx, e, r.any))
		} else {
			w := tx.Borrow()
			if e.Eval(tx, nil, &w.Sample) {
				s := w.Sample
				if !comparable(tx, e, &s) {
					t.Errorf("%s:%d: %s: no text", file, r.line, r.expr)
				}
				got = strconv.Quote(string(s.Bytes))
			}
			tx.Return()
		}
		if got != r.want {
			t.Errorf("%s:%d: %s = %s, want %s", file, r.line, r.expr, got, r.want)
		}
	}
}

// comparable makes the value what the oracle prints: hex of the bytes when the type is known at run time only or binary,
// else text.
func comparable(tx *txn.Txn, e *Expr, s *Sample) bool {
	if e.Out() == Any {
		return ToBin(tx, s)
	}
	return s.Type == txn.Bin || ToStr(tx, s)
}

func evalAny(tx *txn.Txn, e *Expr, text string) bool {
	w := tx.Borrow()
	defer tx.Return()
	for range 1000 {
		if !e.Eval(tx, &w.Iter, &w.Sample) {
			return false
		}
		more := w.Sample.More
		if ToStr(tx, &w.Sample) && string(w.Sample.Bytes) == text {
			return true
		}
		if !more {
			return false
		}
	}
	return false
}

// runSetVar plays "set-var(scope.name) expr".
func runSetVar(t *testing.T, tx *txn.Txn, rule string) {
	t.Helper()
	name, expr, _ := strings.Cut(strings.TrimPrefix(rule, "set-var("), ") ")
	sc, id, err := ParseVar(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Compile(testEnv(), expr)
	if err != nil {
		t.Fatal(err)
	}
	w := tx.Borrow()
	defer tx.Return()
	if e.Eval(tx, nil, &w.Sample) {
		tx.SetVar(sc, id, &w.Sample)
	}
}

func newTxn(t testing.TB, g *group) *txn.Txn {
	t.Helper()
	tx := &txn.Txn{Conn: &txn.Conn{
		Src: netip.MustParseAddrPort("127.0.0.1:40000"), Dst: netip.MustParseAddrPort("127.0.0.1:8080"),
		Accepted: time.Now(), Listener: &txn.Listener{ID: 5, Name: "front"}, Requests: 1,
	}}
	tx.Reset()
	head := []byte(g.request)
	n, err := tx.Req.Parse(head, nil)
	if err != nil || n == 0 {
		t.Fatalf("request: %d %v", n, err)
	}
	tx.Body, tx.BodyComplete = head[n:], true
	if tx.Req.Chunked {
		var c h1.Chunked
		data, _, done, err := c.Decode(tx.Body)
		if err != nil || !done {
			t.Fatalf("body: %v %v", done, err)
		}
		tx.Body = tx.Body[:data]
	}
	line, _, _ := strings.Cut(g.request, "\r\n")
	p := strings.Split(line, " ")
	tx.Log.Line, tx.Log.Method, tx.Log.URI, tx.Log.Version = []byte(line), []byte(p[0]), []byte(p[1]), []byte(p[2])
	site := &fakeBackend{name: "site", id: 77}
	tx.Frontend, tx.Backend = site, site
	if g.response != "" {
		tx.Server = site.Server("s1")
		tx.ServerLocal, tx.ServerRemote = tx.Conn.Src, tx.Conn.Dst
	}
	return tx
}

package sample

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

const benchRequest = "GET /a/b.html?x=1&y=2 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test/1.0\r\n" +
	"Accept: text/html, */*\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\nCookie: a=1; b=2\r\n" +
	"Authorization: Basic YWxpY2U6c2VjcmV0\r\nX-N: 12\r\n\r\n"

// hot are expressions that stand in rules of every request: none of them may allocate, but for new blocks of scratch memory now
// and then, which AllocsPerRun rounds away (a transaction reuses its block).
var hot = []string{
	"src", "dst", "src_port", "dst_port", "src,ipmask(24)", "src_is_local", "method", "path", "pathq", "base", "base32", "base32+src", "url", "url32",
	"query", "req.ver", "url_ip", "url_port", "url_param(x)", "urlp_val(y)", "hdr(host)", "hdr(host),lower", "req.hdr(x-forwarded-for,-1)",
	"req.fhdr(x-forwarded-for)", "hdr_cnt(accept)", "hdr_val(x-n)", "hdr_ip(x-forwarded-for,-1)", "req.hdrs", "req.hdrs_bin",
	"req.hdr_names", "req.cook(b)", "cook_cnt", "cook_val(a)", "http_auth(people)", "http_auth_user", "http_auth_pass", "http_auth_type",
	"req.body", "req.body_len", "req.body_size", "req.body_param(a)", "nbsrv", "nbsrv(site)", "be_conn", "connslots", "queue", "avg_queue",
	"fe_conn", "fe_sess_rate", "srv_is_up(s1)", "srv_conn(site/s1)", "fe_id", "fe_name", "be_id", "be_name", "so_id", "so_name", "rand",
	"rand(10)", "date", "date(10,ms)", "date_us", "uuid", "int(5)", "str(abc)", "bool(1)", "always_true", "var(txn.a)", "var(txn.nope,d)",
	"var(sess.a)", "capture.req.hdr(0)", "capture.req.uri", "capture.req.method", "unique-id", "http_first_req", "ssl_fc", "env(PATH)",
	"req.proto_http", "thread", "proc", "acl(yes)", "status", "res.hdr(x-a)", "scook(s)", "srv_name", "srv_id", "res.ver", "bc_src",
}

func warmTxn(t testing.TB) *txn.Txn {
	g := &group{request: benchRequest, response: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1, 2\r\nSet-Cookie: s=1\r\n\r\n"}
	tx := newTxn(t, g)
	if _, err := tx.Res.Parse([]byte(g.response), nil, tx.Req.Method); err != nil {
		t.Fatal(err)
	}
	tx.ReqCaptures, tx.UniqueID = [][]byte{[]byte("captured")}, []byte("id")
	setVar(tx, txn.Trans)
	setVar(tx, txn.Sess)
	tx.InResponse = true
	return tx
}

func setVar(tx *txn.Txn, sc txn.Scope) {
	w := tx.Borrow()
	w.Sample.SetStr([]byte("value"))
	tx.SetVar(sc, txn.VarID("a"), &w.Sample)
	tx.Return()
}

func TestNoAllocation(t *testing.T) {
	for _, text := range hot {
		e, err := Compile(testEnv(), text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, iterate := range []bool{false, true} {
			tx := warmTxn(t)
			n := testing.AllocsPerRun(50, func() { evalAll(tx, e, iterate) })
			if n != 0 {
				t.Errorf("%s (iterating %v): %v allocations", text, iterate, n)
			}
		}
	}
}

// evalAll evaluates e as a log (one value, as text) or as an ACL does (every value).
func evalAll(tx *txn.Txn, e *Expr, iterate bool) {
	w := tx.Borrow()
	for range 10 {
		it := &w.Iter
		if !iterate {
			it = nil
		}
		if !e.Eval(tx, it, &w.Sample) || !iterate || !w.Sample.More {
			break
		}
	}
	if !iterate && w.Sample.Type != txn.None {
		ToStr(tx, &w.Sample)
	}
	tx.Return()
}

func BenchmarkEval(b *testing.B) {
	for _, text := range []string{"hdr(host)", "req.hdr(x-forwarded-for,-1)", "path", "src", "base32", "nbsrv(site)", "cook(b)", "var(txn.a)", "url_param(y)"} {
		b.Run(text, func(b *testing.B) {
			e, err := Compile(testEnv(), text)
			if err != nil {
				b.Fatal(err)
			}
			tx := warmTxn(b)
			w := tx.Borrow()
			b.ReportAllocs()
			for b.Loop() {
				e.Eval(tx, nil, &w.Sample)
			}
		})
	}
}

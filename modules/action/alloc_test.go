package action

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// rewind puts t back to what the request was, and keeps the memory, as the engine does between requests.
func rewind(t *txn.Txn, from *h1.Request, headers h1.Headers) {
	kept := t.Req.Headers[:0]
	t.Reset()
	t.Req = *from
	t.Req.Headers = append(kept, headers...)
}

// Every action runs without allocating once the transaction's memory has grown.
func TestRunAllocs(t *testing.T) {
	for _, rule := range []string{
		"http-request allow",
		"http-request deny",
		"http-request deny status 404 content-type text/plain lf-string %[path] hdr x %[src]",
		"http-request return status 200 content-type text/plain string hello hdr a b",
		"http-request return status 503 default-errorfiles",
		"http-request redirect prefix https://%[req.hdr(host)] code 301 if { path_beg /a }",
		"http-request redirect scheme https unless { src 10.0.0.0/8 }",
		"http-request auth realm x",
		"http-request set-header X-A new",
		"http-request set-header X-A \"%[src] %[path,lower]\" if { req.hdr(host) -m beg h. } METH_GET",
		"http-request add-header X-A %ci if { path -i -m beg /A /B /C } or { path_sub x }",
		"http-request del-header X-A",
		"http-request del-header x- -m beg",
		"http-request set-path /x%[path]",
		"http-request set-query a=b",
		"http-request set-uri http://x/%[query]",
		"http-request set-method POST",
		"http-request set-var(txn.a) path,lower",
		"http-request set-var-fmt(txn.a) %[src]x",
		"http-request unset-var(txn.a)",
		"http-request set-log-level silent",
		"http-request strict-mode off",
		"http-request capture path len 4",
		"http-request wait-for-body time 1s",
	} {
		t.Run(rule, func(t *testing.T) {
			p, _, err := compileProxy([]string{rule})
			if err != nil {
				t.Fatal(err)
			}
			tx := newTxn(t, defaultRequest)
			p.slots(tx)
			req, headers := tx.Req, append(h1.Headers(nil), tx.Req.Headers...)
			run := func() {
				rewind(tx, &req, headers)
				v, _ := p.request.Run(tx, 0)
				if v == txn.Deny && !tx.Reply.Ready {
					ErrorPage(tx, tx.DenyStatus)
				}
			}
			run()
			if n := testing.AllocsPerRun(50, run); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// Regular expressions allocate the groups' positions in the library, and once more under the race detector, which empties
// pools: the number must not grow.
func TestReplaceAllocs(t *testing.T) {
	for _, rule := range []string{
		`http-request replace-path /a(.*) /z\1`,
		`http-request replace-header X-b (.*) <\1>`,
	} {
		p, _, err := compileProxy([]string{rule})
		if err != nil {
			t.Fatal(err)
		}
		tx := newTxn(t, defaultRequest)
		req, headers := tx.Req, append(h1.Headers(nil), tx.Req.Headers...)
		run := func() {
			rewind(tx, &req, headers)
			p.request.Run(tx, 0)
		}
		run()
		if n := testing.AllocsPerRun(50, run); n > 2 {
			t.Errorf("%s: %v allocations", rule, n)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	p, _, err := compileProxy([]string{
		"acl api path_beg /api /v1 /v2",
		"acl internal src 10.0.0.0/8 192.168.0.0/16",
		"http-request deny if { path -m sub .. } !internal",
		"http-request set-header X-Forwarded-Proto http",
		"http-request set-header X-Real-IP %[src]",
		"http-request del-header X-Debug unless internal",
		"http-request set-path /old%[path] if api",
	})
	if err != nil {
		b.Fatal(err)
	}
	tx := newTxn(b, defaultRequest)
	req, headers := tx.Req, append(h1.Headers(nil), tx.Req.Headers...)
	b.ReportAllocs()
	for b.Loop() {
		rewind(tx, &req, headers)
		p.request.Run(tx, 0)
	}
}

package integration

import (
	"testing"
	"time"
)

const (
	partial = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"
	post    = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nhel"
	head    = "HEAD /x HTTP/1.1\r\nhost: a\r\n\r\n"
	get10   = "GET /a HTTP/1.0\r\n\r\n"
)

// TestRules compares what rules answer, change, capture and log.
func TestRules(t *testing.T) {
	deny := "http-request deny"
	compare(t, "", []exchange{
		{name: "plain", client: script{simple}},
		{name: "plain bytewise", client: script{bytewise(simple)}},
		{name: "plain 1.0", client: script{get10}},
		{name: "deny", fe: deny, client: script{simple}},
		{name: "deny partial body", fe: deny, client: script{partial}},
		{name: "deny full body", fe: deny, client: script{post}},
		{name: "deny head", fe: deny, client: script{head}},
		{name: "deny 1.0", fe: deny, client: script{get10}},
		{name: "deny pipelined", fe: deny, client: script{simple + simple}},
		{name: "deny status 429", fe: "http-request deny deny_status 429", client: script{simple}},
		{name: "reject", fe: "http-request reject", client: script{simple}},
		{name: "tarpit", fe: "timeout tarpit 400ms\nhttp-request tarpit", client: script{simple}, wait: time.Second},
		{name: "tarpit gone", fe: "timeout tarpit 400ms\nhttp-request tarpit", client: script{simple, 100 * time.Millisecond, closeNow}, wait: 700 * time.Millisecond},
		{name: "redirect prefix", fe: "redirect prefix http://z code 301", client: script{simple}},
		{name: "redirect prefix head", fe: "redirect prefix http://z code 301", client: script{head}},
		{name: "redirect prefix post", fe: "redirect prefix http://z code 301", client: script{partial}},
		{name: "redirect location drop-query", fe: "redirect prefix / drop-query append-slash", client: script{"GET /a/b?c HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "redirect scheme", fe: "http-request redirect scheme https code 308", client: script{simple}},
		{name: "return string", fe: "http-request return status 200 content-type text/plain string hello hdr x-a b", client: script{simple}},
		{name: "return string head", fe: "http-request return status 200 content-type text/plain string hello hdr x-a b", client: script{head}},
		{name: "return lf-string", fe: `http-request return content-type text/plain lf-string "%[path] %HM %ci\n"`, client: script{simple}},
		{name: "return pipelined", fe: "http-request return status 200", client: script{simple + simple + simple}},
		{name: "return close", fe: "http-request return status 200", client: script{"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"}},
		{name: "monitor", fe: "monitor-uri /a\nmonitor fail if { req.hdr(x-fail) -m found }", client: script{simple}},
		{name: "monitor query", fe: "monitor-uri /a", client: script{"GET /a?x HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "monitor fail", fe: "monitor-uri /a\nmonitor fail if { req.hdr(x-fail) -m found }", client: script{"GET /a HTTP/1.1\r\nhost: x\r\nx-fail: 1\r\n\r\n"}},
		{name: "monitor post", fe: "monitor-uri /a", client: script{post}},
		{name: "monitor 1.0", fe: "monitor-uri /a", client: script{get10}},
		{name: "response deny", fe: "http-response deny", client: script{simple}},
		{name: "response deny keep-alive", fe: "http-response deny", client: script{simple, expect("</html>"), simple}},
		{name: "response set", fe: "http-response set-header x-a b\nhttp-response set-status 201 reason Foo\nhttp-after-response set-header x-after 1", client: script{simple}},
		{name: "response del add", be: "http-response del-header server\nhttp-response add-header x-a 1\nhttp-response add-header x-a 2", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nServer: z\r\nContent-Length: 0\r\n\r\n"}}},
		{name: "response replace", be: `http-response replace-header set-cookie (.*) \1;\ Secure` + "\nhttp-response replace-value vary foo bar", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nVary: foo, baz, foo\r\nContent-Length: 0\r\n\r\n"}}},
		{name: "after response on deny", fe: deny + "\nhttp-after-response set-header x-after %[status]", client: script{simple}},
		{name: "after response on bad request", fe: "http-after-response set-header x-after %[status]", client: script{"G ET\r\n\r\n"}},
		{name: "after response on 503", fe: "http-after-response set-header x-after %[status]", be: "server s @DEAD", defaults: "retries 0", client: script{simple}},
		{name: "set headers", fe: "http-request set-header X-A %[src]\nhttp-request add-header X-B \"%[path,lower] %ci\"\nhttp-request del-header user-agent", client: script{"GET /ABC HTTP/1.1\r\nhost: x\r\nUser-Agent: u\r\nX-B: 1\r\n\r\n"}},
		{name: "replace headers", fe: `http-request replace-header cookie foo=([^;]*);(.*) foo=\1;ip=%bi;\2` + "\n" + `http-request replace-value x-forwarded-for ^192\.168\.(.*)$ 172.16.\1`, client: script{"GET / HTTP/1.1\r\nhost: x\r\ncookie: foo=1; b=2\r\nx-forwarded-for: 192.168.1.1, 10.0.0.1, 192.168.2.2\r\n\r\n"}},
		{name: "set path", fe: "http-request set-path /x%[path]", client: script{"GET /a?q=1 HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "set pathq", fe: "http-request set-pathq /new?y=%[query]", client: script{"GET /a?q=1 HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "set query", fe: `http-request set-query %[query,regsub(%3D,=,g)]`, client: script{"GET /a?q%3D1 HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "set uri", fe: "http-request set-uri http://h/%[path]", client: script{simple}},
		{name: "set method", fe: "http-request set-method PUT", client: script{simple}},
		{name: "replace path", fe: `http-request replace-path /a(.*) /b\1`, client: script{"GET /abc?z HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "set var", fe: "http-request set-var(txn.a) path,upper\nhttp-request set-header x-a %[var(txn.a)]\nhttp-request unset-var(txn.a)\nhttp-response set-header x-b <%[var(txn.a)]>", client: script{simple}},
		{name: "acl and or not", fe: "acl a path_beg /a\nacl b hdr(host) -i X\nacl c method POST\nhttp-request deny if a b !c\nhttp-request deny deny_status 404 if c || !a", client: script{simple, expect("</html>"), on(1), post, expect("</html>"), on(2), "GET /z HTTP/1.1\r\nhost: y\r\n\r\n"}},
		{name: "use_backend", fe: "use_backend u@ID if { path_beg /u }\nuse_backend %[path,field(2,/)]@ID if { path_beg /d }", be: "server s @S0\nbackend u@ID\nserver u @S1\nbackend d@ID\nserver d @S1", client: script{simple, expect("ok"), 20 * ms, on(1), "GET /u HTTP/1.1\r\n\r\n", expect("ok"), on(2), "GET /d/x HTTP/1.1\r\n\r\n", expect("ok")}},
		{name: "use_backend unknown", fe: "use_backend nope%[path]", client: script{simple}},
		{name: "no backend", fe: "use_backend b_no_backend if { path /zz }\ndefault_backend e@ID", be: "server s @S0\nbackend e@ID", client: script{simple}},
		{name: "forwardfor", fe: "option forwardfor\noption originalto", client: script{"GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"}},
		{name: "forwardfor header if-none", fe: "option forwardfor header X-Client if-none", client: script{"GET /a HTTP/1.1\r\nHost: x\r\nX-Client: 1.2.3.4\r\n\r\n", expect("ok"), simple}},
		{name: "forwardfor except", fe: "option forwardfor except 127.0.0.0/8", client: script{simple}},
		{name: "capture", fe: "capture request header host len 5\ncapture response header server len 10\ncapture cookie SID len 6", client: script{"GET / HTTP/1.1\r\nhost: abcdefghijkl\r\ncookie: SID=1234567; b=c\r\n\r\n"}, server: []script{{"HTTP/1.1 200 OK\r\nserver: foo\r\nset-cookie: SID=zz; path=/\r\nContent-Length: 2\r\n\r\nok"}}},
		{name: "capture in rule", fe: "http-request capture path len 3\nhttp-request capture req.hdr(x) len 10\nhttp-request set-header x-c %[capture.req.hdr(0)]", client: script{"GET /abcdef HTTP/1.1\r\nhost: x\r\nx: q\"\x01\xff\r\n\r\n"}},
		{name: "capture repeated", fe: "capture request header x len 20\ncapture request header y len 3", client: script{"GET / HTTP/1.1\r\nhost: x\r\nX: 1\r\nX: 2\r\n\r\n", expect("ok"), simple}},
		{name: "unique id", fe: "unique-id-format %{+X}o%ci-%HM\nunique-id-header X-ID\nlog-format \"%ID %ST\"", client: script{simple}},
		{name: "log-format", fe: `log-format "%{+Q}r %ST %B %U %HM %HP %HQ %HU %HV %ts %tsc %b %s %f %CC %hr %hs %rc %sq %bq %[capture.req.hdr(0)] %[capture.req.uri]"` + "\n" + `capture request header x len 9`, client: script{"GET /p?q=1 HTTP/1.1\r\nhost: x\r\nx: \"]\\\r\n\r\n"}},
		{name: "httplog clf", fe: "option httplog clf", client: script{simple}},
		{name: "log clf with captures", fe: "option httplog clf\ncapture request header host len 10", client: script{simple}},
		{name: "error log format", fe: `error-log-format "%ci %ST %ts"`, client: script{"x y\r\n\r\n"}},
		{name: "separate errors", fe: "option log-separate-errors", client: script{"x y\r\n\r\n"}},
		{name: "dontlog-normal", fe: "option dontlog-normal\nhttp-request deny if { path /d }", client: script{simple, expect("ok"), "GET /d HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "set-log-level silent", fe: "http-request set-log-level silent if { path /a }", client: script{simple, expect("ok"), "GET /d HTTP/1.1\r\nhost: x\r\n\r\n"}},
		{name: "logasap", fe: "option logasap", client: script{simple}},
		{name: "cookie passive", be: "cookie SRV\nbalance roundrobin\nserver a @S0 cookie a\nserver b @S1 cookie b", client: script{"GET / HTTP/1.1\r\ncookie: SRV=b\r\n\r\n", expect("ok"), "GET / HTTP/1.1\r\ncookie: SRV=b\r\n\r\n", 30 * ms, on(1), "GET / HTTP/1.1\r\ncookie: SRV=zz\r\n\r\n", expect("ok"), simple}},
		{name: "httpclose", fe: "option httpclose", client: script{simple}},
		{name: "httpclose 1.0", fe: "option httpclose", client: script{get10}},
		{name: "server-close", fe: "option http-server-close", client: script{simple, expect("ok"), simple}},
		{name: "server-close 1.0 keep-alive", fe: "option http-server-close", client: script{"GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"}},
	})
}

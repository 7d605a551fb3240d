package integration

import (
	"strings"
	"testing"
)

// TestOdd compares what becomes of unusual and hostile messages, with their log lines, and of messages in pieces.
func TestOdd(t *testing.T) {
	chunked := "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nTrailer: t\r\n\r\n"
	chunkedReply := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nTrailer: t\r\n\r\n"
	get := func(fields string) script { return script{"GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"} }
	compare(t, "", []exchange{
		{name: "post bytewise", client: script{bytewise(post)}},
		{name: "chunked", client: script{chunked}},
		{name: "chunked bytewise", client: script{bytewise(chunked)}, mess: true, wait: 300 * ms},
		{name: "chunked reply", client: script{simple}, server: []script{{chunkedReply}}},
		{name: "chunked reply bytewise", client: script{simple}, server: []script{{bytewise(chunkedReply)}}, mess: true, wait: 300 * ms},
		{name: "chunked reply to 1.0", client: script{get10}, server: []script{{chunkedReply}}},
		{name: "reply bytewise", client: script{simple}, server: []script{{bytewise("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello")}}, wait: 300 * ms},
		{name: "both bytewise, three times", client: script{bytewise(simple), expect("ok"), bytewise(simple), 50 * ms, bytewise(post)}, server: []script{{bytewise(okReply)}}, wait: 300 * ms},
		{name: "reply in two", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Le", 20 * ms, "ngth: 2\r\n\r\no", 20 * ms, "k"}}},
		{name: "bad request bytewise", client: script{bytewise("GET /a b HTTP/1.1\r\n\r\n")}},
		{name: "empty lines first", client: script{"\r\n\r\n" + simple}},
		{name: "pipelined", client: script{simple + post + simple}},
		{name: "pipelined bytewise", client: script{bytewise(simple + post + simple)}, wait: 300 * ms},
		{name: "pipelined, last one bad", client: script{simple + "G@T / HTTP/1.1\r\n\r\n"}},
		{name: "pipelined, then closed", client: script{simple + simple, 100 * ms, halfClose}}, // at once: TestRequestsWithFIN
		{name: "pipelined with close", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + simple}},
		{name: "garbage", client: script{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}},
		{name: "binary in target", client: script{"GET /\x01\xff HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{name: "bad method", client: script{"G(T / HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{name: "lower-case method", client: script{"get / HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{name: "long unknown method", client: script{strings.Repeat("M", 300) + " / HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{name: "no version", client: script{"GET /\r\n\r\n"}},
		{name: "version 1.2", client: script{"GET / HTTP/1.2\r\nHost: x\r\n\r\n"}},
		{name: "version 2.0", client: script{"GET / HTTP/2.0\r\nHost: x\r\n\r\n"}},
		{name: "no host", client: script{"GET / HTTP/1.1\r\n\r\n"}},
		{name: "two hosts", client: script{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}},
		{name: "absolute target", client: script{"GET http://h:1/p?q HTTP/1.1\r\nHost: h:1\r\n\r\n"}},
		{name: "absolute target, other host", client: script{"GET http://h/p HTTP/1.1\r\nHost: z\r\n\r\n"}},
		{name: "options star", client: script{"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{name: "two lengths", client: script{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"}},
		{name: "two different lengths", client: script{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"}},
		{name: "list of lengths", client: script{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc"}},
		{name: "length and chunked", client: script{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + simple}},
		{name: "negative length", client: script{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"}},
		{name: "fold", client: get("X-A: b\r\n c\r\n")},
		{name: "bare CR", client: get("X-A: b\rc\r\n")},
		{name: "bare LF lines", client: script{"GET / HTTP/1.1\nHost: x\n\n"}},
		{name: "blank before colon", client: get("X-A : b\r\n")},
		{name: "no colon", client: get("X-A\r\n")},
		{name: "empty name", client: get(": b\r\n")},
		{name: "NUL in value", client: get("X-A: b\x00c\r\n")},
		{name: "bytes in value", client: get("X-A: \xe4\xff\r\n")},
		{name: "many headers", client: get(strings.Repeat("a: b\r\n", 99))},
		{name: "too many headers", client: get(strings.Repeat("a: b\r\n", 101))},
		{name: "large head", client: get("X: " + strings.Repeat("a", 15000) + "\r\n")},
		{name: "too large head", client: get("X: " + strings.Repeat("a", 17000) + "\r\n")},
		{name: "very large head in pieces", client: script{"GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 9000), 20 * ms, strings.Repeat("b", 9000) + "\r\n\r\n"}},
		{name: "long target in log", client: script{"GET /" + strings.Repeat("u", 2000) + " HTTP/1.1\r\nHost: x\r\n\r\n"}},
		{name: "bad chunk size", client: script{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff1\r\nab\r\n0\r\n\r\n"}},
		{name: "chunk without CRLF", client: script{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX0\r\n\r\n"}},
		{name: "expect without server's word", client: script{"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", 100 * ms, "abc"}},
		{name: "unknown expectation", client: script{"POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 3\r\n\r\nabc"}},
		{name: "upgrade refused", client: get("Connection: Upgrade\r\nUpgrade: foo\r\n")},
		{name: "websocket without key", client: get("Connection: Upgrade\r\nUpgrade: websocket\r\n")},
		{name: "head", client: script{"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"}}},
		{name: "204", client: script{simple}, server: []script{{"HTTP/1.1 204 No Content\r\n\r\n"}}},
		{name: "304", client: script{simple}, server: []script{{"HTTP/1.1 304 Not Modified\r\nEtag: x\r\nContent-Length: 10\r\n\r\n"}}},
		{name: "reply 1.0", client: script{simple}, server: []script{{"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"}}},
		{name: "reply 1.0 keep-alive", client: script{simple, expect("ok"), 20 * ms, simple}, server: []script{{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"}}},
		{name: "reply with close", client: script{simple, expect("ok"), 20 * ms, simple}, server: []script{{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", closeNow}}},
		{name: "reply two lengths", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk"}}},
		{name: "reply length and chunked", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"}}},
		{name: "reply folded", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok"}}},
		{name: "reply without reason", client: script{simple}, server: []script{{"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"}}},
		{name: "reply of bare LF", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"}}},
		{name: "reply bad header", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok"}}},
		{name: "reply 101 unasked", client: script{simple}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: upgrade\r\n\r\n"}}},
		{name: "two replies", client: script{simple, expect("ok"), 20 * ms, simple}, server: []script{{okReply + okReply}, {okReply}}},
		{name: "reply before the request", client: script{100 * ms, simple}, server: []script{{onAccept, okReply}}},
		{name: "large body", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("b", 300000)}}, wait: 400 * ms},
		{name: "large upload", client: script{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("b", 300000)}, wait: 400 * ms},
		{name: "large chunked upload", client: script{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("3e8\r\n"+strings.Repeat("c", 1000)+"\r\n", 100) + "0\r\n\r\n"}, mess: true, wait: 400 * ms},
		{name: "large chunked reply", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("3e8\r\n"+strings.Repeat("c", 1000)+"\r\n", 100) + "0\r\n\r\n"}}, mess: true, wait: 400 * ms},
		{name: "upload while answered slowly", client: script{partial, 50 * ms, "lo", expect("ok"), simple}, server: []script{{early, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", 100 * ms, "ok", 50 * ms, "ok"}, {okReply}}, wait: 400 * ms},
		{name: "accept-invalid", fe: "option accept-invalid-http-request", client: get("X A: b\r\n")},
		{name: "restrict names delete", fe: "option http-restrict-req-hdr-names delete", client: get("X_A: b\r\nX-B: c\r\n")},
		{name: "restrict names reject", fe: "option http-restrict-req-hdr-names reject", client: get("X_A: b\r\n")},
	})
}

// TestPages compares authentication and error pages.
func TestPages(t *testing.T) {
	page := tempFile(t, "HTTP/1.0 403 Nope\r\nX-Page: 1\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nnope\n")
	bad := tempFile(t, "HTTP/1.0 400 Bad\r\nX-Page: 1\r\n\r\nbad\n")
	compare(t, "userlist u\n user a insecure-password b\n user g insecure-password h\nhttp-errors pages\n errorfile 403 "+page+"\n", []exchange{
		{name: "auth asked", fe: "http-request auth realm r\\ s unless { http_auth(u) }", client: script{simple}},
		{name: "auth wrong", fe: "http-request auth unless { http_auth(u) }", client: script{"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpj\r\n\r\n"}},
		{name: "auth right", fe: "http-request auth unless { http_auth(u) }", client: script{"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n"}},
		{name: "auth proxy form", fe: "http-request auth unless { http_auth(u) }", client: script{"GET http://x/ HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n"}},
		{name: "errorfile", fe: "errorfile 403 " + page + "\nhttp-request deny", client: script{simple, expect("nope"), simple}},
		{name: "errorfile 400", fe: "errorfile 400 " + bad, client: script{"G@ / HTTP/1.1\r\n\r\n"}},
		{name: "errorfile of backend", be: "errorfile 503 " + page + "\nserver s @S0 disabled", client: script{simple}},
		{name: "errorfiles", fe: "errorfiles pages 403\nhttp-request deny", client: script{simple}},
		{name: "deny with errorfiles", fe: "http-request deny deny_status 403 errorfiles pages", client: script{simple}},
		{name: "deny with content", fe: "http-request deny deny_status 404 content-type text/plain string gone hdr x-a %[path]", client: script{simple}},
		{name: "http-error", fe: "http-error status 503 content-type text/plain lf-string \"%[path] is down\" hdr retry-after 5", be: "server s @S0 disabled", client: script{simple}},
		{name: "return errorfile", fe: "http-request return status 403 errorfile " + page, client: script{simple}},
		{name: "response return", fe: "http-response return status 299 content-type text/plain string replaced if { status 200 }", client: script{simple, expect("replaced"), simple}},
		{name: "response return of an open body", fe: "http-response return status 299 content-type text/plain string replaced", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"}}},
		{name: "after-response deletes", fe: "http-after-response del-header server\nhttp-after-response replace-value x a b", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nServer: z\r\nX: a, c\r\nContent-Length: 0\r\n\r\n"}}},
		{name: "stats off", client: script{"GET /haproxy?stats HTTP/1.1\r\nHost: x\r\n\r\n"}},
	})
}

package integration

import (
	"strings"
	"testing"
	"time"
)

const (
	ms        = time.Millisecond
	fiveHours = "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
	big       = "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"
)

// TestServerFaults compares status, flags, retries and closes when servers misbehave.
func TestServerFaults(t *testing.T) {
	junk := []script{{"foo\r\n\r\n"}}
	compare(t, "", []exchange{
		{name: "refused", be: "server s @DEAD", defaults: "retries 1\ntimeout connect 200ms", client: script{simple}, wait: time.Second},
		{name: "refused no retries", be: "server s @DEAD", defaults: "retries 0", client: script{simple}},
		{name: "refused close", be: "server s @DEAD", defaults: "retries 0", client: script{"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"}},
		{name: "refused post", be: "server s @DEAD", defaults: "retries 0", client: script{partial}},
		{name: "redispatch", be: "server d @DEAD weight 256\nserver s @S0 weight 1", defaults: "retries 2\noption redispatch 1\ntimeout connect 200ms", client: script{simple}, wait: time.Second},
		{name: "redispatch last", be: "server d @DEAD weight 256\nserver s @S0 weight 1", defaults: "retries 1\noption redispatch\ntimeout connect 200ms", client: script{simple}, wait: time.Second},
		{name: "redispatch nowhere", be: "server d @DEAD", defaults: "retries 2\noption redispatch 1\ntimeout connect 100ms", client: script{simple}, wait: time.Second},
		{name: "redispatch cookie", be: "cookie C\nserver d @DEAD cookie d\nserver s @S0 cookie s", defaults: "retries 1\noption redispatch\ntimeout connect 200ms", client: script{"GET / HTTP/1.1\r\ncookie: C=d\r\n\r\n"}, wait: time.Second},
		{name: "no redispatch cookie", be: "cookie C\nserver d @DEAD cookie d\nserver s @S0 cookie s", defaults: "retries 1\ntimeout connect 200ms", client: script{"GET / HTTP/1.1\r\ncookie: C=d\r\n\r\n"}, wait: time.Second},
		{name: "connect timeout", be: "server s @HOLE", defaults: "retries 1\ntimeout connect 250ms", client: script{simple}, wait: 1500 * ms},
		{name: "no server", srv: "none", client: script{simple}},
		{name: "disabled", srv: "disabled", client: script{simple}},
		{name: "backup", be: "server s @S0 disabled\nserver b @S1 backup", client: script{simple}},
		{name: "accepts and hangs", defaults: "timeout server 300ms", client: script{simple}, server: []script{{}}, wait: time.Second},
		{name: "closes at once", client: script{simple}, server: []script{{closeNow}}},
		{name: "resets at once", client: script{simple}, server: []script{{resetNow}}},
		{name: "closes on accept", defaults: "retries 0", client: script{simple}, server: []script{{onAccept, closeNow}}},
		{name: "closes mid head", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Le", closeNow}}},
		{name: "hangs mid head", defaults: "timeout server 300ms", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Le"}}, wait: time.Second},
		{name: "slow head", defaults: "timeout server 300ms", client: script{simple}, server: []script{{"HTTP/1.1 200 ", 200 * ms, "OK\r\nContent-Length: 2\r\n", 200 * ms, "\r\nok"}}, wait: time.Second},
		{name: "closes mid body", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 30 * ms, closeNow}}},
		{name: "resets mid body", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 30 * ms, resetNow}}},
		{name: "hangs mid body", defaults: "timeout server 300ms", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"}}, wait: time.Second},
		{name: "slow body", defaults: "timeout server 300ms", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 200 * ms, "cdef", 200 * ms, "ghi"}}, wait: time.Second},
		{name: "closes mid chunk", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 30 * ms, closeNow}}},
		{name: "closes between chunks", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", 30 * ms, closeNow}}},
		{name: "bad chunk", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", 30 * ms, "zz\r\n"}}},
		{name: "bad chunk at once", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}}},
		{name: "until close", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\n\r\nabc", 30 * ms, "def", closeNow}}},
		{name: "until reset", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\n\r\nabc", 30 * ms, resetNow}}},
		{name: "garbage", client: script{simple}, server: junk},
		{name: "too much", client: script{simple, expect("ok"), 50 * ms, simple}, server: []script{{okReply + "junk"}, {okReply}}},
		{name: "head too long", client: script{simple}, server: []script{{"HTTP/1.1 200 OK\r\nx: " + strings.Repeat("a", 17000) + "\r\n\r\n"}}},
		{name: "interim", client: script{simple}, server: []script{{"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", 30 * ms, okReply}}},
		{name: "interim 1.0", client: script{get10}, server: []script{{"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", 30 * ms, okReply}}},
		{name: "early answer", client: script{partial}, server: []script{{early, "HTTP/1.1 413 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", closeNow}}, wait: time.Second},
		{name: "early answer, then body", client: script{partial, expect("ok"), "lo", 50 * ms, simple}, server: []script{{early, okReply}}},
		{name: "idle closed by server", client: script{simple, expect("ok"), 60 * ms, simple}, server: []script{{okReply, 10 * ms, closeNow}}},
		{name: "retry-on empty", be: "retry-on empty-response\nretries 2", client: script{simple}, server: []script{{closeNow}}, wait: 500 * ms},
		{name: "retry-on empty then ok", be: "retry-on empty-response\nretries 2", client: script{simple}, server: []script{{closeNow}, {okReply}}, wait: 500 * ms},
		{name: "retry-on 500", be: "retry-on 500 503\nretries 2", client: script{simple}, server: []script{{fiveHours}}, wait: 500 * ms},
		{name: "retry-on 500 then ok", be: "retry-on 500\nretries 2", client: script{post}, server: []script{{fiveHours}, {okReply}}, wait: 500 * ms},
		{name: "retry-on 404", be: "retry-on 404\nretries 1", client: script{simple}, server: []script{{"HTTP/1.1 404 N\r\nContent-Length: 3\r\n\r\nnot"}, {okReply}}, wait: 500 * ms},
		{name: "retry-on junk", be: "retry-on junk-response\nretries 1", client: script{simple}, server: junk, wait: 500 * ms},
		{name: "retry-on timeout", be: "retry-on response-timeout\nretries 1\ntimeout server 200ms", client: script{simple}, server: []script{{}}, wait: time.Second},
		{name: "retry-on timeout then ok", be: "retry-on response-timeout\nretries 1\ntimeout server 200ms", client: script{simple}, server: []script{{}, {okReply}}, wait: time.Second},
		{name: "retry-on conn-failure only", be: "retry-on conn-failure\nretries 1", client: script{simple}, server: []script{{closeNow}}},
		{name: "retry-on none refused", be: "retry-on none\nserver s @DEAD", client: script{simple}},
		{name: "retry-on all", be: "retry-on all-retryable-errors\nretries 3", client: script{simple}, server: []script{{closeNow}, {fiveHours}, {"junk\r\n\r\n"}, {okReply}}, wait: 500 * ms},
		{name: "retry-on partial body", be: "retry-on 500\nretries 2", client: script{partial, 100 * ms, "lo"}, server: []script{{fiveHours}, {okReply}}, wait: 500 * ms},
		{name: "disable-l7-retry", fe: "http-request disable-l7-retry", be: "retry-on 500\nretries 2", client: script{simple}, server: []script{{fiveHours}, {okReply}}, wait: 500 * ms},
		{name: "retry-on with redispatch", be: "retry-on 500\nretries 1\noption redispatch\nserver s @S0 weight 100\nserver z @S1 weight 1", client: script{simple}, server: []script{{fiveHours}}, wait: 500 * ms},
	})
}

// TestClientFaults compares status, flags and closes when clients misbehave, and the queue.
func TestClientFaults(t *testing.T) {
	queue := "timeout queue 300ms\ndefault-server maxconn 1"
	hang := []script{{500 * ms, okReply}}
	compare(t, "", []exchange{
		{name: "nothing", client: script{closeNow}},
		{name: "nothing, half", client: script{halfClose}},
		{name: "nothing dontlognull", defaults: "option dontlognull", client: script{halfClose}},
		{name: "part dontlognull", defaults: "option dontlognull", client: script{"GE", halfClose}},
		{name: "timeout dontlognull", defaults: "option dontlognull\ntimeout client 300ms", client: script{}, wait: 600 * ms},
		{name: "nothing ignore-probes", defaults: "option http-ignore-probes", client: script{halfClose}},
		{name: "timeout ignore-probes", defaults: "option http-ignore-probes\ntimeout client 300ms", client: script{}, wait: 600 * ms},
		{name: "part ignore-probes", defaults: "option http-ignore-probes", client: script{"GE", halfClose}},
		{name: "request timeout", defaults: "timeout http-request 300ms", client: script{"GET / HT"}, wait: 600 * ms},
		{name: "slowloris", defaults: "timeout http-request 400ms", client: script{"GET ", 150 * ms, "/ HTTP/1.1\r\n", 150 * ms, "a: b\r\n", 150 * ms, "c: d\r\n"}, wait: 600 * ms},
		{name: "client timeout in head", defaults: "timeout client 300ms", client: script{"GET / HT"}, wait: 600 * ms},
		{name: "slow head, client timeout", defaults: "timeout client 300ms", client: script{"GET ", 200 * ms, "/ HTTP/1.1\r\n", 200 * ms, "a: b\r\n\r\n"}, wait: 600 * ms},
		{name: "keep-alive timeout", defaults: "timeout http-keep-alive 200ms", client: script{simple}, wait: 600 * ms},
		{name: "keep-alive then part", defaults: "timeout http-keep-alive 200ms\ntimeout http-request 300ms", client: script{simple, expect("ok"), "GET"}, wait: 700 * ms},
		{name: "body timeout", defaults: "timeout client 300ms\ntimeout server 900ms", client: script{partial}, server: []script{{}}, wait: 1500 * ms},
		{name: "body timeout, server first", defaults: "timeout client 900ms\ntimeout server 300ms", client: script{partial}, server: []script{{}}, wait: 1500 * ms},
		{name: "body cut", client: script{partial, 50 * ms, halfClose}, server: []script{{}}, wait: 300 * ms},
		{name: "body gone", client: script{partial, 50 * ms, closeNow}, server: []script{{}}, wait: 300 * ms},
		{name: "bad chunk", client: script{"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", 100 * ms, "zz\r\n"}, wait: 300 * ms},
		{name: "bad chunk at once", client: script{"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n"}},
		{name: "half-close after request", client: script{simple, halfClose}, server: []script{{100 * ms, okReply}}, wait: 300 * ms},
		{name: "gone while server thinks", client: script{simple, 50 * ms, closeNow}, server: hang, wait: 700 * ms},
		{name: "gone while server thinks, abortonclose", defaults: "option abortonclose", client: script{simple, 50 * ms, closeNow}, server: hang, wait: 700 * ms},
		{name: "half-close while server thinks, abortonclose", defaults: "option abortonclose", client: script{simple, halfClose}, server: hang, wait: 700 * ms},
		{name: "gone mid response", defaults: "timeout server 600ms", client: script{simple, expect("200"), closeNow}, cut: true, server: []script{{big + strings.Repeat("a", 100000), 100 * ms, strings.Repeat("a", 100000)}}, wait: time.Second},
		{name: "reset mid response", defaults: "timeout server 600ms", client: script{simple, expect("200"), resetNow}, cut: true, server: []script{{big + strings.Repeat("a", 100000), 100 * ms, strings.Repeat("a", 100000)}}, wait: time.Second},
		{name: "queue timeout", be: queue, client: script{simple, 50 * ms, on(1), simple}, server: []script{{600 * ms, okReply}}, wait: time.Second},
		{name: "queued, then served", be: "timeout queue 1s\ndefault-server maxconn 1", client: script{simple, 50 * ms, on(1), simple}, server: []script{{300 * ms, okReply}, {okReply}}, wait: 500 * ms},
		{name: "queued order", be: "timeout queue 1s\ndefault-server maxconn 1", client: script{simple, 50 * ms, on(1), "GET /1 HTTP/1.1\r\n\r\n", 20 * ms, on(2), "GET /2 HTTP/1.1\r\n\r\n", 20 * ms, on(3), "GET /3 HTTP/1.1\r\n\r\n"}, server: []script{{200 * ms, okReply}, {60 * ms, okReply}}, wait: 800 * ms},
		{name: "frontend maxconn", fe: "maxconn 2", client: script{simple, expect("ok"), on(1), simple, expect("ok"), on(2), simple, 300 * ms, on(0), closeNow, on(2), expect("ok")}, wait: 300 * ms},
		{name: "frontend maxconn 1", fe: "maxconn 1", client: script{simple, expect("ok"), on(1), simple, 200 * ms, on(0), closeNow, on(1), expect("ok")}, wait: 300 * ms},
		{name: "maxqueue", be: "timeout queue 1s\ndefault-server maxconn 1 maxqueue 1", client: script{simple, 50 * ms, on(1), simple, 20 * ms, on(2), simple}, server: []script{{200 * ms, okReply}, {20 * ms, okReply}}, wait: 500 * ms},
		{name: "gone while queued", be: queue, client: script{simple, 50 * ms, on(1), simple, 50 * ms, closeNow}, server: hang, wait: time.Second},
		{name: "gone while queued, abortonclose", be: queue + "\noption abortonclose", client: script{simple, 50 * ms, on(1), simple, 50 * ms, closeNow}, server: hang, wait: time.Second},
		{name: "gone while queued, abortonclose everywhere", be: queue, defaults: "option abortonclose", client: script{simple, 50 * ms, on(1), simple, 50 * ms, closeNow}, server: hang, wait: time.Second},
		{name: "gone while queued, abortonclose in front", be: queue, fe: "option abortonclose", client: script{simple, 50 * ms, on(1), simple, 50 * ms, closeNow}, server: hang, wait: time.Second},
		{name: "half-close while queued, abortonclose everywhere", be: queue, defaults: "option abortonclose", client: script{simple, 50 * ms, on(1), simple, 50 * ms, halfClose}, server: hang, wait: time.Second},
		{name: "gone while server thinks, abortonclose behind", be: "option abortonclose", client: script{simple, 50 * ms, closeNow}, server: hang, wait: 700 * ms},
		{name: "gone while server thinks, abortonclose in front", fe: "option abortonclose", client: script{simple, 50 * ms, closeNow}, server: hang, wait: 700 * ms},
		{name: "pipelined, abortonclose", defaults: "option abortonclose", client: script{simple + simple, 50 * ms, halfClose}, server: hang, wait: 700 * ms},
		{name: "retry turn-around gone, abortonclose", defaults: "option abortonclose\nretries 2", be: "server s @DEAD", client: script{simple, 50 * ms, closeNow}, wait: 2500 * ms},
		{name: "gone while connecting, abortonclose", be: "option abortonclose\nretries 3\nserver s @HOLE", defaults: "timeout connect 700ms", client: script{simple, 100 * ms, closeNow}, wait: 1200 * ms},
		{name: "buffer", fe: "option http-buffer-request", client: script{partial, 200 * ms, "lo"}},
		{name: "buffer timeout", fe: "option http-buffer-request\ntimeout http-request 300ms", client: script{partial}, wait: 700 * ms},
		{name: "buffer gone", fe: "option http-buffer-request", client: script{partial, halfClose}},
		{name: "buffer expect", fe: "option http-buffer-request", client: script{"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-length: 3\r\n\r\n", expect("100"), "abc"}},
		{name: "slow upload", defaults: "timeout client 300ms\ntimeout server 300ms", client: script{partial, 200 * ms, "l", 200 * ms, "o"}, wait: 600 * ms},
		{name: "slow upload, hanging server", defaults: "timeout client 300ms\ntimeout server 300ms", client: script{partial, 200 * ms, "l", 200 * ms, "o"}, server: []script{{}}, wait: 900 * ms},
		{name: "expect passed on", client: script{"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-length: 3\r\n\r\n", expect("100"), "abc"}, server: []script{{early, "HTTP/1.1 100 Continue\r\n\r\n", 50 * ms, okReply}}},
		{name: "wait-for-body", fe: "http-request wait-for-body time 1s at-least 4\nhttp-request set-header x-len %[req.body_len]", client: script{"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nab", 100 * ms, "cd", 100 * ms, "ef"}},
		{name: "wait-for-body timeout", fe: "http-request wait-for-body time 200ms", client: script{partial, 300 * ms, "lo"}, wait: 400 * ms},
		{name: "tunnel websocket", defaults: "timeout tunnel 500ms", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", expect("hello"), 50 * ms, "data1"}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhello"}}, wait: time.Second},
		{name: "tunnel other protocol", defaults: "timeout tunnel 500ms", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n", expect("hello"), 50 * ms, "data1"}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nhello"}}, wait: time.Second},
		{name: "tunnel without its timeout", defaults: "timeout client 600ms\ntimeout server 300ms", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n", expect("hello"), 50 * ms, "data1"}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nhello"}}, wait: time.Second},
		{name: "tunnel closed by client", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n", expect("hello"), "data1", closeNow}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nhello"}}, wait: 400 * ms},
		{name: "tunnel closed by server", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n", expect("hello")}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nhello", 100 * ms, closeNow}}, wait: 400 * ms},
		{name: "tunnel half-closed by client", defaults: "timeout client-fin 300ms\ntimeout tunnel 1s", client: script{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n", expect("hello"), "data1", halfClose}, server: []script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nhello", 100 * ms, "more"}}, wait: 1500 * ms},
		{name: "connect tunnel", client: script{"CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n", expect("hello"), "data1", 50 * ms, halfClose}, server: []script{{"HTTP/1.1 200 OK\r\n\r\nhello"}}, wait: 2500 * ms},
		{name: "connect refused by server", client: script{"CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n"}, server: []script{{"HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\nno"}}},
	})
}

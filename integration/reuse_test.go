package integration

import "testing"

// TestReuse compares which server connections requests share, and what becomes of idle ones.
func TestReuse(t *testing.T) {
	two := script{simple, expect("ok"), 20 * ms, on(1), simple, expect("ok"), 20 * ms, simple}
	both := script{simple, 15 * ms, on(1), simple, expect("ok"), 60 * ms, on(0), simple, on(1), 30 * ms, simple}
	slow := []script{{50 * ms, okReply}}
	compare(t, "", []exchange{
		{name: "safe", client: two},
		{name: "safe both", client: both, server: slow},
		{name: "never", be: "http-reuse never", client: two},
		{name: "aggressive", be: "http-reuse aggressive", client: script{simple, expect("ok"), 20 * ms, on(1), simple, expect("ok"), 20 * ms, simple, 50 * ms, on(2), simple}},
		{name: "always", be: "http-reuse always", client: two},
		{name: "safe conn-failure", be: "retry-on conn-failure", client: two},
		{name: "safe empty", be: "retry-on conn-failure empty-response", client: two},
		{name: "safe timeout", be: "retry-on conn-failure response-timeout", client: two},
		{name: "safe empty timeout", be: "retry-on empty-response response-timeout", client: two},
		{name: "safe all three", be: "retry-on conn-failure empty-response response-timeout", client: two},
		{name: "safe all", be: "retry-on all-retryable-errors", client: two},
		{name: "safe all without retries", be: "retry-on all-retryable-errors\nretries 0", client: two},
		{name: "two at once, then one, then two", client: script{simple, 15 * ms, on(1), simple, 120 * ms, on(2), simple, 120 * ms, simple, 120 * ms, on(3), simple, 15 * ms, on(4), simple}, server: slow},
		{name: "three at once", client: script{simple, 15 * ms, on(1), simple, 15 * ms, on(2), simple, 150 * ms, on(3), simple}, server: slow},
		{name: "pool-max-conn 0", srv: "pool-max-conn 0", client: two},
		{name: "pool-max-conn 1", srv: "pool-max-conn 1", client: both, server: slow},
		{name: "client closes", client: script{simple, expect("ok"), closeNow, 20 * ms, on(1), simple}},
		{name: "401 makes private", client: two, server: []script{{"HTTP/1.1 401 U\r\nWWW-Authenticate: NTLM\r\nContent-Length: 2\r\n\r\nok"}, {okReply}}},
		{name: "401 negotiate", client: two, server: []script{{"HTTP/1.1 401 U\r\nWWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: Negotiate abc\r\nContent-Length: 2\r\n\r\nok"}, {okReply}}},
		{name: "401 basic", client: two, server: []script{{"HTTP/1.1 401 U\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 2\r\n\r\nok"}, {okReply}}},
		{name: "407 ntlm", client: two, server: []script{{"HTTP/1.1 407 U\r\nProxy-Authenticate: ntlm\r\nContent-Length: 2\r\n\r\nok"}, {okReply}}},
		{name: "401 own connection", client: script{simple, expect("ok"), 20 * ms, simple, 50 * ms, on(1), simple, 50 * ms, simple}, server: []script{{"HTTP/1.1 401 U\r\nWWW-Authenticate: NTLM x\r\nContent-Length: 2\r\n\r\nok"}, {okReply}}},
		{name: "closed when used again", client: script{simple, expect("ok"), 20 * ms, simple}, server: []script{{okReply}, {closeNow}}},
		{name: "closed when used again by another", be: "http-reuse always", client: script{simple, expect("ok"), 20 * ms, on(1), simple}, server: []script{{okReply}, {closeNow}}},
		{name: "closed when used again, post", client: script{simple, expect("ok"), 20 * ms, post}, server: []script{{okReply}, {closeNow}}},
		{name: "closed when used again, empty-response", be: "retry-on empty-response", client: script{simple, expect("ok"), 20 * ms, simple}, server: []script{{okReply}, {closeNow}, {okReply}}},
		{name: "reset when used again", client: script{simple, expect("ok"), 20 * ms, simple}, server: []script{{okReply}, {resetNow}}},
		{name: "server-close pretend", be: "option http-server-close\noption http-pretend-keepalive", client: two},
		{name: "last server without option", be: "balance roundrobin\nserver a @S0\nserver b @S1", client: script{simple, expect("ok"), 20 * ms, simple}},
	})
}

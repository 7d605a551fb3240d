package engine

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
)

// parsed is a session that has just got the request head.
func parsed(t *testing.T, head string) *session {
	t.Helper()
	s := &session{client: new(client), fe: new(Proxy), snap: &Snapshot{Global: Global{NoEpoll: noLoops, IdlePoolShared: true, Bufsize: 16384, Maxrewrite: 1024, LogURILen: 1024}}}
	s.t.Reset()
	s.t.Conn = &s.conn
	if n, err := s.t.Req.Parse([]byte(head), &h1.Limits{MaxHdr: 101}); n != len(head) || err != nil {
		t.Fatalf("Parse = %d, %v", n, err)
	}
	return s
}

// TestHeadSize: %U of HAProxy 2.6.12 for these requests.
func TestHeadSize(t *testing.T) {
	for head, want := range map[string]int64{
		"GET / HTTP/1.1\r\n\r\n":                                      33,
		"GET / HTTP/1.1\r\nA: b\r\n\r\n":                              35,
		"GET /abc HTTP/1.0\r\nA: b\r\nCc: dd\r\n\r\n":                 42,
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n":                       42,
		"HEAD / HTTP/1.1\r\nhost:   x  \r\nx:\r\n\r\n":                40,
		"GET / HTTP/1.1\r\nCookie: C=d\r\nHost: x\r\n\r\n":            47,
		"GET / HTTP/1.1\r\nx:" + strings.Repeat(" ", 40) + "\r\n\r\n": 34,
	} {
		r := &parsed(t, head).t.Req
		if got := headSize(len(r.Method)+len(r.Target)+8, r.Headers); got != want {
			t.Errorf("%q: %d, want %d", head, got, want)
		}
	}
}

// TestLargestHead: the largest raw heads that HAProxy 2.6.12 takes with tune.bufsize 16384, by number of headers.
func TestLargestHead(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	r := newRig(t, addr, func(fe, be *Proxy) {
		fe.ReqLimits, be.ResLimits = h1.Limits{MaxHdr: 101}, h1.Limits{MaxHdr: 101}
	})
	for headers, largest := range map[int]int{1: 15277, 2: 15273, 11: 15237, 51: 15077} {
		for extra, want := range []string{"HTTP/1.1 200", "HTTP/1.1 400"} {
			c := r.dial()
			c.send(headOf(headers, largest+extra))
			if got := c.read(12); got != want {
				t.Errorf("%d headers, %d bytes: %q, want %q", headers, largest+extra, got, want)
			}
			c.Close()
		}
	}
}

// headOf is a request with n headers and size bytes.
func headOf(n, size int) string {
	var b strings.Builder
	b.WriteString("GET / HTTP/1.1\r\n")
	for range n - 1 {
		b.WriteString("a: b\r\n")
	}
	b.WriteString("x: ")
	b.WriteString(strings.Repeat("x", size-b.Len()-4))
	b.WriteString("\r\n\r\n")
	return b.String()
}

func TestPathq(t *testing.T) {
	for target, want := range map[string]string{
		"": "", "/": "/", "/a?b=c": "/a?b=c", "*": "*", "http://h/a?b": "/a?b", "http://h": "", "http://h/": "/",
		"h:80": "", "https://u@h:1//x": "//x", "//h/a": "//h/a",
	} {
		if got := string(pathq([]byte(target))); got != want {
			t.Errorf("%q: %q, want %q", target, got, want)
		}
	}
}

func TestCookieValue(t *testing.T) {
	for _, row := range []struct {
		field, want string
		found       bool
	}{
		{"C=a", "a", true}, {"x=y; C=a", "a", true}, {"x=y;C=a;z", "a", true}, {"C = a ", "a", true}, {"C=", "", true},
		{"c=a", "", false}, {"CC=a; XC=b", "", false}, {"C", "", false}, {"", "", false}, {";;", "", false},
		{"C=a=b", "a=b", true}, {"C=1; C=2", "1", true},
	} {
		v, ok := cookieValue([]byte(row.field), "C")
		if string(v) != row.want || ok != row.found {
			t.Errorf("%q: %q, %v", row.field, v, ok)
		}
	}
}

func TestCaptureHeaders(t *testing.T) {
	s := parsed(t, "GET / HTTP/1.1\r\nHost: abcdef\r\nX: 1\r\nX: two\r\nEmpty:\r\n\r\n")
	s.fe.ReqCaptures = []HeaderCapture{{"host", 3}, {"x", 10}, {"none", 10}, {"", 10}, {"empty", 5}, {"x", 0}}
	s.captureRequest()
	want := []string{"abc", "two", "", "", "", ""}
	for i, w := range want {
		if got := string(s.t.ReqCaptures[i]); got != w {
			t.Errorf("slot %d: %q, want %q", i, got, w)
		}
	}
	for _, i := range []int{2, 3} {
		if s.t.ReqCaptures[i] != nil {
			t.Errorf("slot %d: an absent header is not a nil value", i)
		}
	}
}

func TestCaptureCookie(t *testing.T) {
	for _, row := range []struct {
		capture CookieCapture
		field   string
		values  string
		want    string
	}{
		{CookieCapture{"ASP", false, 20}, "cookie", "a=b; ASPSESSION=1; ASPX=2", "ASPSESSION=1"},
		{CookieCapture{"ASP", true, 20}, "cookie", "ASPSESSION=1; ASP=2", "ASP=2"},
		{CookieCapture{"ASP", true, 4}, "cookie", "ASP=234", "ASP="},
		{CookieCapture{"ASP", false, 20}, "cookie", "xASP=1", ""},
		{CookieCapture{"ASP", false, 20}, "set-cookie", "ASPX=1; path=/", "ASPX=1"},
		{CookieCapture{"path", false, 20}, "set-cookie", "ASPX=1; path=/", ""}, // an attribute is no cookie
	} {
		s := parsed(t, "GET / HTTP/1.1\r\n"+row.field+": "+row.values+"\r\n\r\n")
		if got := string(s.captureCookie(&row.capture, s.t.Req.Headers, row.field)); got != row.want {
			t.Errorf("%+v of %q: %q, want %q", row.capture, row.values, got, row.want)
		}
	}
}

func TestRestrictNames(t *testing.T) {
	const head = "GET / HTTP/1.1\r\nhost: h\r\na_b: 1\r\nx-1: 2\r\nc.d: 3\r\ne_f: 4\r\n\r\n"
	s := parsed(t, head)
	s.fe.NameChars = NameDelete
	if !s.restrictNames() {
		t.Error("delete: rejected")
	}
	var names []string
	for _, h := range s.t.Req.Headers {
		names = append(names, string(h.Name))
	}
	if got := strings.Join(names, " "); got != "host x-1" {
		t.Errorf("delete has left %q", got)
	}
	s = parsed(t, head)
	s.fe.NameChars = NameReject
	if s.restrictNames() {
		t.Error("reject: accepted")
	}
	s = parsed(t, "GET / HTTP/1.1\r\nhost: h\r\nX-Y9: 1\r\n\r\n")
	s.fe.NameChars = NameReject
	if !s.restrictNames() {
		t.Error("reject: plain names rejected")
	}
}

// TestForwardFor: what HAProxy 2.6.12 added for a client of 127.0.0.1, by the options of frontend and backend.
func TestForwardFor(t *testing.T) {
	opt := func(header string, ifNone bool, except string) *ForwardFor {
		f := &ForwardFor{Header: []byte(header), IfNone: ifNone}
		if except != "" {
			f.Except = netip.MustParsePrefix(except)
		}
		return f
	}
	const xff, local = "x-forwarded-for", "127.0.0.0/8"
	for _, row := range []struct {
		name   string
		fe, be *ForwardFor
		had    string
		want   string
	}{
		{"none", nil, nil, "", ""},
		{"frontend", opt(xff, false, ""), nil, "", xff},
		{"backend", nil, opt(xff, false, ""), "", xff},
		{"both", opt(xff, false, ""), opt(xff, false, ""), "", xff},
		{"backend's header", opt("a", false, ""), opt("b", false, ""), "", "b"},
		{"backend's default header", opt("a", false, ""), opt(xff, false, ""), "", xff},
		{"except of the frontend", opt(xff, false, local), opt(xff, false, ""), "", ""},
		{"except of the backend", opt(xff, false, ""), opt(xff, false, local), "", ""},
		{"except of another", opt(xff, false, "10.0.0.0/8"), nil, "", xff},
		{"if-none, none", opt(xff, true, ""), nil, "", xff},
		{"if-none, one", opt(xff, true, ""), nil, xff, ""},
		{"if-none of the frontend only", opt(xff, true, ""), opt(xff, false, ""), xff, xff},
		{"if-none of the backend only", opt(xff, false, ""), opt(xff, true, ""), xff, xff},
		{"if-none of both, other header", opt("a", true, ""), opt("b", true, ""), "a", "b"},
		{"if-none of both", opt("a", true, ""), opt("b", true, ""), "b", ""},
		{"not if-none", opt("a", false, ""), nil, "a", "a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			head := "GET / HTTP/1.1\r\nhost: h\r\n"
			if row.had != "" {
				head += row.had + ": 1\r\n"
			}
			for _, dst := range []bool{false, true} { // option originalto is the same with the other address
				s := parsed(t, head+"\r\n")
				s.be = new(Proxy)
				s.conn.Src, s.conn.Dst = netip.MustParseAddrPort("127.0.0.1:9"), netip.MustParseAddrPort("10.0.0.1:80")
				if dst {
					s.conn.Src, s.conn.Dst = s.conn.Dst, s.conn.Src
					s.fe.OriginalTo, s.be.OriginalTo = row.fe, row.be
				} else {
					s.fe.ForwardFor, s.be.ForwardFor = row.fe, row.be
				}
				had := len(s.t.Req.Headers)
				s.addForwarded()
				added := s.t.Req.Headers[had:]
				switch {
				case row.want == "" && len(added) == 0:
				case row.want == "", len(added) != 1, string(added[0].Name) != row.want, string(added[0].Value) != "127.0.0.1":
					t.Errorf("dst %v: added %q, want %q", dst, added, row.want)
				}
			}
		})
	}
}

func TestForwardForUnixClient(t *testing.T) {
	s := parsed(t, "GET / HTTP/1.1\r\nhost: h\r\n\r\n")
	s.fe.ForwardFor = &ForwardFor{Header: []byte("x-forwarded-for")}
	s.addForwarded()
	if n := len(s.t.Req.Headers); n != 1 {
		t.Errorf("a client without an address got a header: %q", s.t.Req.Headers)
	}
}

func TestRetryStatus(t *testing.T) {
	seen := RetryOn(0)
	for status := range 600 {
		bit := RetryStatus(status)
		if seen&bit != 0 {
			t.Errorf("%d shares its bit", status)
		}
		seen |= bit
	}
	if want := Retry504<<1 - Retry401; seen != want {
		t.Errorf("bits %b, want %b", seen, want)
	}
	if seen&(RetryConnFailure|RetryEmptyResponse|RetryJunkResponse|RetryResponseTimeout|Retry0RTTRejected) != 0 {
		t.Error("a status has the bit of a condition")
	}
}

func TestKeepLine(t *testing.T) {
	long := "/" + strings.Repeat("a", 2000)
	s := parsed(t, "GET "+long+" HTTP/1.1\r\n\r\n")
	s.keepLine()
	if n := len(s.t.Log.Line); n != 1023 {
		t.Errorf("the line in the log has %d characters, want tune.http.logurilen - 1", n)
	}
	if !bytes.HasPrefix([]byte(long), s.t.Log.URI) || len(s.t.Log.Version) != 0 {
		t.Errorf("URI %d, version %q", len(s.t.Log.URI), s.t.Log.Version)
	}
	s = parsed(t, "PUT /x HTTP/1.0\r\n\r\n")
	s.keepLine()
	if got := string(s.t.Log.Method) + "|" + string(s.t.Log.URI) + "|" + string(s.t.Log.Version); got != "PUT|/x|HTTP/1.0" {
		t.Errorf("%q", got)
	}
}

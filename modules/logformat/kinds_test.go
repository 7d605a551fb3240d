package logformat

import (
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestString is what HAProxy 2.6 put into headers with http-request set-header, in a request whose Host is h"s{t}.
func TestString(t *testing.T) {
	r := request()
	r.Backend, r.Server = nil, nil
	r.Log = txn.Record{Line: []byte(`GET /a/b?x="y" HTTP/1.1`), Idle: r.Log.Idle, Start: r.Log.Start}
	r.ReqCaptures = [][]byte{[]byte(`h"s{t}`)}
	for _, row := range []struct{ format, want string }{
		{"a  b  c", "a  b  c"}, {" a b ", " a b "}, {"%ci  %ci", "10.0.1.2  10.0.1.2"}, {"%%", "%"},
		{"%CC", ""}, {"%{+Q}CC", `""`}, {"%ID", ""}, {"%{+Q}ID", `""`}, {"%ST", "-1"}, {"%B", "0"}, {"%b", "http-in"},
		{"%{+Q}b", `"http-in"`}, {"%s", "<NOSRV>"}, {"%sslc|%sslv", "|"}, {"%hr|", "{h#22s#7Bt#7D}|"}, {"%hs", ""},
		{"%hrl", "h#22s#7Bt#7D"}, {"%HU", "/a/b?x=#22y#22"}, {"%r", "GET /a/b?x=#22y#22 HTTP/1.1"}, {"%tsc", "----"},
		{"%[str(x)]", "x"}, {"%{+Q}[str(x)]", "x"}, {"%{+E}[str('h\"s]\\')]", `h\"s\]\\`}, {"%[var(txn.x)]", ""},
		{"%{+Q}[var(txn.x)]", ""}, {"a%[var(txn.x)]b", "ab"}, {"a %[var(txn.x)] b", "a  b"}, {"%[int(3)]", "3"},
		{"%{+Q}[int(3)]", "3"}, {"%[bool(1)]", "1"}, {"%{+X}ci%{+X}cp", "0A0001028225"},
		// In a rule the end has not come: HAProxy counts to zero.
		{"%Ta|%Tt|%Tu|%Td|%TR|%Ti|%Th|%Tq", "-200|0|-200|-1|-1|200|0|-1"},
	} {
		if got := string(compile(t, row.format, String).Append(nil, r)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.format, got, row.want)
		}
	}
}

// TestSampleBytes is what HAProxy 2.6 made of every byte of a sample, in each kind of string.
func TestSampleBytes(t *testing.T) {
	var all, encoded strings.Builder
	for c := 1; c < 256; c++ {
		all.WriteByte(byte(c))
		if (c < 0x20 || c == 0x7f) && c != '\t' {
			encoded.WriteString("%" + strings.ToUpper(hexByte(byte(c))))
		} else {
			encoded.WriteByte(byte(c))
		}
	}
	escape := func(s string) string { return strings.NewReplacer(`"`, `\"`, `\`, `\\`, `]`, `\]`).Replace(s) }
	r := request()
	id := txn.VarID("all")
	s := txn.Sample{}
	s.SetStr([]byte(all.String() + "\x00not here"))
	r.SetVar(txn.Trans, id, &s)
	for kind, want := range map[Kind]string{Log: all.String(), Raw: all.String(), String: encoded.String(), UniqueID: encoded.String()[:127]} {
		if got := string(compile(t, "%[var(txn.all)]", kind).Append(nil, r)); got != want {
			t.Errorf("kind %d: got %q", kind, got)
		}
	}
	for kind, want := range map[Kind]string{Log: all.String(), Raw: all.String(), String: encoded.String()} {
		if got := string(compile(t, "%{+E}[var(txn.all)]", kind).Append(nil, r)); got != escape(want) {
			t.Errorf("kind %d with E: got %q", kind, got)
		}
	}
}

func hexByte(c byte) string {
	return string([]byte{"0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15]})
}

// TestKinds is the same text in HAProxy 2.6's four kinds of strings.
func TestKinds(t *testing.T) {
	text := "a  b|%{+Q}[int(1)]|%[var(txn.none)]|%{+Q}[var(txn.none)]|%{+Q}ci|%CC"
	for kind, want := range map[Kind]string{
		Log:      `a b|"1"|-|""|"10.0.1.2"|-`,
		String:   `a  b|1|||"10.0.1.2"|`,
		UniqueID: `a b|1|||"10.0.1.2"|`,
		Raw:      `a  b|"1"||""|"10.0.1.2"|`,
	} {
		if got := string(compile(t, text, kind).Append(nil, request())); got != want {
			t.Errorf("kind %d: got %s, want %s", kind, got, want)
		}
	}
}

func TestConst(t *testing.T) {
	for text, want := range map[string]string{"": "", "a  b": "a  b", "100%%": "100%", " x ": " x "} {
		if got, ok := compile(t, text, String).Const(); !ok || string(got) != want {
			t.Errorf("%q: got %q %v", text, got, ok)
		}
	}
	if got, ok := compile(t, " a  b ", Log).Const(); !ok || string(got) != "a b " {
		t.Errorf("got %q %v", got, ok)
	}
	for _, text := range []string{"%ci", "a%[src]", "%hr"} {
		if _, ok := compile(t, text, String).Const(); ok {
			t.Errorf("%q is constant", text)
		}
	}
}

func TestUniqueID(t *testing.T) {
	r := request()
	r.Log.Counter = 3
	old := pid
	defer func() { pid = old }()
	pid = 0x790a
	got := string(compile(t, "%{+X}o %ci:%cp_%fi:%fp_%Ts_%rt:%pid", UniqueID).Append(nil, r))
	if want := "0A000102:8225_0A00031F:0050_498C2996_0003:790A"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.Conn.Unix = true
	if got := string(compile(t, "A%{+X}ci B", UniqueID).Append(nil, r)); got != "A" {
		t.Errorf("unix: got %q", got)
	}
	long := compile(t, strings.Repeat("u", 300), UniqueID).Append([]byte("before"), r)
	if len(long) != len("before")+127 {
		t.Errorf("%d bytes", len(long))
	}
}

// TestEvents are lines of HAProxy 2.6.
func TestEvents(t *testing.T) {
	r := request()
	r.Conn.Listener = nil
	for want, got := range map[string][]byte{
		"10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in/0: Truncated PROXY protocol header received": AppendConnError(nil, r.Frontend, r.Conn, ProxyTruncated),
		"Connect from 10.0.1.2:33317 to 10.0.3.31:80 (http-in/HTTP)":                                    AppendConnect(nil, r.Frontend, r.Conn, false),
		"Connect from 10.0.1.2:33317 to 10.0.3.31:80 (http-in/TCP)":                                     AppendConnect(nil, r.Frontend, r.Conn, true),
	} {
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	r.Conn.Listener = &txn.Listener{ID: 2, Name: "nm"}
	if got := string(AppendConnError(nil, r.Frontend, r.Conn, "x")); !strings.HasSuffix(got, " http-in/nm: x") {
		t.Errorf("got %s", got)
	}
	r.Conn.Unix = true
	if got := string(AppendConnect(nil, r.Frontend, r.Conn, false)); got != "Connect to unix:2 (http-in/HTTP)" {
		t.Errorf("got %s", got)
	}
}

// TestStatusWithoutRequest is what error-log-format shows of a connection that failed before a request.
func TestStatusWithoutRequest(t *testing.T) {
	r := request()
	for status, want := range map[int]string{200: "200", 0: "-1", -1: "0"} {
		r.Log.Status = status
		if got := string(compile(t, "%ST", Log).Append(nil, r)); got != want {
			t.Errorf("%d: got %s, want %s", status, got, want)
		}
	}
}

func TestAppendDoesNotAllocate(t *testing.T) {
	r := request()
	r.ReqCaptures = [][]byte{[]byte("a{b"), nil}
	r.ReqCookie = []byte(`c"d`)
	dst := make([]byte, 0, 8192)
	for _, text := range []string{HTTPLog, CLF, TCPLog, all("", ""), all("{+Q,+E}", ""), all("{+X}", ""), "%[src]", "%{+Q}[int(5)]"} {
		for _, kind := range []Kind{Log, String, UniqueID, Raw} {
			f := compile(t, text, kind)
			if n := testing.AllocsPerRun(100, func() { dst = f.Append(dst[:0], r) }); n != 0 {
				t.Errorf("kind %d: %v allocations: %.40s", kind, n, text)
			}
		}
	}
}

package sample

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestEmptyTxn: expressions run where little is known: in the global section, in logs of bad requests, in checks.
func TestEmptyTxn(t *testing.T) {
	for _, name := range Fetches() {
		for _, args := range []string{"", "()", "(a)", "(0)", "(site)", "(s1)", "(txn.a)", "(people)", "(1.2.3.4)", "(::1)", "(yes)", "(00)"} {
			e, err := Compile(testEnv(), name+args)
			if err != nil {
				continue
			}
			for _, tx := range []*txn.Txn{{}, {Conn: &txn.Conn{}}, {InResponse: true}} {
				evalAll(tx, e, false)
				evalAll(tx, e, true)
			}
		}
	}
}

// TestUnixClient: a client on a unix socket has no address and no port.
func TestUnixClient(t *testing.T) {
	tx := &txn.Txn{Conn: &txn.Conn{Unix: true}}
	for _, text := range []string{"src", "dst", "src_port", "dst_port", "src_is_local", "base32+src", "bc_src"} {
		e, err := Compile(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		var s Sample
		if e.Eval(tx, nil, &s) {
			t.Errorf("%s = %+v", text, s)
		}
	}
}

// TestMappedClient: an IPv4 client of an IPv6 listener has an IPv4 address.
func TestMappedClient(t *testing.T) {
	tx := &txn.Txn{Conn: &txn.Conn{Src: netip.MustParseAddrPort("[::ffff:10.1.2.3]:5"), Dst: netip.MustParseAddrPort("[fe80::1%lo]:80")}}
	for text, want := range map[string]string{"src": "10.1.2.3", "dst": "fe80::1", "src,ipmask(8)": "10.0.0.0", "src_port": "5"} {
		if got, ok := evalText(t, tx, text); !ok || got != want {
			t.Errorf("%s = %q (%v), want %q", text, got, ok, want)
		}
	}
}

func evalText(t *testing.T, tx *txn.Txn, text string) (string, bool) {
	t.Helper()
	e, err := Compile(testEnv(), text)
	if err != nil {
		t.Fatal(err)
	}
	var s Sample
	ok := e.Eval(tx, nil, &s)
	return string(AppendText(nil, &s)), ok
}

// TestSlowPassword: a comparison that is too slow for the session's loop is left in Offload.
func TestSlowPassword(t *testing.T) {
	tx := newTxn(t, &group{request: "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic c2xvdzp4\r\n\r\n"})
	got, ok := evalText(t, tx, "http_auth(people)")
	if got != "0" || !ok || tx.Offload == nil {
		t.Fatalf("%q %v, Offload %v", got, ok, tx.Offload != nil)
	}
	tx.Offload()
}

// TestGroups: an ACL sees the user's groups, all else the user's name.
func TestGroups(t *testing.T) {
	tx := newTxn(t, &group{request: "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic Ym9iOmI6Yg==\r\n\r\n"})
	if got, ok := evalText(t, tx, "http_auth_group(people)"); got != "bob" || !ok {
		t.Errorf("%q %v", got, ok)
	}
	e, err := Compile(testEnv(), "http_auth_group(people)")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"g1": true, "g2": true, "g3": false, "bob": false} {
		if got := evalAny(tx, e, text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestEnvironmentAndACL(t *testing.T) {
	env := testEnv()
	env.Getenv = func(name string) (string, bool) { return "of " + name, name == "X" }
	var warned []string
	env.Warn = func(s string) { warned = append(warned, s) }
	var tx txn.Txn
	for text, want := range map[string]string{
		"env(X)": "of X", "env(Y)": "", "acl(yes)": "1", "acl(no)": "0", "acl(!no,yes)": "1", "acl(yes,!yes)": "0",
	} {
		e, err := Compile(env, text)
		if err != nil {
			t.Fatal(err)
		}
		var s Sample
		if ok := e.Eval(&tx, nil, &s); string(AppendText(nil, &s)) != want || ok != (want != "") {
			t.Errorf("%s = %q, want %q", text, AppendText(nil, &s), want)
		}
	}
	if len(warned) != 4 || !strings.Contains(warned[0], "2.9") {
		t.Errorf("warnings: %q", warned)
	}
	if _, err := Compile(env, "acl(nope)"); err == nil {
		t.Error("unknown ACL accepted")
	}
}

// TestRanges: what is random or a clock stays within its bounds.
func TestRanges(t *testing.T) {
	var tx txn.Txn
	for range 1000 {
		for text, most := range map[string]int64{"rand(3)": 2, "rand(1)": 0, "rand": 1<<32 - 1, "date_us": 999999} {
			e, err := Compile(nil, text)
			if err != nil {
				t.Fatal(err)
			}
			var s Sample
			if !e.Eval(&tx, nil, &s) || s.Int < 0 || s.Int > most {
				t.Fatalf("%s = %d", text, s.Int)
			}
		}
	}
	a, _ := evalText(t, &tx, "uuid")
	b, _ := evalText(t, &tx, "uuid(4)")
	if len(a) != 36 || a == b || a[14] != '4' || !strings.Contains("89ab", a[19:20]) || strings.Count(a, "-") != 4 {
		t.Errorf("uuid %q %q", a, b)
	}
	now, _ := evalText(t, &tx, "date")
	later, _ := evalText(t, &tx, "date(3600000,ms)")
	if len(later) != len(now)+3 || later[:len(now)] <= now {
		t.Errorf("date %q, in an hour %q", now, later)
	}
}

// TestPlaces: an expression is refused where nothing of what it looks at is there.
func TestPlaces(t *testing.T) {
	for _, row := range []struct {
		text  string
		where Where
		ok    bool
	}{
		{"req.hdr(a)", FEReq, true}, {"req.hdr(a)", FERes, false}, {"req.hdr(a)", Log, false}, {"hdr(a)", BERes, true},
		{"res.hdr(a)", FERes, true}, {"res.hdr(a)", FEReq | BEReq, false}, {"status", Log, true}, {"be_name", FEReq, false},
		{"be_name", FEReq | BEReq, true}, {"src", FEConn, true}, {"src", ConfigParse, false}, {"str(a)", ConfigParse, true},
		{"ssl_fc", FEConn, false}, {"capture.req.uri", Log, true}, {"srv_name", SrvSource, true}, {"srv_name", BESet, false},
	} {
		_, err := Compile(&Env{Where: row.where}, row.text)
		if (err == nil) != row.ok {
			t.Errorf("%s at %b: %v", row.text, row.where, err)
		}
	}
}

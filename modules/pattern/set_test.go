package pattern

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// sampleOf is text as the caller casts it to the input of m.
func sampleOf(t *testing.T, m Method, text string) *txn.Sample {
	t.Helper()
	s := new(txn.Sample)
	switch m.Input() {
	case txn.Int:
		v := int64(0)
		neg := strings.HasPrefix(text, "-")
		for _, c := range strings.TrimPrefix(text, "-") {
			v = v*10 + int64(c-'0')
		}
		if neg {
			v = -v
		}
		s.SetInt(v)
	case txn.IPv4:
		a := netip.MustParseAddr(text)
		s.Addr, s.Type = a, txn.IPv6
		if a.Is4() {
			s.Type = txn.IPv4
		}
	case txn.Bin:
		s.SetBin([]byte(text))
	default:
		s.SetStr([]byte(text))
	}
	return s
}

// TestMatch holds what haproxy 2.6.12 answered for each pattern list.
func TestMatch(t *testing.T) {
	const all = "abc ABC abcd xabc /abc/ /x/abc /abcd a.abc.d abc/x .abc abc?x abc:1 x-abc"
	const ints = "-6 -5 -4 -3 -2 -1 0 1 2 3 4 5 6 10"
	const ips = "10.0.0.1 10.0.0.12 127.0.0.1 192.168.0.1 192.168.1.1 ::1 ::ffff:10.0.0.1 2002:a00:1:: 2001:db8::1 ::10.0.0.1 ::1:a00:1"
	for _, tt := range []struct {
		m           Method
		fold        bool
		words, yes  string
		fromSamples string
	}{
		{Str, false, "abc", "abc", all},
		{Str, true, "aBc", "abc ABC", all},
		{Beg, false, "abc", "abc abcd abc/x abc?x abc:1", all},
		{End, false, "abc", "abc xabc /x/abc .abc x-abc", all},
		{Sub, true, "ABC", all, all},
		{Dir, false, "abc", "abc /abc/ /x/abc abc/x abc?x", all},
		{Dir, false, "/abc", "abc /abc/ /x/abc abc/x abc?x", all},
		{Dir, true, "ABC/", "abc ABC /abc/ /x/abc abc/x abc?x", all},
		{Dir, false, "/", "", all},
		{Dom, false, ".abc.", "abc /abc/ /x/abc a.abc.d abc/x .abc abc?x abc:1", all},
		{Dom, true, "a.abc", "a.abc.d", all},
		{Dom, false, ".", "", all},
		{Len, false, "3:4", "abc ABC abcd xabc .abc", all},
		{Len, false, "gt 7", "", all},
		{Bin, false, "616263", "abc", all},
		{Reg, false, "^[a-c]*$", "abc", all},
		{Reg, true, "^[a-c]*$", "abc ABC", all},
		{Int, false, "5", "5", ints},
		{Int, false, "5 1", "1 5", ints},
		{Int, false, "gt 5", "6 10", ints},
		{Int, false, "ge 5", "5 6 10", ints},
		{Int, false, "lt 0", "-6 -5 -4 -3 -2 -1", ints},
		{Int, false, "le -1", "-6 -5 -4 -3 -2 -1 0 1", ints},
		{Int, false, "-3", "-6 -5 -4 -3 -2 -1 0 1 2 3", ints},
		{Int, false, "gt 5:10", "5 6 10", ints},
		{Int, false, "gt 5 lt 3", "-6 -5 -4 -3 -2 -1 0 1 2 6 10", ints},
		{Int, false, "4 gt 5 lt 0", "-6 -5 -4 -3 -2 -1 4 6 10", ints},
		{Int, false, ":0", "-6 -5 -4 -3 -2 -1 0", ints},
		{IP, false, "10.0.0.1", "10.0.0.1 ::ffff:10.0.0.1 2002:a00:1:: ::10.0.0.1", ips},
		{IP, false, "10.0.0.0/8", "10.0.0.1 10.0.0.12 ::ffff:10.0.0.1 2002:a00:1:: ::10.0.0.1", ips},
		{IP, false, "10.0.0.0/255.0.0.0", "10.0.0.1 10.0.0.12 ::ffff:10.0.0.1 2002:a00:1:: ::10.0.0.1", ips},
		{IP, false, "10.12", "10.0.0.12", ips},
		{IP, false, "192.168.1/22", "192.168.0.1 192.168.1.1", ips},
		{IP, false, "::/0", ips, ips},
		{IP, false, "0.0.0.0/0", "10.0.0.1 10.0.0.12 127.0.0.1 192.168.0.1 192.168.1.1 ::1 ::ffff:10.0.0.1 2002:a00:1:: ::10.0.0.1", ips},
		{IP, false, "::ffff:0:0/96", "10.0.0.1 10.0.0.12 127.0.0.1 192.168.0.1 192.168.1.1 ::ffff:10.0.0.1", ips},
		{IP, false, "10.0.0.1/255.0.0.255", "10.0.0.1 ::ffff:10.0.0.1 2002:a00:1:: ::10.0.0.1", ips},
		{IP, false, "10/8", "::1", ips},
		{IP, false, "010.1 012.0.0.1", "10.0.0.1 ::ffff:10.0.0.1 2002:a00:1:: ::10.0.0.1", ips},
	} {
		set, err := Compile(tt.m, strings.Fields(tt.words), nil, Options{IgnoreCase: tt.fold})
		if err != nil {
			t.Errorf("%s %s: %v", tt.m, tt.words, err)
			continue
		}
		var got []string
		for _, v := range strings.Fields(tt.fromSamples) {
			if _, ok := set.Match(new(txn.Txn), sampleOf(t, tt.m, v)); ok {
				got = append(got, v)
			}
		}
		if s := strings.Join(got, " "); s != tt.yes {
			t.Errorf("-m %s fold=%v %s matches %q, want %q", tt.m, tt.fold, tt.words, s, tt.yes)
		}
	}
}

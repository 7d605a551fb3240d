package pattern

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func TestMatchDoesNotAllocate(t *testing.T) {
	for _, tt := range []struct {
		m             Method
		pattern, text string
	}{
		{Str, "www.example.com", "WWW.example.com"}, {Beg, "/api/", "/API/v1"}, {End, ".jpeg", "/A.JPEG"},
		{Sub, "needle", "hayNEEDLEstack"}, {Dir, "img", "/x/IMG/y"}, {Dom, "example", "www.EXAMPLE.com"},
		{Reg, `^www\.`, "WWW.x"}, {Int, "5:7", "6"}, {Len, "3", "abc"}, {Bin, "6162", "ab"},
		{IP, "10.0.0.0/8", "10.1.2.3"}, {IP, "2001:db8::/32", "2001:db8::1"}, {Found, "", "x"}, {Bool, "", "1"},
	} {
		var words []string
		if tt.pattern != "" {
			words = []string{tt.pattern}
		}
		set, err := Compile(tt.m, words, nil, Options{IgnoreCase: true})
		if err != nil {
			t.Fatal(err)
		}
		tx, s := new(txn.Txn), sampleOf(t, tt.m, tt.text)
		if _, ok := set.Match(tx, s); !ok {
			t.Errorf("-m %s %s does not match %s", tt.m, tt.pattern, tt.text)
		}
		if n := testing.AllocsPerRun(100, func() { set.Match(tx, s) }); n > 0 {
			t.Errorf("-m %s: %v allocations", tt.m, n)
		}
	}
}

// TestNetworks compares the table with a search through the list.
func TestNetworks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var words []string
		var nets []netip.Prefix
		for range 1 + r.IntN(12) {
			a := netip.AddrFrom4([4]byte{10, byte(r.IntN(3)), byte(r.IntN(4)), byte(r.IntN(256))})
			p, _ := a.Prefix(r.IntN(33))
			nets, words = append(nets, p), append(words, p.String())
		}
		set, err := Compile(IP, words, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			var s txn.Sample
			s.SetAddr(netip.AddrFrom4([4]byte{10, byte(r.IntN(3)), byte(r.IntN(4)), byte(r.IntN(256))}))
			want := -1
			for i, p := range nets {
				if p.Contains(s.Addr) && (want < 0 || p.Bits() > nets[want].Bits()) {
					want = i
				}
			}
			if got, _ := set.Match(nil, &s); got != want {
				t.Fatalf("%v in %v: %d, want %d", s.Addr, words, got, want)
			}
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	var ips, names []string
	for i := range 10000 {
		ips = append(ips, fmt.Sprintf("10.%d.%d.0/24", i>>8, i&255))
		names = append(names, fmt.Sprintf("host%d.example.com", i))
	}
	for _, tt := range []struct {
		name  string
		m     Method
		words []string
		s     txn.Sample
	}{
		{"ip of 10000", IP, ips, txn.Sample{Type: txn.IPv4, Addr: netip.MustParseAddr("10.20.30.40")}},
		{"str of 10000", Str, names, txn.Sample{Type: txn.Str, Bytes: []byte("host5000.example.com")}},
		{"beg of 10000", Beg, names, txn.Sample{Type: txn.Str, Bytes: []byte("host5000.example.com/x")}},
		{"dom of 1", Dom, []string{"blog.example.com"}, txn.Sample{Type: txn.Str, Bytes: []byte("www.blog.example.com:80")}},
		{"reg of 1", Reg, []string{`^(www|ww1)\.example\.com$`}, txn.Sample{Type: txn.Str, Bytes: []byte("www.example.com")}},
	} {
		set, err := Compile(tt.m, tt.words, nil, Options{})
		if err != nil {
			b.Fatal(err)
		}
		tx := new(txn.Txn)
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.Match(tx, &tt.s)
			}
		})
	}
}

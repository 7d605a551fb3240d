package wire

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// rows are the lines of a file of testdata, cut at the bars.
func rows(t testing.TB, file string, fields int) (all [][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, " | ")
		if len(row) != fields {
			t.Fatalf("%s: %q has %d fields", file, line, len(row))
		}
		all = append(all, row)
	}
	if len(all) == 0 {
		t.Fatal(file, "is empty")
	}
	return all
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func header(t testing.TB, s string) (ip IP) {
	t.Helper()
	var src, dst string
	if _, err := fmt.Sscan(s, &src, &dst, &ip.TTL); err != nil {
		t.Fatal(err)
	}
	ip.Src, ip.Dst = netip.MustParseAddr(src), netip.MustParseAddr(dst)
	return ip
}

func describe(p *Packet) string {
	auth := map[Auth]string{AuthNone: "none", AuthPass: "pass", AuthAH: "ah"}[p.Auth]
	return fmt.Sprintf("v%d vrid %d prio %d %v %s %q %v %v", p.Version, p.VRID, p.Priority, p.Interval, auth,
		strings.TrimRight(string(p.Password[:]), "\x00"), p.Checksum, p.Addrs)
}

// TestSent reads keepalived's own messages and writes them again, byte for byte.
func TestSent(t *testing.T) {
	var p Packet
	for _, row := range rows(t, "testdata/sent.txt", 4) {
		t.Run(row[0], func(t *testing.T) {
			ip, msg := header(t, row[1]), unhex(t, row[2])
			if r := p.Parse(msg, ip); r != OK {
				t.Fatal(r)
			}
			if got := describe(&p); got != row[3] {
				t.Errorf("read (-want +got)\n-%s\n+%s", row[3], got)
			}
			out, err := p.Append(nil, ip)
			if err != nil || !bytes.Equal(out, msg) {
				t.Errorf("wrote %x, %v\nwant  %x", out, err, msg)
			}
		})
	}
}

// TestReceived compares Parse's verdicts with keepalived's.
func TestReceived(t *testing.T) {
	var p Packet
	for _, row := range rows(t, "testdata/received.txt", 5) {
		t.Run(row[0], func(t *testing.T) {
			want, differs := strings.CutPrefix(row[4], "~")
			if differs {
				want, _, _ = strings.Cut(want, ":")
			}
			got := p.Parse(unhex(t, row[2]), header(t, "10.9.0.2 "+row[1]))
			if got.String() != want {
				t.Errorf("%v, want %s", got, want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	good := func() []byte { return unhex(t, "31539602000a391e0a0900690a09006a") }
	six := unhex(t, "3156960100649e2bfe800000000000000000000000000086")
	ip4, ip6 := header(t, "10.9.0.1 224.0.0.18 255"), header(t, "fe80::c475:4fff:fef2:898b ff02::12 255")
	change := func(b []byte, at int, v byte) []byte { b[at] = v; return b }
	for _, c := range []struct {
		name string
		msg  []byte
		ip   IP
		want Reason
	}{
		{"nothing", nil, ip4, Truncated},
		{"as it was", good(), ip4, OK},
		{"another source", good(), header(t, "10.9.0.7 224.0.0.18 255"), BadChecksum},
		{"another source, plain sum", unhex(t, "3153c8020064f1600a0900690a09006a"), header(t, "10.9.0.7 224.0.0.18 255"), OK},
		{"unicast may have crossed a router", unhex(t, "215201010001d33a0a0900680000000000000000"), header(t, "10.9.0.1 10.9.0.2 3"), OK},
		{"multicast may not", good(), header(t, "10.9.0.1 224.0.0.18 3"), BadTTL},
		{"vrid 0", change(good(), 1, 0), ip4, BadVRID},
		{"no source", good(), IP{Dst: Group4, TTL: 255}, BadFamily},
		{"no destination", six, IP{Src: ip6.Src, TTL: 255}, BadFamily},
		{"no header at all", good(), IP{}, BadFamily},
		{"families differ", good(), IP{Src: ip4.Src, Dst: Group6, TTL: 255}, BadFamily},
		{"version 2 over IPv6", change(bytes.Clone(six), 0, 0x21), ip6, BadVersion},
		{"IPv6 has one sum", six, header(t, "fe80::1 ff02::12 255"), BadChecksum},
		{"half an address", six[:16], ip6, BadLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Packet
			if got := p.Parse(c.msg, c.ip); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestChecksumWays sends version 3 over IPv4 in each way, and reads which way it was.
func TestChecksumWays(t *testing.T) {
	p := Packet{Version: 3, VRID: 7, Priority: 200, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.100")}}
	ip := header(t, "10.0.0.1 10.0.0.2 64")
	seen := map[string]bool{}
	for _, way := range []Checksum{Pseudo, Plain, OldUnicast} {
		p.Checksum = way
		b, err := p.Append(nil, ip)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(b)] = true
		var back Packet
		if r := back.Parse(b, ip); r != OK || back.Checksum != way {
			t.Errorf("%v read as %v, %v", way, back.Checksum, r)
		}
	}
	if len(seen) != 3 {
		t.Error("the ways do not differ")
	}
}

func TestCannotBeSaid(t *testing.T) {
	four, six := netip.MustParseAddr("10.0.0.100"), netip.MustParseAddr("fe80::1")
	ip4, ip6 := IP{Src: four, Dst: Group4}, IP{Src: six, Dst: Group6}
	for _, c := range []struct {
		name string
		p    Packet
		ip   IP
	}{
		{"version 1", Packet{Version: 1, VRID: 1, Interval: time.Second}, ip4},
		{"vrid 0", Packet{Version: 3, Interval: time.Second}, ip4},
		{"half a second in version 2", Packet{Version: 2, VRID: 1, Interval: time.Second / 2}, ip4},
		{"256 s in version 2", Packet{Version: 2, VRID: 1, Interval: 256 * time.Second}, ip4},
		{"5 ms", Packet{Version: 3, VRID: 1, Interval: 5 * time.Millisecond}, ip4},
		{"15 ms", Packet{Version: 3, VRID: 1, Interval: 15 * time.Millisecond}, ip4},
		{"40.96 s", Packet{Version: 3, VRID: 1, Interval: 40960 * time.Millisecond}, ip4},
		{"no interval", Packet{Version: 3, VRID: 1}, ip4},
		{"256 addresses", Packet{Version: 3, VRID: 1, Interval: time.Second, Addrs: make([]netip.Addr, 256)}, ip4},
		{"an IPv6 address over IPv4", Packet{Version: 3, VRID: 1, Interval: time.Second, Addrs: []netip.Addr{six}}, ip4},
		{"no address at all", Packet{Version: 3, VRID: 1, Interval: time.Second, Addrs: []netip.Addr{{}}}, ip6},
		{"version 2 over IPv6", Packet{Version: 2, VRID: 1, Interval: time.Second}, ip6},
		{"no source", Packet{Version: 3, VRID: 1, Interval: time.Second}, IP{Dst: Group4}},
		{"an unknown checksum", Packet{Version: 3, VRID: 1, Interval: time.Second, Checksum: 3}, ip4},
	} {
		t.Run(c.name, func(t *testing.T) {
			if b, err := c.p.Append([]byte("kept"), c.ip); err == nil || string(b) != "kept" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestPassword(t *testing.T) {
	for in, want := range map[string]struct {
		p   Password
		cut bool
	}{
		"":           {},
		"1111":       {p: Password{'1', '1', '1', '1'}},
		"12345678":   {p: Password([]byte("12345678"))},
		"verylong":   {p: Password([]byte("verylong"))},
		"verylonger": {p: Password([]byte("verylong")), cut: true},
	} {
		if p, cut := PasswordFrom(in); p != want.p || cut != want.cut {
			t.Errorf("%q: %q %v", in, p, cut)
		}
	}
}

func TestReasonNames(t *testing.T) {
	seen := map[string]bool{}
	for r := range Reasons {
		if r.String() == "" || seen[r.String()] {
			t.Errorf("reason %d is called %q", r, r)
		}
		seen[r.String()] = true
	}
}

func TestDoesNotAllocate(t *testing.T) {
	ip := header(t, "10.9.0.1 224.0.0.18 255")
	msg := unhex(t, "31539602000a391e0a0900690a09006a")
	bad := bytes.Clone(msg)
	bad[7]++
	var p Packet
	out := make([]byte, 0, MaxLen)
	p.Parse(msg, ip)
	if n := testing.AllocsPerRun(100, func() {
		if p.Parse(bad, ip) != BadChecksum || p.Parse(msg, ip) != OK {
			t.Fatal("verdict")
		}
		if _, err := p.Append(out, ip); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestManyAddresses is the longest message.
func TestManyAddresses(t *testing.T) {
	p := Packet{Version: 3, VRID: 1, Priority: 1, Interval: time.Second}
	for i := range 255 {
		p.Addrs = append(p.Addrs, netip.AddrFrom16([16]byte{0: 0xfd, 15: byte(i)}))
	}
	ip := header(t, "fe80::1 ff02::12 255")
	b, err := p.Append(nil, ip)
	var back Packet
	if err != nil || len(b) != MaxLen || back.Parse(b, ip) != OK || !reflect.DeepEqual(back, p) {
		t.Errorf("%d bytes, %v, %v", len(b), err, describe(&back))
	}
}

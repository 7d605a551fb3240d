package wire

import (
	"bytes"
	"net/netip"
	"reflect"
	"testing"
	"time"
)

// FuzzParse: no bytes make Parse panic, and what it accepts, Append writes again. The bits that a receiver must ignore are
// the only ones that may be lost.
func FuzzParse(f *testing.F) {
	for _, row := range rows(f, "testdata/sent.txt", 4) {
		ip := header(f, row[1])
		f.Add(unhex(f, row[2]), ip.Src.AsSlice(), ip.Dst.AsSlice(), ip.TTL)
	}
	for _, row := range rows(f, "testdata/received.txt", 5) {
		f.Add(unhex(f, row[2]), []byte{10, 9, 0, 2}, []byte{224, 0, 0, 18}, byte(255))
	}
	f.Fuzz(func(t *testing.T, msg, src, dst []byte, ttl byte) {
		ip := IP{TTL: ttl}
		ip.Src, _ = netip.AddrFromSlice(src)
		ip.Dst, _ = netip.AddrFromSlice(dst)
		in := bytes.Clone(msg)
		var p, again Packet
		if p.Parse(in, ip) != OK {
			return
		}
		clear(in) // nothing of it may be kept
		out, err := p.Append(nil, ip)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", describe(&p), err)
		}
		if r := again.Parse(out, ip); r != OK || !reflect.DeepEqual(p, again) && p.Version == 2 {
			t.Fatalf("%s became %s, %v", describe(&p), describe(&again), r)
		}
		again.Checksum = p.Checksum // where two ways give one sum, the first is named
		if !reflect.DeepEqual(p, again) {
			t.Fatalf("%s became %s", describe(&p), describe(&again))
		}
		if p.Version == 2 && !sameSum(msg, out) {
			t.Fatalf("%x became %x", msg, out)
		}
	})
}

// sameSum compares messages; 0000 and ffff are one sum.
func sameSum(a, b []byte) bool {
	a, b = bytes.Clone(a), bytes.Clone(b)
	for _, m := range [][]byte{a, b} {
		if m[6] == 0xff && m[7] == 0xff {
			m[6], m[7] = 0, 0
		}
	}
	return bytes.Equal(a, b)
}

// FuzzAppend: what Append agrees to write, Parse reads back the same.
func FuzzAppend(f *testing.F) {
	f.Add(byte(2), byte(80), byte(100), int64(time.Second), byte(1), []byte("1111"), byte(0), []byte{10, 9, 0, 100}, false)
	f.Add(byte(3), byte(83), byte(0), int64(10*time.Millisecond), byte(0), []byte(nil), byte(1), []byte{10, 9, 0, 105, 10, 9, 0, 106}, false)
	f.Add(byte(3), byte(1), byte(255), int64(40950*time.Millisecond), byte(0), []byte(nil), byte(0), bytes.Repeat([]byte{0xfe, 0x80}, 16), true)
	f.Fuzz(func(t *testing.T, version, vrid, prio byte, interval int64, auth byte, pass []byte, way byte, addrs []byte, six bool) {
		p := Packet{Version: version, VRID: vrid, Priority: prio, Interval: time.Duration(interval), Checksum: Checksum(way)}
		if version == 2 {
			p.Auth, p.Checksum = Auth(auth), Pseudo
			copy(p.Password[:], pass)
		}
		ip := IP{Src: netip.MustParseAddr("10.0.0.1"), Dst: Group4, TTL: TTL}
		width := 4
		if six {
			ip.Src, ip.Dst, width = netip.MustParseAddr("fe80::1"), Group6, 16
			p.Checksum = Pseudo
		}
		for ; len(addrs) >= width; addrs = addrs[width:] {
			a, _ := netip.AddrFromSlice(addrs[:width])
			p.Addrs = append(p.Addrs, a)
		}
		out, err := p.Append(nil, ip)
		if err != nil {
			return
		}
		var again Packet
		if r := again.Parse(out, ip); r != OK {
			t.Fatalf("%s: %v", describe(&p), r)
		}
		if p.Checksum == OldUnicast {
			p.Checksum = Pseudo // the same, to this destination
		}
		again.Checksum = p.Checksum
		if !reflect.DeepEqual(p, again) {
			t.Fatalf("%s became %s", describe(&p), describe(&again))
		}
	})
}

package lab

import (
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// packet is an advertisement of an intruder, byte by byte: correct, but for what a case changes.
type packet struct {
	name     string
	ttl      uint8
	version  uint8
	kind     uint8 // 1 is an advertisement
	vrid     uint8
	priority uint8
	authType uint8
	interval uint8
	password string
	vip      netip.Addr
	cut      int  // bytes to leave out at the end
	spoil    bool // the checksum
}

// intruderAdvert is what the tutorial's pair would accept.
func intruderAdvert() packet {
	return packet{ttl: 255, version: 2, kind: 1, vrid: 80, priority: 200, authType: 1, interval: 1, password: "1111", vip: vip4}
}

// bogus are advertisements that must be refused.
func bogus() []packet {
	list := make([]packet, 0, 10)
	bad := func(name string, change func(p *packet)) {
		p := intruderAdvert()
		p.name = name
		change(&p)
		list = append(list, p)
	}
	bad("TTL", func(p *packet) { p.ttl = 254 })
	bad("checksum", func(p *packet) { p.spoil = true })
	bad("password", func(p *packet) { p.password = "wrong" })
	bad("authentication type", func(p *packet) { p.authType = 0 })
	bad("type", func(p *packet) { p.kind = 2 })
	bad("version", func(p *packet) { p.version = 4 })
	bad("VRID", func(p *packet) { p.vrid = 99 })
	bad("length", func(p *packet) { p.cut = 12 })
	bad("zero interval", func(p *packet) { p.interval = 0; p.password = "wrong" })
	return list
}

// bytes is the packet with its IP header; the kernel fills in its length, checksum and identification.
func (p packet) bytes() []byte {
	m := []byte{p.version<<4 | p.kind, p.vrid, p.priority, 1, p.authType, p.interval, 0, 0}
	m = append(m, p.vip.AsSlice()...)
	m = append(m, make([]byte, 8)...)
	copy(m[len(m)-8:], p.password)
	binary.BigEndian.PutUint16(m[6:], onesComplement(m))
	if p.spoil {
		m[6] ^= 0x55
	}
	m = m[:len(m)-p.cut]
	h := []byte{0x45, 0xc0, 0, 0, 0, 0, 0, 0, p.ttl, 112, 0, 0}
	h = append(h, ownAddress("intruder", false).Addr().AsSlice()...)
	return append(append(h, 224, 0, 0, 18), m...)
}

// onesComplement is the Internet checksum (RFC 1071) of an even number of bytes.
func onesComplement(b []byte) uint16 {
	sum := uint32(0)
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return ^uint16(sum + sum>>16)
}

// Inject sends the packets in turn, count in all, one every so often. It returns how many were sent: fewer if the machine is
// too slow.
func (w *World) Inject(list []packet, count int, every time.Duration) int {
	fd := -1
	w.Intruder.Do(func() (err error) {
		if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW); err != nil {
			return err
		}
		return unix.SetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, "eth0")
	})
	defer unix.Close(fd)
	to := &unix.SockaddrInet4{Addr: [4]byte{224, 0, 0, 18}}
	begun, end := time.Now(), time.Duration(count)*every
	sent := 0
	for ; sent < count; sent++ {
		if wait := time.Duration(sent)*every - time.Since(begun); wait > 0 {
			if every < 50*time.Millisecond {
				time.Sleep(max(wait, time.Millisecond))
			} else {
				w.Pass(wait)
			}
		}
		if time.Since(begun) > end+time.Second {
			break
		}
		if err := unix.Sendto(fd, list[sent%len(list)].bytes(), 0, to); err != nil && err != unix.ENOBUFS {
			w.Fatalf("intruder: %v", err)
		}
	}
	w.Note("intruder: %d packets in %v", sent, time.Since(begun).Round(time.Millisecond))
	return sent
}

package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Append writes the message behind b. ip is what the IP header will say: a checksum may cover it. Over IPv6 a kernel that
// was asked to (IPV6_CHECKSUM) writes the same sum again. An error means that p cannot be said on the wire; b comes
// back as it was.
func (p *Packet) Append(b []byte, ip IP) ([]byte, error) {
	if err := p.check(ip); err != nil {
		return b, err
	}
	at := len(b)
	b = append(b, p.Version<<4|typeAdvert, p.VRID, p.Priority, uint8(len(p.Addrs)))
	if p.Version == 2 {
		b = append(b, uint8(p.Auth), uint8(p.Interval/time.Second))
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(p.Interval/centisecond))
	}
	b = append(b, 0, 0)
	for _, a := range p.Addrs {
		if a.Is4() {
			four := a.As4()
			b = append(b, four[:]...)
		} else {
			sixteen := a.As16()
			b = append(b, sixteen[:]...)
		}
	}
	if p.Version == 2 {
		b = append(b, p.Password[:]...)
	}
	msg := b[at:]
	binary.BigEndian.PutUint16(msg[6:], fold(sum(p.start(ip, len(msg), p.Checksum), msg)))
	return b, nil
}

var (
	errVRID   = errors.New("vrrp: virtual_router_id 0")
	errMany   = errors.New("vrrp: more than 255 addresses: exclude some (virtual_ipaddress_excluded)")
	errFamily = errors.New("vrrp: source, destination and virtual addresses of different families")
	errV2On6  = errors.New("vrrp: version 2 over IPv6")
)

func (p *Packet) check(ip IP) error {
	unit, most := centisecond, MaxInterval3
	if p.Version == 2 {
		unit, most = time.Second, MaxInterval2
	}
	switch {
	case p.Version != 2 && p.Version != 3:
		return fmt.Errorf("vrrp: version %d", p.Version)
	case p.VRID == 0:
		return errVRID
	case len(p.Addrs) > 255:
		return errMany
	case p.Interval < unit || p.Interval > most || p.Interval%unit != 0:
		return fmt.Errorf("vrrp: an interval of %v does not fit version %d: %v to %v in steps of %v", p.Interval, p.Version, unit, most, unit)
	case p.Checksum > OldUnicast:
		return fmt.Errorf("vrrp: checksum %d", p.Checksum)
	case !ip.sound():
		return errFamily
	case p.Version == 2 && ip.Src.Is6():
		return errV2On6
	}
	for _, a := range p.Addrs {
		if !a.IsValid() || a.Is4() != ip.Src.Is4() {
			return errFamily
		}
	}
	return nil
}

package netif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// AddRoute adds a route; that it exists already in all its words is no error. One that differs in its way becomes a
// second route: what the configuration no longer wants must be removed first.
func (h *Host) AddRoute(r Route) error {
	// NLM_F_CREATE alone puts the route before those that match it, as keepalived does.
	flags := unix.NLM_F_CREATE
	if r.Append {
		flags |= unix.NLM_F_APPEND
	}
	err := h.sendRoute(unix.RTM_NEWROUTE, flags, &r)
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("netif: add route %v: %w", r.Dst, explain(err))
	}
	return nil
}

// RemoveRoute removes a route. Was reports that it was there: neither that nor a vanished interface is an error.
func (h *Host) RemoveRoute(r Route) (was bool, err error) {
	err = h.sendRoute(unix.RTM_DELROUTE, 0, &r)
	var gone noInterface
	switch {
	case errors.Is(err, unix.ESRCH), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENOENT), errors.As(err, &gone):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("netif: remove route %v: %w", r.Dst, explain(err))
	}
	return true, nil
}

// noInterface is the name of an interface that does not exist.
type noInterface string

func (n noInterface) Error() string { return "no interface " + string(n) }

func (h *Host) index(name string) (uint32, error) {
	l, err := h.links.LinkByName(name)
	if err != nil {
		return 0, noInterface(name)
	}
	return uint32(l.Attrs().Index), nil
}

func (h *Host) sendRoute(message, flags int, r *Route) error {
	if err := r.Check(); err != nil {
		return err
	}
	v6 := r.v6()
	m := nl.RtMsg{RtMsg: unix.RtMsg{
		Family: unix.AF_INET, Table: tableByte(r.Table, unix.RT_TABLE_MAIN), Protocol: RouteProtocol, Type: unix.RTN_UNICAST,
		Scope: uint8(r.scope(v6)), Tos: r.TOS,
	}}
	if v6 {
		m.Family = unix.AF_INET6
	}
	if r.Protocol != 0 {
		m.Protocol = r.Protocol
	}
	if r.Type != 0 {
		m.Type = uint8(r.Type)
	}
	if r.OnLink {
		m.Flags |= unix.RTNH_F_ONLINK
	}
	var attrs []*nl.RtAttr
	add := func(kind int, data []byte) { attrs = append(attrs, nl.NewRtAttr(kind, data)) }
	if r.Dst.IsValid() {
		m.Dst_len = uint8(r.Dst.Bits())
		add(unix.RTA_DST, r.Dst.Masked().Addr().AsSlice())
	}
	if r.From.IsValid() {
		m.Src_len = uint8(r.From.Bits())
		add(unix.RTA_SRC, r.From.Masked().Addr().AsSlice())
	}
	if r.Src.IsValid() {
		add(unix.RTA_PREFSRC, r.Src.AsSlice())
	}
	if r.Table > 255 {
		add(unix.RTA_TABLE, u32(r.Table))
	}
	for kind, v := range map[int]uint32{unix.RTA_PRIORITY: r.Metric, unix.RTA_FLOW: r.Realms} {
		if v != 0 {
			add(kind, u32(v))
		}
	}
	if r.Pref != 0 {
		add(unix.RTA_PREF, []byte{r.Pref})
	}
	if x := r.Metrics.attr(); x != nil {
		attrs = append(attrs, x)
	}
	way, err := h.way(r, v6)
	if err != nil {
		return err
	}
	req := h.request(message, flags|unix.NLM_F_ACK)
	req.AddData(&m)
	for _, a := range append(attrs, way...) {
		req.AddData(a)
	}
	return h.do(req)
}

// tableByte is what fits of a table's number into a message; the whole number is an attribute then.
func tableByte(table uint32, otherwise uint8) uint8 {
	switch {
	case table == 0:
		return otherwise
	case table > 255:
		return unix.RT_TABLE_UNSPEC
	}
	return uint8(table)
}

// way is where packets of the route leave.
func (h *Host) way(r *Route, v6 bool) (attrs []*nl.RtAttr, err error) {
	if r.Via.IsValid() {
		attrs = append(attrs, gateway(r.Via, v6))
	}
	if r.Dev != "" {
		index, err := h.index(r.Dev)
		if err != nil {
			return nil, err
		}
		attrs = append(attrs, nl.NewRtAttr(unix.RTA_OIF, u32(index)))
	}
	var ways []byte
	for _, n := range r.NextHops {
		hop := nl.RtNexthop{RtNexthop: unix.RtNexthop{Hops: uint8(max(n.Weight, 1) - 1)}}
		if n.OnLink {
			hop.Flags |= unix.RTNH_F_ONLINK
		}
		if n.Dev != "" {
			index, err := h.index(n.Dev)
			if err != nil {
				return nil, err
			}
			hop.Ifindex = int32(index)
		}
		if n.Via.IsValid() {
			hop.Children = append(hop.Children, gateway(n.Via, v6))
		}
		if n.Realms != 0 {
			hop.Children = append(hop.Children, nl.NewRtAttr(unix.RTA_FLOW, u32(n.Realms)))
		}
		ways = append(ways, hop.Serialize()...)
	}
	if ways != nil {
		attrs = append(attrs, nl.NewRtAttr(unix.RTA_MULTIPATH, ways))
	}
	return attrs, nil
}

// gateway is RTA_GATEWAY, or RTA_VIA for an IPv4 route through an IPv6 router.
func gateway(via netip.Addr, v6 bool) *nl.RtAttr {
	if via.Is6() && !v6 {
		return nl.NewRtAttr(unix.RTA_VIA, append(binary.NativeEndian.AppendUint16(nil, unix.AF_INET6), via.AsSlice()...))
	}
	return nl.NewRtAttr(unix.RTA_GATEWAY, via.AsSlice())
}

func (m *RouteMetrics) attr() *nl.RtAttr {
	if *m == (RouteMetrics{}) {
		return nil
	}
	nest := nl.NewRtAttr(unix.RTA_METRICS, nil)
	if m.Lock != 0 {
		nest.AddRtAttr(unix.RTAX_LOCK, u32(m.Lock))
	}
	for i, v := range m.words() {
		if v != 0 {
			nest.AddRtAttr(unix.RTAX_MTU+i, u32(v))
		}
	}
	if m.CongestionControl != "" {
		nest.AddRtAttr(unix.RTAX_CC_ALGO, nl.ZeroTerminated(m.CongestionControl))
	}
	return nest
}

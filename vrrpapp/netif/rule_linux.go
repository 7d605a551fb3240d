package netif

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// AddRule adds a rule; that it exists already is no error.
func (h *Host) AddRule(r Rule) error {
	err := h.sendRule(unix.RTM_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_EXCL, &r)
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("netif: add rule: %w", explain(err))
	}
	return nil
}

// RemoveRule removes a rule. Was reports that it was there.
func (h *Host) RemoveRule(r Rule) (was bool, err error) {
	err = h.sendRule(unix.RTM_DELRULE, 0, &r)
	switch {
	case errors.Is(err, unix.ENOENT):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("netif: remove rule: %w", explain(err))
	}
	return true, nil
}

func (h *Host) sendRule(message, flags int, r *Rule) error {
	if err := r.Check(); err != nil {
		return err
	}
	m := nl.RtMsg{RtMsg: unix.RtMsg{Family: unix.AF_INET, Table: tableByte(r.Table, unix.RT_TABLE_UNSPEC), Type: unix.FR_ACT_TO_TBL, Tos: r.TOS}}
	if r.v6() {
		m.Family = unix.AF_INET6
	}
	if r.Not {
		m.Flags |= unix.FIB_RULE_INVERT
	}
	switch {
	case r.Goto != 0:
		m.Type = unix.FR_ACT_GOTO
	case r.Type > routeUnicast:
		m.Type = uint8(r.Type)
	}
	req := h.request(message, flags|unix.NLM_F_ACK)
	req.AddData(&m)
	add := func(kind int, data []byte) { req.AddData(nl.NewRtAttr(kind, data)) }
	if r.From.IsValid() {
		m.Src_len = uint8(r.From.Bits())
		add(unix.FRA_SRC, r.From.Masked().Addr().AsSlice())
	}
	if r.To.IsValid() {
		m.Dst_len = uint8(r.To.Bits())
		add(unix.FRA_DST, r.To.Masked().Addr().AsSlice())
	}
	r.numbers(add)
	r.others(add)
	return h.do(req)
}

// numbers adds the conditions that are a number of 32 bits.
func (r *Rule) numbers(add func(int, []byte)) {
	mask := r.MarkMask
	if r.Mark != 0 && mask == 0 {
		mask = 1<<32 - 1
	}
	wide := uint32(0)
	if r.Table > 255 {
		wide = r.Table
	}
	for _, n := range []struct {
		kind  int
		value uint32
	}{
		{unix.FRA_TABLE, wide},
		{unix.FRA_PRIORITY, r.Priority},
		{unix.FRA_FWMARK, r.Mark},
		{unix.FRA_FWMASK, mask},
		{unix.FRA_FLOW, r.Realms},
		{unix.FRA_GOTO, r.Goto},
	} {
		if n.value != 0 {
			add(n.kind, u32(n.value))
		}
	}
	if r.SuppressPrefixLength != nil {
		add(unix.FRA_SUPPRESS_PREFIXLEN, u32(*r.SuppressPrefixLength))
	}
	if r.SuppressIfGroup != nil {
		add(unix.FRA_SUPPRESS_IFGROUP, u32(*r.SuppressIfGroup))
	}
}

// others adds the rest.
func (r *Rule) others(add func(int, []byte)) {
	if r.IIF != "" {
		add(unix.FRA_IIFNAME, nl.ZeroTerminated(r.IIF))
	}
	if r.OIF != "" {
		add(unix.FRA_OIFNAME, nl.ZeroTerminated(r.OIF))
	}
	if r.TunnelID != 0 {
		add(unix.FRA_TUN_ID, binary.BigEndian.AppendUint64(nil, r.TunnelID))
	}
	if r.L3MDev {
		add(unix.FRA_L3MDEV, []byte{1})
	}
	if r.UIDs != nil {
		add(unix.FRA_UID_RANGE, append(u32(r.UIDs[0]), u32(r.UIDs[1])...))
	}
	if r.IPProto != 0 {
		add(unix.FRA_IP_PROTO, []byte{r.IPProto})
	}
	for kind, ports := range map[int][2]uint16{unix.FRA_SPORT_RANGE: r.SPorts, unix.FRA_DPORT_RANGE: r.DPorts} {
		if ports[1] != 0 {
			b := binary.NativeEndian.AppendUint16(nil, ports[0])
			add(kind, binary.NativeEndian.AppendUint16(b, ports[1]))
		}
	}
	protocol := r.Protocol
	if protocol == 0 {
		protocol = RouteProtocol
	}
	add(unix.FRA_PROTOCOL, []byte{protocol})
}

// ruleIsOurs reads the tag of a rule's message.
func ruleIsOurs(m []byte) bool {
	if len(m) < unix.SizeofRtMsg {
		return false
	}
	for attr, value := range attributes(m[unix.SizeofRtMsg:]) {
		if attr == unix.FRA_PROTOCOL {
			return len(value) == 1 && value[0] == RouteProtocol
		}
	}
	return false
}

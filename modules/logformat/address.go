package logformat

import "net/netip"

// endpoint appends an address or a port. False: flag X on the address of a unix socket, where HAProxy ends the line.
func (w *writer) endpoint(n *node) bool {
	c := w.conn
	var a netip.AddrPort
	switch n.op {
	case opClientIP, opClientPort:
		a = c.Src
	case opFrontendIP, opFrontendPort:
		a = c.Dst
	case opBackendIP, opBackendPort:
		a = w.t.ServerLocal
	case opServerIP, opServerPort:
		a = w.t.ServerRemote
	}
	port := n.op == opClientPort || n.op == opFrontendPort || n.op == opBackendPort || n.op == opServerPort
	switch {
	case c.Unix && n.op <= opFrontendPort:
		return w.unix(n, port)
	case !a.IsValid():
		w.dst = w.value(n, nil, &plainText)
	case port && n.flags&hex != 0:
		w.dst = appendHex(w.dst, uint64(a.Port()), 4)
	case port:
		w.dst = appendInt(w.dst, int64(a.Port()))
	default:
		w.dst = w.ip(n, a.Addr())
	}
	return true
}

// unix appends what stands for the address and port of a client on a unix socket: "unix" and the listener's number.
func (w *writer) unix(n *node, port bool) bool {
	switch {
	case port:
		w.dst = appendInt(w.dst, int64(listenerID(w.conn)))
	case n.flags&hex != 0:
		return false
	default:
		w.dst = w.name(n, "unix")
	}
	return true
}

func (w *writer) ip(n *node, a netip.Addr) []byte {
	dst := w.dst
	a = a.Unmap().WithZone("")
	switch {
	case n.flags&hex != 0 && a.Is4():
		for _, b := range a.As4() {
			dst = appendHex(dst, uint64(b), 2)
		}
		return dst
	case n.flags&hex != 0:
		for _, b := range a.As16() {
			dst = appendHex(dst, uint64(b), 2)
		}
		return dst
	case n.flags&quoted != 0:
		return append(a.AppendTo(append(dst, '"')), '"')
	}
	return a.AppendTo(dst)
}

package sample

import (
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Addresses of the client's connection and what accepted it (configuration.txt 7.3.3).
func init() {
	for _, p := range []string{"", "fc_"} {
		RegisterFetch(
			Fetch{Name: p + "src", Out: txn.IPv4, Use: Client, Func: fetchSrc},
			Fetch{Name: p + "dst", Out: txn.IPv4, Use: Client, Func: fetchDst},
			Fetch{Name: p + "src_port", Out: txn.Int, Use: Client, Func: fetchSrcPort},
			Fetch{Name: p + "dst_port", Out: txn.Int, Use: Client, Func: fetchDstPort},
			Fetch{Name: p + "dst_is_local", Out: txn.Bool, Use: Client, Func: fetchDstIsLocal},
		)
	}
	RegisterFetch(
		Fetch{Name: "src_is_local", Out: txn.Bool, Use: Client, Func: fetchSrcIsLocal},
		Fetch{Name: "fc_src_is_local", Out: txn.Bool, Use: Client, Func: fetchSrcIsLocal},
		Fetch{Name: "fc_http_major", Out: txn.Int, Use: Client, Func: fetchClientMajor},
		Fetch{Name: "bc_src", Out: txn.IPv4, Use: ServerConn, Func: fetchServerLocal},
		Fetch{Name: "bc_dst", Out: txn.IPv4, Use: ServerConn, Func: fetchServerRemote},
		Fetch{Name: "bc_src_port", Out: txn.Int, Use: ServerConn, Func: fetchServerLocalPort},
		Fetch{Name: "bc_dst_port", Out: txn.Int, Use: ServerConn, Func: fetchServerRemotePort},
		Fetch{Name: "bc_http_major", Out: txn.Int, Use: ServerConn, Func: fetchServerMajor},
		Fetch{Name: "so_id", Out: txn.Int, Use: Frontend, Func: fetchListenerID},
		Fetch{Name: "so_name", Out: txn.Str, Use: Frontend, Func: fetchListenerName},
	)
}

// addr gives the address of ap; none for a unix socket.
func addr(ap netip.AddrPort, out *Sample) bool {
	if !ap.IsValid() {
		return false
	}
	a := ap.Addr()
	if a.Is4() {
		out.Type, out.Addr = txn.IPv4, a
		return true
	}
	out.SetAddr(a.WithZone(""))
	return true
}

func port(ap netip.AddrPort, out *Sample) bool {
	if !ap.IsValid() {
		return false
	}
	out.SetInt(int64(ap.Port()))
	return true
}

func fetchSrc(t *txn.Txn, _ *Iter, out *Sample) bool { return t.Conn != nil && addr(t.Conn.Src, out) }

func fetchDst(t *txn.Txn, _ *Iter, out *Sample) bool { return t.Conn != nil && addr(t.Conn.Dst, out) }

func fetchSrcPort(t *txn.Txn, _ *Iter, out *Sample) bool {
	return t.Conn != nil && port(t.Conn.Src, out)
}

func fetchDstPort(t *txn.Txn, _ *Iter, out *Sample) bool {
	return t.Conn != nil && port(t.Conn.Dst, out)
}

func fetchSrcIsLocal(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Conn == nil || !t.Conn.Src.IsValid() {
		return false
	}
	out.SetBool(isLocal(t.Conn.Src.Addr()))
	return true
}

func fetchDstIsLocal(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Conn == nil || !t.Conn.Dst.IsValid() {
		return false
	}
	out.SetBool(isLocal(t.Conn.Dst.Addr()))
	return true
}

// fetchClientMajor is 1: HTTP/2 and HTTP/3 clients arrive through other codecs, which have their own issue.
func fetchClientMajor(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Conn == nil {
		return false
	}
	out.SetInt(1)
	return true
}

func fetchServerMajor(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Server == nil {
		return false
	}
	out.SetInt(1)
	return true
}

func fetchServerLocal(t *txn.Txn, _ *Iter, out *Sample) bool { return addr(t.ServerLocal, out) }

func fetchServerRemote(t *txn.Txn, _ *Iter, out *Sample) bool { return addr(t.ServerRemote, out) }

func fetchServerLocalPort(t *txn.Txn, _ *Iter, out *Sample) bool { return port(t.ServerLocal, out) }

func fetchServerRemotePort(t *txn.Txn, _ *Iter, out *Sample) bool { return port(t.ServerRemote, out) }

func fetchListenerID(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Conn == nil || t.Conn.Listener == nil {
		return false
	}
	out.SetInt(int64(t.Conn.Listener.ID))
	return true
}

func fetchListenerName(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Conn == nil || t.Conn.Listener == nil || t.Conn.Listener.Name == "" {
		return false
	}
	out.SetStr(constBytes(t.Conn.Listener.Name))
	return true
}

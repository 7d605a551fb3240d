package sample

import (
	"bytes"
	"encoding/binary"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// The start lines (configuration.txt 7.3.6).
func init() {
	RegisterFetch(
		Fetch{Name: "method", Out: txn.Meth, Use: Request, Func: fetchMethod},
		Fetch{Name: "req.ver", Out: txn.Str, Use: RequestHdr, Func: fetchReqVer},
		Fetch{Name: "req_ver", Out: txn.Str, Use: RequestHdr, Func: fetchReqVer},
		Fetch{Name: "res.ver", Out: txn.Str, Use: ResponseHdr, Func: fetchResVer},
		Fetch{Name: "resp_ver", Out: txn.Str, Use: ResponseHdr, Func: fetchResVer},
		Fetch{Name: "status", Out: txn.Int, Use: Response, Func: fetchStatus},
		Fetch{Name: "url", Out: txn.Str, Use: RequestHdr, Func: fetchURL},
		Fetch{Name: "path", Out: txn.Str, Use: RequestHdr, Func: fetchPath},
		Fetch{Name: "pathq", Out: txn.Str, Use: RequestHdr, Func: fetchPathQuery},
		Fetch{Name: "query", Out: txn.Str, Use: RequestHdr, Func: fetchQuery},
		Fetch{Name: "base", Out: txn.Str, Use: RequestHdr, Func: fetchBase},
		Fetch{Name: "baseq", Out: txn.Str, Use: RequestHdr, Func: fetchBaseQuery},
		Fetch{Name: "base32", Out: txn.Int, Use: RequestHdr, Func: fetchBase32},
		Fetch{Name: "base32+src", Out: txn.Bin, Use: RequestHdr, Func: fetchBase32Src},
		Fetch{Name: "url32", Out: txn.Int, Use: RequestHdr, Func: fetchURL32},
		Fetch{Name: "url32+src", Out: txn.Bin, Use: RequestHdr, Func: fetchURL32Src},
		Fetch{Name: "url_ip", Out: txn.IPv4, Use: RequestHdr, Func: fetchURLIP},
		Fetch{Name: "url_port", Out: txn.Int, Use: RequestHdr, Func: fetchURLPort},
		Fetch{Name: "req.proto_http", Out: txn.Bool, Use: Request, Func: fetchIsHTTP},
		Fetch{Name: "req_proto_http", Out: txn.Bool, Use: Request, Func: fetchIsHTTP},
		Fetch{Name: "http_first_req", Out: txn.Bool, Use: Request, Func: fetchFirstRequest},
	)
}

func hasRequest(t *txn.Txn) bool { return len(t.Req.Method) > 0 }

func fetchMethod(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.Type, out.Bytes = txn.Meth, t.Req.Method
	return hasRequest(t)
}

var versions = [2][]byte{[]byte("1.0"), []byte("1.1")}

func fetchReqVer(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetStr(versions[t.Req.Minor&1])
	return hasRequest(t)
}

func fetchResVer(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetStr(versions[t.Res.Minor&1])
	return t.InResponse
}

func fetchStatus(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetInt(int64(t.Res.Status))
	return t.InResponse
}

func fetchIsHTTP(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetBool(true)
	return hasRequest(t)
}

func fetchFirstRequest(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Conn == nil {
		return false
	}
	out.SetBool(t.Conn.Requests <= 1)
	return true
}

func fetchURL(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetStr(t.Req.Target)
	return hasRequest(t)
}

func fetchPath(t *txn.Txn, _ *Iter, out *Sample) bool {
	p, ok := PathQuery(t.Req.Target)
	out.SetStr(untilQuery(p))
	return ok
}

func fetchPathQuery(t *txn.Txn, _ *Iter, out *Sample) bool {
	p, ok := PathQuery(t.Req.Target)
	out.SetStr(p)
	return ok
}

func fetchQuery(t *txn.Txn, _ *Iter, out *Sample) bool {
	i := bytes.IndexByte(t.Req.Target, '?')
	if i < 0 {
		return false
	}
	out.SetStr(t.Req.Target[i+1:])
	return true
}

func fetchBase(t *txn.Txn, _ *Iter, out *Sample) bool { return base(t, out, false) }

func fetchBaseQuery(t *txn.Txn, _ *Iter, out *Sample) bool { return base(t, out, true) }

// hostOf is the first Host value.
func hostOf(t *txn.Txn) ([]byte, bool) {
	v := values{t.Req.Headers, "host", false}
	var it Iter
	return v.next(&it)
}

// base gives the first Host value and the path.
func base(t *txn.Txn, out *Sample, query bool) bool {
	p, ok := PathQuery(t.Req.Target)
	if !query {
		p = untilQuery(p)
	}
	h, found := hostOf(t)
	switch {
	case found && !ok:
		out.SetStr(h)
		return len(h) > 0
	case found:
		b := t.Room(len(h) + len(p))
		b = append(b, h...)
		out.SetStr(t.Keep(append(b, p...)))
	default:
		out.SetStr(p)
		return ok
	}
	return true
}

func fetchBase32(t *txn.Txn, _ *Iter, out *Sample) bool {
	h, ok := base32(t)
	out.SetInt(int64(h))
	return ok
}

func base32(t *txn.Txn) (uint32, bool) {
	p, _ := PathQuery(t.Req.Target)
	h, _ := hostOf(t)
	return Avalanche(sdbmAppend(sdbmAppend(0, h), untilQuery(p))), hasRequest(t)
}

func fetchBase32Src(t *txn.Txn, _ *Iter, out *Sample) bool {
	h, ok := base32(t)
	return ok && withSrc(t, h, out)
}

func fetchURL32(t *txn.Txn, _ *Iter, out *Sample) bool {
	h, ok := url32(t)
	out.SetInt(int64(h))
	return ok
}

func url32(t *txn.Txn) (uint32, bool) {
	p, _ := PathQuery(t.Req.Target)
	h, _ := t.Req.Headers.Value("host") // the whole line, where base32 has the first list element
	return Avalanche(sdbmAppend(sdbmAppend(0, h), p)), hasRequest(t)
}

func fetchURL32Src(t *txn.Txn, _ *Iter, out *Sample) bool {
	h, ok := url32(t)
	return ok && withSrc(t, h, out)
}

// withSrc gives the hash followed by the client's address, 8 or 20 bytes.
func withSrc(t *txn.Txn, hash uint32, out *Sample) bool {
	if t.Conn == nil || !t.Conn.Src.IsValid() {
		return false
	}
	b := binary.BigEndian.AppendUint32(t.Room(20), hash)
	if a := t.Conn.Src.Addr().Unmap(); a.Is4() {
		v4 := a.As4()
		b = append(b, v4[:]...)
	} else {
		v6 := a.As16()
		b = append(b, v6[:]...)
	}
	out.SetBin(t.Keep(b))
	return true
}

func fetchURLIP(t *txn.Txn, _ *Iter, out *Sample) bool {
	a, ok := URLAddr(t.Req.Target)
	if !ok {
		return false
	}
	return addr(a, out)
}

func fetchURLPort(t *txn.Txn, _ *Iter, out *Sample) bool {
	a, ok := URLAddr(t.Req.Target)
	if !ok {
		return false
	}
	return port(a, out)
}

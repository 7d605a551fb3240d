package engine

import "net/netip"

// option is the proxy option that rules: the backend's, else the frontend's.
func (s *session) option(of func(*Proxy) *ForwardFor) *ForwardFor {
	if s.be != nil {
		if f := of(s.be); f != nil {
			return f
		}
	}
	return of(s.fe)
}

func (f *ForwardFor) except(a netip.Addr) bool {
	return f.Except.IsValid() && f.Except.Contains(a)
}

// addAddr adds a as a header of its own behind the others; HAProxy does not merge values.
func (s *session) addAddr(f *ForwardFor, a netip.Addr, except bool) {
	t := &s.t
	if except || !a.IsValid() {
		return
	}
	if f.IfNone && t.Req.Headers.Find(string(f.Header), 0) >= 0 {
		return
	}
	v := t.Keep(a.AppendTo(t.Room(48)))
	t.Req.Headers.Add(f.Header, v)
}

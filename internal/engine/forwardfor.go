package engine

import "net/netip"

// addAddr adds address a as option forwardfor or originalto of the frontend and the backend want it: with the backend's
// header, unless either of them excepts a, and only if-none when both say so (as observed).
func (s *session) addAddr(fe, be *ForwardFor, a netip.Addr) {
	if be == nil {
		be = fe
	}
	if fe == nil {
		fe = be
	}
	if fe == nil || !a.IsValid() || fe.excepts(a) || be.excepts(a) {
		return
	}
	h := &s.t.Req.Headers
	if fe.IfNone && be.IfNone && h.Find(string(be.Header), 0) >= 0 {
		return
	}
	// A header of its own behind the others: HAProxy does not merge values.
	h.Add(be.Header, s.t.Keep(a.AppendTo(s.t.Room(48))))
}

func (f *ForwardFor) excepts(a netip.Addr) bool {
	return f.Except.IsValid() && f.Except.Contains(a)
}

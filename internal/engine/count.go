package engine

import "github.com/caddy-haproxy/caddy-haproxy/modules/server"

// countStatus counts a server's response.
func countStatus(status int) func(*server.Counters) {
	return statusCounters[min(max(status/100, 0), 5)]
}

var statusCounters = func() (f [6]func(*server.Counters)) {
	for i := range f {
		f[i] = func(c *server.Counters) { c.Response(i * 100) }
	}
	return
}()

// count adds the finished transaction to the counters of everything that took part.
func (s *session) count() {
	t := &s.t
	l := &t.Log
	fe := s.fe.FE
	fe.BytesIn.Add(l.BytesIn)
	fe.BytesOut.Add(l.BytesOut)
	s.eng.TotalBytesOut.Add(l.BytesOut)
	if l.Status > 0 {
		fe.Response(l.Status)
	}
	if be := s.backend().BE; be != nil { // a listen section is its own backend from the start
		be.BytesIn.Add(l.BytesIn)
		be.BytesOut.Add(l.BytesOut)
	}
	if s.be != nil && s.be.BE != nil {
		be := s.be.BE
		be.Requests.Add(1)
		if s.slot.Server == nil && l.Status > 0 {
			be.Response(l.Status)
		}
	}
	srv := s.slot.Server
	if srv == nil {
		return
	}
	srv.BytesIn.Add(l.BytesIn)
	srv.BytesOut.Add(l.BytesOut)
	srv.Requests.Add(1)
	if l.ResponseHead.IsZero() {
		return
	}
	queue, connect := l.QueueDone.Sub(l.RequestDone), l.Connected.Sub(l.QueueDone)
	response, total := l.ResponseHead.Sub(l.Connected), l.End.Sub(l.Start)
	srv.Times(queue, connect, response, total)
	s.be.BE.Times(queue, connect, response, total)
}

package engine

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
		if l.Status > 0 { // what the client got; a server's counter has what the server said
			be.Response(l.Status)
		}
	}
	srv := s.slot.Server
	if srv == nil {
		return
	}
	srv.BytesIn.Add(l.BytesIn)
	srv.BytesOut.Add(l.BytesOut)
	if s.answered.Load() {
		srv.Requests.Add(1)
	}
	if l.ResponseHead.IsZero() {
		return
	}
	queue, connect := l.QueueDone.Sub(l.RequestDone), l.Connected.Sub(l.QueueDone)
	response, total := l.ResponseHead.Sub(l.Connected), l.End.Sub(l.Start)
	srv.Times(queue, connect, response, total)
	s.be.BE.Times(queue, connect, response, total)
}

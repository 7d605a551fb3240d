package logformat

import "time"

// moments are a record's events in milliseconds since its Idle, -1 for what has not happened. All timers are differences
// of these, so that they add up as configuration.txt 8.4 says.
type moments struct {
	set                                                       bool
	handshake, start, request, queue, connect, response, done int64
}

func (w *writer) moments() *moments {
	m := &w.ms
	if m.set {
		return m
	}
	m.set = true
	r := &w.t.Log
	if c := w.conn; c.Requests <= 1 {
		m.handshake = c.Handshake.Milliseconds()
	}
	idle := w.idle()
	m.start = max(since(idle, r.Start), m.handshake)
	m.request = since(idle, r.RequestDone)
	m.queue = since(idle, r.QueueDone)
	m.connect = since(idle, r.Connected)
	m.response = since(idle, r.ResponseHead)
	// In a rule, before the end, HAProxy counts to zero: %Tt is 0, %Ta is minus what came before the request.
	m.done = max(since(idle, r.End), 0)
	return m
}

// idle is when waiting for the request began: what %t shows.
func (w *writer) idle() time.Time {
	if w.t.Log.Idle.IsZero() {
		return w.conn.Accepted
	}
	return w.t.Log.Idle
}

// start is when the request began: what %tr shows. A client that has sent nothing counts as starting when the handshakes
// are done.
func (w *writer) start() time.Time {
	if w.t.Log.Start.IsZero() {
		return w.idle().Add(time.Duration(w.moments().handshake) * time.Millisecond)
	}
	return w.t.Log.Start
}

func since(base, t time.Time) int64 {
	if t.IsZero() {
		return -1
	}
	return t.Sub(base).Milliseconds()
}

// timer appends a timer or a date (configuration.txt 8.4).
func (w *writer) timer(n *node) []byte {
	r := &w.t.Log
	if n.op >= opTimestamp {
		return w.date(n)
	}
	m := w.moments()
	var v int64
	switch n.op {
	case opHandshake:
		v = m.handshake
	case opIdle:
		v = m.start - m.handshake
	case opRequestTotal:
		v = m.request
	case opRequest:
		v = from(m.start, m.request)
	case opQueue:
		v = from(m.request, m.queue)
	case opConnect:
		v = from(m.queue, m.connect)
	case opResponse:
		v = from(m.connect, m.response)
	case opData:
		v = -1
		if m.response >= 0 {
			v = m.done - m.response
		}
	case opActive:
		return appendCount(w.dst, m.done-m.start, r.Asap)
	case opTotal:
		return appendCount(w.dst, m.done, r.Asap)
	case opUser:
		return appendCount(w.dst, m.done-(m.start-m.handshake), r.Asap)
	}
	return appendInt(w.dst, v)
}

// from is the time between two moments, -1 when the second has not happened. A tarpit has a queue time without a request
// time; HAProxy then counts from -1.
func from(a, b int64) int64 {
	if b < 0 {
		return -1
	}
	return b - a
}

func (w *writer) date(n *node) []byte {
	switch n.op {
	case opTimestamp:
		return w.number(n, w.idle().Unix())
	case opMillis:
		ms := uint64(w.idle().Nanosecond() / 1e6)
		if n.flags&hex != 0 {
			return appendHex(w.dst, ms, 2)
		}
		return appendMillis(w.dst, int(ms))
	case opDate:
		return appendDate(w.dst, w.idle())
	case opReqDate:
		return appendDate(w.dst, w.start())
	case opGMTime:
		return appendGMT(w.dst, w.idle())
	case opReqGMTime:
		return appendGMT(w.dst, w.start())
	case opLocalTime:
		return appendLocal(w.dst, w.idle())
	}
	return appendLocal(w.dst, w.start()) // opReqLocalTime
}

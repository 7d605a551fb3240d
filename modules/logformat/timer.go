package logformat

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

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
	if c := w.t.Conn; c != nil && c.Requests <= 1 {
		m.handshake = c.Handshake.Milliseconds()
	}
	m.start = max(since(r.Idle, r.Start), 0)
	m.start = max(m.start, m.handshake)
	m.request = since(r.Idle, r.RequestDone)
	m.queue = since(r.Idle, r.QueueDone)
	m.connect = since(r.Idle, r.Connected)
	m.response = since(r.Idle, r.ResponseHead)
	// In a rule, before the end, HAProxy counts to zero: %Tt is 0, %Ta is minus what came before the request.
	m.done = max(since(r.Idle, r.End), 0)
	return m
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
		return w.date(n, r)
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

func (w *writer) date(n *node, r *txn.Record) []byte {
	switch n.op {
	case opTimestamp:
		return w.number(n, r.Idle.Unix())
	case opMillis:
		ms := uint64(r.Idle.Nanosecond() / 1e6)
		if n.flags&hex != 0 {
			return appendHex(w.dst, ms, 2)
		}
		return appendMillis(w.dst, int(ms))
	case opDate:
		return appendDate(w.dst, r.Idle)
	case opReqDate:
		return appendDate(w.dst, r.Start)
	case opGMTime:
		return appendGMT(w.dst, r.Idle)
	case opReqGMTime:
		return appendGMT(w.dst, r.Start)
	case opLocalTime:
		return appendLocal(w.dst, r.Idle)
	}
	return appendLocal(w.dst, r.Start) // opReqLocalTime
}

package engine

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Levels of syslog that traffic is logged with.
const (
	levelErr  = 3
	levelInfo = 6
)

// log writes the line of a finished transaction; its place at srv was given back before, as %sc and %bc say.
func (s *session) log(srv *server.Server) {
	if s.silent || (s.fe.Log.Asap && s.t.Log.Asap) {
		return
	}
	s.emit(s.fe.Log.Format, srv, s.unusual())
}

// logAsap writes the line when the response's head is there (option logasap).
func (s *session) logAsap() {
	if s.silent {
		return
	}
	t := &s.t
	t.Log.Asap = true
	mark(&t.Log.End)
	s.emit(s.fe.Log.Format, s.slot.Server, s.unusual())
}

// logBadRequest writes the line of a connection without a request.
func (s *session) logBadRequest() {
	if s.silent {
		return
	}
	f := s.fe.Log.ErrorFormat
	if f == nil {
		f = s.fe.Log.Format
	}
	s.emit(f, nil, true)
}

// unusual tells whether the transaction is no normal one for option dontlog-normal and log-separate-errors.
func (s *session) unusual() bool {
	l := &s.t.Log
	return l.Retries > 0 || l.Redispatched || l.Status >= 500 || (s.fault != nil && l.Cause != 'L')
}

// emit builds the line once and gives it to every target.
func (s *session) emit(f *logformat.Format, srv *server.Server, unusual bool) {
	t, lg := &s.t, &s.fe.Log
	if len(lg.Sinks) == 0 || f == nil || (lg.DontNormal && !unusual) {
		return
	}
	level := levelInfo
	if unusual && lg.SeparateErrors {
		level = levelErr
	}
	switch {
	case t.LogLevel == txn.LogSilent:
		return
	case t.LogLevel >= 0:
		level = int(t.LogLevel)
	}
	t.Log.Error = unusual
	t.Log.ActConn = s.eng.ActConn.Load()
	t.Log.FeConn = s.fe.FE.Conns()
	if s.be != nil && s.be.BE != nil {
		t.Log.BeConn = s.be.BE.Conns()
	}
	if srv != nil {
		t.Log.SrvConn = srv.Conns()
	}
	line := t.Take(f.Append(t.Buffer(), t))
	if len(line) == 0 {
		return
	}
	var sd []byte
	if lg.SD != nil {
		sd = t.Take(lg.SD.Append(t.Buffer(), t))
	}
	for _, sink := range lg.Sinks {
		sink.Send(level, lg.Tag, lg.Host, sd, line)
	}
}

// Say logs a sentence about the proxy itself: state changes of servers, starts and stops.
func (l *Log) Say(level int, msg string) {
	for _, sink := range l.Sinks {
		sink.Send(level, l.Tag, l.Host, nil, []byte(msg))
	}
}

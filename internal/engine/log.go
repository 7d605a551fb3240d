package engine

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
)

const levelInfo = 6

// logRequest writes what is logged as soon as a request is there: the line of proxies without any log format
// (configuration.txt 8.2.1), whatever comes of the request.
func (s *session) logRequest() {
	lg := &s.fe.Log
	if lg.Format != nil || len(lg.Sinks) == 0 || s.silent {
		return
	}
	t := &s.t
	s.sendLog(levelInfo, t.Take(logformat.AppendConnect(t.Buffer(), s.fe.FE, &s.conn, false)))
}

// logHead writes the line when the response's head is there: option logasap, and formats that say nothing about the rest.
func (s *session) logHead() {
	lg := &s.fe.Log
	if lg.Format == nil || s.logged || (!lg.Asap && lg.Format.AtEnd()) {
		return
	}
	s.logged = true
	s.t.Log.Asap = lg.Asap && lg.Format.AtEnd()
	s.mark(&s.t.Log.End)
	if srv := s.slot.Server; srv != nil {
		s.t.Log.SrvConn = srv.Conns()
	}
	s.emit(lg.Format)
}

// log writes the line of a finished transaction; its place at the server was given back before, as %sc and %bc say.
func (s *session) log() {
	if s.fe.Log.Format != nil && !s.logged {
		s.emit(s.fe.Log.Format)
	}
}

// logBadRequest writes the line of a connection without a request.
func (s *session) logBadRequest() {
	f := s.fe.Log.ErrorFormat
	if f == nil {
		f = s.fe.Log.Format
	}
	if f != nil {
		s.emit(f)
	}
}

// emit builds the line once and gives it to every target.
func (s *session) emit(f *logformat.Format) {
	t, lg := &s.t, &s.fe.Log
	if len(lg.Sinks) == 0 || s.silent {
		return
	}
	level, ok := lg.Policy.Level(t)
	if !ok {
		return
	}
	t.Log.LogCounter = s.fe.FE.LogLines.Add(1) - 1
	t.Log.ActConn = s.eng.ActConn.Load()
	t.Log.FeConn = s.fe.FE.Conns()
	if s.be != nil && s.be.BE != nil {
		t.Log.BeConn = s.be.BE.Conns()
	}
	s.sendLog(level, t.Take(f.Append(t.Buffer(), t)))
}

// sendLog gives a line to every target; an empty one is not sent.
func (s *session) sendLog(level int, line []byte) {
	t, lg := &s.t, &s.fe.Log
	if len(line) == 0 {
		return
	}
	var sd []byte
	for _, sink := range lg.Sinks {
		if lg.SD != nil && sd == nil && sink.WantsSD() {
			sd = t.Take(lg.SD.Append(t.Buffer(), t))
		}
		sink.Send(level, lg.Tag, lg.Host, sd, line)
	}
}

// Say logs a sentence about the proxy itself: state changes of servers, starts and stops.
func (l *Log) Say(level int, msg string) {
	for _, sink := range l.Sinks {
		sink.Send(level, l.Tag, l.Host, nil, []byte(msg))
	}
}

package server

import (
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Frontend is the run-time state of a frontend: its counters and limit. It outlives reloads.
type Frontend struct {
	LogLines atomic.Uint32 // lines of traffic logged (%lc)
	Counters
	name    string
	id      atomic.Int64
	maxConn atomic.Int64
}

// NewFrontend returns a frontend outside of any registry.
func NewFrontend(name string) *Frontend { return &Frontend{name: name} }

// Configure sets the number for statistics and the maxconn that the ruling configuration gives.
func (f *Frontend) Configure(id int, maxConn int64) {
	f.id.Store(int64(id))
	f.maxConn.Store(maxConn)
}

// Name is the proxy's name.
func (f *Frontend) Name() string { return f.name }

// ID is the proxy's number (iid).
func (f *Frontend) ID() int { return int(f.id.Load()) }

// Conns is the number of concurrent sessions.
func (f *Frontend) Conns() int64 { return f.Sessions.Load() }

// ConnLimit is the maxconn (slim).
func (f *Frontend) ConnLimit() int64 { return f.maxConn.Load() }

// SessRate is the number of sessions per second.
func (f *Frontend) SessRate() int64 { return f.Counters.SessRate.Read(time.Now()) }

// ConnRate is the number of connections per second.
func (f *Frontend) ConnRate() int64 { return f.Counters.ConnRate.Read(time.Now()) }

// ReqRate is the number of requests per second.
func (f *Frontend) ReqRate() int64 { return f.Counters.ReqRate.Read(time.Now()) }

// Enter counts a connection that was accepted and admitted as a session at now.
func (f *Frontend) Enter(now time.Time) {
	f.ConnTotal.Add(1)
	f.Counters.ConnRate.Add(now)
	f.SessTotal.Add(1)
	f.Counters.SessRate.Add(now)
	f.Sessions.Inc()
}

// Leave ends what Enter began.
func (f *Frontend) Leave() { f.Sessions.Dec() }

// Request counts a request head that was read at now.
func (f *Frontend) Request(now time.Time) {
	f.Requests.Add(1)
	f.Counters.ReqRate.Add(now)
}

var _ txn.Proxy = (*Frontend)(nil)

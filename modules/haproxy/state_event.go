package haproxy

import (
	"sync/atomic"

	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

var stateEvent atomic.Pointer[func(level int, msg string)]

// OnState sets what is called with each sentence about a server's or a backend's state, beside the log targets: the
// haproxy command shows them. level is a syslog level. It must not block.
func OnState(f func(level int, msg string)) { stateEvent.Store(&f) }

func tellState(level int, msg string) {
	if f := stateEvent.Load(); f != nil {
		(*f)(level, msg)
	}
}

// Statistics shows the running process to others.
func Statistics() stats.Source { return source{} }

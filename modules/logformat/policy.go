package logformat

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// The levels of traffic logs. Silent is `set-log-level silent`.
const (
	levelErr  = 3
	levelInfo = 6
	Silent    = 8
)

// Policy is what a frontend's options say about which requests are logged, and with which level (configuration.txt 8.3).
type Policy struct {
	// DontLogNull: connections that sent nothing are not logged ("option dontlognull").
	DontLogNull bool
	// DontLogNormal: only what Failed is logged ("option dontlog-normal").
	DontLogNormal bool
	// SeparateErrors: what Failed has level err ("option log-separate-errors").
	SeparateErrors bool
}

// Level is the syslog level of t's line, and whether there is one. It is to be asked once the record is complete (for
// `option logasap`: once the response head is there). HAProxy logs at info, or at err with SeparateErrors when the request
// failed; a rule's set-log-level replaces both, but does not bring back what DontLogNormal leaves out.
func (p Policy) Level(t *txn.Txn) (level int, ok bool) {
	r := &t.Log
	failed := Failed(r)
	switch {
	case t.LogLevel >= Silent,
		p.DontLogNull && r.Null,
		p.DontLogNormal && !failed:
		return Silent, false
	case t.LogLevel >= 0:
		return int(t.LogLevel), true
	case failed && p.SeparateErrors:
		return levelErr, true
	}
	return levelInfo, true
}

// Failed says whether a request is an error for the logs: it ended by anything but itself or a local answer (a first
// termination flag that is neither "-" nor "L"), its status is 500 or more, or it needed a retry or redispatch. So are
// deny (PR), bad requests and aborted transfers, but not redirects, `return` and stats below 500.
func Failed(r *txn.Record) bool {
	return r.Error || r.Status >= 500 || r.Retries > 0 || r.Redispatched || r.Cause != 0 && r.Cause != '-' && r.Cause != 'L'
}

// AtEnd says when HAProxy writes the line. True, as for all built-in formats: at the end of the transaction. False: no
// variable says anything about timers, byte counts, connections or the two-letter state, and the line is written as soon
// as the response head is there (or the answer is local), without the "+" signs of `option logasap`.
func (f *Format) AtEnd() bool {
	for i := range f.nodes {
		switch o := f.nodes[i].op; o {
		case opBytesOut, opBytesIn, opUniqueID, opState, opActConn, opFeConn, opBeConn, opSrvConn, opSrvQueue, opBeQueue,
			opRetries:
			return true
		default:
			if o >= opHandshake && o <= opUser {
				return true
			}
		}
	}
	return false
}

// Package engine runs sessions: accept, rules, choose, connect, forward, log. It reads a compiled, immutable Snapshot
// and knows no JSON, no config file and no Caddy. It blocks only through internal/netio.
package engine

package action

import (
	"bytes"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// splitTarget cuts a request target in what stands before the path, the path, and the query with its question mark.
// hasPath is false for `*`, an authority and an absolute form without a path; the path is then all up to the query.
func splitTarget(target []byte) (before, path, query []byte, hasPath bool) {
	p, ok := pathQuery(target)
	if !ok {
		p = target
	}
	before = target[:len(target)-len(p)]
	if i := bytes.IndexByte(p, '?'); i >= 0 {
		return before, p[:i], p[i:], ok
	}
	return before, p, nil, ok
}

// pathQuery is a target's path with its query. A query without a path does not count, else than for the fetches.
func pathQuery(target []byte) ([]byte, bool) {
	p, ok := sample.PathQuery(target)
	if !ok || len(p) == 0 || p[0] != '/' {
		return nil, false
	}
	return p, true
}

// authority is the part of a target that names a host: all up to the path of an absolute form, or the host of a target
// that is neither a path nor `*`. It is nil when there is none.
func authority(target []byte) []byte {
	if len(target) == 0 || target[0] == '/' || target[0] == '*' {
		return nil
	}
	if i := bytes.Index(target, schemeEnd); i > 0 {
		target = target[i+len(schemeEnd):]
	}
	if i := bytes.IndexByte(target, '/'); i >= 0 {
		target = target[:i]
	}
	return target
}

var (
	schemeEnd  = []byte("://")
	hostHeader = []byte("host")
)

// hostChanged puts a new Host into the target of a request in absolute or authority form: HAProxy keeps both equal.
func hostChanged(t *txn.Txn, name, host []byte) txn.Verdict {
	if t.InResponse || len(name) != len(hostHeader) || string(name) != "host" {
		return txn.Continue
	}
	old := t.Req.Target
	auth := authority(old)
	if auth == nil {
		return txn.Continue
	}
	start := bytes.Index(old, auth)
	if i := bytes.Index(old, schemeEnd); i > 0 {
		start = i + len(schemeEnd)
	}
	n := t.Scratch(len(old) - len(auth) + len(host))
	copy(n, old[:start])
	copy(n[start:], host)
	copy(n[start+len(host):], old[start+len(auth):])
	t.Req.Target = n
	return txn.Continue
}

// setTarget replaces the whole target, and the Host fields when it names a host.
func setTarget(t *txn.Txn, target []byte) txn.Verdict {
	t.Req.Target = target
	host := authority(target)
	if i := bytes.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if host == nil {
		return txn.Continue
	}
	if len(host) == 0 {
		return failed(t)
	}
	h := t.Req.Headers
	for i := h.Find("host", 0); i >= 0; i = h.Find("host", i+1) {
		h[i].Value = host
	}
	return txn.Continue
}

// concat joins parts in scratch memory.
func concat(t *txn.Txn, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := t.Scratch(n)[:0]
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// failed is the verdict of a rewrite that could not be made: an internal error, or nothing when strict mode is off.
func failed(t *txn.Txn) txn.Verdict {
	if t.Lax {
		return txn.Continue
	}
	return txn.Failed
}

// targetFormat is what the set- actions of the request line share.
type targetFormat struct {
	// Value is the new text, a format string (configuration.txt 8.2.6).
	Value string `json:"value"`

	value value
}

func (f *targetFormat) unmarshal(d *cfg.Dispenser) error {
	if !d.Args(&f.Value) || !ended(d) {
		return d.Errf("expects exactly 1 argument <format>.")
	}
	return nil
}

func (f *targetFormat) compile(env *sample.Env) error { return f.value.compile(env, f.Value) }

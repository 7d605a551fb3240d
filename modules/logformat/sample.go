package logformat

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// sample evaluates and appends an expression. Without a value it is as an empty string.
func (w *writer) sample(n *node) []byte {
	tmp := w.t.Borrow()
	defer w.t.Return()
	s := &tmp.Sample
	if !n.expr.Eval(w.t, nil, s) {
		return w.bytes(n, nil)
	}
	switch s.Type {
	case txn.Str, txn.Bin, txn.Meth:
		return w.bytes(n, s.Bytes)
	}
	// Numbers and addresses have nothing to escape.
	if n.flags&quoted != 0 && !w.kind.encodes() {
		return append(sample.AppendText(append(w.dst, '"'), s), '"')
	}
	return sample.AppendText(w.dst, s)
}

func (w *writer) bytes(n *node, b []byte) []byte {
	switch {
	case !w.kind.encodes():
		return w.plain(n, b)
	case n.flags&escaped != 0:
		return appendEscaped(w.dst, b, &httpTextE)
	}
	return appendEscaped(w.dst, b, &httpText)
}

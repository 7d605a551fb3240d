package logformat

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// eval is the text of an expression's value, nil when it has none. It stays valid until the transaction ends.
func eval(t *txn.Txn, e *sample.Expr) []byte {
	tmp := t.Borrow()
	defer t.Return()
	if !e.Eval(t, nil, &tmp.Sample) || !sample.ToStr(t, &tmp.Sample) {
		return nil
	}
	return tmp.Sample.Bytes
}

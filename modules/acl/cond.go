package acl

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/pattern"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Cond is a compiled condition. Heads are complete when rules run, so a sample that is not there fails its test for good:
// HAProxy's third value, "not known yet", does not arise in mode http.
type Cond struct {
	unless bool
	any    [][]term
}

type term struct {
	not bool
	acl *anyOf
}

// test is one criterion: an expression whose value, cast to what the method compares, is looked for among the patterns.
type test struct {
	expr *sample.Expr
	want sample.Type
	set  *pattern.Set
	// methods replaces set for the methods that HAProxy knows: their names have a case, also with -i, unless -m is given.
	methods *pattern.Set
}

// Eval tells whether the condition holds. A nil Cond always holds. When it had to ask for something slow t.Offload is set,
// and the result means nothing.
func (c *Cond) Eval(t *txn.Txn) bool {
	if c == nil {
		return true
	}
	for _, all := range c.any {
		if allHold(t, all) {
			return !c.unless
		}
	}
	return c.unless
}

func allHold(t *txn.Txn, all []term) bool {
	for i := range all {
		if all[i].acl.match(t) == all[i].not {
			return false
		}
	}
	return true
}

// match tells whether any of the tests matches.
func (a *anyOf) match(t *txn.Txn) bool {
	for i := range a.tests {
		if a.tests[i].match(t) {
			return true
		}
	}
	return false
}

// match tries every occurrence of the sample.
func (x *test) match(t *txn.Txn) bool {
	w := t.Borrow()
	defer t.Return()
	for x.expr.Eval(t, &w.Iter, &w.Sample) {
		more := w.Sample.More
		set := x.set
		if x.methods != nil && isKnownMethod(w.Sample.Bytes) {
			set = x.methods
		}
		if sample.Cast(t, &w.Sample, x.want) {
			if _, ok := set.Match(t, &w.Sample); ok {
				return true
			}
		}
		if !more {
			return false
		}
	}
	return false
}

func isKnownMethod(m []byte) bool {
	switch string(m) {
	case "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT":
		return true
	}
	return false
}

package action

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Program is a compiled rule list.
type Program struct {
	steps []step
}

type step struct {
	cond *acl.Cond
	act  Action
}

// Empty tells whether there is nothing to run.
func (p *Program) Empty() bool { return p == nil || len(p.steps) == 0 }

// Run runs the rules from index from on, until one's verdict is not Continue. It gives that verdict and where to go on:
// the rule after it, or for NeedOffload the same one. At the end the verdict is Continue and strict mode is on again.
func (p *Program) Run(t *txn.Txn, from int) (verdict txn.Verdict, next int) {
	if p == nil {
		return txn.Continue, 0
	}
	for i := from; i < len(p.steps); i++ {
		s := &p.steps[i]
		hold := s.cond.Eval(t)
		if t.Offload != nil {
			return txn.NeedOffload, i
		}
		if !hold {
			continue
		}
		switch v := s.act.Exec(t); {
		case t.Offload != nil:
			return txn.NeedOffload, i
		case v == txn.NeedBody:
			return v, i + 1
		case v != txn.Continue:
			t.Lax = false
			return v, i + 1
		}
	}
	t.Lax = false
	return txn.Continue, len(p.steps)
}

package haproxy

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func errUnknownErrors(name string) error {
	return fmt.Errorf("unknown http-errors section '%s'.", name)
}

// setVars sets the process variables of the global section. They are set only when the configuration is going to run.
func (b *builder) setVars() {
	for i := range b.cfg.Global.SetVar {
		v := &b.cfg.Global.SetVar[i]
		name, ok := strings.CutPrefix(v.Name, "proc.")
		if !ok || name == "" {
			b.failf(v.Pos, "'set-var': variable '%s' is not of the scope proc", v.Name)
			continue
		}
		b.fail(v.Pos, b.setVar(txn.VarID(name), v))
	}
}

func (b *builder) setVar(id int, v *SetVar) error {
	env := &sample.Env{Where: sample.ConfigParse, Lookup: &lookup{b: b}}
	t := new(txn.Txn)
	w := t.Borrow()
	defer t.Return()
	if v.Format != "" {
		f, err := logformat.Compile(env, v.Format, logformat.Options{Kind: logformat.Raw})
		if err != nil {
			return err
		}
		w.Sample.SetStr(f.Append(nil, t))
	} else {
		e, err := sample.Compile(env, v.Expr)
		if err != nil {
			return err
		}
		if !e.Eval(t, &w.Iter, &w.Sample) {
			return fmt.Errorf("'set-var': expression '%s' has no value", v.Expr)
		}
	}
	if b.live {
		txn.SetProcVar(id, &w.Sample)
	}
	return nil
}

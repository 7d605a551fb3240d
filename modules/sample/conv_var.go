package sample

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Variables in converters (configuration.txt 7.3.1: set-var, unset-var).
func init() {
	RegisterConv(
		Conv{Name: "set-var", Args: "string[,string,string,string,string]", In: Any, Out: Same, Compile: compileSetVar},
		Conv{Name: "unset-var", Args: "string", In: Any, Out: Same, Compile: compileUnsetVar},
	)
}

// variable is a variable as an argument names it.
type variable struct {
	scope txn.Scope
	id    int
}

func parseVariable(name string) (v variable, err error) {
	v.scope, v.id, err = ParseVar(name)
	return v, err
}

func (v variable) fetch(t *txn.Txn, out *Sample) bool { return t.Var(v.scope, v.id, out) }

// operand is an integer argument: a number, or a variable that is read when the expression runs.
type operand struct {
	variable
	isVar bool
	n     int64
}

func parseOperand(args []Arg) (o operand, err error) {
	if len(args) == 0 || args[0].Str == "" {
		return o, nil
	}
	text := args[0].Str
	if v, err := parseVariable(text); err == nil {
		return operand{variable: v, isVar: true}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil:
		return operand{n: n}, nil
	case !strings.Contains(err.Error(), "out of range"):
		return o, fmt.Errorf("expects an integer or a variable name")
	case text[0] == '-':
		return operand{n: math.MinInt64}, nil
	}
	return operand{n: math.MaxInt64}, nil
}

// value is the number; false when the variable is not set or not a number.
func (o *operand) value(t *txn.Txn) (int64, bool) {
	if !o.isVar {
		return o.n, true
	}
	w := t.Borrow()
	defer t.Return()
	if !o.fetch(t, &w.Sample) || !ToInt(&w.Sample) {
		return 0, false
	}
	return w.Sample.Int, true
}

// varCondition is one of set-var's conditions.
type varCondition struct {
	name string
	// holds tells from the variable (nil when it is not set) and the input.
	holds func(old, input *Sample) bool
}

var varConditions = []varCondition{
	{"ifexists", func(old, _ *Sample) bool { return old != nil }},
	{"ifnotexists", func(old, _ *Sample) bool { return old == nil }},
	{"ifempty", func(_, in *Sample) bool { return emptyText(in) }},
	{"ifnotempty", func(_, in *Sample) bool { return !emptyText(in) }},
	{"ifset", func(old, _ *Sample) bool { return old != nil }},
	{"ifnotset", func(old, _ *Sample) bool { return old == nil }},
	{"ifgt", func(old, in *Sample) bool { return !bothInt(old, in) || old.Int > in.Int }},
	{"iflt", func(old, in *Sample) bool { return !bothInt(old, in) || old.Int < in.Int }},
}

// emptyText says whether s is text or binary data without a byte. Other types are never empty.
func emptyText(s *Sample) bool {
	return (s.Type == txn.Str || s.Type == txn.Bin || s.Type == txn.Meth) && len(s.Bytes) == 0
}

func bothInt(old, in *Sample) bool { return old != nil && old.Type == txn.Int && in.Type == txn.Int }

func compileSetVar(_ *Env, args []Arg) (ConvFunc, error) {
	v, err := parseVariable(args[0].Str)
	if err != nil {
		return nil, err
	}
	conds, err := parseConditions(args[1:])
	if err != nil {
		return nil, err
	}
	return func(t *txn.Txn, s *Sample) bool {
		if len(conds) > 0 && !conditionsHold(t, v, conds, s) {
			return false
		}
		if v.scope == txn.Res && !t.InResponse || v.scope == txn.Req && t.InResponse {
			return false
		}
		t.SetVar(v.scope, v.id, s)
		return true
	}, nil
}

func parseConditions(args []Arg) (list []varCondition, err error) {
next:
	for _, a := range args {
		for _, c := range varConditions {
			if c.name == a.Str {
				list = append(list, c)
				continue next
			}
		}
		return nil, fmt.Errorf("unknown condition \"%s\"", a.Str)
	}
	return list, nil
}

func conditionsHold(t *txn.Txn, v variable, conds []varCondition, in *Sample) bool {
	w := t.Borrow()
	defer t.Return()
	old := &w.Sample
	if !v.fetch(t, old) {
		old = nil
	}
	for i := range conds {
		if !conds[i].holds(old, in) {
			return false
		}
	}
	return true
}

func compileUnsetVar(_ *Env, args []Arg) (ConvFunc, error) {
	v, err := parseVariable(args[0].Str)
	if err != nil {
		return nil, err
	}
	return func(t *txn.Txn, _ *Sample) bool {
		t.UnsetVar(v.scope, v.id)
		return true
	}, nil
}

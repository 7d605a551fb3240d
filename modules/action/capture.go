package action

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(Capture)) }

// Capture keeps a sample in a capture slot of the frontend, for the log and for capture.req.hdr() (configuration.txt 4.2
// "http-request capture").
type Capture struct {
	// Expr is the sample expression.
	Expr string `json:"expr"`
	// ID is the number of a declared slot. In a backend it is ignored at run time when the frontend has no such slot.
	ID *int `json:"id,omitempty"`
	// Len is set between reading a file and Declare: the length of the request slot that is still to be declared.
	Len int `json:"-"`

	expr     *sample.Expr
	slot     int
	response bool
}

// CaddyModule returns the Caddy module information.
func (*Capture) CaddyModule() caddy.ModuleInfo {
	return info("capture", func() caddy.Module { return new(Capture) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	capture <expr> len <length> | id <id>
//
// The slots of HAProxy are numbered in the order of the file: whoever reads a whole section turns each Len into a declared
// slot and its ID, see Declare.
func (a *Capture) UnmarshalHAProxy(d *cfg.Dispenser) error {
	request := d.Keyword() == HTTPRequest.String()
	if a.Expr = expression(d); a.Expr == "" || d.Count() < 2 {
		if !request {
			return d.Errf("expects <expression> id <idx>.")
		}
		return d.Errf("expects <expression> [ 'len' <length> | id <idx> ].")
	}
	var how, number string
	d.Args(&how, &number)
	switch {
	case how == "id":
		id, err := strconv.Atoi(number)
		if err != nil || id < 0 {
			return d.Errf("cannot parse id '%s'.", number)
		}
		a.ID = &id
	case how == "len" && request:
		if a.Len, _ = strconv.Atoi(leadingDigits(number)); a.Len <= 0 {
			return d.Errf("length must be > 0.")
		}
	case request:
		return d.Errf("expects 'len or 'id', found '%s'.", how)
	default:
		return d.Errf("expects 'id', found '%s'.", how)
	}
	return nil
}

// Declare turns Len into the ID of a slot that the caller has declared for it.
func (a *Capture) Declare(id int) { a.ID, a.Len = &id, 0 }

// Compile implements Action.
func (a *Capture) Compile(env *sample.Env) (err error) {
	if a.expr, err = sample.Compile(env, a.Expr); err != nil {
		return err
	}
	a.response = env.Where&(sample.FERes|sample.BERes) != 0
	if a.ID == nil {
		return errors.New("expects <expression> id <idx>: its slot was not declared")
	}
	a.slot = *a.ID
	return a.checkSlot(env)
}

func (a *Capture) checkSlot(env *sample.Env) error {
	if a.slot < 0 {
		return fmt.Errorf("cannot parse id '%d'", a.slot)
	}
	if env.Captures == nil { // a backend: known at run time only
		return nil
	}
	slots, rule := env.Captures.Request, "http-request"
	if a.response {
		slots, rule = env.Captures.Response, "http-response"
	}
	if a.slot >= len(slots) {
		return fmt.Errorf("unable to find capture id '%d' referenced by %s capture rule", a.slot, rule)
	}
	return nil
}

// Exec implements Action. What a slot had stays when the sample is not there.
func (a *Capture) Exec(t *txn.Txn) txn.Verdict {
	slots, lens := t.ReqCaptures, t.ReqCaptureLens
	if a.response {
		slots, lens = t.ResCaptures, t.ResCaptureLens
	}
	if a.slot >= len(slots) || a.slot >= len(lens) {
		return txn.Continue
	}
	w := t.Borrow()
	defer t.Return()
	if a.expr.Eval(t, nil, &w.Sample) && sample.ToStr(t, &w.Sample) {
		b := w.Sample.Bytes
		slots[a.slot] = t.Copy(b[:min(len(b), lens[a.slot])])
	}
	return txn.Continue
}

var _ Unmarshaler = (*Capture)(nil)

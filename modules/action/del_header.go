package action

import (
	"bytes"
	"fmt"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(DelHeader)) }

// DelHeader removes fields by name (configuration.txt 4.2 "http-request del-header").
type DelHeader struct {
	// Header is the field's name, or what Match compares names with.
	Header string `json:"header"`
	// Match is how names are compared: str (default), beg, end, sub or reg. Case never counts, but names are in lower case
	// when a regular expression sees them.
	Match string `json:"match,omitempty"`

	name  []byte
	match func(name []byte) bool // nil for exact names
}

// CaddyModule returns the Caddy module information.
func (*DelHeader) CaddyModule() caddy.ModuleInfo {
	return info("del_header", func() caddy.Module { return new(DelHeader) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	del-header <name> [-m str|beg|end|sub|reg]
func (a *DelHeader) UnmarshalHAProxy(d *cfg.Dispenser) error {
	if !d.Args(&a.Header) {
		return d.Errf("expects at least 1 argument.")
	}
	if d.Accept("-m") && !d.Args(&a.Match) {
		return d.Errf("-m flag expects exactly 1 argument.")
	}
	return nil
}

// Compile implements Action.
func (a *DelHeader) Compile(*sample.Env) error {
	a.name = fieldName(a.Header)
	switch a.Match {
	case "", "str":
	case "beg":
		a.match = func(n []byte) bool { return bytes.HasPrefix(n, a.name) }
	case "end":
		a.match = func(n []byte) bool { return bytes.HasSuffix(n, a.name) }
	case "sub":
		a.match = func(n []byte) bool { return bytes.Contains(n, a.name) }
	case "reg":
		re, err := regex.CompileMatch(a.Header, false)
		if err != nil {
			return err
		}
		a.match = re.Match
	default:
		return fmt.Errorf("-m with unsupported matching method '%s'", a.Match)
	}
	return nil
}

// Exec implements Action.
func (a *DelHeader) Exec(t *txn.Txn) txn.Verdict {
	h := headers(t)
	keep := (*h)[:0]
	for _, f := range *h {
		if !a.matches(f.Name) {
			keep = append(keep, f)
		}
	}
	clear((*h)[len(keep):])
	*h = keep
	return txn.Continue
}

func (a *DelHeader) matches(name []byte) bool {
	if a.match == nil {
		return bytes.Equal(name, a.name)
	}
	return a.match(name)
}

var (
	_ Unmarshaler = (*DelHeader)(nil)
)

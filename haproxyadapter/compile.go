package haproxyadapter

import (
	"cmp"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// compile runs what provisioning runs, for the errors that only it can find. It says nothing about lines that have an error
// already.
func (p *parser) compile() {
	wrong := make(map[cfg.Pos]bool)
	for _, d := range p.diags.Errors() {
		wrong[d.Pos] = true
	}
	thaw, err := freeze(p.conf)
	if err != nil {
		p.diags.Add(cfg.Pos{}, err)
		return
	}
	defer thaw()
	var found cfg.Diagnostics
	found.Add(cfg.Pos{}, p.conf.Check(func(w haproxy.Warning) { p.diags.Addf(w.Pos, cfg.Warning, "%s", w.Msg) }))
	for _, d := range found {
		if d.Pos.IsZero() || !wrong[d.Pos] {
			*p.diags = append(*p.diags, d)
		}
	}
}

// sort puts the messages in the order of the text; those without a place come last.
func (p *parser) sort() {
	order := make(map[string]int)
	for _, d := range *p.diags {
		if _, ok := order[d.Pos.File]; !ok {
			order[d.Pos.File] = len(order)
		}
	}
	slices.SortStableFunc(*p.diags, func(a, b cfg.Diagnostic) int {
		return cmp.Or(compareBool(a.Pos.IsZero(), b.Pos.IsZero()), cmp.Compare(order[a.Pos.File], order[b.Pos.File]),
			cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	// Several proxies that inherit one line say the same about it.
	*p.diags = slices.CompactFunc(*p.diags, func(a, b cfg.Diagnostic) bool {
		return a.Pos == b.Pos && a.Severity == b.Severity && a.Msg == b.Msg
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

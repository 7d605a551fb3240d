package haproxyadapter

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// httpErrors is a http-errors section that is being read (configuration.txt 3.8).
type httpErrors struct {
	*haproxy.HTTPErrors
}

func (p *parser) enterHTTPErrors(d *cfg.Dispenser) error {
	p.skip()
	if !d.NextArg() {
		return d.Errf("missing name for http-errors section.")
	}
	h := &httpErrors{&haproxy.HTTPErrors{Name: d.Val(), Pos: d.Pos()}}
	d.Remaining() // HAProxy ignores what follows
	if c := badNameByte(h.Name); c != 0 {
		return d.Errf("character '%c' is not permitted in 'http-errors' name '%s'.", c, h.Name)
	}
	if i := slices.IndexFunc(p.conf.HTTPErrors, func(o *haproxy.HTTPErrors) bool { return o.Name == h.Name }); i >= 0 {
		return d.Errf("http-errors section '%s' already exists (declared at %s).", h.Name, p.conf.HTTPErrors[i].Pos)
	}
	p.in, p.read, p.httpErrors = inHTTPErrors, p.httpErrorsLine, h
	p.conf.HTTPErrors = append(p.conf.HTTPErrors, h.HTTPErrors)
	return nil
}

func (p *parser) httpErrorsLine(d *cfg.Dispenser) {
	if d.Val() != "errorfile" {
		p.fail(d, d.Errf("unknown keyword '%s' in 'http-errors' section", d.Val()))
		return
	}
	e, err := p.errorfile(d, "errorfile : ")
	if err != nil {
		p.fail(d, err)
		return
	}
	list := p.httpErrors.Error
	if i := slices.IndexFunc(list, func(o haproxy.ErrorPage) bool { return o.Status == e.Status }); i >= 0 {
		list[i] = e
		return
	}
	p.httpErrors.Error = append(list, e)
}

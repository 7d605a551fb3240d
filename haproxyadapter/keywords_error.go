package haproxyadapter

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyErrors are the keywords that replace HAProxy's own answers (configuration.txt 4.2).
var proxyErrors = []keyword{
	row("errorfile", inAll, func(p *parser, d *cfg.Dispenser) error {
		e, err := p.errorfile(d, "errorfile : ")
		if err == nil {
			p.proxy.setError(e)
		}
		return err
	}),
	row("errorfiles", inAll, errorfiles),
	row("errorloc", inAll, func(p *parser, d *cfg.Dispenser) error { return errorloc(p, d, "errorloc", 302) }),
	row("errorloc302", inAll, func(p *parser, d *cfg.Dispenser) error { return errorloc(p, d, "errorloc302", 302) }),
	row("errorloc303", inAll, func(p *parser, d *cfg.Dispenser) error { return errorloc(p, d, "errorloc303", 303) }),
	row("http-error", inAll, httpError),
}

// errorStatus are the answers that can be replaced (seen with 2.6.12).
var errorStatus = map[int]bool{
	200: true, 400: true, 401: true, 403: true, 404: true, 405: true, 407: true, 408: true, 410: true, 413: true, 425: true,
	429: true, 500: true, 501: true, 502: true, 503: true, 504: true,
}

// setError puts a page in the place of an earlier one for the same status.
func (x *proxy) setError(e haproxy.ErrorPage) {
	if e.Status != 0 {
		kept := x.Error[:0:0]
		for _, old := range x.Error {
			if old.Status != e.Status || old.Group != "" {
				kept = append(kept, old)
			}
		}
		x.Error = kept
	}
	x.Error = append(x.Error, e)
}

// errorfile reads a page. Syntax: errorfile <status> <file>
func (p *parser) errorfile(d *cfg.Dispenser, what string) (haproxy.ErrorPage, error) {
	e := haproxy.ErrorPage{Pos: d.Pos()}
	status, file := "", ""
	if !d.Args(&status, &file) {
		return e, d.Errf("%sexpects <status_code> and <file> as arguments.", what)
	}
	d.Remaining() // HAProxy ignores what follows
	var err error
	if e.Status, err = errorCode(d, what, status); err != nil {
		return e, err
	}
	e.File = p.paths.resolve(file)
	return e, p.checkErrorfile(d, e.Status, e.File)
}

func errorCode(d *cfg.Dispenser, what, status string) (int, error) {
	n, err := strconv.Atoi(status)
	if err != nil || !errorStatus[n] {
		return 0, d.Errf("%sstatus code '%s' not handled.", what, status)
	}
	return n, nil
}

// checkErrorfile refuses a page that cannot be read, is too large for a buffer or is no HTTP response.
func (p *parser) checkErrorfile(d *cfg.Dispenser, status int, file string) error {
	if err := new(action.Pages).AddFile(status, file); err != nil {
		return d.Errf("errorfile : %s", err)
	}
	return nil
}

// errorloc redirects instead of answering. Syntax: errorloc|errorloc302|errorloc303 <status> <url>
func errorloc(p *parser, d *cfg.Dispenser, name string, code int) error {
	e := haproxy.ErrorPage{Pos: d.Pos(), Code: code}
	status := ""
	if !d.Args(&status, &e.Location) {
		return d.Errf("%s : expects <status_code> and <url> as arguments.", name)
	}
	d.Remaining()
	var err error
	if e.Status, err = errorCode(d, name+" : ", status); err != nil {
		return err
	}
	p.proxy.setError(e)
	return nil
}

// errorfiles takes pages from a http-errors section. Syntax: errorfiles <name> [<status>...]
func errorfiles(p *parser, d *cfg.Dispenser) error {
	name := ""
	if err := word(d, &name, "errorfiles : expects <name> as argument."); err != nil {
		return err
	}
	if d.Done() {
		p.proxy.setError(haproxy.ErrorPage{Group: name, Pos: d.Pos()})
		return nil
	}
	for d.NextArg() {
		n, err := errorCode(d, "errorfiles : ", d.Val())
		if err != nil {
			return err
		}
		p.proxy.Error = append(p.proxy.Error, haproxy.ErrorPage{Status: n, Group: name, Pos: d.Pos()})
	}
	return nil
}

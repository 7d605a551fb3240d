package haproxyadapter

import (
	"path/filepath"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// directives obeys the #@ comments, which are about the file wherever they stand.
func (p *parser) directives(line cfg.Line) {
	for _, dir := range line.Directives {
		p.diags.Add(dir.Pos, p.directive(dir))
	}
}

// directive reads one of them. The lexer gives it at least one word.
func (p *parser) directive(dir cfg.Directive) error {
	d := cfg.FromWords(dir.Pos, dir.Words...)
	d.Next()
	switch d.Val() {
	case "vrrp":
		return p.vrrpFile(d)
	case "":
		return d.Errf("unknown directive '#@ %s'.", dir.Words[0])
	}
	if near := cfg.Nearest(d.Val(), []string{"vrrp"}); near != "" {
		return d.Errf("unknown directive '#@ %s'; did you mean '#@ %s' maybe ?", d.Val(), near)
	}
	return d.Errf("unknown directive '#@ %s'.", d.Val())
}

// vrrpFile loads a keepalived.conf into the app vrrp. A relative name is looked for beside the file that names it, whatever
// default-path says. Syntax:
//
//	#@ vrrp <file>
func (p *parser) vrrpFile(d *cfg.Dispenser) error {
	var name string
	if !d.Args(&name) {
		return d.Errf("'#@ vrrp' expects the name of a keepalived.conf.")
	}
	if d.Next() {
		return d.Errf("'#@ vrrp' cannot handle unexpected argument '%s'; further files can be included in the first.", d.Val())
	}
	if !p.vrrpAt.IsZero() {
		return d.Errf("'#@ vrrp' was given before, at %s; further files can be included in that one.", p.vrrpAt)
	}
	p.vrrpAt = d.Pos()
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(d.Pos().File), name)
	}
	body, err := p.opt.read(name)
	if err != nil {
		return d.Errf("'#@ vrrp' : %v.", err)
	}
	app, found := keepalivedconf.Adapt([]conf.File{{Name: name, Body: body}}, keepalivedconf.Options{Lexer: conf.Options{Read: p.opt.read}})
	for _, m := range found {
		sev := cfg.Alert
		if m.Warning {
			sev = cfg.Warning
		}
		*p.diags = append(*p.diags, cfg.Diagnostic{Pos: cfg.Pos(m.Pos), Severity: sev, Keyword: m.Keyword, Msg: m.Msg})
	}
	p.apps.VRRP = app
	return nil
}

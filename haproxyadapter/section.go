package haproxyadapter

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// sections begins a section for each word that does; d stands on the word. It is filled by init because the functions
// refer to it through the parser.
var sections map[string]func(p *parser, d *cfg.Dispenser) error

func init() {
	sections = map[string]func(p *parser, d *cfg.Dispenser) error{
		"global":      (*parser).enterGlobal,
		"defaults":    (*parser).enterProxy,
		"frontend":    (*parser).enterProxy,
		"backend":     (*parser).enterProxy,
		"listen":      (*parser).enterProxy,
		"userlist":    (*parser).enterUserlist,
		"http-errors": (*parser).enterHTTPErrors,
	}
	for _, name := range sectionsLater {
		sections[name] = (*parser).enterLater
	}
}

// sectionsLater are HAProxy's sections that are not supported yet.
var sectionsLater = []string{
	"cache", "fcgi-app", "log-forward", "mailers", "peers", "program",
	"resolvers", "ring",
}

// IsSection tells whether a line that begins with word begins a section.
func IsSection(word string) bool { return sections[word] != nil }

func (p *parser) enterLater(d *cfg.Dispenser) error {
	p.skip()
	return d.Errf("section '%s' is not supported yet.", d.Val())
}

func (p *parser) enterGlobal(d *cfg.Dispenser) error {
	p.in, p.read = inGlobal, p.global
	if d.Next() {
		return d.Unexpected()
	}
	return nil
}

// enterProxy reads the head of a proxy's section. Syntax:
//
//	defaults [<name>] [from <defaults>]
//	frontend|backend|listen <name> [from <defaults>]
//	frontend|backend|listen <name> <address>:<port>    (HAProxy 1.x)
func (p *parser) enterProxy(d *cfg.Dispenser) error {
	kind := haproxy.ProxyType(d.Val())
	x := &proxy{Proxy: &haproxy.Proxy{Type: kind, Pos: d.Pos(), At: make(map[string]cfg.Pos)}, set: make(map[string]string),
		ranks: make(map[string]bool), final: make(map[string]bool)}
	p.proxy, p.read = x, p.proxyLine
	p.in = placeOf(kind)
	if !p.headName(d, x) {
		p.skip()
		return d.Errf("'%s' expects an <id> argument", kind)
	}
	if kind == haproxy.TypeDefaults && x.Name != "" {
		p.in = inNamed
	}
	from, inline, err := p.headRest(d, x)
	if err != nil {
		p.fail(d, err)
	}
	base, err := p.base(d, x, from)
	x.broken = err != nil
	p.fail(d, err)
	if base != nil {
		x.inherit(base)
	}
	p.register(d, x)
	if inline != "" {
		p.inlineBind(d, inline)
	}
	return nil
}

func placeOf(kind haproxy.ProxyType) place {
	switch kind {
	case haproxy.TypeFrontend:
		return inFrontend
	case haproxy.TypeBackend:
		return inBackend
	case haproxy.TypeListen:
		return inListen
	}
	return inAnonymous
}

// headName reads the name; false when there is none and there must be one.
func (p *parser) headName(d *cfg.Dispenser, x *proxy) bool {
	if x.Type == haproxy.TypeDefaults {
		if next, ok := d.Peek(); ok && next != "from" {
			d.Next()
			x.Name = d.Val()
		}
		return true
	}
	if !d.NextArg() {
		return false
	}
	x.Name = d.Val()
	if c := badNameByte(x.Name); c != 0 {
		p.fail(d, d.Errf("character '%c' is not permitted in '%s' name '%s'.", c, x.Type, x.Name))
	}
	return true
}

// badNameByte returns the first byte that a proxy's name must not have.
func badNameByte(name string) byte {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.:", c) >= 0) {
			return c
		}
	}
	return 0
}

// headRest reads what follows the name.
func (p *parser) headRest(d *cfg.Dispenser, x *proxy) (from, inline string, err error) {
	if !d.NextArg() {
		return "", "", nil
	}
	if d.Val() == "from" && !d.Done() {
		d.Next()
		from = d.Val()
		return from, "", d.End()
	}
	switch x.Type {
	case haproxy.TypeFrontend, haproxy.TypeListen:
		if d.Val() != "from" {
			return "", d.Val(), nil
		}
	case haproxy.TypeBackend, haproxy.TypeDefaults:
		if d.Val() != "from" { // HAProxy ignores further words here
			d.Warnf("'%s' : further words after the name are ignored.", x.Type)
			d.Remaining()
		}
	}
	return "", "", nil
}

// inlineBind is the `listen NAME ADDR:PORT` of HAProxy 1.x.
func (p *parser) inlineBind(d *cfg.Dispenser, addresses string) {
	words := append([]string{"bind", addresses}, d.Remaining()...)
	b := &haproxy.Bind{Section: p.proxy.Type}
	bd := cfg.NewDispenser(cfg.Line{Pos: d.Pos(), Words: words}, p.diags)
	if err := b.UnmarshalHAProxy(bd); err != nil {
		p.fail(d, cfg.Prefix(err, "please use the 'bind' keyword for listening addresses. "))
		return
	}
	p.proxy.Bind = append(p.proxy.Bind, b)
	d.Warnf("addresses after the name of a section are HAProxy 1.x. Use '%s' on a line of its own.", strings.Join(words, " "))
}

// register adds x to the lists and refuses names that are taken (seen with 2.6.12: a frontend and a backend may share one).
func (p *parser) register(d *cfg.Dispenser, x *proxy) {
	if x.Type == haproxy.TypeDefaults {
		p.defaults = append(p.defaults, x)
		p.lastDefaults = x
		return
	}
	for _, y := range p.proxies {
		if y.Name != x.Name || !overlap(x.Type, y.Type) {
			continue
		}
		p.fail(d, d.Errf("%s has the same name as %s declared at %s.", x.title(), y.title(), y.Pos))
		break
	}
	p.proxies = append(p.proxies, x)
	p.conf.Proxies = append(p.conf.Proxies, x.Proxy)
}

func overlap(a, b haproxy.ProxyType) bool {
	return a.HasFrontend() && b.HasFrontend() || a.HasBackend() && b.HasBackend()
}

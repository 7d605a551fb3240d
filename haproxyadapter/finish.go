package haproxyadapter

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// finish checks what only the whole file can tell, and leaves in the config what belongs there.
func (p *parser) finish() {
	p.leave()
	for _, u := range p.userlists {
		u.resolve(p.diags)
	}
	for _, s := range p.conf.Global.StatsSocket {
		p.unixBind.apply(s.Address, &s.BindOptions)
	}
	for _, x := range p.proxies {
		p.tidy(x)
	}
	for _, x := range p.proxies {
		p.checkProxy(x)
	}
	p.checkStats()
	p.checkStart()
	p.compile()
	p.sort()
}

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

// tidy removes settings that x inherited and has no use for, and resolves what is common to its lines.
func (p *parser) tidy(x *proxy) {
	for _, b := range x.Bind {
		p.unixBind.apply(b.Address, &b.BindOptions)
	}
	p.buildCheck(x)
	if !x.Type.HasFrontend() {
		dropFrontend(x.Proxy)
	}
	if !x.Type.HasBackend() {
		dropBackend(x.Proxy)
	}
	x.separateACLs()
	p.placeOldRules(x)
	if c := x.Capture.Cookie; c != nil && c.Len > p.cookieLen() {
		p.warn(x.Where("capture cookie"), "truncating capture length to %d bytes for %s.", p.cookieLen(), x.title())
		c.Len = p.cookieLen()
	}
}

// cookieLen is how much of a cookie may be captured.
func (p *parser) cookieLen() int { return cmp.Or(p.cookielen, 63) }

// dropFrontend removes what only a frontend can use.
func dropFrontend(x *haproxy.Proxy) {
	x.Maxconn = 0
	x.Timeout.Client, x.Timeout.ClientFin = 0, 0
	x.LogFormat, x.LogFormatSD, x.ErrorLogFormat, x.UniqueIDFormat, x.UniqueIDHeader = "", "", "", "", ""
	x.MonitorURI, x.MonitorNet, x.MonitorFail, x.DefaultBackend = "", nil, nil, ""
	x.Option.Clitcpka, x.Option.DontlogNormal, x.Option.Dontlognull, x.Option.HTTPIgnoreProbes = false, false, false, false
	x.Option.LogSeparateErrors, x.Option.Logasap = false, false
}

// dropBackend removes what only a backend can use.
func dropBackend(x *haproxy.Proxy) {
	t := &x.Timeout
	t.Check, t.Connect, t.Queue, t.Server, t.ServerFin, t.Tunnel = 0, 0, 0, 0, 0, 0
	x.Balance, x.Cookie, x.Check, x.Retries, x.RetryOn, x.Redispatch, x.HTTPReuse, x.Fullconn = nil, nil, nil, nil, nil, 0, "", 0
	o := &x.Option
	o.Abortonclose, o.Allbackups, o.HTTPPretendKeepalive, o.LogHealthChecks, o.Srvtcpka = false, false, false, false, false
}

// separateACLs keeps the ACLs of a defaults section, which its own rules alone can name, apart from x's.
func (x *proxy) separateACLs() {
	n := x.inheritedACLs
	if n == 0 {
		return
	}
	inherited, own := x.ACL[:n], x.ACL[n:]
	rename := make(map[string]string)
	for i := range inherited {
		name := inherited[i].Name
		if slices.ContainsFunc(own, func(o namedACL) bool { return o.Name == name }) {
			rename[name] = x.from.Name + ":" + name
			inherited[i].Name = rename[name]
		}
	}
	if len(rename) > 0 {
		renameACLs(x.HTTPRequest[:x.inheritedRules[0]], rename)
		renameACLs(x.HTTPResponse[:x.inheritedRules[1]], rename)
		renameACLs(x.HTTPAfterResponse[:x.inheritedRules[2]], rename)
	}
}

// missingTimeouts is HAProxy's text about timeouts.
const missingTimeouts = "missing timeouts for %s.\n" +
	"   | While not properly invalid, you will certainly encounter various problems\n" +
	"   | with such a configuration. To fix this, please ensure that all following\n" +
	"   | timeouts are set to a non-zero value: 'client', 'connect', 'server'."

// checkProxy reports what does not fit together. Disabled proxies are not looked at, as in HAProxy.
func (p *parser) checkProxy(x *proxy) {
	if x.Disabled || x.broken {
		return
	}
	if x.Mode != haproxy.ModeHTTP {
		p.diags.Addf(x.Where("mode"), cfg.Alert, "%s : 'mode tcp' is not supported yet (it is the default without 'mode').", x.title())
	}
	if x.Type.HasFrontend() && len(x.Bind) == 0 && !x.triedBind {
		p.warn(x.Pos, "%s has no 'bind' directive. Please declare it as a backend if this was intended.", x.title())
	}
	p.checkTargets(x)
	p.checkTimeouts(x)
	p.checkErrors(x)
	p.checkLog(x)
	if s := x.Stats; s != nil && (len(s.Auth) > 0 || s.Realm != "") && len(s.HTTPRequest) > 0 {
		p.diags.Addf(s.Pos, cfg.Alert, "%s: stats 'auth'/'realm' and 'http-request' can't be used at the same time.", x.title())
	}
	if x.UniqueIDHeader != "" && x.UniqueIDFormat == "" && x.Type.HasFrontend() && x.own(x.At["unique-id-header"]) {
		p.warn(x.Where("unique-id-header"), "'unique-id-header' has no effect in %s without 'unique-id-format'.", x.title())
	}
}

func (p *parser) warn(pos cfg.Pos, format string, a ...any) {
	p.diags.Addf(pos, cfg.Warning, format, a...)
}

// checkTargets follows default_backend and use_backend.
func (p *parser) checkTargets(x *proxy) {
	if !x.Type.HasFrontend() {
		return
	}
	p.checkTarget(x, x.DefaultBackend, "default_backend", x.Where("default_backend"))
	for i := range x.UseBackend {
		if u := &x.UseBackend[i]; !u.Dynamic() {
			p.checkTarget(x, u.Backend, "use_backend", u.Pos)
		}
	}
}

func (p *parser) checkTarget(x *proxy, name, keyword string, pos cfg.Pos) {
	if name == "" {
		return
	}
	target := p.conf.Proxy(name, haproxy.TypeBackend, haproxy.TypeListen)
	switch {
	case target == nil:
		p.diags.Addf(pos, cfg.Alert, "Proxy '%s': unable to find required %s: '%s'.", x.Name, keyword, name)
	case target == x.Proxy:
		p.diags.Addf(pos, cfg.Alert, "Proxy '%s': loop detected for %s: '%s'.", x.Name, keyword, name)
	case x.Mode == haproxy.ModeHTTP && mode(target) != haproxy.ModeHTTP:
		what := "as its default backend"
		if keyword == "use_backend" {
			what = "in a 'use_backend' rule"
		}
		p.diags.Addf(pos, cfg.Alert, "http %s '%s' (%s) tries to use incompatible tcp %s '%s' (%s) %s (see 'mode').",
			x.Type, x.Name, x.Pos, target.Type, target.Name, target.Pos, what)
	}
}

func mode(x *haproxy.Proxy) haproxy.Mode {
	if x.Mode == "" {
		return haproxy.ModeTCP
	}
	return x.Mode
}

// checkTimeouts warns as HAProxy does: a frontend needs the client's, a backend with servers the other two.
func (p *parser) checkTimeouts(x *proxy) {
	t := &x.Timeout
	missing := x.Type.HasFrontend() && len(x.Bind) > 0 && t.Client == 0 ||
		x.Type.HasBackend() && len(x.Server) > 0 && (t.Connect == 0 || t.Server == 0)
	if missing {
		p.warn(x.Pos, missingTimeouts, x.title())
	}
}

func (p *parser) checkErrors(x *proxy) {
	for _, e := range x.Error {
		if e.Group == "" {
			continue
		}
		if !slices.ContainsFunc(p.conf.HTTPErrors, func(h *haproxy.HTTPErrors) bool { return h.Name == e.Group }) {
			p.diags.Addf(e.Pos, cfg.Alert, "%s: unknown http-errors section '%s'.", x.title(), e.Group)
		}
	}
}

// checkLog warns about a format without a target.
func (p *parser) checkLog(x *proxy) {
	if x.Type.HasFrontend() && x.LogFormat != "" && len(x.Log) == 0 {
		p.warn(x.Where("log-format"), "log format ignored for %s since it has no log address.", x.title())
	}
}

// checkStats warns about pages that nobody may have wanted: those that a stats keyword in a defaults section opens, without
// a password, on every proxy that takes its settings from there.
func (p *parser) checkStats() {
	for _, base := range p.defaults {
		if !base.ownStats || len(base.Stats.Auth) > 0 {
			continue
		}
		var open []string
		for _, x := range p.proxies {
			if x.Stats == base.Stats && !x.Disabled {
				open = append(open, "'"+x.Name+"'")
			}
		}
		if len(open) == 0 {
			continue
		}
		p.warn(base.Stats.Pos, "'stats' in a defaults section serves the statistics page at %s to everybody in %s.",
			cmp.Or(base.Stats.URI, defaultStatsURI), strings.Join(open, ", "))
	}
}

// defaultStatsURI is where the statistics page is without `stats uri`.
const defaultStatsURI = "/haproxy?stats"

// checkStart warns about a file that starts nothing.
func (p *parser) checkStart() {
	for _, x := range p.proxies {
		if len(x.Bind) > 0 && !x.Disabled {
			return
		}
	}
	if len(p.conf.Global.StatsSocket) == 0 && !p.diags.HasErrors() {
		p.warn(cfg.Pos{}, "Configuration file has no error but will not start (no listener).")
	}
}

package haproxyadapter

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

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

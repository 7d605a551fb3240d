package haproxyadapter

import (
	"cmp"
	"slices"

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
	// abortonclose stays: HAProxy looks for it in both sections, although only defaults can give it to a frontend.
	o.Allbackups, o.HTTPPretendKeepalive, o.LogHealthChecks, o.Srvtcpka = false, false, false, false
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

package haproxy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

// statsPage makes the statistics page of the proxy.
func (c *proxyBuilder) statsPage() engine.Service {
	s := c.p.Stats
	if len(s.HTTPRequest) > 0 && (len(s.Auth) > 0 || s.Realm != "") {
		c.failf(s.Pos, "proxy '%s': stats 'auth'/'realm' and 'http-request' can't be used at the same time.", c.p.Name)
	}
	page := &stats.Page{
		Source: source{}, Proxy: c.p.Name, URI: cmp.Or(s.URI, stats.DefaultURI), Realm: cmp.Or(s.Realm, stats.DefaultRealm),
		Scope: s.Scope, Refresh: time.Duration(s.Refresh), HideVersion: s.HideVersion, ShowLegends: s.ShowLegends,
		ShowNode: s.ShowNode, ShowDesc: s.ShowDesc, Node: s.Node, Desc: s.Desc,
	}
	if len(s.Auth) > 0 {
		page.Users = make(map[string]string, len(s.Auth))
		for _, u := range s.Auth {
			page.Users[u.Name] = u.Password
		}
	}
	where := c.places(sample.FEReq, sample.BEReq)
	page.Rules = c.program(c.statsRules(), action.HTTPRequest, where)
	for _, k := range s.Admin {
		page.Admin = append(page.Admin, c.condition(k, where, "stats admin"))
	}
	return page
}

// statsRules are the page's rules. Those that ask for a password without a realm have that of statistics, not the proxy's
// name.
func (c *proxyBuilder) statsRules() action.Rules {
	rules := slices.Clone(c.p.Stats.HTTPRequest)
	if c.live {
		if err := rules.Provision(c.ctx); err != nil {
			c.fail(c.p.Stats.Pos, err)
			return nil
		}
	}
	for i := range rules {
		if a, ok := rules[i].Action.(*action.Auth); ok && a.Realm == "" {
			rules[i].Action = &action.Auth{Realm: stats.DefaultRealm}
		}
	}
	return rules
}

// statsProxies is what statistics know of the proxies.
func (b *built) statsProxies() []*stats.Proxy {
	list := make([]*stats.Proxy, len(b.cfg.Proxies))
	for i, p := range b.cfg.Proxies {
		e := b.snap.Proxies[i]
		list[i] = &stats.Proxy{
			Name: p.Name, ID: e.ID, ForcedID: p.ID != 0, Mode: string(cmp.Or(p.Mode, ModeTCP)), Frontend: e.FE, Backend: e.BE,
			Algo: b.algorithm(e.BE), Description: p.Description, Disabled: p.Disabled,
		}
		if p.Cookie != nil {
			list[i].Cookie = p.Cookie.Name
		}
	}
	return list
}

// algorithm is the name of a backend's balancing algorithm as haproxy.cfg spells it.
func (b *built) algorithm(be *server.Backend) string {
	s := b.settings[be]
	if s == nil {
		return ""
	}
	m, ok := s.Balancer.(caddy.Module)
	if !ok {
		return ""
	}
	return strings.ReplaceAll(m.CaddyModule().ID.Name(), "_", "-")
}

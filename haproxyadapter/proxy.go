package haproxyadapter

import (
	"maps"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// proxy is a section that is being read: what goes into the JSON, and what the rest of the file needs to know about it.
type proxy struct {
	*haproxy.Proxy

	// from is the defaults section that the first settings came from; explicit when it was named.
	from     *proxy
	explicit bool
	// usedExplicitly and usedImplicitly tell how proxies refer to a defaults section, usedBy which halves they have.
	usedExplicitly, usedImplicitly bool
	usedByFrontend, usedByBackend  bool

	defaultServer server.Config
	// set keeps which keyword gave a setting its value: "log-format" -> "option httplog".
	set map[string]string
	// ownStats is set once the section itself has a stats keyword.
	ownStats bool
	// ranks are the kinds of rules that were seen.
	ranks map[string]bool
	// final is the kind of rule whose last one had no condition and ends the rule set.
	final map[string]bool
	// inheritedACLs and inheritedRules count what came from a defaults section (http-request, -response, -after-response).
	inheritedACLs  int
	inheritedRules [3]int
	// check is the health check with HTTP requests.
	check httpCheck
	// triedBind is set once there was a bind line, even a wrong one.
	triedBind bool
	// broken is set when the section's head is wrong, so that what it lacks is no news.
	broken bool
	// oldRequest and oldResponse are the rules of HAProxy 1.x words.
	oldRequest, oldResponse oldRules
	// blocks counts the rules of `block`, which run before all others.
	blocks int
}

// title is how messages call a proxy: "listen" sections are proxies.
func (x *proxy) title() string {
	if x.Type == haproxy.TypeListen {
		return "proxy '" + x.Name + "'"
	}
	return string(x.Type) + " '" + x.Name + "'"
}

// at remembers the place of a keyword.
func (x *proxy) at(d *cfg.Dispenser, keyword string) { x.At[keyword] = d.Pos() }

// hasRules tells whether a defaults section has rules, which limits who may refer to it.
func (x *proxy) hasRules() bool {
	return len(x.HTTPRequest)+len(x.HTTPResponse)+len(x.HTTPAfterResponse) > 0
}

// base finds the defaults section that x takes its first settings from, by the rules that 2.6.12 was seen to follow.
func (p *parser) base(d *cfg.Dispenser, x *proxy, from string) (*proxy, error) {
	if from == "" {
		if x.Type == haproxy.TypeDefaults || p.lastDefaults == nil {
			return nil, nil
		}
		base := p.lastDefaults
		if base.usedExplicitly {
			d.Warnf("defaults section '%s' (declared at %s) is explicitly referenced by another proxy and implicitly used here. "+
				"To avoid any ambiguity don't mix both usage. Add a last defaults section not explicitly used or always use "+
				"explicit references.", base.Name, base.Pos)
		}
		base.usedImplicitly = true
		return base, p.shareRules(d, x, base)
	}
	base, err := p.namedDefaults(d, x, from)
	if err != nil {
		return nil, err
	}
	if base.usedImplicitly && x.Type != haproxy.TypeDefaults {
		d.Warnf("defaults section '%s' (declared at %s) is implicitly referenced by another proxy and explicitly used here. "+
			"To avoid any ambiguity don't mix both usage. Add a last defaults section not explicitly used or always use "+
			"explicit references.", base.Name, base.Pos)
	}
	base.usedExplicitly = true
	x.explicit = true
	return base, p.shareRules(d, x, base)
}

func (p *parser) namedDefaults(d *cfg.Dispenser, x *proxy, from string) (*proxy, error) {
	var found *proxy
	for _, y := range p.defaults {
		if y.Name != from {
			continue
		}
		if found != nil {
			return nil, d.Errf("ambiguous defaults section name '%s' referenced by %s '%s' exists at least at %s and %s.",
				from, x.Type, x.Name, found.Pos, y.Pos)
		}
		found = y
	}
	if found == nil {
		return nil, d.Errf("defaults section '%s' not found for %s '%s'.", from, x.Type, x.Name)
	}
	if c := badNameByte(from); c != 0 {
		return nil, d.Errf("character '%c' is not permitted in defaults section name '%s' when designated by its name "+
			"(section found at %s).", c, from, found.Pos)
	}
	return found, nil
}

// shareRules refuses proxies that cannot take the rules of their defaults section.
func (p *parser) shareRules(d *cfg.Dispenser, x, base *proxy) error {
	x.from = base
	if !base.hasRules() {
		return nil
	}
	switch x.Type {
	case haproxy.TypeDefaults:
		return d.Errf("a defaults section cannot inherit from a defaults section defining TCP/HTTP rules (defaults section at %s).",
			base.Pos)
	case haproxy.TypeListen:
		return d.Errf("a listen section cannot inherit from a defaults section defining TCP/HTTP rules.")
	case haproxy.TypeFrontend:
		base.usedByFrontend = true
	case haproxy.TypeBackend:
		base.usedByBackend = true
	}
	if base.usedByFrontend && base.usedByBackend {
		return d.Errf("frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules "+
			"(defaults section at %s).", base.Pos)
	}
	return nil
}

// inherit copies the settings of a defaults section. What belongs to a half that x lacks is dropped again when the file is
// read, so that a keyword of x can still replace it without a message.
func (x *proxy) inherit(base *proxy) {
	own := x.Proxy
	c := *base.Proxy
	c.Name, c.Type, c.Pos = own.Name, own.Type, own.Pos
	c.At = maps.Clone(base.At)
	c.Log = slices.Clone(c.Log)
	c.Error = slices.Clone(c.Error)
	c.ACL = slices.Clone(c.ACL)
	c.HTTPRequest = slices.Clone(c.HTTPRequest)
	c.HTTPResponse = slices.Clone(c.HTTPResponse)
	c.HTTPAfterResponse = slices.Clone(c.HTTPAfterResponse)
	x.Proxy = &c
	x.defaultServer = cloneServer(base.defaultServer)
	x.set = maps.Clone(base.set)
	x.check = base.check.inherited()
	x.oldRequest, x.oldResponse = base.oldRequest, base.oldResponse
	x.inheritedACLs = len(x.ACL)
	x.inheritedRules = [3]int{len(x.HTTPRequest), len(x.HTTPResponse), len(x.HTTPAfterResponse)}
	x.blocks = len(x.HTTPRequest)
}

// cloneServer copies a server's settings so that changes to one do not reach the other.
func cloneServer(c server.Config) server.Config {
	c.InitAddr = slices.Clone(c.InitAddr)
	return c
}

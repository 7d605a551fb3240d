package haproxy

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// parseNet reads an address or a network in CIDR form.
func parseNet(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// frontend compiles what only frontends have.
func (c *proxyBuilder) frontend() {
	p, e := c.p, c.e
	if !p.Type.HasFrontend() {
		return
	}
	e.MaxConn = p.Maxconn
	c.monitor()
	c.captures()
	if k := p.Capture.Cookie; k != nil {
		e.CookieCapture = &engine.CookieCapture{Name: k.Name, Exact: k.Exact, Len: k.Len}
	}
	e.UniqueID = c.format(p.UniqueIDFormat, logformat.UniqueID, sample.FEReq, "unique-id-format")
	if p.UniqueIDHeader != "" {
		e.UniqueIDHeader = []byte(strings.ToLower(p.UniqueIDHeader))
	}
	c.backends()
}

// captures gives the engine the slots that are declared, and those that rules have added while they were compiled.
func (c *proxyBuilder) captures() {
	slots := c.env(sample.FEReq).Captures
	c.e.ReqCaptures, c.e.ReqCaptureLens = engineSlots(slots.Request)
	c.e.ResCaptures, c.e.ResCaptureLens = engineSlots(slots.Response)
}

func engineSlots(list []sample.CaptureSlot) (out []engine.HeaderCapture, lens []int) {
	for _, s := range list {
		out = append(out, engine.HeaderCapture{Name: s.Name, Len: s.Len})
		lens = append(lens, s.Len)
	}
	return out, lens
}

func (c *proxyBuilder) monitor() {
	p, e := c.p, c.e
	if p.MonitorURI != "" {
		e.MonitorURI = []byte(p.MonitorURI)
	}
	for _, k := range p.MonitorFail {
		e.MonitorFail = append(e.MonitorFail, c.condition(k, sample.FEReq, "monitor fail"))
	}
	for _, s := range p.MonitorNet {
		n, err := parseNet(s)
		if err != nil {
			c.failf(p.Where("monitor-net"), "'monitor-net': %v", err)
			continue
		}
		e.MonitorNet = append(e.MonitorNet, n)
	}
}

// backends resolves use_backend and default_backend.
func (c *proxyBuilder) backends() {
	p, e := c.p, c.e
	for i := range p.UseBackend {
		u := &p.UseBackend[i]
		rule := engine.UseBackend{Cond: c.condition(u.If, sample.FEUse, "use_backend")}
		if u.Dynamic() {
			rule.Name = c.formatAt(u.Pos, u.Backend, logformat.String, sample.FEUse, fmt.Sprintf("use_backend rule '%s'", u.Backend))
			e.ByName = c.backs
		} else if rule.Backend = c.backs[u.Backend]; rule.Backend == nil {
			c.failf(u.Pos, "unable to find required use_backend: '%s'.", u.Backend)
			continue
		}
		e.UseBackend = append(e.UseBackend, rule)
	}
	if p.DefaultBackend != "" {
		if e.DefaultBackend = c.backs[p.DefaultBackend]; e.DefaultBackend == nil {
			c.failf(p.Where("default_backend"), "unable to find required default_backend: '%s'.", p.DefaultBackend)
		}
	}
}

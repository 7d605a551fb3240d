package haproxy

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// compile fills e from p.
func (b *builder) compile(e *engine.Proxy, p *Proxy) {
	c := &proxyBuilder{builder: b, e: e, p: p}
	if p.Mode != ModeHTTP {
		b.failf(p.Where("mode"), "proxy '%s': mode tcp is not supported yet", p.Name)
		return
	}
	c.look = &lookup{b: b}
	set, err := acl.CompileSet(c.env(sample.Where(0)), p.ACL)
	b.fail(cfg.Pos{}, err)
	c.acls, c.look.acls = set, set
	c.timeouts()
	c.options()
	c.rules()
	c.frontend()
	c.backend()
	c.logs()
	e.Errors = b.pagesOf(p, c)
	c.stats()
}

// proxyBuilder compiles one proxy.
type proxyBuilder struct {
	*builder
	e    *engine.Proxy
	p    *Proxy
	look *lookup
	acls *acl.Set
	caps *sample.Captures // the frontend's slots; rules add theirs
}

// env is the environment of expressions in a place; fe and be are the bits of the two halves.
func (c *proxyBuilder) env(where sample.Where) *sample.Env {
	env := &sample.Env{Where: where, Proxy: c.p.Name, Lookup: c.look}
	env.Warn = func(msg string) { c.warn(c.p.Pos, msg) }
	if c.p.Type.HasFrontend() {
		if c.caps == nil {
			c.caps = &sample.Captures{Request: sampleSlots(c.p.Capture.Request), Response: sampleSlots(c.p.Capture.Response)}
		}
		env.Captures = c.caps
	}
	return env
}

func sampleSlots(list []CaptureSlot) []sample.CaptureSlot {
	out := make([]sample.CaptureSlot, len(list))
	for i, s := range list {
		out[i] = sample.CaptureSlot{Name: strings.ToLower(s.Header), Len: s.Len}
	}
	return out
}

// places picks the bits of the halves that the proxy has.
func (c *proxyBuilder) places(fe, be sample.Where) sample.Where {
	var w sample.Where
	if c.p.Type.HasFrontend() {
		w |= fe
	}
	if c.p.Type.HasBackend() {
		w |= be
	}
	return w
}

func (c *proxyBuilder) timeouts() {
	t, e := &c.p.Timeout, &c.e.Timeouts
	*e = engine.Timeouts{
		Client: time.Duration(t.Client), Server: time.Duration(t.Server), Connect: time.Duration(t.Connect),
		HTTPRequest: time.Duration(t.HTTPRequest), KeepAlive: time.Duration(t.HTTPKeepAlive), Queue: time.Duration(t.Queue),
		Tunnel: time.Duration(t.Tunnel), ClientFin: time.Duration(t.ClientFin), ServerFin: time.Duration(t.ServerFin),
		Tarpit: time.Duration(t.Tarpit),
	}
	e.KeepAlive = cmp.Or(e.KeepAlive, cmp.Or(e.HTTPRequest, e.Client))
	e.Queue = cmp.Or(e.Queue, e.Connect)
	e.Tarpit = cmp.Or(e.Tarpit, e.Connect)
}

func (c *proxyBuilder) options() {
	o, e := &c.p.Option, c.e
	switch c.p.HTTPConnectionMode {
	case "", "http-keep-alive":
	case "http-server-close":
		e.Mode = engine.ServerClose
	case "httpclose":
		e.Mode = engine.Close
	default:
		c.failf(c.p.Pos, "unknown http_connection_mode '%s'", c.p.HTTPConnectionMode)
	}
	e.AbortOnClose = o.Abortonclose
	e.BufferRequest = o.HTTPBufferRequest
	e.IgnoreProbes = o.HTTPIgnoreProbes
	e.PretendKA = o.HTTPPretendKeepalive
	e.ClientKA, e.ServerKA = o.Clitcpka, o.Srvtcpka
	e.SpliceAuto, e.SpliceRequest, e.SpliceResponse = o.SpliceAuto, o.SpliceRequest, o.SpliceResponse
	maxHdr := c.out.snap.Global.MaxHdr
	e.ReqLimits = h1.Limits{MaxHdr: maxHdr, AcceptInvalid: o.AcceptInvalidHTTPRequest}
	e.ResLimits = h1.Limits{MaxHdr: maxHdr, AcceptInvalid: o.AcceptInvalidHTTPResponse}
	switch o.HTTPRestrictReqHdrNames {
	case "", "preserve":
	case "delete":
		e.NameChars = engine.NameDelete
	case "reject":
		e.NameChars = engine.NameReject
	default:
		c.failf(c.p.Pos, "unknown http_restrict_req_hdr_names '%s'", o.HTTPRestrictReqHdrNames)
	}
	if f := c.p.Forwardfor; f != nil {
		e.ForwardFor = c.forward("option forwardfor", cmp.Or(f.Header, "X-Forwarded-For"), f.Except)
		e.ForwardFor.IfNone = f.IfNone
	}
	if f := c.p.Originalto; f != nil {
		e.OriginalTo = c.forward("option originalto", cmp.Or(f.Header, "X-Original-To"), f.Except)
	}
}

func (c *proxyBuilder) forward(word, header, except string) *engine.ForwardFor {
	f := &engine.ForwardFor{Header: []byte(strings.ToLower(header))}
	if except != "" {
		n, err := parseNet(except)
		if err != nil {
			c.failf(c.p.Where(word), "'%s': %v", word, err)
		}
		f.Except = n
	}
	return f
}

func (c *proxyBuilder) rules() {
	p, e := c.p, c.e
	e.HTTPRequest = c.program(p.HTTPRequest, action.HTTPRequest, c.places(sample.FEReq, sample.BEReq))
	e.HTTPResponse = c.program(p.HTTPResponse, action.HTTPResponse, c.places(sample.FERes, sample.BERes))
	e.HTTPAfterResponse = c.program(p.HTTPAfterResponse, action.HTTPAfterResponse, c.places(sample.FERes, sample.BERes))
	e.Redirect = c.program(p.Redirect, action.HTTPRequest, c.places(sample.FEReq, sample.BEReq))
}

func (c *proxyBuilder) program(list []action.Rule, set action.RuleSet, where sample.Where) *action.Program {
	if len(list) == 0 {
		return nil
	}
	rules := action.Rules(list)
	ctx := c.ctx
	if !c.live { // rules that came as JSON have their actions in raw form
		var cancel context.CancelFunc
		ctx, cancel = caddy.NewContext(caddy.Context{Context: context.Background()})
		defer cancel()
	}
	if err := rules.Provision(ctx); err != nil {
		c.fail(c.p.Pos, wrap(string(c.p.Type), c.p.Name, err))
		return nil
	}
	prog, err := rules.Compile(c.env(where), set, c.acls)
	c.fail(cfg.Pos{}, err)
	return prog
}

// condition compiles an `if` or `unless`.
func (c *proxyBuilder) condition(k *acl.Condition, where sample.Where, word string) *acl.Cond {
	cond, err := c.acls.Condition(c.env(where), k)
	if err != nil {
		c.fail(k.Pos, err)
	}
	return cond
}

// format compiles a log-format string; an empty one is nil.
func (c *proxyBuilder) format(text string, kind logformat.Kind, where sample.Where, word string) *logformat.Format {
	return c.formatAt(c.p.Where(word), text, kind, where, word)
}

// formatAt compiles a format that stands at pos; what is how messages call it.
func (c *proxyBuilder) formatAt(pos cfg.Pos, text string, kind logformat.Kind, where sample.Where, what string) *logformat.Format {
	if text == "" {
		return nil
	}
	f, err := logformat.Compile(c.env(where), text, logformat.Options{Kind: kind})
	if err != nil {
		c.failf(pos, "failed to parse %s : %w", what, err)
	}
	return f
}

// stats attaches the statistics page.
func (c *proxyBuilder) stats() {
	if c.p.Stats != nil {
		c.e.Stats = c.statsPage()
	}
}

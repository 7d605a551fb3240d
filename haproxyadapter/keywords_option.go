package haproxyadapter

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyOptions is the family of "option" that is not about logs (configuration.txt 4.2).
var proxyOptions = []keyword{
	option("abortonclose", inBack, func(o *haproxy.Options) *bool { return &o.Abortonclose }),
	option("accept-invalid-http-request", inFront, func(o *haproxy.Options) *bool { return &o.AcceptInvalidHTTPRequest }),
	option("accept-invalid-http-response", inBack, func(o *haproxy.Options) *bool { return &o.AcceptInvalidHTTPResponse }),
	option("allbackups", inBack, func(o *haproxy.Options) *bool { return &o.Allbackups }),
	option("clitcpka", inFront, func(o *haproxy.Options) *bool { return &o.Clitcpka }),
	option("http-buffer-request", inAll, func(o *haproxy.Options) *bool { return &o.HTTPBufferRequest }),
	option("http-ignore-probes", inFront, func(o *haproxy.Options) *bool { return &o.HTTPIgnoreProbes }),
	option("http-no-delay", inAll, func(*haproxy.Options) *bool { return new(bool) }), // data is never held back here
	option("http-pretend-keepalive", inBack, func(o *haproxy.Options) *bool { return &o.HTTPPretendKeepalive }),
	option("splice-auto", inAll, func(o *haproxy.Options) *bool { return &o.SpliceAuto }),
	option("splice-request", inAll, func(o *haproxy.Options) *bool { return &o.SpliceRequest }),
	option("splice-response", inAll, func(o *haproxy.Options) *bool { return &o.SpliceResponse }),
	option("srvtcpka", inBack, func(o *haproxy.Options) *bool { return &o.Srvtcpka }),

	connectionMode("http-keep-alive"),
	connectionMode("http-server-close"),
	connectionMode("httpclose"),
	row("option forwardfor", inAll, optionForwardfor),
	row("option originalto", inAll, optionOriginalto),
	row("option http-restrict-req-hdr-names", inAll, optionRestrictNames),
	row("option tcpka", inAll, optionTCPKA),
	{name: "option redispatch", in: inBack, no: true, parse: optionRedispatch},
	{name: "option", in: inAll, no: true, parse: unknownOption},
}

// option is the row of a switch. Syntax: [no|default] option <name>
func option(name string, in place, field func(*haproxy.Options) *bool) keyword {
	return keyword{name: "option " + name, in: in, no: true, parse: func(p *parser, d *cfg.Dispenser) error {
		if next, ok := d.Peek(); ok {
			return d.Errf("'option %s' cannot handle unexpected argument '%s'.", name, next)
		}
		*field(&p.proxy.Option) = p.prefix == ""
		p.proxy.at(d, "option "+name)
		return nil
	}}
}

// connectionMode is the row of one of the three options that exclude each other: the last one wins, and taking one away
// leaves HAProxy's default.
func connectionMode(mode string) keyword {
	return keyword{name: "option " + mode, in: inAll, no: true, parse: func(p *parser, d *cfg.Dispenser) error {
		if next, ok := d.Peek(); ok {
			return d.Errf("'option %s' cannot handle unexpected argument '%s'.", mode, next)
		}
		switch {
		case p.prefix == "":
			p.proxy.HTTPConnectionMode = mode
		case p.prefix == "default" || p.proxy.HTTPConnectionMode == mode:
			p.proxy.HTTPConnectionMode = ""
		}
		return nil
	}}
}

// optionForwardfor reads an option. Syntax:
//
//	option forwardfor [except <network>] [header <name>] [if-none]
func optionForwardfor(p *parser, d *cfg.Dispenser) error {
	f := new(haproxy.Forwardfor)
	for d.NextArg() {
		switch d.Val() {
		case "except":
			network, err := exceptNetwork(d, "forwardfor")
			if err != nil {
				return err
			}
			f.Except = network
		case "header":
			if err := word(d, &f.Header, "'option forwardfor header' expects <header_name> as argument."); err != nil {
				return err
			}
		case "if-none":
			f.IfNone = true
		default:
			return d.Errf("'option forwardfor' only supports optional values: 'except', 'header' and 'if-none'.")
		}
	}
	p.proxy.Forwardfor = f
	p.proxy.at(d, "option forwardfor")
	return nil
}

// optionOriginalto reads an option. Syntax: option originalto [except <network>] [header <name>]
func optionOriginalto(p *parser, d *cfg.Dispenser) error {
	o := new(haproxy.Originalto)
	for d.NextArg() {
		switch d.Val() {
		case "except":
			network, err := exceptNetwork(d, "originalto")
			if err != nil {
				return err
			}
			o.Except = network
		case "header":
			if err := word(d, &o.Header, "'option originalto header' expects <header_name> as argument."); err != nil {
				return err
			}
		default:
			return d.Errf("'option originalto' only supports optional values: 'except' and 'header'.")
		}
	}
	p.proxy.Originalto = o
	p.proxy.at(d, "option originalto")
	return nil
}

// exceptNetwork reads <address>[/mask] and writes it in CIDR form; a mask may be dotted (seen with 2.6.12).
func exceptNetwork(d *cfg.Dispenser, name string) (string, error) {
	failed := d.Errf("'option %s except' expects <address>[/mask] as argument.", name)
	if !d.NextArg() {
		return "", failed
	}
	network, ok := parseNetwork(d.Val())
	if !ok {
		return "", failed
	}
	return network, nil
}

// parseNetwork normalises an address with an optional length or dotted mask to CIDR; a single address stays one.
func parseNetwork(text string) (string, bool) {
	address, mask, masked := strings.Cut(text, "/")
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Zone() != "" {
		return "", false
	}
	if !masked {
		return ip.String(), true
	}
	bits, err := strconv.Atoi(mask)
	if err != nil {
		if bits = dottedMask(mask); bits < 0 || !ip.Is4() {
			return "", false
		}
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return "", false
	}
	return prefix.String(), true
}

// dottedMask is the length of a mask such as 255.255.0.0, or -1.
func dottedMask(mask string) int {
	ip, err := netip.ParseAddr(mask)
	if err != nil || !ip.Is4() {
		return -1
	}
	bits, ended := 0, false
	for _, b := range ip.As4() {
		for bit := byte(0x80); bit != 0; bit >>= 1 {
			one := b&bit != 0
			if one && ended {
				return -1
			}
			if one {
				bits++
			} else {
				ended = true
			}
		}
	}
	return bits
}

func optionRestrictNames(p *parser, d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("missing parameter. option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option.")
	}
	switch d.Val() {
	case "preserve", "reject", "delete":
		p.proxy.Option.HTTPRestrictReqHdrNames = d.Val()
		return nil
	}
	return d.Errf("invalid parameter '%s'. option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option.",
		d.Val())
}

func optionTCPKA(p *parser, d *cfg.Dispenser) error {
	if d.Next() {
		return d.Errf("'option tcpka' cannot handle unexpected argument '%s'.", d.Val())
	}
	p.proxy.Option.Clitcpka = p.proxy.Type != haproxy.TypeBackend
	p.proxy.Option.Srvtcpka = p.proxy.Type != haproxy.TypeFrontend
	return nil
}

// optionRedispatch reads an option. Syntax: option redispatch [<interval>], default -1: the last retry.
func optionRedispatch(p *parser, d *cfg.Dispenser) error {
	p.proxy.Redispatch = -1
	if d.NextArg() {
		n, err := strconv.Atoi(d.Val())
		if err != nil {
			return d.Errf("'option redispatch' expects an integer argument, got '%s'.", d.Val())
		}
		p.proxy.Redispatch = n
	}
	if p.prefix != "" {
		p.proxy.Redispatch = 0
	}
	return nil
}

func unknownOption(_ *parser, d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'option' expects an option name.")
	}
	var known []string
	for _, name := range proxyKeywords.names() {
		if rest, ok := strings.CutPrefix(name, "option "); ok {
			known = append(known, rest)
		}
	}
	if near := cfg.Nearest(d.Val(), known); near != "" {
		return d.Errf("unknown option '%s'; did you mean '%s' maybe ?", d.Val(), near)
	}
	return d.Errf("unknown option '%s'.", d.Val())
}

package haproxyadapter

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyCaptures are "capture" and "declare capture" (configuration.txt 4.2).
var proxyCaptures = []keyword{
	row("capture request header", inFrontend|inListen, func(p *parser, d *cfg.Dispenser) error {
		return captureHeader(d, "request", &p.proxy.Capture.Request)
	}),
	row("capture response header", inFrontend|inListen, func(p *parser, d *cfg.Dispenser) error {
		return captureHeader(d, "response", &p.proxy.Capture.Response)
	}),
	row("capture cookie", inFrontend|inListen, captureCookie),
	row("capture request", inFrontend|inListen, unknownCapture),
	row("capture response", inFrontend|inListen, unknownCapture),
	row("capture", inFrontend|inListen, unknownCapture),
	row("declare capture", inFrontend|inListen, declareCapture),
	row("declare", inFrontend|inListen, func(_ *parser, d *cfg.Dispenser) error {
		got, _ := d.Peek()
		return d.Errf("unknown declaration type '%s' (supports 'capture')", got)
	}),
}

// captureHeader reads a slot. Syntax: capture request|response header <name> len <length>
func captureHeader(d *cfg.Dispenser, direction string, slots *[]haproxy.CaptureSlot) error {
	s := haproxy.CaptureSlot{Pos: d.Pos()}
	length := ""
	if !d.NextArg() {
		return d.Errf("'capture %s' expects 'header' <header_name> 'len' <len>.", direction)
	}
	s.Header = d.Val()
	if !d.Accept("len") || !d.Args(&length) {
		return d.Errf("'capture %s' expects 'header' <header_name> 'len' <len>.", direction)
	}
	n, err := captureLength(d)
	if err != nil {
		return err
	}
	if d.Next() {
		return d.Errf("'capture %s' cannot handle unexpected argument '%s'.", direction, d.Val())
	}
	s.Len = n
	*slots = append(*slots, s)
	return nil
}

// captureLength reads the present word as the length of a capture. 2.6.12 takes other words for 0: nothing is kept.
func captureLength(d *cfg.Dispenser) (int, error) {
	n, rest := cfg.LeadingInt(d.Val())
	if rest != "" || n < 0 || n > 1<<20 {
		return 0, d.Errf("invalid capture length '%s'.", d.Val())
	}
	return int(n), nil
}

// captureCookie reads the cookie to keep. Syntax: capture cookie <name>[=] len <length>
func captureCookie(p *parser, d *cfg.Dispenser) error {
	name, length := "", ""
	if !d.Args(&name) || !d.Accept("len") || !d.Args(&length) {
		return d.Errf("'capture' expects 'cookie' <cookie_name> 'len' <len>.")
	}
	n, err := captureLength(d)
	if err != nil {
		return err
	}
	if d.Next() {
		return d.Errf("'capture cookie' cannot handle unexpected argument '%s'.", d.Val())
	}
	c := &haproxy.CaptureCookie{Name: strings.TrimSuffix(name, "="), Exact: strings.HasSuffix(name, "="), Len: n}
	p.proxy.Capture.Cookie = c
	p.proxy.at(d, "capture cookie")
	return nil
}

func unknownCapture(_ *parser, d *cfg.Dispenser) error {
	return d.Errf("'capture' expects 'cookie' or 'request header' or 'response header'.")
}

// declareCapture reads a slot that only rules fill. Syntax: declare capture request|response len <length>
func declareCapture(p *parser, d *cfg.Dispenser) error {
	slots := map[string]*[]haproxy.CaptureSlot{"request": &p.proxy.Capture.Request, "response": &p.proxy.Capture.Response}
	d.NextArg()
	target := slots[d.Val()]
	if target == nil {
		return d.Errf("'declare capture' requires a direction ('request' or 'response')")
	}
	if !d.Accept("len") {
		return d.Errf("'declare capture' requires a capture length ('len')")
	}
	if !d.NextArg() {
		return d.Errf("'declare capture': 'len' requires a numeric value that represents the capture length")
	}
	n, rest := cfg.LeadingInt(d.Val())
	if rest != "" || n < 1 || n > 1<<20 {
		return d.Errf("'declare capture': a positive 'len' value is required")
	}
	*target = append(*target, haproxy.CaptureSlot{Len: int(n), Pos: d.Pos()})
	return nil
}

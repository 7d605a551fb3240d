package haproxyadapter

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// parser reads the lines of all files one by one.
type parser struct {
	opt   Options
	conf  *haproxy.Config
	apps  Apps
	diags *cfg.Diagnostics
	env   *cfg.Env
	paths paths
	// vrrpAt is where a keepalived.conf was loaded.
	vrrpAt cfg.Pos

	// in is the kind of section that the present line stands in; zero outside of all and in a section that is skipped.
	in   place
	read func(d *cfg.Dispenser) // reads a line of the present section

	proxy      *proxy // of the present proxy or defaults section
	userlist   *userlist
	httpErrors *httpErrors

	defaults     []*proxy
	lastDefaults *proxy
	proxies      []*proxy
	once         map[string]bool // global words that are taken the first time only
	unixBind     unixBind
	userlists    []*userlist
	cookielen    int // tune.http.cookielen

	// prefix is "no" or "default" when the line began with it.
	prefix string
}

// run reads all lines.
func (p *parser) run(x *cfg.Lexer) {
	file := -1
	for {
		line, ok := x.Next()
		if !ok {
			return
		}
		if line.FileIndex != file {
			file = line.FileIndex
			p.leave()
			p.paths.enter(p, line.Pos.File)
		}
		p.directives(line)
		p.checkText(line)
		d := cfg.NewDispenser(p.paths.line(line), p.diags)
		d.Next()
		p.line(d)
	}
}

// checkText refuses words that JSON cannot carry: it would replace their bytes without a word. A comment may hold anything.
func (p *parser) checkText(line cfg.Line) {
	for _, word := range line.Words {
		if !utf8.ValidString(word) {
			p.diags.Addf(line.Pos, cfg.Alert, "%+q is not valid UTF-8, and the configuration becomes JSON, which holds nothing else. "+
				"Bytes can stand in files: of patterns (-f), of answers (errorfile, file).", word)
		}
	}
}

// line reads one line; d stands on its first word.
func (p *parser) line(d *cfg.Dispenser) {
	p.prefix = ""
	if enter, ok := sections[d.Val()]; ok {
		p.leave()
		p.fail(d, enter(p, d))
		return
	}
	if p.read == nil {
		p.fail(d, d.Errf("unknown keyword '%s' out of section.", d.Val()))
		p.read = func(*cfg.Dispenser) {} // one message for what belongs together
		return
	}
	p.read(d)
}

// leave ends the present section.
func (p *parser) leave() {
	p.in, p.read = 0, nil
	p.proxy, p.userlist, p.httpErrors = nil, nil, nil
}

// skip ignores the lines of a section that was refused as a whole.
func (p *parser) skip() { p.in, p.read = 0, func(*cfg.Dispenser) {} }

// fail reports an error of the present line.
func (p *parser) fail(d *cfg.Dispenser, err error) { p.diags.Add(d.Pos(), err) }

// unwrap replaces the beginning of an error's message.
func unwrap(err error, old, text string) error {
	var one *cfg.Diagnostic
	if errors.As(err, &one) && strings.HasPrefix(one.Msg, old) {
		c := *one
		c.Msg = text + one.Msg[len(old):]
		return &c
	}
	return err
}

// prefixed takes a leading "no" or "default" off the line.
func (p *parser) prefixed(d *cfg.Dispenser) (*cfg.Dispenser, error) {
	if d.Val() != "no" && d.Val() != "default" {
		return d, nil
	}
	line := d.Line()
	p.prefix = d.Val()
	if len(line.Words) < 2 {
		return nil, d.Errf("'%s' expects a keyword.", p.prefix)
	}
	line.Words = line.Words[1:]
	rest := cfg.NewDispenser(line, p.diags)
	rest.Next()
	return rest, nil
}

// global reads a line of a global section.
func (p *parser) global(d *cfg.Dispenser) {
	rest, err := p.prefixed(d)
	if err != nil {
		p.fail(d, err)
		return
	}
	d = rest
	word := d.Val()
	k := globalKeywords.find(d)
	if k == nil {
		p.unknown(d, word, "global", globalKeywords)
		return
	}
	p.obey(d, k)
}

// proxyLine reads a line of a defaults, frontend, listen or backend section.
func (p *parser) proxyLine(d *cfg.Dispenser) {
	rest, err := p.prefixed(d)
	if err != nil {
		p.fail(d, err)
		return
	}
	d = rest
	word := d.Val()
	k := proxyKeywords.find(d)
	if k == nil {
		p.unknown(d, word, string(p.proxy.Type), proxyKeywords)
		return
	}
	if k.in&p.in == 0 && !k.later {
		p.misplaced(d, k)
		return
	}
	p.obey(d, k)
}

// obey reads a keyword that may stand here.
func (p *parser) obey(d *cfg.Dispenser, k *keyword) {
	if p.prefix != "" && !k.no {
		p.fail(d, refusePrefix(d, k))
		return
	}
	if why := never(k.name); why != "" {
		p.fail(d, d.Errf("'%s' is not supported: %s.", k.name, why))
		return
	}
	if k.later {
		p.fail(d, d.Errf("'%s' is not supported yet.", k.name))
		return
	}
	if k.parse != nil {
		if err := k.parse(p, d); err != nil {
			p.fail(d, err)
			return
		}
		if d.Next() {
			p.fail(d, d.Errf("'%s' cannot handle unexpected argument '%s'.", k.name, d.Val()))
			return
		}
	}
	if k.warn != "" {
		d.Warnf("'%s' has no effect here: %s.", k.name, k.warn)
	}
}

func refusePrefix(d *cfg.Dispenser, k *keyword) error {
	if d.Keyword() == "option" {
		return d.Errf("negation/default is not supported for option '%s'.", k.name[len("option "):])
	}
	return d.Errf("negation/default currently supported only for options, log, busy-polling, set-dumpable, strict-limits, " +
		"insecure-fork-wanted and numa-cpu-mapping.")
}

func (p *parser) unknown(d *cfg.Dispenser, word, section string, t table) {
	msg := fmt.Sprintf("unknown keyword '%s' in '%s' section", word, section)
	if near := t.nearest(word, p.in); near != "" {
		msg += fmt.Sprintf("; did you mean '%s' maybe ?", near)
	}
	p.fail(d, d.Errf("%s", msg))
}

// misplaced reports a keyword that does not belong into this kind of section: an error in a defaults section, a warning
// in a proxy that lacks the half that the keyword belongs to (seen with 2.6.12).
func (p *parser) misplaced(d *cfg.Dispenser, k *keyword) {
	name := shortName(k.name)
	switch {
	case p.in == inAnonymous && k.in&inNamed != 0:
		p.fail(d, d.Errf("'%s' not allowed in anonymous 'defaults' section.", name))
	case p.in&inDefaults != 0:
		p.fail(d, d.Errf("'%s' not allowed in 'defaults' section.", name))
	case k.name == "server" || k.name == "default-server":
		p.fail(d, d.Errf("'%s' not allowed because %s has no backend capability.", k.name, p.proxy.title()))
	case k.name == "declare capture":
		p.fail(d, d.Errf("'declare' only available in frontend or listen section"))
	case strings.HasPrefix(k.name, "timeout "):
		half := "frontend"
		if p.in == inFrontend {
			half = "backend"
		}
		d.Warnf("'%s' will be ignored because %s has no %s capability", k.name, p.proxy.title(), half)
	case p.in == inFrontend:
		d.Warnf("'%s' ignored because %s has no backend capability.%s", name, p.proxy.title(), sideHint(k.name))
	case logFormatKeyword(k.name):
		d.Warnf("%s : '%s' directive is ignored in backends.", p.proxy.title(), k.name)
	default:
		d.Warnf("'%s' ignored because %s has no frontend capability.%s", name, p.proxy.title(), sideHint(k.name))
	}
}

func logFormatKeyword(name string) bool {
	switch name {
	case "log-format", "log-format-sd", "error-log-format", "option httplog", "option tcplog", "option httpslog":
		return true
	}
	return false
}

func sideHint(name string) string {
	switch name {
	case "maxconn":
		return " Maybe you want 'fullconn' instead ?"
	case "fullconn":
		return " Maybe you want 'maxconn' instead ?"
	}
	return ""
}

// shortName is how HAProxy's messages call a keyword: options by their own name, captures and stats by their first word.
func shortName(name string) string {
	if len(name) > 7 && name[:7] == "option " {
		return name[7:]
	}
	switch name {
	case "monitor fail":
		return "monitor"
	case "capture request header", "capture response header", "capture cookie":
		return "capture"
	}
	return name
}

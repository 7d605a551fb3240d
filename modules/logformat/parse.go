package logformat

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// Compile compiles a format string. Its errors are worded as HAProxy's, without what the keyword puts around them:
// `failed to parse log-format : ` in front, and the final period.
func Compile(env *sample.Env, text string, opts Options) (*Format, error) {
	p := parser{env: env, opts: opts, text: text, f: &Format{kind: opts.Kind}}
	for p.pos < len(text) {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	p.flush()
	return p.f, nil
}

// parser reads a format string from left to right.
type parser struct {
	env    *sample.Env
	opts   Options
	text   string
	pos    int
	lit    []byte
	global flags // set by %o for all that follows
	f      *Format
}

func (p *parser) next() error {
	c := p.text[p.pos]
	switch {
	case c == '%':
		return p.percent()
	case c == ' ' && p.opts.Kind.mergesBlanks():
		for p.pos < len(p.text) && p.text[p.pos] == ' ' {
			p.pos++
		}
		p.blank()
	default:
		p.lit = append(p.lit, c)
		p.pos++
	}
	return nil
}

func (p *parser) percent() error {
	start := p.pos
	p.pos++
	if p.pos == len(p.text) {
		return errors.New("truncated line after '%'")
	}
	fl, braces := p.global, false
	if p.text[p.pos] == '{' {
		end := strings.IndexByte(p.text[p.pos:], '}')
		if end < 0 {
			return fmt.Errorf("truncated line after '%s'", p.text[p.pos+1:])
		}
		fl = applyFlags(fl, p.text[p.pos+1:p.pos+end])
		p.pos += end + 1
		braces = true
	}
	rest := p.text[p.pos:]
	switch {
	case rest != "" && rest[0] == '[':
		return p.expression(fl)
	case rest != "" && (isAlpha(rest[0]) || braces && isDigit(rest[0])):
		return p.variable(fl)
	case braces:
		return fmt.Errorf("parse argument modifier without variable name near '%s'", p.text[start:p.pos])
	case rest[0] == ' ' || isDigit(rest[0]):
		return fmt.Errorf("unexpected variable name near '%c' at position %d line : '%s'. "+
			"Maybe you want to write a single '%%', use the syntax '%%%%'", rest[0], p.pos, p.text)
	}
	// HAProxy drops the % before any other byte, without a word.
	p.lit = append(p.lit, rest[0])
	p.pos++
	return nil
}

func (p *parser) variable(fl flags) error {
	end := p.pos
	for end < len(p.text) && (isAlpha(p.text[end]) || isDigit(p.text[end])) {
		end++
	}
	name := p.text[p.pos:end]
	p.pos = end
	if name == "o" {
		p.global = fl
		return nil
	}
	v, ok := variables[name]
	if !ok {
		return fmt.Errorf("no such format variable '%s'. "+
			"If you wanted to emit the '%%' character verbatim, you need to use '%%%%'", name)
	}
	if v.http && p.opts.TCP {
		return fmt.Errorf("format variable '%s' is reserved for HTTP mode", name)
	}
	p.add(node{op: v.op, flags: fl})
	return nil
}

// expression reads "[expr]". HAProxy quotes the rest of the line in its messages.
func (p *parser) expression(fl flags) error {
	text := p.text[p.pos+1:]
	var env sample.Env
	if p.env != nil {
		env = *p.env
	}
	where := env.Where
	env.Where = 0 // checked here, HAProxy has other words for it
	e, rest, err := sample.CompilePrefix(&env, text)
	if err != nil {
		return fmt.Errorf("failed to parse sample expression <%s> : %w", text, err)
	}
	if where != 0 && e.Use().Where&where == 0 {
		return fmt.Errorf("sample fetch <%s> may not be reliably used here because it needs '%s' which is not available here",
			text, e.Use().Name)
	}
	used := text[:len(text)-len(rest)]
	switch {
	case rest == "":
		return fmt.Errorf("missing ']' after '%s'", used)
	case rest[0] != ']':
		return fmt.Errorf("expected ']' after '%s', but found '%c'", used, rest[0])
	}
	p.pos = len(p.text) - len(rest) + 1
	p.add(node{op: opExpr, flags: fl, expr: e})
	return nil
}

// applyFlags applies the comma-separated arguments of a variable. In each only what follows the last sign counts; what is
// not a known flag HAProxy ignores.
func applyFlags(fl flags, args string) flags {
	for arg := range strings.SplitSeq(args, ",") {
		i := strings.LastIndexAny(arg, "+-")
		if i < 0 {
			continue
		}
		var bit flags
		switch arg[i+1:] {
		case "Q":
			bit = quoted
		case "X":
			bit = hex
		case "E":
			bit = escaped
		}
		if arg[i] == '+' {
			fl |= bit
		} else {
			fl &^= bit
		}
	}
	return fl
}

// blank adds a separator. What stands before it nearly always writes something; then it is plain text. The first one of a
// line, and those around captures, are decided when the line is written.
func (p *parser) blank() {
	last := op(opBlank)
	if n := len(p.f.nodes); n > 0 {
		last = p.f.nodes[n-1].op
	}
	switch {
	case len(p.lit) > 0 && p.lit[len(p.lit)-1] == ' ':
	case len(p.lit) > 0 || last > opResHeadersCLF:
		p.lit = append(p.lit, ' ')
	default:
		p.f.nodes = append(p.f.nodes, node{op: opBlank})
	}
}

// flush ends the format with the text that no variable follows.
func (p *parser) flush() {
	if len(p.lit) > 0 {
		p.add(node{op: opText})
	}
}

// add adds a node behind the text that was read before it.
func (p *parser) add(n node) {
	n.text, p.lit = p.lit, nil
	p.f.nodes = append(p.f.nodes, n)
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

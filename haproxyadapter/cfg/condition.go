package cfg

import (
	"errors"
	"fmt"
	"strings"
)

// maxParentheses is how deep HAProxy 2.6 lets the parentheses of a condition nest.
const maxParentheses = 340

// EvalCondition evaluates a condition given outside a file, as `haproxy -cc` does (configuration.txt 2.4): its quotes,
// escapes and variables are resolved first, and '#' begins no comment. The empty condition is false.
func EvalCondition(expr string, opt *Options) (bool, error) {
	if expr == "" {
		return false, nil
	}
	s, flaw := split(expr, false, func(name string) (string, bool) {
		if name[0] == '.' {
			return "", false
		}
		return opt.env(name)
	})
	if flaw != nil {
		return false, fmt.Errorf("syntax error in condition: %s at position %d", flaw.msg, flaw.at+1)
	}
	if s.tooMany() != "" {
		return false, errors.New("error in condition: too many words")
	}
	if len(s.words) == 0 {
		return false, fmt.Errorf("failed to evaluate condition: unparsable conditional sub-expression '%s'", expr)
	}
	v, _, flaw := evaluate(strings.Join(s.words, " "), opt)
	if flaw != nil {
		return false, fmt.Errorf("failed to evaluate condition: %s", flaw.msg)
	}
	return v, nil
}

// condition is the state of one evaluation.
type condition struct {
	text  string
	at    int
	depth int
	opt   *Options
	newer []string // predicates in use that HAProxy 2.6 does not have
}

// evaluate computes a condition whose quotes were resolved already. All of it is parsed, also what cannot change the value.
func evaluate(text string, opt *Options) (bool, []string, *textError) {
	if skipSpace(text, 0) == len(text) {
		return false, nil, nil
	}
	c := &condition{text: text, opt: opt}
	v, err := c.either(0)
	if err == nil && c.at < len(text) {
		err = c.fail(c.at, "unexpected character '%s' at the end of conditional expression '%s'", text[c.at:c.at+1], text)
	}
	return v && err == nil, c.newer, err
}

func (c *condition) fail(at int, format string, a ...any) *textError {
	return &textError{msg: fmt.Sprintf(format, a...), at: at}
}

func (c *condition) unparsable(at int) *textError {
	return c.fail(at, "unparsable conditional expression '%s'", c.text[at:])
}

func (c *condition) blanks() { c.at = skipSpace(c.text, c.at) }

// operator consumes op. When nothing follows, what stands from the anchor on is unparsable, with the caret at mark.
func (c *condition) operator(op string, anchor, mark int) (bool, *textError) {
	if !strings.HasPrefix(c.text[c.at:], op) {
		return false, nil
	}
	c.at += len(op)
	c.blanks()
	if c.at == len(c.text) {
		err := c.unparsable(anchor)
		err.at = mark
		return false, err
	}
	return true, nil
}

// either parses operands joined by ||. The anchor is where the enclosing expression begins.
func (c *condition) either(anchor int) (bool, *textError) {
	v, err := c.both()
	mark := anchor
	if c.depth == 0 {
		mark = c.at
	}
	for err == nil {
		more, opErr := c.operator("||", anchor, mark)
		if !more {
			return v, opErr
		}
		var right bool
		right, err = c.both()
		v = v || right
	}
	return false, err
}

// both parses operands joined by &&, which binds tighter than ||.
func (c *condition) both() (bool, *textError) {
	v, err := c.operand()
	first := c.at
	for err == nil {
		more, opErr := c.operator("&&", first, first)
		if !more {
			return v, opErr
		}
		var right bool
		right, err = c.operand()
		v = v && right
	}
	return false, err
}

// operand parses one possibly negated integer, predicate or parenthesis, and the blanks behind it.
func (c *condition) operand() (bool, *textError) {
	start, negate := c.at, false
	c.blanks()
	for c.at < len(c.text) && c.text[c.at] == '!' {
		negate = !negate
		c.at++
		c.blanks()
	}
	v, err := c.atom(start)
	c.blanks()
	return v != negate && err == nil, err
}

func (c *condition) atom(start int) (bool, *textError) {
	if c.at == len(c.text) {
		return false, c.unparsable(start)
	}
	if c.text[c.at] == '(' {
		return c.parenthesis(start)
	}
	if v, ok := c.integer(); ok {
		return v, nil
	}
	name := c.text[c.at : c.at+nameLength(c.text[c.at:])]
	p, ok := predicates[name]
	if !ok {
		return false, c.unparsable(start)
	}
	if p.newer {
		c.newer = append(c.newer, name)
	}
	c.at += len(name)
	return c.call(name, p)
}

func nameLength(s string) int {
	n := 0
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	return n
}

func (c *condition) parenthesis(start int) (bool, *textError) {
	open := c.at
	if c.depth++; c.depth > maxParentheses {
		return false, c.fail(open, "unparsable conditional sub-expression '%s'", c.text[open:])
	}
	c.at++
	c.blanks()
	if c.at == len(c.text) {
		return false, c.unparsable(start)
	}
	v, err := c.either(open)
	if err != nil {
		return false, err
	}
	if c.at == len(c.text) || c.text[c.at] != ')' {
		return false, c.fail(open, "expected ')' after conditional expression '%s'", c.text[open:])
	}
	c.at++
	c.depth--
	return v, nil
}

// integer reads a number the way C does (sign, 0x, leading 0 for octal): only whether it is zero matters.
func (c *condition) integer() (nonZero, ok bool) {
	i := c.at
	if i < len(c.text) && (c.text[i] == '-' || c.text[i] == '+') {
		i++
	}
	base := 10
	switch {
	case i+2 < len(c.text) && c.text[i] == '0' && c.text[i+1]|0x20 == 'x' && hexDigit(c.text[i+2]) >= 0:
		base = 16
		i += 2
	case i < len(c.text) && c.text[i] == '0':
		base = 8
	}
	start := i
	for i < len(c.text) && hexDigit(c.text[i]) >= 0 && hexDigit(c.text[i]) < base {
		nonZero = nonZero || c.text[i] != '0'
		i++
	}
	if i == start {
		return false, false
	}
	c.at = i
	return nonZero, true
}

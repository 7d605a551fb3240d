package cfg

import "strings"

// call reads a predicate's arguments and evaluates it.
func (c *condition) call(name string, p predicate) (bool, *textError) {
	args, opened, err := c.arguments(name, p.args)
	if err != nil {
		return false, err
	}
	used := "in argument 1 of predicate '" + name + "' used in conditional expression"
	if len(args) < p.args && p.args > 1 {
		return false, c.fail(c.at, "missing arguments (got %d/%d), type 'string' expected %s", max(len(args), 1), p.args, used)
	}
	if opened {
		if c.at == len(c.text) {
			return false, c.fail(c.at, "expected ')' %s", used)
		}
		if c.text[c.at] != ')' {
			return false, c.fail(c.at, "expected ')' before '%s' %s", c.text[c.at:], used)
		}
		c.at++
	}
	for len(args) < p.args {
		args = append(args, "")
	}
	at := c.at
	v, fault := p.eval(c.opt, args)
	if fault != nil {
		return false, c.fail(min(at, len(c.text)), "%s %s", fault.Error(), used)
	}
	return v, nil
}

// arguments reads up to want strings and stops before what ends them. Quotes and escapes have a second level here; \#, \$
// and \xNN are no escapes on it (configuration.txt 2.2).
func (c *condition) arguments(name string, want int) (args []string, opened bool, err *textError) {
	if c.at == len(c.text) || c.text[c.at] != '(' {
		return nil, false, nil
	}
	c.at++
	for {
		a, err := c.argument(name, len(args))
		if err != nil {
			return nil, true, err
		}
		args = append(args, a)
		if len(args) == want || c.at == len(c.text) || c.text[c.at] == ')' {
			return args, true, nil
		}
		c.at++
	}
}

func (c *condition) argument(name string, index int) (string, *textError) {
	var word strings.Builder
	for quote := byte(0); c.at < len(c.text); c.at++ {
		switch b := c.text[c.at]; {
		case quote == 0 && (b == ',' || b == ')'):
			return word.String(), nil
		case b == quote:
			quote = 0
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == '\\' && quote != '\'':
			if c.at+1 == len(c.text) {
				return "", c.fail(c.at, `failed to parse '\' after '%s' as type 'string' at position %d in argument %d of predicate '%s' used in conditional expression`,
					word.String(), index+1, index, name)
			}
			if plain, ok := argumentEscape(c.text[c.at+1]); ok {
				word.WriteByte(plain)
				c.at++
			} else {
				word.WriteByte(b)
			}
		default:
			word.WriteByte(b)
		}
	}
	return word.String(), nil
}

func argumentEscape(c byte) (byte, bool) {
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case '\\', '"', '\'', ' ':
		return c, true
	}
	return 0, false
}

package acl

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/pattern"
)

// UnmarshalHAProxy reads an `acl` line (configuration.txt 4.2 "acl", 7.1). Syntax:
//
//	acl <name> <criterion> [-i] [-n] [-M] [-u <id>] [-m <method>] [-f <file>]... [--] [<pattern>...]
func (n *Named) UnmarshalHAProxy(d *cfg.Dispenser) error {
	if d.Index() < 0 {
		d.Next()
	}
	if !d.Next() {
		return d.Errf("missing ACL name")
	}
	n.Pos = d.Pos()
	n.Name = d.Val()
	if err := checkName(n.Name); err != nil {
		return d.Errf("%s", err)
	}
	n.Criterion = Criterion{}
	if err := n.parse(d.Remaining()); err != nil {
		return d.Errf("error detected while parsing ACL '%s' : %s", n.Name, err)
	}
	return nil
}

func checkName(name string) error {
	for i := range len(name) {
		c := name[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && !strings.ContainsRune("-_.:", rune(c)) {
			return fmt.Errorf("character '%c' is not permitted in acl name '%s'", c, name)
		}
	}
	if strings.EqualFold(name, "or") {
		return fmt.Errorf("acl name '%s' will never match. 'or' is used to express a logical disjunction within a condition", name)
	}
	return nil
}

// parse reads the words after an ACL's name, or those between braces.
func (c *Criterion) parse(words []string) error {
	if len(words) == 0 || words[0] == "" || !isWordByte(words[0][0]) {
		return fmt.Errorf("missing fetch method in ACL expression '%s'", first(words))
	}
	c.Expr = words[0]
	rest, err := c.flags(words[1:])
	if err != nil {
		return err
	}
	for _, w := range rest {
		if w == "" { // HAProxy takes an empty word for the end of the line
			break
		}
		c.Patterns = append(c.Patterns, w)
	}
	return nil
}

// flags reads the options before the patterns and gives the words after them.
func (c *Criterion) flags(words []string) ([]string, error) {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		flag := words[0]
		words = words[1:]
		switch flag {
		case "--":
			c.meant = true
			return words, nil
		case "-i":
			if !c.IgnoreCase {
				c.ExactFiles, c.Files = c.Files, nil
			}
			c.IgnoreCase = true
		case "-n":
			c.NoDNS = true
		case "-M":
			if len(c.Files)+len(c.ExactFiles) > 0 {
				return nil, fmt.Errorf("'-M' says nothing about the '-f' before it: put it first")
			}
			c.MapFile = true
		case "-u", "-f", "-m":
			if err := c.flagWithValue(flag, first(words)); err != nil {
				return nil, err
			}
			words = words[min(1, len(words)):]
		default:
			return nil, fmt.Errorf("'%s' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'", flag)
		}
	}
	return words, nil
}

func (c *Criterion) flagWithValue(flag, value string) error {
	switch flag {
	case "-u":
		id, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return fmt.Errorf("the argument of -u must be an integer")
		}
		c.ID = int(id)
	case "-f":
		if value == "" {
			return fmt.Errorf("failed to open pattern file <>")
		}
		c.Files = append(c.Files, value)
	case "-m":
		if len(c.Files)+len(c.ExactFiles) > 0 {
			return fmt.Errorf("'-m' must only be specified before patterns and files in parsing ACL expression")
		}
		c.Match = value
		if _, ok := pattern.ParseMethod(value); !ok {
			return fmt.Errorf("unknown matching method '%s' when parsing ACL expression", value)
		}
	}
	return nil
}

// noPattern is HAProxy's warning about a test that can never hold.
func noPattern(expr string) string {
	return fmt.Sprintf("parsing acl keyword '%s' :\n"+
		"  no pattern to match against were provided, so this ACL will never match.\n"+
		"  If this is what you intended, please add '--' to get rid of this warning.\n"+
		"  If you intended to match only for existence, please use '-m found'.\n"+
		"  If you wanted to force an int to match as a bool, please use '-m bool'.\n", expr)
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

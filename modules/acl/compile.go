package acl

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/pattern"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Set is the compiled ACLs of one proxy.
type Set struct {
	env   *sample.Env
	named map[string]*anyOf
	ids   map[int]bool // taken by -u
}

// anyOf is all tests of one name: one that matches is enough.
type anyOf struct {
	pos   cfg.Pos // of the first line
	tests []test
}

// CompileSet compiles the `acl` lines of a proxy. It joins the errors of all of them; each carries its line's position.
func CompileSet(env *sample.Env, list []Named) (*Set, error) {
	if env == nil {
		env = &sample.Env{}
	}
	s := &Set{env: env, named: make(map[string]*anyOf, len(list)), ids: map[int]bool{}}
	var errs []error
	for i := range list {
		n := &list[i]
		if err := s.add(n); err != nil {
			errs = append(errs, cfg.At(n.Pos, fmt.Errorf("error detected while parsing ACL '%s' : %w", n.Name, err)))
		}
	}
	return s, errors.Join(errs...)
}

func (s *Set) add(n *Named) error {
	if err := checkName(n.Name); err != nil {
		return err
	}
	if err := s.takeID(n.ID); err != nil {
		return err
	}
	a := s.named[n.Name]
	if a == nil {
		a = &anyOf{pos: n.Pos}
		s.named[n.Name] = a
	}
	return a.add(s.env, &n.Criterion)
}

func (s *Set) takeID(id int) error {
	if id != 0 && s.ids[id] {
		return fmt.Errorf("the id is already used")
	}
	s.ids[id] = true
	return nil
}

func (a *anyOf) add(env *sample.Env, c *Criterion) error {
	t, err := c.compile(env)
	if err != nil {
		return err
	}
	a.tests = append(a.tests, t)
	return nil
}

// find gives a named or predefined ACL, or nil.
func (s *Set) find(name string) (*anyOf, error) {
	if a := s.named[name]; a != nil {
		return a, nil
	}
	c, ok := predefined[name]
	if !ok {
		return nil, nil
	}
	a := new(anyOf)
	return a, a.add(s.env, &c)
}

// Func is the named or predefined ACL as a function, nil when there is none of that name.
func (s *Set) Func(name string) func(*txn.Txn) bool {
	a, err := s.find(name)
	if a == nil || err != nil {
		return nil
	}
	return a.match
}

// Condition compiles c against the ACLs of s. A nil c compiles to a nil Cond, which always holds. env says where the rule
// stands; with positions given, an ACL must be declared before the rule that uses it, as in HAProxy.
func (s *Set) Condition(env *sample.Env, c *Condition) (*Cond, error) {
	if c == nil {
		return nil, nil
	}
	if env == nil {
		env = s.env
	}
	out := &Cond{unless: c.Unless}
	for _, terms := range c.AnyOf {
		all := make([]term, 0, len(terms))
		for i := range terms {
			t, err := s.term(env, &terms[i], c.Pos)
			if err != nil {
				return nil, cfg.At(c.Pos, err)
			}
			all = append(all, t)
		}
		out.any = append(out.any, all)
	}
	return out, nil
}

func (s *Set) term(env *sample.Env, t *Term, pos cfg.Pos) (term, error) {
	if t.Criterion != nil {
		if t.ACL != "" {
			return term{}, fmt.Errorf("a term is either the name of an ACL or an expression, not both: '%s' and '%s'", t.ACL, t.Expr)
		}
		if err := s.takeID(t.ID); err != nil {
			return term{}, err
		}
		a := new(anyOf)
		if err := a.add(env, t.Criterion); err != nil {
			return term{}, err
		}
		s.warnPlace(env, t.Expr, a)
		return term{not: t.Not, acl: a}, nil
	}
	a, err := s.find(t.ACL)
	if err != nil {
		return term{}, err
	}
	if a == nil || declaredLater(a.pos, pos) {
		return term{}, fmt.Errorf("no such ACL : '%s'", t.ACL)
	}
	s.warnPlace(env, t.ACL, a)
	return term{not: t.Not, acl: a}, nil
}

func declaredLater(decl, use cfg.Pos) bool {
	return decl.File == use.File && decl.Line > use.Line && use.Line > 0
}

// warnPlace warns when nothing of a can be known where the rule stands.
func (s *Set) warnPlace(env *sample.Env, name string, a *anyOf) {
	if env.Where == 0 || env.Warn == nil {
		return
	}
	for i := range a.tests {
		if a.tests[i].expr.Use().Where&env.Where != 0 {
			return
		}
	}
	env.Warn(fmt.Sprintf("acl '%s' will never match because it only involves keywords that are incompatible with '%s'",
		name, placeName(env.Where)))
}

// compile turns a criterion into a test.
func (c *Criterion) compile(env *sample.Env) (test, error) {
	anywhere := *env
	anywhere.Where = 0 // an ACL may be used in several places; Condition looks at each
	name, rest := c.Expr, ""
	if i := strings.IndexAny(c.Expr, "(,"); i >= 0 {
		name, rest = c.Expr[:i], c.Expr[i:]
	}
	fetch, method, isKeyword := sample.Alias(name)
	if !isKeyword {
		fetch = name
	}
	expr, err := sample.Compile(&anywhere, fetch+rest)
	if err != nil {
		return test{}, exprError(name, c.Expr, err)
	}
	switch {
	case c.Match != "":
		method = c.Match
	case !isKeyword || expr.Converted():
		if method = implied(expr.Out()); method == "" {
			return test{}, fmt.Errorf("matching method must be specified first (using '-m') when using a sample fetch of this type ('%s')", name)
		}
	}
	m, ok := pattern.ParseMethod(method)
	if !ok {
		return test{}, fmt.Errorf("unknown matching method '%s' when parsing ACL expression", method)
	}
	if !sample.Castable(expr.Out(), input(m)) {
		return test{}, fmt.Errorf("matching method '%s' cannot be used with fetch keyword '%s'", method, name)
	}
	if env.Warn != nil && !m.NoPatterns() && !c.meant && len(c.Patterns)+len(c.Files)+len(c.ExactFiles) == 0 {
		env.Warn(noPattern(c.Expr))
	}
	t := test{expr: expr, want: input(m)}
	if t.set, err = c.patterns(m); err == nil && expr.Out() == txn.Meth && c.Match == "" && c.IgnoreCase {
		exact := *c
		exact.IgnoreCase = false
		t.methods, err = exact.patterns(m)
	}
	return t, err
}

// input is the type that a sample is cast to for a method.
func input(m pattern.Method) sample.Type {
	switch t := m.Input(); t {
	case txn.None:
		return sample.Any
	case txn.IPv4:
		return sample.Addr
	default:
		return t
	}
}

// patterns compiles the files and words to compare with.
func (c *Criterion) patterns(m pattern.Method) (*pattern.Set, error) {
	files := make([]pattern.File, 0, len(c.ExactFiles)+len(c.Files))
	for _, f := range c.ExactFiles {
		files = append(files, pattern.File{Path: f})
	}
	for _, f := range c.Files {
		files = append(files, pattern.File{Path: f, IgnoreCase: c.IgnoreCase})
	}
	return pattern.Compile(m, c.Patterns, files, pattern.Options{IgnoreCase: c.IgnoreCase, NoDNS: c.NoDNS, MapFile: c.MapFile})
}

// implied is the matching method of a sample's type (the table of 7.1), "" when one must be given.
func implied(t sample.Type) string {
	switch t {
	case txn.Bool:
		return "bool"
	case txn.Int:
		return "int"
	case txn.IPv4, txn.IPv6, sample.Addr:
		return "ip"
	case txn.Str, txn.Meth:
		return "str"
	}
	return ""
}

// exprError words an expression's error as HAProxy does within an ACL.
func exprError(name, expr string, err error) error {
	msg := err.Error()
	if strings.HasPrefix(msg, "fetch method '") && strings.HasSuffix(msg, "' : expected ')'") {
		return fmt.Errorf("ACL keyword '%s' : expected ')'", name)
	}
	if strings.HasPrefix(msg, "missing comma after fetch keyword") {
		return fmt.Errorf("ACL keyword '%s' : missing comma after fetch keyword", name)
	}
	switch {
	case strings.HasPrefix(msg, "unknown fetch method"), strings.HasPrefix(msg, "fetch method '"+name):
		return fmt.Errorf("%w in ACL expression '%s'", err, expr)
	case strings.HasPrefix(msg, "unable to find"):
		return err
	}
	return fmt.Errorf("ACL keyword '%s' : %w", name, err)
}

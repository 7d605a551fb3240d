package sample

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Expr is a compiled expression: a fetch, then converters, with the casts between them.
type Expr struct {
	text  string
	fetch FetchFunc
	convs []step
	out   Type
	use   Use
	name  string // the fetch's name
	late  error  // of a name that is not there: HAProxy says so after the syntax, and so does compile
}

type step struct {
	in   Type // cast to it before; Any leaves the value alone
	conv ConvFunc
}

// Compile compiles an expression that must take all of text.
func Compile(env *Env, text string) (*Expr, error) {
	e, rest, last, err := compile(env, text)
	if err != nil {
		return nil, err
	}
	if rest != "" {
		return nil, fmt.Errorf("missing comma after %s", last)
	}
	return e.check(env)
}

// CompilePrefix compiles the expression that text begins with and returns what follows it, as `%[expr]` needs it.
func CompilePrefix(env *Env, text string) (e *Expr, rest string, err error) {
	if e, rest, _, err = compile(env, text); err == nil {
		e, err = e.check(env)
	}
	return e, rest, err
}

// check refuses what is correct by itself but not in its place, or names what is not there.
func (e *Expr) check(env *Env) (*Expr, error) {
	if env != nil && env.Where != 0 && env.Where&e.use.Where == 0 {
		return nil, fmt.Errorf("fetch method '%s' extracts information from '%s', none of which is available here", e.name, e.use.Name)
	}
	if e.late != nil {
		return nil, e.late
	}
	return e, nil
}

// CompileWords compiles the expression that the words of a line begin with: a word that ends in a comma continues in the
// next one when that is a converter, as in `src, ipmask(24)`. It says how many words were used.
func CompileWords(env *Env, words []string) (e *Expr, used int, err error) {
	if len(words) == 0 {
		return nil, 0, fmt.Errorf("missing fetch method")
	}
	text := words[0]
	used = 1
	for strings.HasSuffix(text, ",") && used < len(words) && beginsWithConv(words[used]) {
		text += words[used]
		used++
	}
	e, err = Compile(env, text)
	return e, used, err
}

func beginsWithConv(word string) bool {
	name, _ := keyword(word)
	_, later := laterConvs[name]
	return convs[name] != nil || later
}

func compile(env *Env, text string) (e *Expr, rest, last string, err error) {
	if env == nil {
		env = &Env{}
	}
	e = &Expr{}
	rest, err = e.compileFetch(env, text)
	last = "fetch keyword '" + e.name + "'"
	for err == nil && strings.HasPrefix(rest, ",") {
		rest = strings.TrimLeft(rest, ",")
		if rest == "" || rest[0] == ']' || rest[0] == ' ' {
			break
		}
		last, rest, err = e.compileConv(env, rest)
	}
	if err != nil {
		return nil, "", "", err
	}
	e.text = text[:len(text)-len(rest)]
	return e, rest, last, nil
}

// compileFetch reads "name" or "name(args)".
func (e *Expr) compileFetch(env *Env, text string) (rest string, err error) {
	name, rest := keyword(text)
	e.name = name
	if name == "" {
		return "", fmt.Errorf("missing fetch method")
	}
	row := fetches[name]
	if row == nil {
		return "", unknownFetch(name)
	}
	args, rest, _, err := row.spec.parse(rest)
	if err != nil {
		return "", fmt.Errorf("fetch method '%s' : %w", name, err)
	}
	args, e.late = env.resolve(args, row.spec, "sample fetch keyword '"+name+"'")
	e.fetch, e.out, e.use = row.Func, row.Out, row.Use
	if row.Compile != nil {
		if e.fetch, err = row.Compile(env, args); err != nil {
			return "", fmt.Errorf("invalid args in fetch method '%s' : %w", name, err)
		}
	}
	return rest, nil
}

// compileConv reads one converter and says how to call it in an error about what follows.
func (e *Expr) compileConv(env *Env, text string) (last, rest string, err error) {
	name, rest := keyword(text)
	row := convs[name]
	if row == nil {
		return "", "", unknownConv(name)
	}
	last = "converter '" + name + "'"
	if !Castable(e.out, row.In) {
		return "", "", fmt.Errorf("%s cannot be applied", last)
	}
	args, rest, pos, err := row.spec.parse(rest)
	if err != nil {
		return "", "", fmt.Errorf("invalid arg %d in %s : %w", pos, last, err)
	}
	args, late := env.resolve(args, row.spec, "conversion keyword '"+name+"'")
	if e.late == nil {
		e.late = late
	}
	fn := row.Func
	if row.Compile != nil {
		if fn, err = row.Compile(env, args); err != nil {
			return "", "", fmt.Errorf("invalid args in %s : %w", last, err)
		}
	}
	e.convs = append(e.convs, step{row.In, fn})
	if row.Out != Same {
		e.out = row.Out
	}
	return last, rest, nil
}

// keyword splits a leading keyword off.
func keyword(text string) (name, rest string) {
	i := 0
	for i < len(text) && isKeywordByte(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

func isKeywordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '.' || c == '_' || c == '-' || c == '+' || c == ':'
}

// Eval fetches the value, converts it, and says whether there is one. it is as in FetchFunc. The value is valid until the
// transaction ends.
func (e *Expr) Eval(t *txn.Txn, it *Iter, out *Sample) bool {
	out.More = false
	if !e.fetch(t, it, out) {
		return false
	}
	return len(e.convs) == 0 || e.convert(t, out)
}

func (e *Expr) convert(t *txn.Txn, out *Sample) bool {
	for i := range e.convs {
		c := &e.convs[i]
		if !Cast(t, out, c.in) || !c.conv(t, out) {
			return false
		}
	}
	return true
}

// Out is the type of the value; Any when it is known at run time only.
func (e *Expr) Out() Type { return e.out }

// Use is what the fetch looks at and where it can be used.
func (e *Expr) Use() Use { return e.use }

// FetchName is the name of the fetch, as written.
func (e *Expr) FetchName() string { return e.name }

// String is the expression as written.
func (e *Expr) String() string { return e.text }

package conf

import (
	"path/filepath"
	"strings"
)

// checks are what include_check asks of an include.
type checks uint8

const (
	checkReadable checks = 1 << iota // each file that matches can be read
	checkMatch                       // a file matches unless the name has wildcards
	checkWildcard                    // a file matches
	checkBrace                       // each alternative of braces matches

	checkAll = checkReadable | checkMatch | checkWildcard | checkBrace
)

// includes are the words and what they check beside include_check.
var includes = map[string]checks{
	"include": 0, "includer": checkReadable, "includem": checkMatch | checkReadable, "includew": checkWildcard | checkReadable,
	"includeb": checkBrace | checkReadable, "includea": checkAll,
}

var checkNames = map[string]checks{
	"readable": checkReadable, "match": checkMatch | checkReadable, "wildcard_match": checkWildcard | checkReadable,
	"brace_match": checkBrace | checkReadable,
}

// includeCheck obeys the one word of global_defs that changes how files are read.
func (r *reader) includeCheck(options []string) {
	if len(options) == 0 {
		r.checks = checkAll
		return
	}
	set := checks(0)
	if strings.ContainsAny(options[0][:min(1, len(options[0]))], "+-") {
		set = r.checks
	}
	for _, o := range options {
		name := strings.TrimLeft(o, "+-")
		c, ok := checkNames[name]
		switch {
		case !ok:
			r.errorf("include_check: '%s' is none of readable, match, wildcard_match, brace_match", o)
		case strings.HasPrefix(o, "-"):
			set &^= c &^ checkReadable
			if name == "readable" {
				set &^= checkReadable
			}
		default:
			set |= c
		}
	}
	r.checks = set
}

// includeWord cuts a word of includes off.
func includeWord(text string) (word, rest string, ok bool) {
	if !strings.HasPrefix(text, "include") {
		return "", "", false
	}
	word = text
	if i := strings.IndexFunc(text, func(c rune) bool { return c < 128 && isSpace(byte(c)) }); i >= 0 {
		word, rest = text[:i], trim(text[i:])
	}
	_, ok = includes[word]
	return word, rest, ok
}

// include reads the files that a pattern matches. The pattern is the rest of the line as it stands, quotes included.
func (r *reader) include(want checks, pattern string) {
	want |= r.checks
	if r.opt.MissingInclude {
		want |= checkAll
	}
	if pattern == "" {
		r.errorf("include: the name of a file is missing")
		return
	}
	if r.depth >= maxInclude {
		r.errorf("files are included in each other deeper than %d", maxInclude)
		r.stop = true
		return
	}
	path := pattern
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(r.pos.File), path)
	}
	found := false
	alternatives := braces(path)
	for _, one := range alternatives {
		matches, err := r.opt.Glob(one)
		if err != nil {
			r.errorf("include %s: %v", pattern, err)
			return
		}
		if len(matches) == 0 && len(alternatives) > 1 && want&checkBrace != 0 {
			r.errorf("include %s: no file matches %s", pattern, one)
			return
		}
		for _, name := range matches {
			found = true
			r.included(want, name)
		}
	}
	if found {
		return
	}
	wild := strings.ContainsAny(path, "*?[")
	if wild && want&checkWildcard != 0 || !wild && want&checkMatch != 0 {
		r.errorf("include %s: no such file", pattern)
	} else if !wild {
		r.diags.Warnf(r.pos, "include %s: no such file; keepalived goes on without it", pattern)
	}
}

func (r *reader) included(want checks, name string) {
	body, err := r.opt.Read(name)
	if err != nil {
		if want&checkReadable != 0 {
			r.errorf("include: %v", err)
		} else {
			r.diags.Warnf(r.pos, "include: %v; keepalived goes on without it", err)
		}
		return
	}
	outer := r.checks
	r.depth++
	r.file(File{Name: name, Body: body})
	r.depth--
	r.checks = outer
}

// braces expands csh's "{a,b{c,d}}" in a path.
func braces(path string) []string {
	open := strings.IndexByte(path, '{')
	if open < 0 {
		return []string{path}
	}
	depth, from := 0, open+1
	var items []string
	for i := open; i < len(path); i++ {
		switch path[i] {
		case '{':
			depth++
		case ',':
			if depth == 1 {
				items = append(items, path[from:i])
				from = i + 1
			}
		case '}':
			if depth--; depth > 0 {
				continue
			}
			items = append(items, path[from:i])
			var all []string
			for _, item := range items {
				all = append(all, braces(path[:open]+item+path[i+1:])...)
				if len(all) > 1024 {
					return all
				}
			}
			return all
		}
	}
	return []string{path}
}

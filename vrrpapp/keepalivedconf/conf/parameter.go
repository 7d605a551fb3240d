package conf

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// parameter is what a $NAME stands for: one line, or several.
type parameter []string

var (
	definition = regexp.MustCompile(`^\$([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)
	// A name in braces ends with them, one without at white space, a comma or the end of the line.
	reference = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)((?:[ \t]+[0-9]+){0,2})[ \t]*\}|([A-Za-z_][A-Za-z0-9_]*)([\s,]|$))`)
	undefined = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*[^}"]*\}`)
)

// define reads the value of a definition, which may go on on the next lines.
func (r *reader) define(name, value string, more func() (string, bool)) {
	var lines parameter
	for goes := true; goes; {
		var text string
		text, goes = strings.CutSuffix(trim(value), `\`)
		if text = trim(text); text != "" {
			lines = append(lines, text)
		}
		if r.bytes += len(text); r.bytes > maxBytes || len(lines) > r.opt.Statements {
			r.over(text, 0)
			return
		}
		if !goes {
			break
		}
		next, ok := more()
		if !ok {
			break
		}
		var comment string
		if value, comment = uncomment(next); goesOn(comment) {
			value += `\`
		}
	}
	r.params[name] = lines
}

// goesOn reports a backslash at the end of a line, which counts in a comment too.
func goesOn(line string) bool { return strings.HasSuffix(trim(line), `\`) }

// expand replaces the first reference of a line; what it stands for is looked at again. Changed is false if there is none.
func (r *reader) expand(line string) (lines []string, changed bool) {
	for from := 0; from < len(line); {
		m := reference.FindStringSubmatchIndex(line[from:])
		if m == nil {
			return nil, false
		}
		for i := range m {
			if m[i] >= 0 {
				m[i] += from
			}
		}
		name, end, args := "", m[1], ""
		if m[2] >= 0 {
			name, args = line[m[2]:m[3]], line[m[4]:m[5]]
		} else {
			name, end = line[m[6]:m[7]], m[8] // the white space after it stays
		}
		value, ok := r.value(name, args)
		if !ok {
			from = m[1]
			continue
		}
		lines = append(lines, value...)
		if len(lines) == 0 {
			lines = []string{""}
		}
		lines[0] = line[:m[0]] + lines[0]
		lines[len(lines)-1] += line[end:]
		return lines, true
	}
	return nil, false
}

// value finds a parameter, of the file or predefined.
func (r *reader) value(name, args string) (parameter, bool) {
	if name != "_RANDOM" && args != "" {
		return nil, false
	}
	if v, ok := r.params[name]; ok {
		return v, true
	}
	switch name {
	case "_PWD":
		dir, err := filepath.Abs(filepath.Dir(r.pos.File))
		if err != nil {
			return nil, false
		}
		return parameter{dir}, true
	case "_INSTANCE":
		return parameter{r.opt.ConfigID}, true
	case "_HASH":
		return parameter{"#"}, true
	case "_BANG":
		return parameter{"!"}, true
	case "_RANDOM":
		return r.random(args)
	}
	return nil, false
}

func (r *reader) random(args string) (parameter, bool) {
	bounds := [2]uint64{0, 32767}
	for i, word := range strings.Fields(args) {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return nil, false
		}
		bounds[i] = n
	}
	if bounds[1] < bounds[0] {
		return nil, false
	}
	return parameter{fmt.Sprint(bounds[0] + r.rand.Uint64N(bounds[1]-bounds[0]+1))}, true
}

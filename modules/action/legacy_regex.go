package action

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
)

// The words of HAProxy 1.x matched whole lines of the head: "GET /x HTTP/1.0" and "Host: x". Their modern counterparts see
// targets and values. Only shapes whose meaning is certain are translated.

var (
	// A line regex that begins with a header's name, whose value follows: ^Host:\ www
	headerLine = regexp.MustCompile(`^\^([A-Za-z0-9_-]+):( |\[ \]\*| \*|\\s\*|\[\[:space:\]\]\*)?`)
	// One that begins with any method, in a group or not, whose target follows: ^([^\ :]*)\ /x
	requestLine = regexp.MustCompile(`^\^(\(?)(\[\^ :\]|\[\^: \]|\[\^ \]|\\S|\[A-Z\]|\[A-Za-z\])[*+](\)?) `)
)

var errLine = errors.New("this expression over a whole line must be rewritten by hand")

// legacyAdd makes "Name: value" a field. The text was taken as it stands: a % is one.
func legacyAdd(line string) (Action, error) {
	name, value, ok := strings.Cut(line, ":")
	if !ok || name == "" || strings.ContainsAny(name, " \t") {
		return nil, fmt.Errorf("'%s' is no header", line)
	}
	value = strings.ReplaceAll(strings.TrimLeft(value, " \t"), "%", "%%")
	return &AddHeader{headerFormat{Header: name, Value: value}}, nil
}

// legacyDel translates a regex that means all fields of a name.
func legacyDel(search string) (Action, error) {
	m := headerLine.FindStringSubmatch(search)
	if m == nil {
		return nil, errLine
	}
	switch rest := search[len(m[0]):]; rest {
	case "", ".*", "(.*)", ".*$", "(.*)$":
		return &DelHeader{Header: m[1]}, nil
	}
	return nil, errLine
}

// legacyMatch translates a regex that a line of the head must match.
func legacyMatch(search string, w legacyWord) (*acl.Term, error) {
	if alternatives(search) {
		return nil, errLine
	}
	c := &acl.Criterion{Match: "reg", IgnoreCase: w.icase}
	if m := headerLine.FindStringSubmatch(search); m != nil {
		fetch := map[RuleSet]string{HTTPRequest: "req.fhdr", HTTPResponse: "res.fhdr"}[w.set]
		c.Expr, c.Patterns = fetch+"("+m[1]+")", []string{"^" + search[len(m[0]):]}
		return &acl.Term{Criterion: c}, nil
	}
	target, _, ok := targetRegex(search)
	if !ok || w.set != HTTPRequest {
		return nil, errLine
	}
	c.Expr, c.Patterns = "url", []string{"^" + target}
	return &acl.Term{Criterion: c}, nil
}

// targetRegex is the part of a request line's regex that is about the target. grouped says that the method is \1.
func targetRegex(search string) (target string, grouped, ok bool) {
	m := requestLine.FindStringSubmatch(search)
	if m == nil || (m[1] == "") != (m[3] == "") {
		return "", false, false
	}
	target = search[len(m[0]):]
	// The version follows the target in a line: an expression that looks at it, or at the end, means something else here.
	if strings.ContainsAny(target, " $") || strings.Contains(target, "HTTP") {
		return "", false, false
	}
	return target, m[1] != "", true
}

// legacyReplace translates a replacement in a header's value or in the target.
func legacyReplace(search, text string, w legacyWord) (Action, error) {
	if m := headerLine.FindStringSubmatch(search); m != nil {
		name, value, ok := strings.Cut(text, ":")
		if !ok || !strings.EqualFold(name, m[1]) {
			return nil, errLine
		}
		r, err := keepRest(search[len(m[0]):], strings.TrimLeft(value, " "), 0, w.icase)
		return &ReplaceHeader{headerReplacement{Header: m[1], replacement: r}}, err
	}
	target, grouped, ok := targetRegex(search)
	if !ok || !grouped || w.set != HTTPRequest || !strings.HasPrefix(text, `\1 `) {
		return nil, errLine
	}
	r, err := keepRest(target, text[len(`\1 `):], 1, w.icase)
	return &ReplaceURI{r}, err
}

// keepRest makes a replacement of a match out of one of the whole text: what follows the match is kept by a last group.
// The first shift groups of the old expression are gone.
func keepRest(expr, text string, shift int, icase bool) (r replacement, err error) {
	last := countGroups(expr) + 1
	if last > 9 || alternatives(expr) || strings.Contains(expr, `\K`) {
		return r, errLine
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			r.Replace += strings.ReplaceAll(string(c), "%", "%%")
			continue
		}
		i++
		if d := text[i]; d >= '0' && d <= '9' {
			n := int(d-'0') - shift
			if n <= 0 {
				return r, errLine
			}
			r.Replace += `\` + strconv.Itoa(n)
			continue
		}
		r.Replace += text[i-1 : i+1]
	}
	r.Regex = "^(?:" + expr + ")(.*)$"
	if strings.HasSuffix(expr, "(.*)") && !strings.Contains(expr, "|") {
		r.Regex = "^" + expr // it takes the rest itself
	} else {
		r.Replace += `\` + strconv.Itoa(last)
	}
	if icase {
		r.Regex = "(?i)" + r.Regex
	}
	return r, nil
}

// alternatives tells whether expr has a | outside of groups: what stands before it would not be part of the others.
func alternatives(expr string) bool {
	depth, class := 0, false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			return true
		}
	}
	return false
}

// countGroups counts the capture groups of a regular expression.
func countGroups(expr string) (n int) {
	class := false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']' || i > 0 && expr[i-1] == '['
		case c == '[':
			class = true
		case c == '(' && !strings.HasPrefix(expr[i:], "(?"):
			n++
		}
	}
	return n
}

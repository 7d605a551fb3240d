package action

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The words of HAProxy 1.x matched whole lines of the head: "GET /x HTTP/1.0" and "Host: x". Their modern counterparts see
// targets and values. Only shapes whose meaning is certain are translated.

var (
	// A line regex that begins with a header's name, whose value follows: ^Host:\ www
	headerLine = regexp.MustCompile(`^\^([A-Za-z0-9_-]+):( |\[ \][*+?]?| [*+?]|\\s[*+?]?|\[\[:space:\]\][*+?]?)?`)
	// One that begins with any method, in a group or not, whose target follows: ^([^\ :]*)\ /x
	requestLine = regexp.MustCompile(`^\^(\(?)(\[\^ :\]|\[\^: \]|\[\^ \]|\\S|\[A-Z\]|\[A-Za-z\])[*+](\)?) `)
	// The beginning of a header's name: ^X-Forwarded
	namePrefix = regexp.MustCompile(`^\^([A-Za-z0-9_-]+)(?:\.\*)?$`)
)

var errLine = errors.New("What it says about a whole line of the head must be rewritten by hand")

// legacyAdd makes "Name: value" a field. The text was taken as it stands: a % is one.
func legacyAdd(line string) ([]string, error) {
	name, value, ok := strings.Cut(line, ":")
	value = strings.ReplaceAll(strings.Trim(value, " \t"), "%", "%%")
	if !ok || name == "" || value == "" || strings.ContainsAny(name, " \t") {
		return nil, fmt.Errorf("'%s' is no header with a value", line)
	}
	return []string{"add-header", name, value}, nil
}

// legacyDelete translates a regex that means all fields of a name, or all whose name begins alike.
func legacyDelete(search string) ([]string, error) {
	if m := namePrefix.FindStringSubmatch(search); m != nil {
		return []string{"del-header", m[1], "-m", "beg"}, nil
	}
	m := headerLine.FindStringSubmatch(search)
	if m == nil {
		return nil, errLine
	}
	switch search[len(m[0]):] {
	case "", ".*", "(.*)", ".*$", "(.*)$":
		return []string{"del-header", m[1]}, nil
	}
	return nil, errLine
}

// match translates a regex that a line of the head must match into the words of an anonymous ACL.
func (w legacyWord) match(search string) ([]string, error) {
	if alternatives(search) {
		return nil, errLine
	}
	fetch, expr := "", ""
	if m := headerLine.FindStringSubmatch(search); m != nil {
		expr = search[len(m[0]):]
		fetch = map[RuleSet]string{HTTPRequest: "req.fhdr", HTTPResponse: "res.fhdr"}[w.set] + "(" + m[1] + ")"
		if m[2] == "" && expr != "" && !strings.HasPrefix(expr, ".*") {
			return nil, errLine // a value that follows the colon at once
		}
	} else {
		target, _, ok := targetRegex(search)
		if !ok || w.set != HTTPRequest {
			return nil, errLine
		}
		fetch, expr = "url", target
	}
	words := []string{"{", fetch, "-m", "reg"}
	if w.icase {
		words = append(words, "-i")
	}
	return append(words, "^"+expr, "}"), nil
}

// targetRegex is the part of a request line's regex that is about the target. grouped says that the method is \1.
func targetRegex(search string) (target string, grouped, ok bool) {
	m := requestLine.FindStringSubmatch(search)
	if m == nil || (m[1] == "") != (m[3] == "") {
		return "", false, false
	}
	target = search[len(m[0]):]
	// The version follows the target in a line: an expression that looks at it, or at the end, means something else here.
	if strings.ContainsAny(target, " $") || strings.Contains(target, "HTTP") || !staysInTarget(target) {
		return "", false, false
	}
	return target, m[1] != "", true
}

// staysInTarget tells whether what follows each .* can only match in the target: something in it does not occur in a
// version, so that the .* cannot have taken a part of that.
func staysInTarget(expr string) bool {
	for i := 0; i+1 < len(expr); i++ {
		switch {
		case expr[i] == '\\':
			i++
		case expr[i] == '.' && (expr[i+1] == '*' || expr[i+1] == '+'):
			rest := strings.Trim(expr[i+2:], "?)")
			if rest != "" && strings.Trim(rest, `HTP/1.0()[]{}*+?|^\`) == "" {
				return false
			}
		}
	}
	return true
}

// replacement translates a replacement in a header's value or in the target.
func (w legacyWord) replacement(search, text string) ([]string, error) {
	if m := headerLine.FindStringSubmatch(search); m != nil {
		name, value, ok := strings.Cut(text, ":")
		expr := search[len(m[0]):]
		if !ok || !strings.EqualFold(name, m[1]) {
			return nil, errLine
		}
		// Without a blank in the expression the matched part begins with the one behind the colon.
		if m[2] == "" && !strings.HasPrefix(expr, ".*") && !(strings.HasPrefix(expr, "(.*)") && strings.HasPrefix(value, `\1`)) {
			return nil, errLine
		}
		regex, to, err := keepRest(expr, strings.TrimLeft(value, " "), 0)
		return []string{"replace-header", m[1], w.ignoreCase(regex), to}, err
	}
	target, grouped, ok := targetRegex(search)
	to, kept := strings.CutPrefix(text, `\1 `)
	if !ok || !grouped || !kept || w.set != HTTPRequest {
		return nil, errLine
	}
	if !keepsVersion(target, to) {
		return nil, errLine
	}
	regex, to, err := keepRest(target, to, 1)
	return []string{"replace-uri", w.ignoreCase(regex), to}, err
}

// keepsVersion tells whether a request line still ends with its version: a last group that took it stands at the end of
// the replacement, and only there.
func keepsVersion(target, to string) bool {
	if !strings.HasSuffix(target, ".*") && !strings.HasSuffix(target, ".*)") &&
		!strings.HasSuffix(target, ".+") && !strings.HasSuffix(target, ".+)") {
		return true
	}
	last := `\` + strconv.Itoa(countGroups(target)+1)
	return strings.HasSuffix(target, "(.*)") && strings.HasSuffix(to, last) && strings.Count(to, last) == 1
}

func (w legacyWord) ignoreCase(regex string) string {
	if w.icase {
		return "(?i)" + regex
	}
	return regex
}

// keepRest makes a replacement of a match out of one of the whole text: what follows the match is kept by a last group.
// The first shift groups of the old expression are gone.
func keepRest(expr, text string, shift int) (regex, to string, err error) {
	last := countGroups(expr) + 1
	if last > 9 || alternatives(expr) || strings.Contains(expr, `\K`) {
		return "", "", errLine
	}
	to, err = shiftGroups(text, shift)
	if err != nil {
		return "", "", err
	}
	if to != "" && (strings.HasSuffix(expr, "(.*)") || strings.HasSuffix(expr, ".*") && !strings.HasSuffix(expr, `\.*`)) {
		return "^" + expr, to, nil // it takes the rest itself
	}
	return "^(?:" + expr + ")(.*)$", to + `\` + strconv.Itoa(last), nil
}

// shiftGroups renumbers the groups of a replacement whose expression lost its first ones, and protects each %.
func shiftGroups(text string, shift int) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '%':
			b.WriteString("%%")
		case c != '\\' || i+1 == len(text):
			b.WriteByte(c)
		case text[i+1] < '0' || text[i+1] > '9':
			i++
			b.WriteString(text[i-1 : i+1])
		default:
			i++
			n := int(text[i]-'0') - shift
			if n <= 0 {
				return "", errLine
			}
			b.WriteString(`\` + strconv.Itoa(n))
		}
	}
	return b.String(), nil
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

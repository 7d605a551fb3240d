package conf

import (
	"errors"
	"strings"
)

var errQuote = errors.New(`a quote (") does not end`)

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func trim(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// words splits text as keepalived does for all but commands: double quotes keep white space together, begin a word wherever
// they stand and end it, and nothing is escaped.
func words(text string) (list []string, err error) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case isSpace(c):
			i++
		case c == '"':
			n := strings.IndexByte(text[i+1:], '"')
			if n < 0 {
				return list, errQuote
			}
			list = append(list, text[i+1:i+1+n])
			i += n + 2
		default:
			n := strings.IndexFunc(text[i:], func(r rune) bool { return r == '"' || r < 128 && isSpace(byte(r)) })
			if n < 0 {
				n = len(text) - i
			}
			list = append(list, text[i:i+n])
			i += n
		}
	}
	return list, nil
}

// uncomment cuts a comment off: '#' and '!' begin one anywhere but between double quotes.
func uncomment(line string) (text, comment string) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			quoted = !quoted
		case '#', '!':
			if !quoted {
				return line[:i], line[i:]
			}
		}
	}
	return line, ""
}

// brace finds the first brace that stands for itself: not between double quotes nor in ${NAME}. Without one it returns -1.
func brace(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '$' && i+1 < len(line) && line[i+1] == '{':
			n := strings.IndexByte(line[i:], '}')
			if n < 0 {
				return i + 1
			}
			i += n
		case c == '{' || c == '}':
			return i
		}
	}
	return -1
}

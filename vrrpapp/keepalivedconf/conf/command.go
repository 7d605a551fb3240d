package conf

import (
	"errors"
	"fmt"
)

// CommandWords splits text as keepalived does where a command is expected, which differs from all other words: quotes of both
// kinds keep white space together, also inside a word, and a backslash escapes (keepalived.conf(5), "Quoted strings").
// The word that it finds is split once more into the program and its arguments.
func CommandWords(text string) (list []string, err error) {
	var word []byte
	in, quote := false, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			var escaped byte
			escaped, i = escape(text, i+1)
			word, in = append(word, escaped), true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, in = c, true
		case quote == 0 && isSpace(c):
			if in {
				list = append(list, string(word))
			}
			word, in = nil, false
		case c == '\\':
			return nil, errors.New(`a '\' with nothing behind it`)
		default:
			word, in = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote (%c) does not end", quote)
	}
	if in {
		list = append(list, string(word))
	}
	return list, nil
}

// escape reads what follows a backslash, which begins at i, and returns where it ends.
func escape(text string, i int) (value byte, last int) {
	const controls = "abfnrtvE"
	switch c := text[i]; {
	case c == 'x':
		n, end := digits(text, i+1, len(text), 16)
		if end == i+1 {
			return c, i
		}
		return n, end - 1
	case c >= '0' && c <= '7':
		n, end := digits(text, i, i+3, 8)
		return n, end - 1
	case c == 'c' && i+1 < len(text):
		return text[i+1] & 0x1f, i + 1
	default:
		for k := range controls {
			if c == controls[k] {
				return "\a\b\f\n\r\t\v\x1b"[k], i
			}
		}
		return c, i
	}
}

// digits reads a number; only its last byte counts.
func digits(text string, from, to int, base byte) (value byte, end int) {
	for end = from; end < min(to, len(text)); end++ {
		d := byte(255)
		switch c := text[end]; {
		case c >= '0' && c <= '9':
			d = c - '0'
		case c >= 'a' && c <= 'f':
			d = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			d = c - 'A' + 10
		}
		if d >= base {
			break
		}
		value = value*base + d
	}
	return value, end
}

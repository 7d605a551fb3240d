package cfg

import (
	"fmt"
	"strings"
)

// Quote writes a word so that the lexer reads it back unchanged on a line of its own words. A NUL cannot be expressed: as
// in HAProxy, the word ends there. A word that begins a line and starts with a dot is a directive whether quoted or not.
func Quote(word string) string {
	if word == "" {
		return `""`
	}
	plain, strong := true, true
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c < ' ' || c == 0x7f:
			plain, strong = false, false
		case c == '\'':
			plain, strong = false, false
		case c == ' ' || c == '"' || c == '#' || c == '\\':
			plain = false
		}
	}
	switch {
	case plain:
		return word
	case strong:
		return "'" + word + "'"
	}
	return weakQuote(word)
}

// QuoteLine writes the words of a line, each with Quote.
func QuoteLine(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}

func weakQuote(word string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case c == '"' || c == '\\' || c == '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

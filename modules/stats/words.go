package stats

import "strings"

// splitCommands splits a line at the semicolons that no backslash stands before.
func splitCommands(line string) []string {
	var list []string
	start := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case ';':
			list = append(list, line[start:i])
			start = i + 1
		}
	}
	return append(list, line[start:])
}

// splitWords splits a command at blanks. A backslash takes the meaning of the byte behind it (management.txt 9.3).
func splitWords(s string) []string {
	var words []string
	var word []byte
	in := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '\t':
			if in {
				words = append(words, string(word))
			}
			word, in = word[:0], false
			continue
		case c == '\\' && i+1 < len(s):
			i++
			c = s[i]
		}
		word, in = append(word, c), true
	}
	if in {
		words = append(words, string(word))
	}
	return words
}

// cleanLine takes off what is not part of a line: a carriage return at its end, and all from a zero byte on.
func cleanLine(line string) string {
	line, _, _ = strings.Cut(line, "\x00")
	return strings.TrimSuffix(line, "\r")
}

// payloadMark at the end of a line announces a payload: lines up to an empty one.
const payloadMark = "<<"

// wantsPayload tells whether a line announces a payload, and gives the line without the mark.
func wantsPayload(line string) (string, bool) {
	trimmed := strings.TrimRight(line, " \t")
	rest, ok := strings.CutSuffix(trimmed, payloadMark)
	if !ok || rest != "" && !strings.ContainsAny(rest[len(rest)-1:], " \t") {
		return line, false
	}
	return rest, true
}

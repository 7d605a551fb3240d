package conf

import "errors"

// CommandWords splits the text of a statement as keepalived does where a command is expected: quotes of both kinds keep white
// space together, also inside a word, and a backslash escapes.
func CommandWords(text string) ([]string, error) {
	return words(text)
}

// SplitCommand splits a command into the program and its arguments: single quotes keep white space together.
func SplitCommand(command string) (list []string, err error) {
	word, in, quoted := []byte(nil), false, false
	for i := 0; i < len(command); i++ {
		switch c := command[i]; {
		case c == '\'':
			quoted, in = !quoted, true
		case isSpace(c) && !quoted:
			if in {
				list = append(list, string(word))
			}
			word, in = nil, false
		default:
			word, in = append(word, c), true
		}
	}
	if quoted {
		return nil, errors.New("a quote (') does not end")
	}
	if in {
		list = append(list, string(word))
	}
	return list, nil
}

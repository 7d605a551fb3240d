package cfg

import "strings"

// variable expands $NAME, ${NAME}, ${NAME-default} and ${NAME[*]} at i, where line[i] is the dollar (configuration.txt 2.3).
func (s *splitter) variable(i int) (int, *textError) {
	i++
	brace := -1
	if i < len(s.line) && s.line[i] == '{' {
		brace = i
		i++
	}
	name, err := s.variableName(i)
	if err != nil {
		return 0, err
	}
	i += len(name)
	if brace < 0 {
		value, _ := s.lookup(name)
		s.word.WriteString(value)
		return i, nil
	}
	return s.braced(name, i, brace)
}

func (s *splitter) variableName(start int) (string, *textError) {
	i := start
	pseudo := i < len(s.line) && s.line[i] == '.'
	if pseudo {
		i++
	} else if i >= len(s.line) || !isNameByte(s.line[i]) || isDigit(s.line[i]) {
		return "", &textError{msg: "forbidden first char in environment variable name", at: start}
	}
	for i < len(s.line) && isNameByte(s.line[i]) {
		i++
	}
	name := s.line[start:i]
	if pseudo {
		if _, ok := s.lookup(name); !ok {
			return "", &textError{msg: "forbidden first char in environment variable name", at: start, shown: i}
		}
	}
	return name, nil
}

// braced reads what may follow a name in braces: the list suffix, a default, and the closing brace. A default is taken
// literally up to the brace, whatever quotes or backslashes it holds.
func (s *splitter) braced(name string, i, brace int) (int, *textError) {
	list := false
	if i < len(s.line) && s.line[i] == '[' {
		if !strings.HasPrefix(s.line[i:], "[*]") {
			return 0, &textError{msg: "truncated or invalid word expansion sequence", at: i}
		}
		list = true
		i += len("[*]")
	}
	value, found := s.lookup(name)
	if i < len(s.line) && s.line[i] == '-' {
		end := strings.IndexByte(s.line[i:], '}')
		if end < 0 {
			return 0, unmatchedBrace(brace)
		}
		if !found {
			value = s.line[i+1 : i+end]
		}
		i += end
	}
	if i >= len(s.line) || s.line[i] != '}' {
		return 0, unmatchedBrace(brace)
	}
	if list {
		s.writeList(value)
	} else {
		s.word.WriteString(value)
	}
	return i + 1, nil
}

func unmatchedBrace(at int) *textError {
	return &textError{msg: "unmatched brace in environment variable name", at: at}
}

// writeList adds a value whose blanks separate words: every run of them closes the open word and opens the next.
func (s *splitter) writeList(value string) {
	for i := 0; i < len(value); {
		if isSpace(value[i]) {
			s.finish()
			s.begun = true
			i = skipSpace(value, i)
			continue
		}
		s.word.WriteByte(value[i])
		i++
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

package h1

// TrimBlanks cuts spaces and tabs off both ends.
func TrimBlanks(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// ElementEnd is the index of the comma, outside of double quotes, that ends the element of a comma-separated list which
// begins at start; without one, the list's length.
func ElementEnd(list []byte, start int) int {
	quoted := false
	for i := start; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return i
		}
	}
	return len(list)
}

// cutComma cuts b at its first comma, as HAProxy does for framing fields: quotes mean nothing there.
func cutComma(b []byte) (piece, rest []byte, more bool) {
	for i := range b {
		if b[i] == ',' {
			return b[:i], b[i+1:], true
		}
	}
	return b, nil, false
}

// hasToken says whether a comma-separated list has the element name (lower case).
func hasToken(list []byte, name string) bool {
	for more := true; more; {
		var piece []byte
		piece, list, more = cutComma(list)
		if isFold(TrimBlanks(piece), name) {
			return true
		}
	}
	return false
}

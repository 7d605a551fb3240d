package regex

// byteSet is a set of byte values.
type byteSet [4]uint64

func (s *byteSet) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func (s *byteSet) addRange(lo, hi byte) {
	for c := int(lo); c <= int(hi); c++ {
		s.add(byte(c))
	}
}

func (s *byteSet) union(o byteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s byteSet) not() byteSet {
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

// fold adds the other case of every ASCII letter. PCRE's tables know no other letters.
func (s *byteSet) fold() {
	for c := byte('a'); c <= 'z'; c++ {
		if s.has(c) || s.has(c-'a'+'A') {
			s.add(c)
			s.add(c - 'a' + 'A')
		}
	}
}

func setOf(bytes string) (s byteSet) {
	for i := 0; i < len(bytes); i++ {
		s.add(bytes[i])
	}
	return s
}

func ranges(pairs string) (s byteSet) {
	for i := 0; i+1 < len(pairs); i += 2 {
		s.addRange(pairs[i], pairs[i+1])
	}
	return s
}

// The sets of PCRE's escapes and POSIX classes in the C locale.
var (
	setDigit   = ranges("09")
	setWord    = ranges("azAZ09__")
	setSpace   = ranges("\t\r  ")
	setHoriz   = setOf("\t \xa0")
	setVert    = ranges("\n\r\x85\x85")
	setAny     = byteSet{}.not()
	setNewline = setOf("\n")

	posixClasses = map[string]byteSet{
		"alpha":  ranges("azAZ"),
		"lower":  ranges("az"),
		"upper":  ranges("AZ"),
		"alnum":  ranges("azAZ09"),
		"ascii":  ranges("\x00\x7f"),
		"blank":  setOf(" \t"),
		"cntrl":  ranges("\x00\x1f\x7f\x7f"),
		"digit":  setDigit,
		"graph":  ranges("!~"),
		"print":  ranges(" ~"),
		"punct":  ranges("!/:@[`{~"),
		"space":  setSpace,
		"word":   setWord,
		"xdigit": ranges("09afAF"),
	}
)

// escapeSet is the set of a class escape such as \d, if c is one.
func escapeSet(c byte) (byteSet, bool) {
	switch c {
	case 'd':
		return setDigit, true
	case 'D':
		return setDigit.not(), true
	case 'w':
		return setWord, true
	case 'W':
		return setWord.not(), true
	case 's':
		return setSpace, true
	case 'S':
		return setSpace.not(), true
	case 'h':
		return setHoriz, true
	case 'H':
		return setHoriz.not(), true
	case 'v':
		return setVert, true
	case 'V':
		return setVert.not(), true
	}
	return byteSet{}, false
}

package regex

import (
	"encoding/binary"
	"sync"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// subjects holds buffers for subjects that an engine cannot take as they are.
var subjects = sync.Pool{New: func() any { return new([]byte) }}

// runeSubjects holds the same for the backtracking engine.
var runeSubjects = sync.Pool{New: func() any { return new([]rune) }}

func ascii(b []byte) bool {
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendRunes appends b with each byte as the rune of that number, so that an engine that reads UTF-8 sees bytes.
func appendRunes(dst, b []byte, tail bool) []byte {
	for i, c := range b {
		switch {
		case c == '\n' && tail && i < len(b)-1:
			dst = utf8.AppendRune(dst, innerNewline)
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			dst = utf8.AppendRune(dst, rune(c))
		}
	}
	return dst
}

// byteIndex is the index in the original subject of index i in what appendRunes made of it.
func byteIndex(b []byte, i int) int {
	if i < 0 {
		return i
	}
	return utf8.RuneCount(b[:i])
}

func runesOf(dst []rune, b []byte) []rune {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			dst = append(dst, private+rune(c))
		} else {
			dst = append(dst, rune(c))
		}
	}
	return dst
}

func (re *Regex) matchBack(b []byte) bool {
	r, err := re.back()
	if err != nil {
		return false
	}
	buf := runeSubjects.Get().(*[]rune)
	*buf = runesOf((*buf)[:0], b)
	ok, err := r.MatchRunes(*buf)
	runeSubjects.Put(buf)
	return ok && err == nil
}

func (re *Regex) findBack(b []byte, dst []int) []int {
	r, err := re.back()
	if err != nil {
		return nil
	}
	buf := runeSubjects.Get().(*[]rune)
	defer runeSubjects.Put(buf)
	*buf = runesOf((*buf)[:0], b)
	m, err := r.FindRunesMatch(*buf)
	if err != nil || m == nil {
		return nil
	}
	for i := range re.groups + 1 {
		dst = appendGroup(dst, m, i)
	}
	return dst
}

func appendGroup(dst []int, m *regexp2.Match, i int) []int {
	g := m.GroupByNumber(i)
	if g == nil || len(g.Captures) == 0 {
		return append(dst, -1, -1)
	}
	return append(dst, g.RuneIndex, g.RuneIndex+g.RuneLength)
}

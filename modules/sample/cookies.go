package sample

import "github.com/caddy-haproxy/caddy-haproxy/internal/h1"

// cookies walks the cookies of Cookie or Set-Cookie fields. In a Set-Cookie field what follows a pair of another name up
// to the next comma are attributes; without a name they count as cookies.
type cookies struct {
	list   h1.Headers
	header string
	name   string // empty for every cookie
}

// next gives the value of the next cookie.
func (c *cookies) next(it *Iter) (value []byte, ok bool) {
	for it.Index < len(c.list) {
		h := &c.list[it.Index]
		if string(h.Name) != c.header {
			it.Index++
			continue
		}
		// HAProxy does not look at what is too short for the name and a value of one byte.
		if len(h.Value)-it.Off < len(c.name)+2 {
			it.Index++
			it.Off = 0
			continue
		}
		name, value, next := cookiePair(h.Value, it.Off)
		match := name != nil && (len(name) == 0 || name[0] != '$') && (c.name == "" || string(name) == c.name)
		if name != nil && !match && c.header == "set-cookie" {
			next = afterComma(h.Value, next)
		}
		if it.Off = next; next < 0 {
			it.Index++
			it.Off = 0
		}
		if match {
			return value, true
		}
	}
	return nil, false
}

// one is the value outside of ACLs.
func (c *cookies) one() (value []byte, ok bool) {
	var it Iter
	for {
		v, found := c.next(&it)
		if !found {
			return value, ok
		}
		value, ok = v, true
		if c.name == "" {
			return value, ok
		}
	}
}

// cookiePair gives the pair that begins at off, and where the next one begins, -1 at the end. The name is nil for what has
// no value.
func cookiePair(v []byte, off int) (name, value []byte, next int) {
	i := off
	for i < len(v) && v[i] != ';' && v[i] != ',' && v[i] != '=' {
		i++
	}
	name = trim(v[off:i:i])
	if i == len(v) || v[i] != '=' {
		return nil, nil, after(v, i)
	}
	start := i + 1
	i = unquotedIndex(v, start, ';', ',')
	return name, trim(v[start:i]), after(v, i)
}

// unquotedIndex is the index of the first a or b outside of double quotes, or len(v).
func unquotedIndex(v []byte, i int, a, b byte) int {
	for quoted := false; i < len(v); i++ {
		switch c := v[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case (c == a || c == b) && !quoted:
			return i
		}
	}
	return len(v)
}

// after is the index behind the separator at i, -1 at the end.
func after(v []byte, i int) int {
	if i >= len(v) {
		return -1
	}
	return i + 1
}

// afterComma skips attributes: it gives where the next cookie of the field begins. next is where they begin.
func afterComma(v []byte, next int) int {
	if next < 0 || v[next-1] == ',' {
		return next
	}
	return after(v, unquotedIndex(v, next, ',', ','))
}

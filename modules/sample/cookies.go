package sample

import "github.com/caddy-haproxy/caddy-haproxy/internal/h1"

// cookies walks the cookies of Cookie or Set-Cookie fields. A field is a list at whose commas HAProxy splits first; each
// element has pairs with semicolons between them. In a Set-Cookie element what follows a pair of another name are
// attributes; without a name they count as cookies.
type cookies struct {
	list   h1.Headers
	header string
	name   string // empty for every cookie
}

// next gives the value of the next cookie. The low half of it.Off is where the element begins, the high half where in
// the element to go on.
func (c *cookies) next(it *Iter) (value []byte, ok bool) {
	for it.Index < len(c.list) {
		h := &c.list[it.Index]
		if string(h.Name) != c.header {
			it.Index++
			continue
		}
		start, at := int(uint32(it.Off)), it.Off>>32
		elem, next := element(h.Value, start)
		value, after, found := c.find(elem, at)
		switch {
		case after >= 0:
			it.Off = after<<32 | start
		case next >= 0:
			it.Off = next
		default:
			it.Index, it.Off = it.Index+1, 0
		}
		if found {
			return value, true
		}
	}
	return nil, false
}

// find gives the first matching pair of an element from at on, and where to go on in it: -1 when it is done with.
func (c *cookies) find(elem []byte, at int) (value []byte, after int, ok bool) {
	// HAProxy does not look at what is too short for the name and a value of one byte.
	for at >= 0 && len(elem)-at >= len(c.name)+2 {
		name, value, next := c.pair(elem, at)
		switch {
		case name == nil || len(name) > 0 && name[0] == '$':
		case c.name == "" || string(name) == c.name:
			return value, next, true
		case c.header == "set-cookie":
			return nil, -1, false
		}
		at = next
	}
	return nil, -1, false
}

// one is the value outside of ACLs: the last one, the first when no name is given.
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

// pair gives the pair that begins at off, and where the next one begins, -1 at the end. The name is nil for what has
// no value. A comma is left in an element when it was quoted: it ends names in a Cookie field only.
func (c *cookies) pair(v []byte, off int) (name, value []byte, next int) {
	i := off
	for i < len(v) && v[i] != ';' && v[i] != '=' && (v[i] != ',' || c.header == "set-cookie") {
		i++
	}
	if i == len(v) || v[i] != '=' {
		return nil, nil, behind(v, i)
	}
	name = h1.TrimBlanks(v[off:i:i])
	start := i + 1
	i = valueEnd(v, start)
	return name, h1.TrimBlanks(v[start:i]), behind(v, i)
}

// valueEnd is the index of the semicolon or comma outside of double quotes that ends a value, or len(v).
func valueEnd(v []byte, i int) int {
	for quoted := false; i < len(v); i++ {
		switch c := v[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case (c == ';' || c == ',') && !quoted:
			return i
		}
	}
	return len(v)
}

// behind is the index behind the separator at i, -1 at the end.
func behind(v []byte, i int) int {
	if i >= len(v) {
		return -1
	}
	return i + 1
}

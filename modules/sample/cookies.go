package sample

import "github.com/caddy-haproxy/caddy-haproxy/internal/h1"

// cookies walks the cookies of Cookie or Set-Cookie fields. In a Set-Cookie field only the first pair is a cookie, the
// rest are its attributes.
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
		name, value, next := cookiePair(h.Value, it.Off)
		if next < 0 || len(c.header) > len("cookie") {
			it.Index++
			next = 0
		}
		it.Off = next
		if name != nil && (c.name == "" || string(name) == c.name) {
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

// cookiePair gives the pair that begins at off, and where the next one begins, -1 at the end.
func cookiePair(v []byte, off int) (name, value []byte, next int) {
	i := off
	for i < len(v) && v[i] != ';' && v[i] != ',' && v[i] != '=' {
		i++
	}
	name = trim(v[off:i])
	if i == len(v) || v[i] != '=' {
		return nil, nil, after(v, i)
	}
	i++
	start, quoted := i, false
	for i < len(v) && (quoted || v[i] != ';' && v[i] != ',') {
		if v[i] == '"' {
			quoted = !quoted
		}
		i++
	}
	return name, trim(v[start:i]), after(v, i)
}

func after(v []byte, i int) int {
	if i >= len(v) {
		return -1
	}
	return i + 1
}

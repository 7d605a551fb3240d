// Package h1 is the HTTP/1 codec of the proxy: it turns bytes into request and response heads, decides how the
// body is framed, and writes heads back the way HAProxy writes them. It does no I/O, keeps no clock and knows
// nothing of routing.
package h1

// Header is one field line. The parser lower-cases Name in place, as HAProxy does; Value has no surrounding blanks.
type Header struct{ Name, Value []byte }

// Headers is the ordered list of field lines, repeats preserved.
type Headers []Header

// Find gives the index of the next field named name (lower case) at or after from, or -1.
func (h Headers) Find(name string, from int) int {
	for i := max(from, 0); i < len(h); i++ {
		if len(h[i].Name) == len(name) && string(h[i].Name) == name {
			return i
		}
	}
	return -1
}

// Value gives the first field named name (lower case), and whether there is one.
func (h Headers) Value(name string) ([]byte, bool) {
	if i := h.Find(name, 0); i >= 0 {
		return h[i].Value, true
	}
	return nil, false
}

// Add appends a field. The name must be lower case already; both slices are kept, not copied.
func (h *Headers) Add(name, value []byte) {
	*h = append(*h, Header{Name: name, Value: value})
}

// Del removes every field named name (lower case) and says how many there were.
func (h *Headers) Del(name string) int {
	first := h.Find(name, 0)
	if first < 0 {
		return 0
	}
	return h.delFrom(first, name)
}

func (h *Headers) delFrom(first int, name string) int {
	s := *h
	keep := first
	for i := first; i < len(s); i++ {
		if string(s[i].Name) == name {
			continue
		}
		s[keep] = s[i]
		keep++
	}
	removed := len(s) - keep
	clear(s[keep:])
	*h = s[:keep]
	return removed
}

// DelAt removes the field at index i.
func (h *Headers) DelAt(i int) {
	s := *h
	if i < 0 || i >= len(s) {
		return
	}
	copy(s[i:], s[i+1:])
	s[len(s)-1] = Header{}
	*h = s[:len(s)-1]
}

// Set removes every field of that name and appends one, as HAProxy's set-header does.
func (h *Headers) Set(name, value []byte) {
	s := *h
	keep := 0
	for i := range s {
		if string(s[i].Name) == string(name) {
			continue
		}
		if keep != i {
			s[keep] = s[i]
		}
		keep++
	}
	clear(s[keep:])
	*h = append(s[:keep], Header{Name: name, Value: value})
}

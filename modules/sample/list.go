package sample

import (
	"bytes"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
)

// maxOccurrence is how far back a negative occurrence can count, as in HAProxy.
const maxOccurrence = 10

// element gives the element of the comma-separated list v that begins at off, without blanks around it, and where the
// next one begins: -1 at the end. A comma within double quotes does not separate.
func element(v []byte, off int) (elem []byte, next int) {
	if bytes.IndexByte(v[off:], ',') < 0 {
		return h1.TrimBlanks(v[off:]), -1
	}
	end := h1.ElementEnd(v, off)
	if end == len(v) {
		return h1.TrimBlanks(v[off:]), -1
	}
	return h1.TrimBlanks(v[off:end]), end + 1
}

// values walks the values of the fields named name; an empty name stands for every field.
type values struct {
	list h1.Headers
	name string
	full bool // whole lines instead of list elements
}

// next gives the value at it and moves it on.
func (v *values) next(it *Iter) (b []byte, ok bool) {
	for it.Index < len(v.list) {
		h := &v.list[it.Index]
		if v.name != "" && string(h.Name) != v.name {
			it.Index++
			continue
		}
		if v.full {
			it.Index++
			return h.Value, true
		}
		b, next := element(h.Value, it.Off)
		if next < 0 {
			it.Index++
			next = 0
		}
		it.Off = next
		return b, true
	}
	return nil, false
}

// count is the number of values.
func (v *values) count() (n int64) {
	var it Iter
	for {
		if _, ok := v.next(&it); !ok {
			return n
		}
		n++
	}
}

// last gives the last value.
func (v *values) last() (b []byte, ok bool) {
	for i := len(v.list) - 1; i >= 0; i-- {
		h := &v.list[i]
		if v.name != "" && string(h.Name) != v.name {
			continue
		}
		if v.full {
			return h.Value, true
		}
		for next := 0; next >= 0; {
			b, next = element(h.Value, next)
		}
		return b, true
	}
	return nil, false
}

// at gives the value number occ: from 1, or from -1 for the last.
func (v *values) at(occ int64) (b []byte, ok bool) {
	if occ == -1 {
		return v.last()
	}
	if occ < 0 {
		if occ += v.count() + 1; occ <= 0 {
			return nil, false
		}
	}
	var it Iter
	for ; occ > 0; occ-- {
		if b, ok = v.next(&it); !ok {
			return nil, false
		}
	}
	return b, ok
}

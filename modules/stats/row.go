package stats

import "strconv"

// kind is what a row describes (the column "type").
type kind uint8

const (
	frontendRow kind = iota
	backendRow
	serverRow
)

// row is one line of `show stat`.
type row struct {
	kind     kind
	iid, sid int
	v        [fieldCount]value
	up       bool // a server that is up; the others are always
	maint    bool // a server in maintenance
}

func (r *row) int(f field, n int64) {
	r.v[f] = value{set: true, typ: columns[f].typ, tag: columns[f].tag, n: n}
}

func (r *row) str(f field, s string) {
	r.v[f] = value{set: true, typ: columns[f].typ, tag: columns[f].tag, s: s}
}

// tagged is int with another tag than the column's usual one.
func (r *row) tagged(f field, tag string, n int64) {
	r.int(f, n)
	r.v[f].tag = tag
}

var (
	kindLetters = [...]byte{frontendRow: 'F', backendRow: 'B', serverRow: 'S'}
	kindNames   = [...]string{frontendRow: "Frontend", backendRow: "Backend", serverRow: "Server"}
)

// appendHeader writes the title line of the CSV form.
func appendHeader(dst []byte) []byte {
	dst = append(dst, "# "...)
	for f := range columns {
		if field(f) == fSslSess {
			dst = append(dst, "-,"...)
		}
		dst = append(dst, columns[f].name...)
		dst = append(dst, ',')
	}
	return append(dst, '\n')
}

// appendCSV writes the row as a line of the CSV form (management.txt 9.1).
func (r *row) appendCSV(dst []byte) []byte {
	for f := range r.v {
		if field(f) == fSslSess {
			dst = append(dst, "-,"...)
		}
		v := &r.v[f]
		if v.set && v.typ == str {
			dst = appendCSVText(dst, v.s)
		} else if v.set {
			dst = strconv.AppendInt(dst, v.n, 10)
		}
		dst = append(dst, ',')
	}
	return append(dst, '\n')
}

// appendCSVText writes s in quotes when it has a comma, a quote or a line end.
func appendCSVText(dst []byte, s string) []byte {
	quote := false
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == ',' || c == '"' || c == '\n' || c == '\r' {
			quote = true
		}
	}
	if !quote {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// appendTyped writes each value of the row on a line of its own (management.txt 9.2).
func (r *row) appendTyped(dst []byte, desc bool) []byte {
	for f := range r.v {
		v := &r.v[f]
		if !v.set {
			continue
		}
		dst = append(dst, kindLetters[r.kind], '.')
		dst = strconv.AppendInt(dst, int64(r.iid), 10)
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(r.sid), 10)
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(f), 10)
		dst = append(dst, '.')
		dst = append(dst, columns[f].name...)
		dst = append(dst, ".1"...)
		dst = v.appendTyped(dst)
		if desc {
			dst = append(dst, `:"`...)
			dst = append(dst, columns[f].desc...)
			dst = append(dst, '"')
		}
		dst = append(dst, '\n')
	}
	return dst
}

// appendJSON writes the row as an array of objects.
func (r *row) appendJSON(dst []byte) []byte {
	dst = append(dst, '[')
	first := true
	for f := range r.v {
		v := &r.v[f]
		if !v.set {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, `{"objType":"`...)
		dst = append(dst, kindNames[r.kind]...)
		dst = append(dst, `","proxyId":`...)
		dst = strconv.AppendInt(dst, int64(r.iid), 10)
		dst = append(dst, `,"id":`...)
		dst = strconv.AppendInt(dst, int64(r.sid), 10)
		dst = append(dst, ',')
		dst = v.appendJSON(dst, f, columns[f].name)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

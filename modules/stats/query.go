package stats

import "bytes"

// pathAndQuery is the path and query of a request target in any form.
func pathAndQuery(target []byte) []byte {
	if len(target) == 0 || target[0] == '/' {
		return target
	}
	if i := bytes.Index(target, []byte("://")); i >= 0 {
		if j := bytes.IndexByte(target[i+3:], '/'); j >= 0 {
			return target[i+3+j:]
		}
	}
	return nil
}

// query is what follows the page's URI: words with a semicolon before them, and the scope.
type query struct {
	form                   string // csv, json, json-schema; empty is HTML
	up, noMaint, noRefresh bool
	state                  string // st=: how the last action ended
	scope                  string
}

// scopeMost bounds the text of a scope.
const scopeMost = 20

// parseQuery reads the words behind the URI. Unknown ones mean nothing.
func parseQuery(rest []byte) (q query) {
	for len(rest) > 0 {
		i := bytes.IndexAny(rest, ";?&")
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		end := bytes.IndexAny(rest, ";?&")
		if end < 0 {
			end = len(rest)
		}
		q.word(string(rest[:end]))
	}
	return q
}

func (q *query) word(w string) {
	switch {
	case w == "csv", w == "json", w == "json-schema":
		q.form = w
	case w == "up":
		q.up = true
	case w == "no-maint":
		q.noMaint = true
	case w == "norefresh":
		q.noRefresh = true
	case len(w) > 3 && w[:3] == "st=":
		q.state = w[3:]
	case len(w) > 6 && w[:6] == "scope=":
		q.scope = validScope(w[6:])
	}
}

// validScope is s when it can be part of a proxy's name, else empty.
func validScope(s string) string {
	if len(s) > scopeMost {
		s = s[:scopeMost]
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == ':') {
			return ""
		}
	}
	return s
}

// suffix is what keeps the query's choices in a link: change makes another one of them.
func (p *Page) suffix(q query) string {
	s := ""
	if q.form != "" {
		s += ";" + q.form
	}
	if q.up {
		s += ";up"
	}
	if q.noMaint {
		s += ";no-maint"
	}
	if q.noRefresh && p.Refresh > 0 || q.form != "" {
		s += ";norefresh"
	}
	if q.scope != "" {
		s += "?scope=" + q.scope
	}
	return s
}

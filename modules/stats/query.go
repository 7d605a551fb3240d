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

// query is what follows the page's URI.
type query struct {
	form                   string // csv, json, json-schema; empty is HTML
	up, noMaint, noRefresh bool
	state                  string // st=: how the last action ended
	scope                  string
}

// scopeMost bounds the text of a scope; scopeLeast is the shortest one that counts, as seen with 2.6.12.
const (
	scopeMost  = 20
	scopeLeast = 2
)

// parseQuery reads what stands behind the URI. Like HAProxy it looks for its words anywhere: ";upper" is ";up", too.
func parseQuery(rest []byte) (q query) {
	has := func(word string) bool { return bytes.Contains(rest, []byte(word)) }
	q.up, q.noMaint, q.noRefresh = has(";up"), has(";no-maint"), has(";norefresh")
	switch {
	case has(";csv"):
		q.form = "csv"
	case has(";json-schema"):
		q.form = "json-schema"
	case has(";json"):
		q.form = "json"
	}
	if _, after, ok := bytes.Cut(rest, []byte(";st=")); ok {
		q.state = string(after[:min(4, len(after))])
	}
	if _, after, ok := bytes.Cut(rest, []byte("scope=")); ok {
		if end := bytes.IndexAny(after, ";&"); end >= 0 {
			after = after[:end]
		}
		q.scope = validScope(string(after))
	}
	return q
}

// validScope is s when it can be part of a proxy's name, else empty.
func validScope(s string) string {
	s = s[:min(len(s), scopeMost)]
	if len(s) < scopeLeast {
		return ""
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

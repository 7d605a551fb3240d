package h1

// authority holds the target against the Host field (RFC 9112 3.2; RFC 9110 7.2) and takes away ports that say nothing,
// as HAProxy does. A non-empty answer is the refusal; with accept-invalid-http-request there is none.
//
// An absolute target, or what HAProxy takes for one (anything that does not begin with a slash or an asterisk), must
// name the Host's host; a port that is empty or the scheme's default does not count, and goes. A CONNECT target must
// have a port.
func (r *Request) authority(lax bool) string {
	if !r.IsConnect && (r.Target[0] == '/' || r.Target[0] == '*') {
		return ""
	}
	t := splitTarget(r.Target)
	auth := r.Target[t.host:t.end]
	host := -1
	if r.frame.host > 0 {
		host = r.frame.host - 1
	}
	port := t.defaultPort(r.Target)
	if r.IsConnect {
		if r.Target[0] == '/' || r.Target[0] == '*' || !hasPort(auth) {
			return refuse(lax, "CONNECT target without host and port")
		}
		port = portOf(auth)
	}
	bare := auth
	if t.scheme || r.IsConnect {
		bare = stripPort(auth, port)
	}
	ok := host < 0 || len(auth) == 0 || r.matchHost(&r.Headers[host], t.scheme || r.IsConnect, auth, bare, port)
	if !r.IsConnect && len(bare) < len(auth) {
		r.cutTarget(t.host+len(bare), t.end)
	}
	if !ok {
		return refuse(lax, "target and host differ")
	}
	return ""
}

func refuse(lax bool, msg string) string {
	if lax {
		return ""
	}
	return msg
}

// matchHost compares the Host field with the target's authority, and writes the one the server gets.
func (r *Request) matchHost(h *Header, ports bool, auth, bare []byte, port string) bool {
	same := sameFold(auth, h.Value)
	if !ports {
		return same
	}
	ok := same || sameFold(bare, stripPort(h.Value, port))
	switch {
	case len(bare) == len(auth):
	case !r.IsConnect:
		h.Value = bare // even if it differs and accept-invalid-http-request lets it through
	case same:
		h.Value = stripPort(h.Value, port)
	}
	return ok
}

// cutTarget takes [from:to) out of the target, in place.
func (r *Request) cutTarget(from, to int) {
	r.Target = append(r.Target[:from], r.Target[to:]...)
}

// targetParts are offsets into a target that is not in origin form.
type targetParts struct {
	scheme    bool // it begins with scheme "://"
	schemeLen int
	host, end int // the authority without user information
}

func splitTarget(t []byte) (p targetParts) {
	if n := schemeLen(t); n > 0 {
		p.scheme, p.schemeLen, p.host = true, n, n+3
	}
	p.end = p.host
	for p.end < len(t) && t[p.end] != '/' {
		if t[p.end] == '@' {
			p.host = p.end + 1
		}
		p.end++
	}
	return p
}

// schemeLen gives the length of the scheme of "scheme://...", 0 without one.
func schemeLen(t []byte) int {
	if !isAlpha(t[0]) {
		return 0
	}
	i := 1
	for i < len(t) && (isAlpha(t[i]) || isDigit(t[i]) || t[i] == '+' || t[i] == '-' || t[i] == '.') {
		i++
	}
	if i+2 < len(t) && t[i] == ':' && t[i+1] == '/' && t[i+2] == '/' {
		return i
	}
	return 0
}

func (p targetParts) defaultPort(t []byte) string {
	switch {
	case isFold(t[:p.schemeLen], "http"):
		return "80"
	case isFold(t[:p.schemeLen], "https"):
		return "443"
	}
	return ""
}

// stripPort cuts a port that is empty or the given one.
func stripPort(a []byte, port string) []byte {
	for _, p := range [2]string{"", port} {
		if n := len(a) - len(p) - 1; n >= 0 && a[n] == ':' && string(a[n+1:]) == p {
			return a[:n:n]
		}
	}
	return a
}

// hasPort says whether a ends in a colon and digits.
func hasPort(a []byte) bool {
	i := len(a)
	for i > 0 && isDigit(a[i-1]) {
		i--
	}
	return i < len(a) && i > 0 && a[i-1] == ':'
}

// portOf gives 80 or 443 when that is the port of a, else "".
func portOf(a []byte) string {
	for _, p := range [2]string{"80", "443"} {
		if n := len(a) - len(p) - 1; n >= 0 && a[n] == ':' && string(a[n+1:]) == p {
			return p
		}
	}
	return ""
}

package logformat

import "bytes"

// What happens to a byte in a value.
const (
	keep      = iota
	hash      // "#XX" (configuration.txt 8.6)
	percent   // "%XX"
	backslash // flag E
	stop      // the value ends here
)

// escapes says for each byte what happens to it.
type escapes [256]byte

var (
	// plainText is for names, cookies and samples in logs.
	plainText, plainTextE = escapes{0: stop}, escapes{0: stop}.with(backslash, `"\]`)
	// requestText is for parts of the request line, headerText for captured headers.
	requestText = escapes{}.control(hash).high(hash).with(hash, `"#`)
	headerText  = requestText.with(hash, `{|}`)
	// With flag E the bytes of 8.6 stay as they are without it.
	requestTextE, headerTextE = requestText.with(backslash, `\]`), headerText.with(backslash, `\]`)
	// httpText is for samples in strings of HTTP rules; a tab passes.
	httpText  = escapes{}.control(percent).with(keep, "\t").with(stop, "\x00")
	httpTextE = httpText.with(backslash, `"\]`)
)

func (e escapes) with(what byte, which string) escapes {
	for i := range len(which) {
		e[which[i]] = what
	}
	return e
}

func (e escapes) control(what byte) escapes {
	for c := range 0x20 {
		e[c] = what
	}
	e[0x7f] = what
	return e
}

func (e escapes) high(what byte) escapes {
	for c := 0x80; c < 0x100; c++ {
		e[c] = what
	}
	return e
}

// appendEscaped appends s. Runs of bytes that stay as they are, the common case, are copied at once.
func appendEscaped(dst, s []byte, e *escapes) []byte {
	start := 0
	for i, c := range s {
		if e[c] == keep {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch e[c] {
		case hash:
			dst = append(dst, '#', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		case percent:
			dst = append(dst, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		case backslash:
			dst = append(dst, '\\', c)
		case stop:
			return dst
		}
	}
	return append(dst, s[start:]...)
}

// value appends a value with the quotes of flag Q; an empty one is "-" in logs when it has no quotes.
func (w *writer) value(n *node, s []byte, e *escapes) []byte {
	switch {
	case n.flags&quoted != 0:
		return append(appendEscaped(append(w.dst, '"'), s, e), '"')
	case len(s) == 0 && w.kind == Log:
		return append(w.dst, '-')
	}
	return appendEscaped(w.dst, s, e)
}

func (w *writer) plain(n *node, s []byte) []byte {
	if n.flags&escaped != 0 {
		return w.value(n, s, &plainTextE)
	}
	return w.value(n, s, &plainText)
}

// name is plain for text of the configuration.
func (w *writer) name(n *node, s string) []byte {
	if n.flags != 0 {
		return w.plain(n, []byte(s)) // does not escape: value only copies it
	}
	if s == "" && w.kind == Log {
		return append(w.dst, '-')
	}
	return append(w.dst, s...)
}

// headers appends captured headers: "{a|b}", or with a blank between them in the CLF forms. Without any capture nothing
// is written, not even the blank that would follow.
func (w *writer) headers(n *node) {
	slots := w.t.ReqCaptures
	if n.op == opResHeaders || n.op == opResHeadersCLF {
		slots = w.t.ResCaptures
	}
	if len(slots) == 0 {
		return
	}
	w.blank = false
	e := &headerText
	if n.flags&escaped != 0 {
		e = &headerTextE
	}
	if n.op == opReqHeadersCLF || n.op == opResHeadersCLF {
		for i, s := range slots {
			if i > 0 {
				w.dst = append(w.dst, ' ')
			}
			w.dst = w.value(n, s, e)
		}
		return
	}
	if n.flags&quoted != 0 {
		w.dst = append(w.dst, '"')
	}
	w.dst = append(w.dst, '{')
	for i, s := range slots {
		if i > 0 {
			w.dst = append(w.dst, '|')
		}
		w.dst = appendEscaped(w.dst, s, e)
	}
	w.dst = append(w.dst, '}')
	if n.flags&quoted != 0 {
		w.dst = append(w.dst, '"')
	}
}

var (
	badReq = []byte("<BADREQ>")
	http09 = []byte("HTTP/0.9")
)

// request appends the request line or a part of it, as received.
func (w *writer) request(n *node) []byte {
	s := badReq
	if w.t.Log.Line != nil {
		s = requestPart(n.op, w.t.Log.Line)
	}
	e := &requestText
	if n.flags&escaped != 0 {
		e = &requestTextE
	}
	if n.flags&quoted != 0 {
		return append(appendEscaped(append(w.dst, '"'), s, e), '"')
	}
	return appendEscaped(w.dst, s, e)
}

// requestPart cuts a part out of "METHOD URI VERSION".
func requestPart(o op, line []byte) []byte {
	if o == opLine {
		return line
	}
	method, rest, _ := bytes.Cut(line, []byte{' '})
	uri, version, _ := bytes.Cut(rest, []byte{' '})
	switch o {
	case opMethod:
		return method
	case opVersion:
		if len(version) == 0 {
			return http09 // the line was cut
		}
		return version
	case opURI:
		return uri
	}
	path, query := uri, []byte(nil)
	if i := bytes.IndexByte(uri, '?'); i >= 0 {
		path, query = uri[:i], uri[i:]
	}
	switch o {
	case opQuery:
		return query
	case opPathOnly:
		return pathOf(path)
	}
	return path
}

// pathOf removes scheme and authority of an absolute URI; other forms have no path.
func pathOf(uri []byte) []byte {
	if len(uri) > 0 && uri[0] == '/' {
		return uri
	}
	i := bytes.Index(uri, []byte("://"))
	if i < 0 {
		return nil
	}
	rest := uri[i+3:]
	if i = bytes.IndexByte(rest, '/'); i < 0 {
		return nil
	}
	return rest[i:]
}

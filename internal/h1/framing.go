package h1

// ConnFlags is what a Connection field says.
type ConnFlags uint8

// The tokens of a Connection field that mean something to the proxy itself.
const (
	ConnClose ConnFlags = 1 << iota
	ConnKeepAlive
	ConnUpgrade
)

// framing is what a head's fields say about the message's end and the connection's.
type framing struct {
	length    int64
	chunked   bool
	both      bool // Content-Length beside Transfer-Encoding
	conn      ConnFlags
	upgrade   []byte
	expect100 bool
	status    int // of a refusal
}

// read looks at each field once and normalises the framing fields. A non-empty answer is a refusal.
func (f *framing) read(h *Headers, request bool) string {
	f.length = -1
	te, cl := false, false
	for i := 0; i < len(*h); i++ {
		switch hd := &(*h)[i]; len(hd.Name) {
		case 6:
			if request && string(hd.Name) == "expect" && equalFold(hd.Value, "100-continue") {
				f.expect100 = true
			}
		case 7:
			if string(hd.Name) == "upgrade" {
				f.upgrade = hd.Value
			}
		case 10:
			if string(hd.Name) == "connection" {
				f.connection(hd.Value)
			}
		case 14:
			if string(hd.Name) != "content-length" {
				continue
			}
			n, digits, ok := contentLength(hd.Value)
			if !ok || cl && n != f.length {
				f.status = 400
				return "bad or conflicting content-length"
			}
			hd.Value = digits
			f.length = n
			if cl {
				h.DelAt(i)
				i--
			}
			cl = true
		case 17:
			if string(hd.Name) != "transfer-encoding" {
				continue
			}
			te = true
			if msg := f.transferEncoding(hd.Value); msg != "" {
				return msg
			}
		}
	}
	if te && !f.chunked && request {
		f.status = 400
		return "transfer-encoding does not end in chunked"
	}
	if te && cl {
		f.both = true
		f.length = -1
		h.Del("content-length")
	}
	return ""
}

// contentLength reads one field's value. HAProxy takes a list of equal numbers and keeps one.
func contentLength(v []byte) (n int64, digits []byte, ok bool) {
	n = -1
	for rest := v; ; {
		var tok []byte
		tok, rest = nextToken(rest)
		m, good := decimal(tok)
		if !good || n >= 0 && m != n {
			return 0, nil, false
		}
		n, digits = m, tok
		if rest == nil {
			return n, digits, true
		}
	}
}

// decimal reads a non-empty run of digits that fits an int64.
func decimal(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if !isDigit(c) || n > (1<<63-1-int64(c-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (f *framing) transferEncoding(v []byte) string {
	for rest := v; ; {
		var tok []byte
		tok, rest = nextToken(rest)
		switch {
		case f.chunked:
			f.status = 400
			return "transfer coding after chunked"
		case equalFold(tok, "chunked"):
			f.chunked = true
		default:
			f.status = 422
			return "unknown transfer coding"
		}
		if rest == nil {
			return ""
		}
	}
}

func (f *framing) connection(v []byte) {
	for rest := v; ; {
		var tok []byte
		tok, rest = nextToken(rest)
		f.conn |= connToken(tok)
		if rest == nil {
			return
		}
	}
}

func connToken(tok []byte) ConnFlags {
	switch {
	case equalFold(tok, "close"):
		return ConnClose
	case equalFold(tok, "keep-alive"):
		return ConnKeepAlive
	case equalFold(tok, "upgrade"):
		return ConnUpgrade
	}
	return 0
}

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
	next      int // first field not yet looked at
	length    int64
	conn      ConnFlags
	upgrade   []byte
	host      int // index of the first Host plus one
	cl, te    bool
	chunked   bool // the last transfer coding is chunked
	unknown   bool // there was another one in front
	expect100 bool
	websocket bool // Upgrade names websocket
	key       bool // a valid Sec-WebSocket-Key, or any Sec-WebSocket-Accept

	upgradeFields bool
	repeated      bool // more than one Content-Length or Host line
	shorten       bool // some Connection line has a token to remove
}

// see looks at the fields that are new since the last call: HAProxy refuses a bad one without waiting for the rest. A
// non-empty answer is the refusal.
func (f *framing) see(h Headers, request bool) string {
	for ; f.next < len(h); f.next++ {
		hd := &h[f.next]
		var msg string
		switch len(hd.Name) {
		case 4:
			if request && string(hd.Name) == "host" {
				msg = f.seeHost(h)
			}
		case 6:
			if string(hd.Name) == "expect" {
				f.expect100 = f.expect100 || isFold(hd.Value, "100-continue")
			}
		case 7:
			if string(hd.Name) == "upgrade" {
				f.upgradeFields = true
				f.upgrade = hd.Value
				f.websocket = hasToken(hd.Value, "websocket") // the last line counts
			}
		case 10:
			if string(hd.Name) == "connection" {
				f.seeConnection(hd.Value)
			}
		case 14:
			if string(hd.Name) == "content-length" {
				msg = f.seeLength(hd)
			}
		case 17:
			switch string(hd.Name) {
			case "transfer-encoding":
				f.te = true
				msg = f.seeCodings(hd.Value)
			case "sec-websocket-key":
				f.key = f.key || request && len(hd.Value) == websocketKeyLen
			}
		case 20:
			f.key = f.key || !request && string(hd.Name) == "sec-websocket-accept"
		}
		if msg != "" {
			return msg
		}
	}
	return ""
}

// websocketKeyLen is the length of 16 bytes in base64 (RFC 6455 4.1); HAProxy does not look further.
const websocketKeyLen = 24

// seeHost lets Host lines repeat when they say the same.
func (f *framing) seeHost(h Headers) string {
	if f.host == 0 {
		f.host = f.next + 1
		return ""
	}
	f.repeated = true
	if !sameFold(h[f.host-1].Value, h[f.next].Value) {
		return "different host fields"
	}
	return ""
}

// seeLength takes a list of equal numbers and leaves the last of them in the field. Unlike HAProxy it refuses every
// number above 2^63-1: HAProxy 2.6.12 reads 18446744073709551616 as 0, forwards it, and takes the body for a request.
func (f *framing) seeLength(hd *Header) string {
	rest := hd.Value
	for more := true; more; {
		var piece []byte
		piece, rest, more = cutComma(rest)
		piece = TrimBlanks(piece)
		n, ok := decimal(piece)
		if !ok {
			return "bad content-length"
		}
		if f.length >= 0 && n != f.length {
			return "different content-lengths"
		}
		f.length = n
		hd.Value = piece
	}
	f.repeated = f.repeated || f.cl
	f.cl = true
	return ""
}

// decimal reads a non-empty run of digits that fits an int64.
func decimal(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		d := int64(c) - '0'
		if d < 0 || d > 9 || n > (1<<63-1-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// seeCodings reads a list of transfer codings. Nothing may follow chunked; an empty element counts as an unknown
// coding, except at the end.
func (f *framing) seeCodings(rest []byte) string {
	for len(rest) > 0 {
		var piece []byte
		piece, rest, _ = cutComma(rest)
		switch {
		case f.chunked:
			return "transfer coding after chunked"
		case isFold(TrimBlanks(piece), "chunked"):
			f.chunked = true
		default:
			f.unknown = true
		}
	}
	return ""
}

// normalise makes the fields what HAProxy shows to its rules and forwards.
func (f *framing) normalise(h *Headers) {
	if f.te && f.cl {
		h.Del("content-length")
		f.length = -1
	} else if f.repeated && f.cl {
		h.delRepeats("content-length")
	}
	if f.repeated && f.host != 0 {
		h.delRepeats("host")
	}
	if f.shorten {
		h.stripConnection(true)
	}
}

// delRepeats keeps the first field of that name only.
func (h *Headers) delRepeats(name string) {
	if first := h.Find(name, 0); first >= 0 {
		if second := h.Find(name, first+1); second >= 0 {
			h.delFrom(second, name)
		}
	}
}

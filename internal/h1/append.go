package h1

import "strconv"

// AppendRequest writes the request line and the fields as they stand in r.
func AppendRequest(dst []byte, r *Request) []byte {
	dst = append(dst, r.Method...)
	dst = append(dst, ' ')
	dst = append(dst, r.Target...)
	dst = append(dst, ' ')
	dst = appendVersion(dst, r.Minor, r.Version)
	dst = append(dst, '\r', '\n')
	return append(appendFields(dst, r.Headers), '\r', '\n')
}

// AppendResponse writes the status line and the fields as they stand in r.
func AppendResponse(dst []byte, r *Response) []byte {
	dst = appendVersion(dst, r.Minor, r.Version)
	dst = append(dst, ' ')
	if r.Status == r.codeStatus && len(r.code) > 0 {
		dst = append(dst, r.code...)
	} else {
		dst = strconv.AppendInt(dst, int64(r.Status), 10)
	}
	dst = append(dst, ' ')
	dst = append(dst, r.Reason...)
	dst = append(dst, '\r', '\n')
	return append(appendFields(dst, r.Headers), '\r', '\n')
}

// appendVersion raises everything above 1.1 to 1.1 and leaves everything below as it was.
func appendVersion(dst []byte, minor int, received []byte) []byte {
	switch {
	case minor > 0:
		return append(dst, "HTTP/1.1"...)
	case len(received) > 0:
		return append(dst, received...)
	default:
		return append(dst, "HTTP/1.0"...)
	}
}

func appendFields(dst []byte, h Headers) []byte {
	for i := range h {
		dst = append(dst, h[i].Name...)
		dst = append(dst, ':', ' ')
		dst = append(dst, h[i].Value...)
		dst = append(dst, '\r', '\n')
	}
	return dst
}

// AppendChunkHead writes the size line of a chunk of n bytes, in upper-case digits as HAProxy does. The payload
// follows, then CRLF. A chunk of 0 bytes would end the body: that is AppendTrailers' work.
func AppendChunkHead(dst []byte, n int) []byte {
	var digits [16]byte
	i := len(digits)
	for u := uint64(max(n, 0)); ; u >>= 4 {
		i--
		digits[i] = "0123456789ABCDEF"[u&15]
		if u < 16 {
			break
		}
	}
	dst = append(dst, digits[i:]...)
	return append(dst, '\r', '\n')
}

// AppendTrailers writes the last chunk, the trailer fields and the empty line that ends a chunked body.
func AppendTrailers(dst []byte, t Headers) []byte {
	dst = append(dst, '0', '\r', '\n')
	return append(appendFields(dst, t), '\r', '\n')
}

package h1

import "strconv"

// AppendRequest writes the request line and the fields as they stand in r.
func AppendRequest(dst []byte, r *Request) []byte {
	dst = append(dst, r.Method...)
	dst = append(dst, ' ')
	dst = append(dst, r.Target...)
	if r.Minor == 0 {
		dst = append(dst, " HTTP/1.0\r\n"...)
	} else {
		dst = append(dst, " HTTP/1.1\r\n"...)
	}
	return append(appendFields(dst, r.Headers), '\r', '\n')
}

// AppendResponse writes the status line and the fields as they stand in r.
func AppendResponse(dst []byte, r *Response) []byte {
	if r.Minor == 0 {
		dst = append(dst, "HTTP/1.0 "...)
	} else {
		dst = append(dst, "HTTP/1.1 "...)
	}
	dst = strconv.AppendInt(dst, int64(r.Status), 10)
	dst = append(dst, ' ')
	dst = append(dst, r.Reason...)
	dst = append(dst, '\r', '\n')
	return append(appendFields(dst, r.Headers), '\r', '\n')
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

// AppendChunkHead writes the size line of a chunk of n bytes. The payload follows, then CRLF.
func AppendChunkHead(dst []byte, n int) []byte {
	dst = strconv.AppendUint(dst, uint64(max(n, 0)), 16)
	return append(dst, '\r', '\n')
}

// AppendTrailers writes the last chunk, the trailer fields and the empty line that ends a chunked body.
func AppendTrailers(dst []byte, t Headers) []byte {
	dst = append(dst, '0', '\r', '\n')
	return append(appendFields(dst, t), '\r', '\n')
}

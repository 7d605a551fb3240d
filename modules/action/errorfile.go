package action

import (
	"errors"
	"fmt"
	"os"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
)

// maxPage is the size of HAProxy's buffer, which a page must fit in (tune.bufsize).
const maxPage = 16384

// readPage reads a raw HTTP response, head and body, as HAProxy does when it starts. An empty file answers nothing.
func readPage(path string) (*page, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("error opening file '%s'.", path)
	}
	if len(raw) == 0 {
		return &page{silent: true}, nil
	}
	p, err := parsePage(raw)
	if err != nil {
		return nil, fmt.Errorf("'%s': %w", path, err)
	}
	return p, nil
}

func parsePage(raw []byte) (*page, error) {
	if len(raw) > maxPage {
		return nil, fmt.Errorf("larger than %d bytes: unable to add payload into the HTX message", maxPage)
	}
	var res h1.Response
	n, err := res.Parse(raw, &h1.Limits{MaxHdr: 101}, []byte("GET"))
	if err != nil || n == 0 {
		return nil, fmt.Errorf("unable to parse headers (error offset: %d)", offset(err))
	}
	body := raw[n:]
	switch {
	case res.Status < 200:
		return nil, fmt.Errorf("invalid http status code for an error message (%d)", res.Status)
	case res.Chunked:
		return nil, errors.New("chunk-encoded payload not supported")
	case (res.Status == 204 || res.Status == 304) && len(body) > 0:
		return nil, errors.New("message payload not expected")
	case res.ContentLength > 0 && int64(len(body)) != res.ContentLength, res.ContentLength == 0 && len(body) > 0:
		return nil, fmt.Errorf("payload size does not match the announced content-length (%d != %d)",
			len(body), res.ContentLength)
	}
	return &page{
		status: res.Status, reason: res.Reason, minor: res.Minor, headers: res.Headers, conn: res.Conn,
		length: res.ContentLength, body: body,
	}, nil
}

// offset is where a head is bad, -2 when it is not complete.
func offset(err error) int {
	var e *h1.Error
	if errors.As(err, &e) {
		return e.Pos
	}
	return -2
}

package h1

import (
	"bytes"
	"errors"
	"testing"
)

// differences lists the rows where this package does not do what HAProxy does, and why.
var differences = map[string]string{
	"cl uint64 max":                         tooLong,
	"cl uint64 max, then close":             tooLong,
	"1.0 cl uint64 max, then close":         tooLong,
	"client 1.0: cl uint64 max, then close": tooLong,
	"cl uint64 overflow":                    tooLong,
	"cl overflow":                           tooLong,
	"cl overflow, then close":               tooLong,
	"1.0 cl overflow, then close":           tooLong,
	"client 1.0: cl overflow, then close":   tooLong,
	"te and cl in 20":                       belowHundred,
	"status 20 te":                          belowHundred,
	"up: connect te refused":                "HAProxy drops the body and answers 403 itself; the engine decides",
}

const (
	tooLong      = "HAProxy reads 2^64 as 0 and forwards it, which lets a body pass for a request; refused here"
	belowHundred = "HAProxy strips the framing of such a response and the client cannot tell its end; refused here"
)

// TestCorpus sends each row through the codec the way an engine would and compares what comes out on both sides with
// what came out of HAProxy.
func TestCorpus(t *testing.T) {
	for _, file := range corpusFiles(t) {
		for _, r := range readCorpus(t, file) {
			t.Run(r.name, func(t *testing.T) {
				if why, ok := differences[r.name]; ok {
					t.Logf("differs from HAProxy: %s", why)
					return
				}
				var x exchange
				x.run(r)
				x.compare(t, r)
			})
		}
	}
}

// exchange is the smallest engine there can be: everything is there at once, nothing is slow.
type exchange struct {
	req  Request
	resp Response

	toServer, toClient         []byte
	verdict                    int
	clientClosed, serverClosed bool
}

func (x *exchange) run(r *row) {
	x.req.Reset()
	in := bytes.Clone(r.fromClient)
	lax := &Limits{AcceptInvalid: r.conf == "accept-invalid"}
	n, err := x.req.Parse(in, lax)
	if err != nil || n == 0 {
		x.refuse(err)
		return
	}
	keep := r.conf != "server-close" && r.conf != "httpclose" && r.conf != "frontend-httpclose"
	keep = x.req.SetConnection(keep)
	out := AppendRequest(nil, &x.req)
	out, err = x.requestBody(out, in[n:])
	if err != nil {
		x.refuse(err)
		return
	}
	x.toServer = out
	x.response(r, lax, keep)
}

func (x *exchange) refuse(err error) {
	var e *Error
	if errors.As(err, &e) {
		x.verdict = e.Status
		x.clientClosed = true
	}
}

func (x *exchange) requestBody(out, rest []byte) ([]byte, error) {
	if x.req.IsConnect {
		return append(out, rest...), nil
	}
	switch x.req.Body() {
	case BodyLength:
		return append(out, rest[:min(int64(len(rest)), x.req.ContentLength)]...), nil
	case BodyChunked:
		out, _, err := rechunk(out, rest, false)
		return out, err
	}
	return out, nil
}

// rechunk writes a chunked body as HAProxy does: what is there becomes one chunk.
func rechunk(out, rest []byte, response bool) ([]byte, bool, error) {
	c := Chunked{Response: response}
	data, used, done, err := c.Decode(rest)
	if err != nil {
		return nil, false, err
	}
	if data > 0 {
		out = AppendChunkHead(out, data)
		out = append(out, rest[:data]...)
		out = append(out, '\r', '\n')
	}
	if done {
		out = AppendTrailers(out, c.Trailers())
	}
	return out, done && used == len(rest), nil
}

func (x *exchange) response(r *row, lim *Limits, keepServer bool) {
	in := bytes.Clone(r.fromServer)
	for {
		x.resp.Reset()
		n, err := x.resp.Parse(in, lim, x.req.Method)
		if err != nil || !x.resp.AcceptedBy(&x.req) {
			x.verdict, x.serverClosed = 502, true
			break
		}
		if n == 0 {
			if r.serverClose {
				x.verdict = 502
			}
			return
		}
		in = in[n:]
		keepServer = x.resp.KeepServer(&x.req, keepServer) && keepServer
		keep := x.resp.KeepClient(&x.req, r.conf == "frontend-httpclose")
		keep = x.resp.SetConnection(&x.req, keep)
		x.toClient = AppendResponse(x.toClient, &x.resp)
		if x.resp.Interim() {
			continue
		}
		x.responseBody(in, r.serverClose, keep, keepServer)
		break
	}
}

func (x *exchange) responseBody(in []byte, serverClose, keep, keepServer bool) {
	complete, clean := true, len(in) == 0
	switch x.resp.Body(x.req.Method) {
	case BodyTunnel, BodyUntilClose:
		x.toClient = append(x.toClient, in...)
		x.clientClosed = serverClose
		return
	case BodyLength:
		n := min(int64(len(in)), x.resp.ContentLength)
		x.toClient = append(x.toClient, in[:n]...)
		complete, clean = n == x.resp.ContentLength, n == int64(len(in))
	case BodyChunked:
		out, end, err := rechunk(x.toClient, in, true)
		if err != nil {
			x.verdict, x.serverClosed = 502, true
			return
		}
		x.toClient, complete, clean = out, end, true
	}
	if !complete {
		x.clientClosed = serverClose
		return
	}
	x.clientClosed = !keep
	x.serverClosed = !keep || !clean || !keepServer
}

func (x *exchange) compare(t *testing.T, r *row) {
	t.Helper()
	if x.verdict != r.verdict {
		t.Errorf("verdict %d, HAProxy %d", x.verdict, r.verdict)
	}
	if !bytes.Equal(x.toServer, r.toServer) {
		t.Errorf("to the server:\n got %q\nwant %q", x.toServer, r.toServer)
	}
	if r.verdict != 0 {
		return // the page is the engine's
	}
	if !bytes.Equal(x.toClient, r.toClient) {
		t.Errorf("to the client:\n got %q\nwant %q", x.toClient, r.toClient)
	}
	if x.clientClosed != r.clientClosed {
		t.Errorf("client closed %v, HAProxy %v", x.clientClosed, r.clientClosed)
	}
	if !r.serverClose && x.serverClosed != r.serverClosed {
		t.Errorf("server closed %v, HAProxy %v", x.serverClosed, r.serverClosed)
	}
}

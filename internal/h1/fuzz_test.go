package h1

import (
	"bytes"
	"testing"
)

func FuzzRequest(f *testing.F) {
	for _, file := range corpusFiles(f) {
		for _, r := range readCorpus(f, file) {
			f.Add(r.fromClient, r.conf == "accept-invalid")
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, lax bool) {
		lim := &Limits{AcceptInvalid: lax}
		if whole, pieces := parseRequest(in, lim, len(in)+1), parseRequest(in, lim, 1); !sameVerdict(whole, pieces) {
			t.Fatalf("whole: %s\nbyte by byte: %s", whole, pieces)
		}
		var r, again Request
		r.Reset()
		if n, err := r.Parse(bytes.Clone(in), lim); n == 0 || err != nil {
			return
		}
		if r.Target[0] != '/' {
			return // HAProxy takes one default port away, and the next one when it sees the request again
		}
		r.Headers.Del("connection") // the same goes for empty list elements
		first := AppendRequest(nil, &r)
		again.Reset()
		if n, err := again.Parse(bytes.Clone(first), lim); n != len(first) || err != nil {
			t.Fatalf("%q does not parse: %d, %v", first, n, err)
		}
		if r.MustClose && !again.MustClose {
			again.MustClose = true // the field that asked for it is gone
		}
		if r.ContentLength != again.ContentLength || r.Chunked != again.Chunked || r.MustClose != again.MustClose || r.IsConnect != again.IsConnect {
			t.Fatalf("%q reads differently: %+v, %+v", first, r, again)
		}
		if second := AppendRequest(nil, &again); !bytes.Equal(first, second) {
			t.Fatalf("%q became %q", first, second)
		}
		r.SetConnection(true)
		r.SetConnection(false)
	})
}

func FuzzResponse(f *testing.F) {
	for _, file := range corpusFiles(f) {
		for _, r := range readCorpus(f, file) {
			f.Add(r.fromServer, r.conf == "accept-invalid")
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, lax bool) {
		lim := &Limits{AcceptInvalid: lax}
		if whole, pieces := parseResponse(in, lim, len(in)+1), parseResponse(in, lim, 1); !sameVerdict(whole, pieces) {
			t.Fatalf("whole: %s\nbyte by byte: %s", whole, pieces)
		}
		var r, again Response
		r.Reset()
		if n, err := r.Parse(bytes.Clone(in), lim, nil); n == 0 || err != nil {
			return
		}
		r.Headers.Del("connection")
		first := AppendResponse(nil, &r)
		again.Reset()
		if n, err := again.Parse(bytes.Clone(first), lim, nil); n != len(first) || err != nil {
			t.Fatalf("%q does not parse: %d, %v", first, n, err)
		}
		if second := AppendResponse(nil, &again); !bytes.Equal(first, second) {
			t.Fatalf("%q became %q", first, second)
		}
		var q Request
		q.Reset()
		r.SetConnection(&q, r.KeepClient(&q, false))
	})
}

// decodeAll feeds in by pieces of step bytes and gives the payload, the trailers and how it ended.
func decodeAll(in []byte, step int) (payload []byte, trailers []byte, end string) {
	var c Chunked
	var held []byte
	for at := 0; at < len(in); at += step {
		held = append(held, in[at:min(at+step, len(in))]...)
		data, used, done, err := c.Decode(held)
		payload = append(payload, held[:data]...)
		if err != nil {
			return payload, nil, "error"
		}
		if done {
			return payload, AppendTrailers(nil, c.Trailers()), "done"
		}
		held = held[used:]
	}
	return payload, nil, "incomplete"
}

func FuzzChunked(f *testing.F) {
	for _, r := range readCorpus(f, "testdata/chunked.txt") {
		if _, body, ok := bytes.Cut(r.fromClient, []byte("\r\n\r\n")); ok {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		payload, trailers, end := decodeAll(bytes.Clone(in), len(in)+1)
		for _, step := range []int{1, 3} {
			p, tr, e := decodeAll(bytes.Clone(in), step)
			if !bytes.Equal(p, payload) || !bytes.Equal(tr, trailers) || e != end {
				t.Fatalf("pieces of %d: %q %q %s, whole: %q %q %s", step, p, tr, e, payload, trailers, end)
			}
		}
		if end != "done" {
			return
		}
		var wire []byte
		if len(payload) > 0 {
			wire = append(append(AppendChunkHead(nil, len(payload)), payload...), '\r', '\n')
		}
		p, tr, e := decodeAll(append(wire, trailers...), len(in)+64)
		if !bytes.Equal(p, payload) || !bytes.Equal(tr, trailers) || e != "done" {
			t.Fatalf("written and read: %q %q %s, was %q %q", p, tr, e, payload, trailers)
		}
	})
}

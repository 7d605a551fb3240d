package h1

import (
	"strings"
	"testing"
)

func list(h Headers) string {
	var b strings.Builder
	for _, f := range h {
		b.WriteString(string(f.Name) + "=" + string(f.Value) + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestHeaders(t *testing.T) {
	fresh := func() Headers {
		var h Headers
		for _, f := range []string{"a=1", "b=2", "a=3", "c=4", "a=5"} {
			n, v, _ := strings.Cut(f, "=")
			h.Add([]byte(n), []byte(v))
		}
		return h
	}
	for _, tt := range []struct {
		name string
		do   func(h *Headers) any
		want string
		says any
	}{
		{"find from", func(h *Headers) any { return h.Find("a", 1) }, "a=1 b=2 a=3 c=4 a=5", 2},
		{"find none", func(h *Headers) any { return h.Find("x", 0) }, "a=1 b=2 a=3 c=4 a=5", -1},
		{"find negative", func(h *Headers) any { return h.Find("b", -3) }, "a=1 b=2 a=3 c=4 a=5", 1},
		{"value", func(h *Headers) any { v, _ := h.Value("a"); return string(v) }, "a=1 b=2 a=3 c=4 a=5", "1"},
		{"value none", func(h *Headers) any { _, ok := h.Value("x"); return ok }, "a=1 b=2 a=3 c=4 a=5", false},
		{"del repeats", func(h *Headers) any { return h.Del("a") }, "b=2 c=4", 3},
		{"del none", func(h *Headers) any { return h.Del("x") }, "a=1 b=2 a=3 c=4 a=5", 0},
		{"del at", func(h *Headers) any { h.DelAt(2); return nil }, "a=1 b=2 c=4 a=5", nil},
		{"del at end", func(h *Headers) any { h.DelAt(4); h.DelAt(4); return nil }, "a=1 b=2 a=3 c=4", nil},
		{"set", func(h *Headers) any { h.Set([]byte("a"), []byte("9")); return nil }, "b=2 c=4 a=9", nil},
		{"set new", func(h *Headers) any { h.Set([]byte("x"), []byte("9")); return nil }, "a=1 b=2 a=3 c=4 a=5 x=9", nil},
		{"keep first", func(h *Headers) any { h.delRepeats("a"); return nil }, "a=1 b=2 c=4", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := fresh()
			if got := tt.do(&h); got != tt.says {
				t.Errorf("says %v, want %v", got, tt.says)
			}
			if got := list(h); got != tt.want {
				t.Errorf("left %q, want %q", got, tt.want)
			}
		})
	}
}

// Rules write Connection lines of their own; HAProxy reads them again when it writes the head.
func TestSetConnectionAfterRules(t *testing.T) {
	for _, tt := range []struct {
		version, rule  string
		keep, wantKeep bool
		want           string
	}{
		{"1.1", "close", true, false, "connection: close\r\n"},
		{"1.0", "close", true, false, ""},
		{"1.1", "keep-alive", true, true, ""},
		{"1.0", "keep-alive", true, true, "connection: keep-alive\r\n"},
		{"1.1", "foo", true, true, "connection: foo\r\n"},
		{"1.0", "foo", true, true, "connection: foo\r\nconnection: keep-alive\r\n"},
		{"1.1", "upgrade", true, true, "connection: upgrade\r\n"},
		{"1.0", "upgrade", true, true, "connection: upgrade\r\n"},
		{"1.1", "close, foo", true, false, "connection: foo\r\nconnection: close\r\n"},
		{"1.0", "close, foo", true, false, "connection: foo\r\n"},
	} {
		t.Run(tt.version+" "+tt.rule, func(t *testing.T) {
			var r Request
			r.Reset()
			if n, err := r.Parse([]byte("GET / HTTP/"+tt.version+"\r\n\r\n"), nil); n == 0 || err != nil {
				t.Fatal(n, err)
			}
			value := []byte(tt.rule)
			r.Headers.Set([]byte("connection"), value)
			defer func() {
				if string(value) != tt.rule {
					t.Errorf("the rule's own value became %q", value)
				}
			}()
			if keep := r.SetConnection(tt.keep); keep != tt.wantKeep {
				t.Errorf("keep %v, want %v", keep, tt.wantKeep)
			}
			if got := string(appendFields(nil, r.Headers)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestResponseConnectionAfterRules(t *testing.T) {
	for _, tt := range []struct {
		client, server int
		rule           string
		keep, wantKeep bool
		want           string
	}{
		{1, 1, "close", true, false, "connection: close\r\n"},
		{1, 0, "close", true, false, ""},
		{1, 1, "keep-alive", true, true, ""},
		{1, 0, "keep-alive", true, true, "connection: keep-alive\r\n"},
		{0, 0, "keep-alive", false, false, ""},
		{1, 1, "foo", true, true, "connection: foo\r\n"},
		{0, 1, "foo", false, false, "connection: foo\r\nconnection: close\r\n"},
		{1, 0, "foo", true, true, "connection: foo\r\nconnection: keep-alive\r\n"},
		{0, 1, "upgrade", false, false, "connection: upgrade\r\n"},
	} {
		req := Request{Method: []byte("GET"), Minor: tt.client}
		resp := Response{Status: 200, Minor: tt.server, ContentLength: 2}
		resp.Headers.Set([]byte("connection"), []byte(tt.rule))
		if keep := resp.SetConnection(&req, tt.keep); keep != tt.wantKeep {
			t.Errorf("%+v: keep %v", tt, keep)
		}
		if got := string(appendFields(nil, resp.Headers)); got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}

func TestChangedStatus(t *testing.T) {
	var r Response
	r.Reset()
	if n, err := r.Parse([]byte("HTTP/1.1 0200 OK\r\n\r\n"), nil, nil); n == 0 || err != nil {
		t.Fatal(n, err)
	}
	if got := string(AppendResponse(nil, &r)); got != "HTTP/1.1 0200 OK\r\n\r\n" {
		t.Errorf("as received: %q", got)
	}
	r.Status = 404
	if got := string(AppendResponse(nil, &r)); got != "HTTP/1.1 404 OK\r\n\r\n" {
		t.Errorf("changed: %q", got)
	}
}

func TestChunkedSkip(t *testing.T) {
	var c Chunked
	if data, used, done, err := c.Decode([]byte("a\r\n012")); data != 3 || used != 6 || done || err != nil {
		t.Fatal(data, used, done, err)
	}
	if c.Left() != 7 {
		t.Fatalf("left %d", c.Left())
	}
	c.Skip(7)
	if data, used, done, err := c.Decode([]byte("\r\n0\r\n\r\nGET")); data != 0 || used != 7 || !done || err != nil {
		t.Fatal(data, used, done, err)
	}
}

func TestMaxHdr(t *testing.T) {
	head := []byte("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n")
	for max, want := range map[int]bool{3: false, 4: true, 0: true} {
		var r Request
		r.Reset()
		n, err := r.Parse(append([]byte(nil), head...), &Limits{MaxHdr: max})
		if got := n > 0 && err == nil; got != want {
			t.Errorf("maxhdr %d: %d, %v", max, n, err)
		}
	}
}

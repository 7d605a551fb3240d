package hunt

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// final reads heads until one that is no interim answer; false: there is none, and that is noted.
func (cl *client) final(o *order) (*head, bool) {
	for {
		h, err := readHead(cl.r)
		if err != nil {
			if errors.Is(err, errForm) {
				cl.l.wrong("answer to %d (%s %+v): %v", o.id, o.pool, o.answer, err)
			}
			if cl.clean {
				cl.l.wrong("no answer to %d (%s %s %+v), which had no fault: %v\n%s", o.id, o.method, o.pool, o.answer, err, cl.l.line(o))
			}
			cl.l.cut.Add(1)
			return nil, false
		}
		if !strings.HasPrefix(h.first, "HTTP/1.1 ") && !strings.HasPrefix(h.first, "HTTP/1.0 ") {
			cl.l.wrong("answer to %d (%s %+v): status line %q", o.id, o.pool, o.answer, h.first)
			return nil, false
		}
		if echo, ok := h.fields["x-echo"]; ok && echo != fmt.Sprint(o.id) {
			cl.l.wrong("request %d (%s %+v) got the answer to %q: %q", o.id, o.pool, o.answer, echo, h.first)
			return nil, false
		}
		if h.first[9] == '1' && !strings.HasPrefix(h.first[9:], "101") {
			continue
		}
		return h, true
	}
}

// result reads the answer to o and checks it; false ends the connection.
func (cl *client) result(o *order, manner int) bool {
	h, ok := cl.final(o)
	if !ok {
		return false
	}
	status, _ := strconv.Atoi(h.first[9:12])
	closes := h.fields["connection"] == "close"
	_, own := h.fields["x-echo"]
	none := o.method == "HEAD" || status == 204 || status == 304
	body, err := h.readBody(cl.r, none, true)
	if errors.Is(err, errForm) {
		cl.l.wrong("answer to %d (%s %s %+v): %v", o.id, o.method, o.pool, o.answer, err)
	}
	if !own {
		cl.l.refused.Add(1)
		if status < 400 || status > 504 {
			cl.l.wrong("request %d (%s) got %q from nobody", o.id, o.pool, h.first)
		}
		if cl.clean {
			cl.l.wrong("request %d (%s %s %+v) had no fault and got %q\n%s", o.id, o.method, o.pool, o.answer, h.first, cl.l.line(o))
		}
		return err == nil && !closes && manner < rude
	}
	want := fill(o.id, o.answer.size, true)
	if none {
		want = nil
	}
	if !bytes.HasPrefix(want, body) {
		cl.l.wrong("answer to %d (%s %s %+v): other bytes in its body of %d", o.id, o.method, o.pool, o.answer, len(body))
		return false
	}
	whole := err == nil && len(body) == len(want)
	switch {
	case whole:
		cl.l.answered.Add(1)
	case cl.clean:
		cl.l.wrong("answer to %d (%s %s %+v): %d bytes of %d, %v\n%s", o.id, o.method, o.pool, o.answer, len(body), len(want), err, cl.l.line(o))
	default:
		cl.l.cut.Add(1)
	}
	if whole && o.answer.kind == trailed && !none && h.fields["trailer x-trail"] != fmt.Sprint(o.id) {
		cl.l.wrong("answer to %d: trailers %v", o.id, h.fields)
	}
	if o.never {
		cl.l.wrong("request %d (%s) was answered by a server", o.id, o.pool)
	}
	_, length := h.fields["content-length"]
	_, chunks := h.fields["transfer-encoding"]
	return whole && !closes && (none || length || chunks) && manner < rude
}

package action

import (
	"fmt"
	"os"
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Reply is an own answer: of the actions return, deny and tarpit, and of http-error (configuration.txt 4.2 "http-request
// return"). At most one of DefaultErrorfiles to LFString is set; without any the answer has no body.
type Reply struct {
	// Status is the answer's status. Default: 200 for return, 403 for deny (502 for a response), 500 for tarpit.
	Status int `json:"status,omitempty"`
	// ContentType goes with a body from a file or a string.
	ContentType string `json:"content_type,omitempty"`
	// DefaultErrorfiles takes the proxy's error page for the status.
	DefaultErrorfiles bool `json:"default_errorfiles,omitempty"`
	// Errorfile is a file with a whole response; Status does not count then.
	Errorfile string `json:"errorfile,omitempty"`
	// Errorfiles is the http-errors section whose page for the status is taken.
	Errorfiles string `json:"errorfiles,omitempty"`
	// File is a file with the body, LFFile one with a format string (configuration.txt 8.2.6) that makes it.
	File   string `json:"file,omitempty"`
	LFFile string `json:"lf_file,omitempty"`
	// String is the body, LFString a format string that makes it.
	String   string `json:"string,omitempty"`
	LFString string `json:"lf_string,omitempty"`
	// Hdr are further header fields. They do not count with error pages. Fields that describe the body are left out.
	Hdr []Hdr `json:"hdr,omitempty"`

	kind    replyKind
	reason  []byte
	ctype   []byte
	body    value
	length  []byte // of a constant body, in digits
	headers []headerValue
	page    *page
	group   *Pages
}

// Hdr is one header field of a Reply.
type Hdr struct {
	// Name is the field's name.
	Name string `json:"name"`
	// Value is its value, a format string (configuration.txt 8.2.6).
	Value string `json:"value"`
}

type headerValue struct {
	name  []byte
	value value
}

type replyKind uint8

const (
	withoutBody replyKind = iota
	fromPages
	fromErrorfile
	fromErrorfiles
	fromBody
)

// Groups is what a sample.Lookup may implement besides: it finds http-errors sections by name, nil when unknown.
type Groups interface{ HTTPErrors(name string) *Pages }

// ResolvePaths replaces the names of files by what resolve makes of them, for `default-path`.
func (r *Reply) ResolvePaths(resolve func(string) string) {
	for _, p := range []*string{&r.Errorfile, &r.File, &r.LFFile} {
		if *p != "" {
			*p = resolve(*p)
		}
	}
}

// sources are the words that say where the body comes from, with what is set.
func (r *Reply) sources() []string {
	var list []string
	for _, s := range []struct {
		word string
		set  bool
	}{
		{"default-errorfiles", r.DefaultErrorfiles}, {"errorfile", r.Errorfile != ""}, {"errorfiles", r.Errorfiles != ""},
		{"file", r.File != ""}, {"lf-file", r.LFFile != ""}, {"string", r.String != ""}, {"lf-string", r.LFString != ""},
	} {
		if s.set {
			list = append(list, s.word)
		}
	}
	return list
}

// compile readies r; status is the one that counts when none is set.
func (r *Reply) compile(env *sample.Env, status int) error {
	if r.Status == 0 {
		r.Status = status
	}
	src := r.sources()
	if len(src) > 1 {
		return fmt.Errorf("unexpected '%s' argument, '%s' already defined", src[1], src[0])
	}
	if r.Status < 200 || r.Status > 599 {
		return fmt.Errorf("Unexpected status code '%d'", r.Status) //nolint:staticcheck // HAProxy's words
	}
	r.reason = []byte(reason(r.Status))
	if len(src) == 0 {
		r.kind = withoutBody
		if r.ContentType != "" {
			warn(env, "content-type '%s' ignored by the http reply because neither errorfile nor payload defined.", r.ContentType)
		}
		return r.compileHeaders(env)
	}
	switch src[0] {
	case "default-errorfiles", "errorfile", "errorfiles":
		return r.compilePage(env, src[0])
	}
	r.kind = fromBody
	if err := r.compileBody(env); err != nil {
		return err
	}
	return r.compileHeaders(env)
}

func (r *Reply) compilePage(env *sample.Env, source string) (err error) {
	if r.ContentType != "" {
		warn(env, "content-type '%s' ignored by the http reply when used with an erorrfile.", r.ContentType)
	}
	if len(r.Hdr) > 0 {
		warn(env, "hdr parameters ignored by the http reply when used with an erorrfile.")
	}
	if source == "errorfile" {
		r.kind = fromErrorfile
		r.page, err = readPage(r.Errorfile)
		return err
	}
	if !HasPage(r.Status) {
		return fmt.Errorf("status code '%d' not handled by default with '%s' argument.", r.Status, source)
	}
	if source == "default-errorfiles" {
		r.kind = fromPages
		return nil
	}
	r.kind = fromErrorfiles
	if g, ok := env.Lookup.(Groups); ok {
		r.group = g.HTTPErrors(r.Errorfiles)
	}
	if r.group == nil {
		return fmt.Errorf("unknown http-errors section '%s' referenced by an http reply", r.Errorfiles)
	}
	return nil
}

func (r *Reply) compileBody(env *sample.Env) error {
	text, format, err := r.content()
	if err != nil {
		return err
	}
	switch {
	case r.ContentType == "" && format:
		return fmt.Errorf("a content type must be defined with a log-format payload")
	case r.ContentType == "" && text != "":
		return fmt.Errorf("a content type must be defined when non-empty payload is configured")
	case (text != "" || format) && (r.Status == 204 || r.Status == 304):
		return fmt.Errorf("No body expected for %d responses", r.Status) //nolint:staticcheck // HAProxy's words
	case text == "" && !format && r.ContentType != "":
		warn(env, "content-type '%s' ignored by the http reply when used with an empty payload.", r.ContentType)
	}
	if text != "" || format {
		r.ctype = []byte(r.ContentType)
	}
	r.body = value{text: []byte(text)}
	if format {
		if err := r.body.compileKind(env, text, logformat.String); err != nil {
			return err
		}
	}
	if len(r.body.text) > maxPage {
		return fmt.Errorf("file '%s' exceeds the buffer size (%d > %d)", r.File+r.LFFile, len(r.body.text), maxPage)
	}
	r.length = strconv.AppendInt(nil, int64(len(r.body.text)), 10)
	return nil
}

// content is the body's text, and whether it is a format string.
func (r *Reply) content() (text string, format bool, err error) {
	path := r.File + r.LFFile
	if path == "" {
		return r.String + r.LFString, r.LFString != "", nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", false, fmt.Errorf("error opening file '%s'", path)
	}
	return string(raw), r.LFFile != "", nil
}

func (r *Reply) compileHeaders(env *sample.Env) error {
	for _, h := range r.Hdr {
		var v headerValue
		v.name = fieldName(h.Name)
		if h.Name == "" || h.Value == "" {
			return fmt.Errorf("'hdr' expects <name> and <value> as arguments")
		}
		if err := v.value.compile(env, h.Value); err != nil {
			return err
		}
		switch string(v.name) {
		case "content-length", "content-type", "transfer-encoding":
			warn(env, "header '%s' always ignored by the http reply.", v.name)
			continue
		}
		r.headers = append(r.headers, v)
	}
	return nil
}

func warn(env *sample.Env, format string, a ...any) {
	if env.Warn != nil {
		env.Warn(fmt.Sprintf(format, a...))
	}
}

// fill makes r the answer of t. A response that is there already goes first: as in HAProxy, r can say nothing of it.
func (r *Reply) fill(t *txn.Txn) {
	switch r.kind {
	case fromPages:
		ErrorPage(t, r.Status)
		return
	case fromErrorfile:
		r.page.fill(t)
		return
	case fromErrorfiles:
		if !r.group.Fill(t, r.Status) {
			ErrorPage(t, r.Status)
		}
		return
	}
	t.Res.Reset()
	var few [8]h1.Header
	list := few[:0]
	for i := range r.headers {
		h := &r.headers[i]
		list = append(list, h1.Header{Name: h.name, Value: h.value.eval(t)})
	}
	body := r.body.eval(t)
	t.Res.Status, t.Res.Reason, t.Res.Minor, t.Res.ContentLength = r.Status, r.reason, 1, int64(len(body))
	t.Res.Headers = append(t.Res.Headers, list...)
	t.Reply.Body, t.Reply.Silent = body, false
	if r.Status != 204 {
		t.Res.Headers.Add(nameContentLength, r.contentLength(t, body))
	}
	if len(body) > 0 && r.ctype != nil {
		t.Res.Headers.Add(nameContentType, r.ctype)
	}
}

func (r *Reply) contentLength(t *txn.Txn, body []byte) []byte {
	if r.body.format == nil && r.length != nil {
		return r.length
	}
	return t.Keep(strconv.AppendInt(t.Room(20), int64(len(body)), 10))
}

package check

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// parse reads lines whose words are separated by blanks; _ stands for a blank in a word.
func parse(lines ...string) (*HTTP, error) {
	h := new(HTTP)
	for _, line := range lines {
		words := strings.Fields(line)
		for i := range words {
			words[i] = strings.NewReplacer("_", " ", `\r\n`, "\r\n").Replace(words[i])
		}
		if err := h.UnmarshalHAProxy(cfg.FromWords(cfg.Pos{File: "f", Line: 3}, words...)); err != nil {
			return h, err
		}
	}
	return h, nil
}

// TestRequests: the bytes are those that HAProxy sent for the same lines.
func TestRequests(t *testing.T) {
	for lines, want := range map[string]string{
		"option httpchk":                                              "OPTIONS / HTTP/1.0\r\n\r\n",
		"option httpchk /foo":                                         "OPTIONS /foo HTTP/1.0\r\n\r\n",
		"option httpchk HEAD /foo":                                    "HEAD /foo HTTP/1.0\r\n\r\n",
		"option httpchk GET /foo HTTP/1.1":                            "GET /foo HTTP/1.1\r\nconnection: close\r\n\r\n",
		"option httpchk get /foo HTTP/1.1":                            "get /foo HTTP/1.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
		`option httpchk GET /foo HTTP/1.1\r\nHost:_www.x.com\r\nA:_b`: "GET /foo HTTP/1.1\r\nhost: www.x.com\r\na: b\r\nconnection: close\r\n\r\n",
		"option httpchk OPTIONS * HTTP/1.0":                           "OPTIONS * HTTP/1.0\r\n\r\n",
		"option httpchk PUT /x http/1.1":                              "PUT /x HTTP/1.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
		"option httpchk|http-check send meth POST uri /x ver HTTP/1.1 hdr Host foo hdr X-A b_c body hello_world":                "POST /x HTTP/1.1\r\nhost: foo\r\nx-a: b c\r\ncontent-length: 11\r\nconnection: close\r\n\r\nhello world",
		"option httpchk GET /abc HTTP/1.1|http-check send hdr Host foo":                                                         "GET /abc HTTP/1.1\r\nhost: foo\r\nconnection: close\r\n\r\n",
		"http-check send hdr Host foo|option httpchk GET /abc HTTP/1.1":                                                         "GET /abc HTTP/1.1\r\nhost: foo\r\nconnection: close\r\n\r\n",
		"option httpchk HEAD /abc HTTP/1.1|http-check send uri /q":                                                              "HEAD /q HTTP/1.1\r\nconnection: close\r\n\r\n",
		"option httpchk|http-check send meth GET uri /a?b=c ver HTTP/1.0 body x":                                                "GET /a?b=c HTTP/1.0\r\ncontent-length: 1\r\n\r\nx",
		"option httpchk|http-check send hdr Content-Length 99 hdr Connection keep-alive hdr Transfer-Encoding chunked body abc": "OPTIONS / HTTP/1.0\r\ncontent-length: 3\r\nconnection: keep-alive\r\n\r\nabc",
		"option httpchk|http-check send meth POST ver HTTP/1.0":                                                                 "POST / HTTP/1.0\r\ncontent-length: 0\r\n\r\n",
		"option httpchk|http-check send meth DELETE ver HTTP/1.1":                                                               "DELETE / HTTP/1.1\r\nconnection: close\r\n\r\n",
		"option httpchk|http-check send meth TRACE ver HTTP/1.1":                                                                "TRACE / HTTP/1.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
		"option httpchk|http-check send ver HTTP/1.1 hdr Connection foo":                                                        "OPTIONS / HTTP/1.1\r\nconnection: foo\r\n\r\n",
		"option httpchk|http-check send meth GET uri http://h.com/p ver HTTP/1.1 hdr Host foo":                                  "GET http://foo/p HTTP/1.1\r\nhost: foo\r\nconnection: close\r\n\r\n",
	} {
		h, err := parse(strings.Split(lines, "|")...)
		if err != nil {
			t.Errorf("%s: %v", lines, err)
			continue
		}
		if got := string(h.request("")); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", lines, got, want)
		}
	}
}

func TestSendState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{answer: ok200}
		h := must(t, "option httpchk", "http-check send ver HTTP/1.1 hdr X-a 1", "http-check send-state")
		h.Node = "vm"
		r := Start([]Backend{{Backend: backend(t, nil, config("s1", time.Second)), Checker: h}}, Options{Dial: p.dial})
		time.Sleep(1500 * time.Millisecond)
		r.Stop()
		const head, tail = "OPTIONS / HTTP/1.1\r\nx-a: 1\r\nx-haproxy-server-state: ", "; address=127.0.0.1; port=80; name=b/s1; node=vm; weight=1/1; scur=0/0; qcur=0\r\nconnection: close\r\n\r\n"
		if len(p.got) != 2 || p.got[0] != head+"UP 1/3"+tail || p.got[1] != head+"UP"+tail {
			t.Errorf("got %q", p.got)
		}
	})
}

func TestParseErrors(t *testing.T) {
	for line, want := range map[string]string{
		"option httpchk GET /a HTTP/1.1 x":      "parsing [f:3] : 'option httpchk' cannot handle unexpected argument 'x'.",
		"option httpchk GET /a HTTP/2":          "version 'HTTP/2' is not supported yet.",
		"option httpchk G_T /a":                 "invalid character in 'G T'",
		"http-check":                            "but got ''",
		"http-check foo":                        "'http-check' only supports 'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'. but got 'foo'",
		"http-check connect port 80":            "'http-check connect' is not supported yet.",
		"http-check set-var(check.x) int(1)":    "'http-check set-var(check.x)' is not supported yet.",
		"http-check disable-on-404 x":           "'http-check' cannot handle unexpected argument 'x'.",
		"http-check send meth":                  "'http-check send' : 'meth' expects a string as argument.",
		"http-check send foo":                   "'http-check send' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got 'foo' as argument.",
		"http-check send hdr A":                 "'http-check send' : 'hdr' expects <name> and <value> as arguments.",
		"http-check send hdr A %[srv_name]":     "log-format in header 'a' is not supported yet.",
		"http-check send uri-lf /a":             "'http-check send uri-lf' is not supported yet.",
		"http-check expect":                     "'http-check expect' : expects at least a matching pattern as arguments.",
		"http-check expect foo":                 "or comment but got 'foo' as argument.",
		"http-check expect status":              "'http-check expect' : 'status' expects a <pattern> as argument.",
		"http-check expect status abc":          "'http-check expect' : invalid character 'a' in the list of status codes.",
		"http-check expect status 200 201":      "or comment but got '201' as argument.",
		"http-check expect status 200-":         "'http-check expect' : invalid range of status codes '200-'.",
		"http-check expect status 300-200":      "'http-check expect' : invalid range of status codes '300-200'.",
		"http-check expect status 200 string a": "only on pattern expected",
		"http-check expect rstatus (":           "'http-check expect' : regex '(' is invalid (",
		"http-check expect hdr name x":          "'http-check expect hdr' is not supported yet.",
	} {
		if _, err := parse(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got  %v\n want %s", line, err, want)
		}
	}
	for _, first := range []string{"http-check send uri /a", "http-check expect status 200"} {
		if _, err := parse(first, "http-check send uri /b"); err == nil || !strings.Contains(err.Error(), "unable to add http-check send rule at step 2 (missing connect rule)") {
			t.Errorf("%s, then send: %v", first, err)
		}
	}
}

func TestJSON(t *testing.T) {
	h, err := parse("option httpchk GET /x HTTP/1.1", "http-check send hdr Host a", "http-check expect ! string no comment c", "http-check disable-on-404", "http-check send-state")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"method":"GET","uri":"/x","version":"HTTP/1.1","headers":[{"name":"host","value":"a"}],"send_state":true,"disable_on_404":true,` +
		`"expect":[{"match":"string","not":true,"pattern":"no","comment":"c"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, bad := range []string{`{"version":"HTTP/3"}`, `{"expect":[{"match":"x"}]}`, `{"expect":[{"match":"string"}]}`, `{"headers":[{"name":"a","value":"b\r\nc: d"}]}`, `{"uri":"/a b"}`} {
		var h HTTP
		if err := json.Unmarshal([]byte(bad), &h); err != nil {
			t.Fatal(err)
		}
		if h.Compile() == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

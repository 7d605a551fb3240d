package action

import (
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

const byHand = "What it says about a whole line of the head must be rewritten by hand."

// Lines of HAProxy 1.x, and the modern rule that the warning names, or the end of the error.
var legacyLines = []struct{ line, modern, err string }{
	{line: `block if TRUE`, modern: `http-request deny if TRUE`},
	{line: `block`, err: "It requires either 'if' or 'unless' followed by a condition."},
	{line: `block TRUE`, err: "'block' cannot handle unexpected argument 'TRUE'."},
	{line: `reqadd X-Proto:\ SSL`, modern: `http-request add-header X-Proto SSL`},
	{line: `reqadd X-Pct:\ 50%\ off if TRUE`, modern: `http-request add-header X-Pct '50%% off' if TRUE`},
	{line: `rspadd Cache-Control:\ no-cache unless { status 404 }`, modern: `http-response add-header Cache-Control no-cache unless { status 404 }`},
	{line: `reqadd nonsense`, err: "'nonsense' is no header with a value."},
	{line: `reqadd X-Empty:`, err: "'X-Empty:' is no header with a value."},
	{line: `reqadd`, err: "It lacks an argument."},
	{line: `reqdel ^X-Forwarded-For:.*`, modern: `http-request del-header X-Forwarded-For`},
	{line: `reqidel ^x-forwarded-for:`, modern: `http-request del-header x-forwarded-for`},
	{line: `reqidel ^X-Forwarded`, modern: `http-request del-header X-Forwarded -m beg`},
	{line: `rspidel ^Server:.*`, modern: `http-response del-header Server`},
	{line: `reqdel ^Cookie:\ a=1`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /static/(.*) \1\ /\2`, modern: `http-request replace-uri ^/static/(.*) '/\1'`},
	{line: `reqirep ^([^\ ]*)\ /a/(b|c)/ \1\ /\2/`, modern: `http-request replace-uri (?i)^(?:/a/(b|c)/)(.*)$ '/\1/\2'`},
	{line: `reqrep ^([^\ ]*)\ /(.*)/old/(.*) \1\ /\2/new/\3`, modern: `http-request replace-uri ^/(.*)/old/(.*) '/\1/new/\2'`},
	{line: `reqrep ^([^\ ]*)\ /(.*)/(.*) \1\ /\2-\3`, err: byHand}, // the second / is the version's
	{line: `reqrep ^([^\ :]*)\ /a(.*) \1\ /c`, err: byHand},        // without a version
	{line: `reqrep ^([^\ :]*)\ /a(.*) \1\ /c\2/d`, err: byHand},    // the version in the middle
	{line: `reqrep ^(.*)\ /a/(.*) \1\ /\2`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a\ HTTP/1.0 \1\ /b\ HTTP/1.1`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a|/b \1\ /c`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a(.*) GET\ /c\2`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a`, err: "It lacks an argument."},
	{line: `reqirep ^Host:\ www\.(.*) Host:\ \1`, modern: `http-request replace-header Host '(?i)^www\.(.*)' '\1'`},
	{line: `reqirep ^Host:\ www\. Host:\ `, modern: `http-request replace-header Host '(?i)^(?:www\.)(.*)$' '\1'`},
	{line: `rsprep ^Location:\ http://(.*) Location:\ https://\1`, modern: `http-response replace-header Location ^http://(.*) 'https://\1'`},
	{line: `rspirep ^Server:.* Server:\ x`, modern: `http-response replace-header Server (?i)^.* x`},
	{line: `rspirep ^Server:.* Server:`, modern: `http-response replace-header Server (?i)^(?:.*)(.*)$ '\1'`},
	{line: `reqrep ^Host:(.*) Host:\1.example`, modern: `http-request replace-header Host ^(.*) '\1.example'`},
	{line: `reqrep ^Host:(.*) Host:\ a\1`, err: byHand}, // a blank in the middle
	{line: `reqrep ^Host:www Host:\ a`, err: byHand},    // a line without a blank
	{line: `rsprep ^HTTP/1.1\ 500(.*) HTTP/1.1\ 503\1`, err: byHand},
	{line: `rsprep ^Location:\ (.*) X-Location:\ \1`, err: byHand},
	{line: `reqdeny ^([^\ :]*)\ /admin`, modern: `http-request deny if { url -m reg ^/admin }`},
	{line: `reqideny ^Host:\ bad if TRUE or FALSE`, modern: `http-request deny if TRUE { req.fhdr(Host) -m reg -i ^bad } or FALSE { req.fhdr(Host) -m reg -i ^bad }`},
	{line: `reqallow ^Host:\ good unless TRUE`, modern: `http-request allow if !TRUE { req.fhdr(Host) -m reg ^good }`},
	{line: `reqallow ^Host:\ good unless TRUE !FALSE or { path or }`, modern: `http-request allow if !TRUE !{ path or } { req.fhdr(Host) -m reg ^good } or FALSE !{ path or } { req.fhdr(Host) -m reg ^good }`},
	{line: `reqdeny ^Host:\ b if { path /a`, err: "missing closing '}' in condition"},
	{line: `reqdeny ^Host:b`, err: byHand},
	{line: `reqtarpit ^[^\ :]*\ /x`, modern: `http-request tarpit if { url -m reg ^/x }`},
	{line: `rspideny ^Server:\ x`, modern: `http-response deny if { res.fhdr(Server) -m reg -i ^x }`},
	{line: `rspdeny ^HTTP`, err: byHand},
	{line: `reqpass ^a`, err: "No rule of today is equal to it."},
	{line: `cliexp a b`, err: "Use 'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead. No rule of today is equal to it."},
	{line: `srvexp a b`, err: "Use 'http-response replace-header' instead. No rule of today is equal to it."},
	{line: `reqadd X:\ y z`, err: "'reqadd' cannot handle unexpected argument 'z'."},
}

func parseLegacyLine(t *testing.T, line string) (Legacy, cfg.Diagnostics, error) {
	t.Helper()
	lines, diags := cfg.Parse([]cfg.File{{Name: "t.cfg", Body: []byte(line + "\n")}}, &cfg.Options{})
	if len(lines) != 1 || diags.HasErrors() {
		t.Fatalf("%s: %v", line, diags)
	}
	l, err := ParseLegacy(cfg.NewDispenser(lines[0], &diags))
	return l, diags, err
}

func TestLegacy(t *testing.T) {
	for _, c := range legacyLines {
		word, _, _ := strings.Cut(c.line, " ")
		l, diags, err := parseLegacyLine(t, c.line)
		switch {
		case c.err != "":
			if err == nil || !strings.HasSuffix(err.Error(), c.err) {
				t.Errorf("%s: %v", c.line, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.line, err)
		case len(diags) != 1:
			t.Errorf("%s: %d warnings", c.line, len(diags))
		default:
			sentence, taken, _ := strings.Cut(diags[0].Msg, " It is taken as: ")
			if sentence != "the '"+word+"' directive is HAProxy 1.x." {
				t.Errorf("%s: %s", c.line, sentence)
			}
			if taken != c.modern {
				t.Errorf("%s:\n %s\n want\n %s", c.line, taken, c.modern)
			}
			if l.First != (word == "block") || l.Last != strings.HasSuffix(word, "add") {
				t.Errorf("%s: first %v, last %v", c.line, l.First, l.Last)
			}
		}
	}
}

// The translated rules do what the lines did.
func TestLegacyRuns(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`reqrep ^([^\ :]*)\ /a/(.*) \1\ /\2`, "GET /b?q=1 HTTP/1.1"},
		{`reqrep ^([^\ :]*)\ /a \1\ /new`, "GET /new/b?q=1 HTTP/1.1"},
		{`reqirep ^([^\ :]*)\ /A/(B) \1\ /\2\2`, "GET /bb?q=1 HTTP/1.1"},
		{`reqrep ^([^\ :]*)\ /zzz \1\ /new`, "GET /a/b?q=1 HTTP/1.1"},
		{`reqrep ^Host:\ h\. Host:\ www.`, "host: www.example:80"},
		{`reqirep ^Host:\ H\. Host:\ `, "host: example:80"},
		{`reqirep ^Host:.* Host:\ x`, "host: x\r\n"},
		{`reqirep ^Host:.* Host:`, "host: \r\n"},
		{`reqadd X-Pct:\ 50%`, "x-pct: 50%"},
		{`reqideny ^host:\ H\.EX`, "403"},
		{`reqdeny ^[^\ ]*\ /a/b`, "403"},
		{`reqdeny ^[^\ ]*\ /b`, "GET /a/b?q=1 HTTP/1.1"},
		{`reqdeny ^Host:\ h unless TRUE`, "GET /a/b?q=1 HTTP/1.1"},
		{`reqdeny ^Host:\ h unless TRUE FALSE`, "403"},
		{`reqdeny ^Host:\ h unless TRUE or FALSE`, "GET /a/b?q=1 HTTP/1.1"},
		{`reqdeny ^Host:\ h if ! TRUE or FALSE || TRUE`, "403"},
	} {
		l, _, err := parseLegacyLine(t, c.line)
		if err != nil {
			t.Fatalf("%s: %v", c.line, err)
		}
		acls, _ := acl.CompileSet(nil, nil)
		prog, err := Rules{l.Rule}.Compile(&sample.Env{Proxy: "p"}, l.Set, acls)
		if err != nil {
			t.Fatalf("%s: %v", c.line, err)
		}
		x := exchange{request: defaultRequest, response: defaultResponse}
		p := &proxy{request: prog, pages: new(Pages), captures: new(sample.Captures)}
		toServer, toClient := p.run(t, x)
		if !strings.Contains(toServer+toClient, c.want) {
			t.Errorf("%s: %q %q", c.line, toServer, toClient)
		}
	}
}

// TestLegacyOracle: HAProxy takes what the warnings name.
func TestLegacyOracle(t *testing.T) {
	bin := oracle.HAProxy(t)
	var rules []string
	for _, c := range legacyLines {
		if c.modern != "" {
			rules = append(rules, c.modern)
		}
	}
	if v := askVerdict(bin, t.TempDir()+"/h.cfg", rules); v != "ok" {
		t.Errorf("%s\n%s", v, strings.Join(rules, "\n"))
	}
}

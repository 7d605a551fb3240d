package action

import (
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

const byHand = "this expression over a whole line must be rewritten by hand"

// Lines of HAProxy 1.x, and the modern rule that the warning names, or the end of the error.
var legacyLines = []struct{ line, modern, err string }{
	{line: `block if TRUE`, modern: `http-request deny if ...`},
	{line: `reqadd X-Proto:\ SSL`, modern: `http-request add-header X-Proto SSL`},
	{line: `reqadd X-Pct:\ 50%\ off if TRUE`, modern: `http-request add-header X-Pct '50%% off'`},
	{line: `rspadd Cache-Control:\ no-cache`, modern: `http-response add-header Cache-Control no-cache`},
	{line: `reqadd nonsense`, err: "'nonsense' is no header"},
	{line: `reqadd`, err: "missing argument"},
	{line: `reqdel ^X-Forwarded-For:.*`, modern: `http-request del-header X-Forwarded-For`},
	{line: `reqidel ^x-forwarded-for:`, modern: `http-request del-header x-forwarded-for`},
	{line: `rspidel ^Server:.*`, modern: `http-response del-header Server`},
	{line: `reqdel ^Cookie:\ a=1`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /static/(.*) \1\ /\2`, modern: `http-request replace-uri ^/static/(.*) '/\1'`},
	{line: `reqirep ^([^\ ]*)\ /a/(b|c)/ \1\ /\2/`, modern: `http-request replace-uri (?i)^(?:/a/(b|c)/)(.*)$ '/\1/\2'`},
	{line: `reqrep ^(.*)\ /a/(.*) \1\ /\2`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a\ HTTP/1.0 \1\ /b\ HTTP/1.1`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a|/b \1\ /c`, err: byHand},
	{line: `reqrep ^([^\ :]*)\ /a(.*) GET\ /c\2`, err: byHand},
	{line: `reqirep ^Host:\ www\.(.*) Host:\ \1`, modern: `http-request replace-header Host '(?i)^www\.(.*)' '\1'`},
	{line: `rsprep ^Location:\ http://(.*) Location:\ https://\1`, modern: `http-response replace-header Location ^http://(.*) 'https://\1'`},
	{line: `rspirep ^Server:.* Server:\ x`, modern: `http-response replace-header Server (?i)^(?:.*)(.*)$ 'x\1'`},
	{line: `rsprep ^HTTP/1.1\ 500(.*) HTTP/1.1\ 503\1`, err: byHand},
	{line: `rsprep ^Location:\ (.*) X-Location:\ \1`, err: byHand},
	{line: `reqdeny ^([^\ :]*)\ /admin`, modern: `http-request deny if ...`},
	{line: `reqideny ^Host:\ bad if TRUE or FALSE`, modern: `http-request deny if ...`},
	{line: `reqallow ^Host:\ good unless TRUE`, modern: `http-request allow if ...`},
	{line: `reqallow ^Host:\ good unless TRUE FALSE`, err: "with 'unless' and more than one ACL it must be rewritten by hand"},
	{line: `reqtarpit ^[^\ :]*\ /x`, modern: `http-request tarpit if ...`},
	{line: `rspideny ^Server:\ x`, modern: `http-response deny if ...`},
	{line: `rspdeny ^HTTP`, err: byHand},
	{line: `reqpass ^a`, err: "nothing takes its place"},
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
			if err == nil || !strings.HasSuffix(strings.TrimSuffix(err.Error(), "."), strings.TrimSuffix(c.err, ".")) {
				t.Errorf("%s: %v", c.line, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.line, err)
		case len(diags) != 1:
			t.Errorf("%s: %d warnings", c.line, len(diags))
		default:
			want := "The '" + word + "' directive is not supported anymore since HAProxy 2.1. It is taken as '" + c.modern + "'."
			if diags[0].Msg != want {
				t.Errorf("%s:\n %s\n want\n %s", c.line, diags[0].Msg, want)
			}
			if l.First != (word == "block") {
				t.Errorf("%s: first %v", c.line, l.First)
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
		{`reqadd X-Pct:\ 50%`, "x-pct: 50%"},
		{`reqideny ^host:\ H\.EX`, "403"},
		{`reqdeny ^[^\ ]*\ /a/b`, "403"},
		{`reqdeny ^[^\ ]*\ /b`, "GET /a/b?q=1 HTTP/1.1"},
		{`reqdeny ^Host:\ h unless TRUE`, "GET /a/b?q=1 HTTP/1.1"},
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
	bin := oracle(t)
	var rules []string
	for _, c := range legacyLines {
		if c.modern != "" {
			rules = append(rules, strings.ReplaceAll(c.modern, "if ...", "if TRUE"))
		}
	}
	if v := askVerdict(bin, t.TempDir()+"/h.cfg", rules); v != "ok" {
		t.Errorf("%s\n%s", v, strings.Join(rules, "\n"))
	}
}

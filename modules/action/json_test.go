package action

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/google/go-cmp/cmp"
)

// throughJSON writes rules as JSON and loads them as Caddy does.
func throughJSON(t *testing.T, ctx caddy.Context, rs Rules) Rules {
	t.Helper()
	first, err := json.Marshal(rs)
	if err != nil {
		t.Fatal(err)
	}
	var back Rules
	dec := json.NewDecoder(strings.NewReader(string(first)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&back); err != nil {
		t.Fatalf("%v in %s", err, first)
	}
	if err := back.Provision(ctx); err != nil {
		t.Fatalf("%v in %s", err, first)
	}
	second, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(first), string(second)); d != "" {
		t.Errorf("JSON changes on its way (-first +second):\n%s", d)
	}
	return back
}

// TestExchangesJSON runs all exchanges with rules that went through JSON: nothing gets lost there.
func TestExchangesJSON(t *testing.T) {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	defer cancel()
	for _, file := range exchangeFiles(t) {
		for _, x := range readExchanges(t, file) {
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(file), x.line), func(t *testing.T) {
				direct := compileExchange(t, x)
				reload = func(rs Rules) Rules { return throughJSON(t, ctx, rs) }
				defer func() { reload = nil }()
				loaded := compileExchange(t, x)
				wantServer, wantClient := direct.run(t, x)
				gotServer, gotClient := loaded.run(t, x)
				if gotServer != wantServer || gotClient != wantClient {
					t.Errorf("%q %q, without JSON %q %q", gotServer, gotClient, wantServer, wantClient)
				}
			})
		}
	}
}

// TestJSONShape shows what users write by hand.
func TestJSONShape(t *testing.T) {
	s := &section{}
	for _, c := range []struct{ line, want string }{
		{`http-request set-header X-A "%[src] b" if { path -i /x } !TRUE`,
			`{"action":{"name":"set_header","header":"X-A","value":"%[src] b"},"if":{"any_of":[[{"expr":"path","ignore_case":true,"patterns":["/x"]},{"not":true,"acl":"TRUE"}]]}}`},
		{`http-request deny deny_status 429`, `{"action":{"name":"deny","status":429}}`},
		{`http-request deny status 429`, `{"action":{"name":"deny","status":429,"empty":true}}`},
		{`http-request return content-type text/plain string x hdr a b`,
			`{"action":{"name":"return","content_type":"text/plain","string":"x","hdr":[{"name":"a","value":"b"}]}}`},
		{`http-request redirect scheme https code 301 unless { ssl_fc }`,
			`{"action":{"name":"redirect","scheme":"https","code":301},"if":{"unless":true,"any_of":[[{"expr":"ssl_fc"}]]}}`},
		{`http-request set-var(txn.a,ifset) path,lower`,
			`{"action":{"name":"set_var","var":"txn.a","conditions":["ifset"],"expr":"path,lower"}}`},
		{`http-request wait-for-body time 2s at-least 1k`,
			`{"action":{"name":"wait_for_body","time":2000000000,"at_least":1024}}`},
	} {
		lines, diags := parseLines(c.line)
		s.request = nil
		s.line(lines, &diags)
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(s.request[0])
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(canonical(t, c.want), canonical(t, string(got))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, d)
		}
	}
}

func canonical(t *testing.T, s string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A rule that came as JSON is checked as one of a file: what stands in the wrong list, or has no action, is an error.
func TestJSONErrors(t *testing.T) {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
	defer cancel()
	for _, c := range []struct{ json, want string }{
		{`[{"action":{"name":"set_path","value":"/x"}}]`, "'http-response' does not know the action 'set_path'"},
		{`[{"action":{"name":"set_status","status":99}}]`, "error detected in proxy 'p' while parsing 'http-response set-status' rule : expects an integer status code between 100 and 999"},
		{`[{"action":{"name":"redirect","location":"/a","prefix":"/b"}}]`, "error detected in proxy 'p' while parsing 'http-response redirect' rule : only one of 'prefix', 'location' and 'scheme' can be given"},
		{`[{"action":{"name":"return","string":"a","file":"b"}}]`, "error detected in proxy 'p' while parsing 'http-response return' rule : unexpected 'string' argument, 'file' already defined"},
		{`[{"action":{"name":"allow"},"if":{"any_of":[[{"acl":"nope"}]]}}]`, "error detected while parsing an 'http-response allow' condition : no such ACL : 'nope'"},
		{`[{"action":{"name":"allow"},"if":{"any_of":[[{"expr":"status","patterns":["x"]}]]}}]`, "error detected while parsing an 'http-response allow' condition : 'x' is not a number"},
	} {
		var rs Rules
		if err := json.Unmarshal([]byte(c.json), &rs); err != nil {
			t.Fatal(err)
		}
		if err := rs.Provision(ctx); err != nil {
			t.Fatal(err)
		}
		_, err := rs.Compile(testEnv(), HTTPResponse, testACLs(t))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n %v\n want\n %s", c.json, err, c.want)
		}
	}
	if _, err := (Rules{{}}).Compile(testEnv(), HTTPRequest, testACLs(t)); err == nil {
		t.Error("a rule without an action is accepted")
	}
}

package sample

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func TestCompileErrors(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"foo", "unknown fetch method 'foo'"},
		{"", "missing fetch method"},
		{",src", "missing fetch method"},
		{"(src)", "missing fetch method"},
		{"int", "fetch method 'int' : expected type 'integer' at position 1, but got nothing"},
		{"int()", "fetch method 'int' : expected type 'integer' at position 1, but got nothing"},
		{"int(x)", "fetch method 'int' : failed to parse 'x' as type 'integer' at position 1"},
		{"int( 5)", "fetch method 'int' : failed to parse ' 5' as type 'integer' at position 1"},
		{"int(0x10)", "fetch method 'int' : failed to parse '0x10' as type 'integer' at position 1"},
		{"int(1)int(2)", "missing comma after fetch keyword 'int'"},
		{"str(a,b)", "fetch method 'str' : expected ')' before ',b)'"},
		{`str(a\,b)`, "fetch method 'str' : expected ')' before ',b)'"},
		{"str(abc", "fetch method 'str' : expected ')'"},
		{"str(abc,", "fetch method 'str' : expected ')' before ','"},
		{"str('a", "fetch method 'str' : expected ')'"},
		{`str('a\'b')`, "fetch method 'str' : expected ')'"},
		{"str(a)b)", "missing comma after fetch keyword 'str'"},
		{"always_true(1)", "fetch method 'always_true' : expected ')' before '1)'"},
		{"always_true(", "fetch method 'always_true' : expected ')'"},
		{"always_true]", "missing comma after fetch keyword 'always_true'"},
		{"always_true+x", "unknown fetch method 'always_true+x'; did you mean 'always_true'?"},
		{"bool(2)", "invalid args in fetch method 'bool' : Expects 'true', 'false', '0' or '1'"},
		{"bool", "invalid args in fetch method 'bool' : Expects 'true', 'false', '0' or '1'"},
		{"bin(x)", "invalid args in fetch method 'bin' : an even number of hex digit is expected"},
		{"bin(0)", "invalid args in fetch method 'bin' : an even number of hex digit is expected"},
		{"bin(zz)", "invalid args in fetch method 'bin' : an hex digit is expected (found 'z')"},
		{"ipv4(1.2.3)", "fetch method 'ipv4' : failed to parse '1.2.3' as type 'IPv4 address' at position 1"},
		{"ipv4(::1)", "fetch method 'ipv4' : failed to parse '::1' as type 'IPv4 address' at position 1"},
		{"ipv6(1.2.3.4)", "fetch method 'ipv6' : failed to parse '1.2.3.4' as type 'IPv6 address' at position 1"},
		{"always_true,foo", "unknown converter 'foo'"},
		{"always_true,(x)", "unknown converter ''"},
		{"sc0_http_req_rate", "fetch method 'sc0_http_req_rate' is not supported yet"},
		{"req.ssl_sni", "fetch method 'req.ssl_sni' is not supported yet"},
	} {
		_, err := Compile(nil, row.text)
		if err == nil || err.Error() != row.want {
			t.Errorf("%s: %v, want %s", row.text, err, row.want)
		}
	}
}

func TestArgQuoting(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"str", ""}, {"str()", ""}, {"str(a)", "a"}, {"str( a )", " a "},
		{"str('a,b')", "a,b"}, {`str("a)b")`, "a)b"}, {`str(a"b,c"d)`, "ab,cd"},
		{`str("a\"b")`, `a"b`}, {`str("a\nb")`, "a\nb"}, {`str(a\nb)`, "a\nb"}, {`str('a\nb')`, `a\nb`},
		{`str("a\\b")`, `a\b`}, {`str('a\\b')`, `a\\b`}, {`str("a\x41b")`, `a\x41b`}, {`str(a\ b)`, "a b"},
		{`str("it's")`, "it's"}, {`str(""'')`, ""}, {`str(a]b)`, "a]b"}, {"str($HOME)", "$HOME"},
		{"always_true,", "1"}, {"int(+5)", "5"}, {`int("5")`, "5"}, {"int(9223372036854775808)", "9223372036854775807"},
		{"int(-9223372036854775809)", "-9223372036854775808"},
	} {
		e, err := Compile(nil, row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
			continue
		}
		var tx txn.Txn
		var s Sample
		if !e.Eval(&tx, nil, &s) || string(AppendText(nil, &s)) != row.want {
			t.Errorf("%s = %q, want %q", row.text, AppendText(nil, &s), row.want)
		}
	}
}

func TestCompilePrefix(t *testing.T) {
	e, rest, err := CompilePrefix(nil, `str("a]b"),] and more`)
	if err != nil || rest != "] and more" || e.String() != `str("a]b"),` {
		t.Fatalf("%v %q %v", e, rest, err)
	}
	e, n, err := CompileWords(nil, []string{"always_true,", "if", "x"})
	if err == nil || n != 2 {
		t.Fatalf("%v %d %v", e, n, err)
	}
}

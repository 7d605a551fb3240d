package sample

import (
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

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
}

func TestCompileWords(t *testing.T) {
	for _, row := range []struct {
		words string
		used  int
		text  string
	}{
		{"src, if FALSE", 1, "src,"},
		{"src if FALSE", 1, "src"},
		{"src, lower if FALSE", 2, "src,lower"},
		{"src, lower, if FALSE", 2, "src,lower,"},
		{"src, lower, upper", 3, "src,lower,upper"},
		{"src, nonsense", 1, "src,"},
	} {
		e, used, err := CompileWords(nil, strings.Fields(row.words))
		if err != nil || used != row.used || e.String() != row.text {
			t.Errorf("%s: %v, %d, %v", row.words, e, used, err)
		}
	}
	if _, _, err := CompileWords(nil, nil); err == nil {
		t.Error("no words, no error")
	}
}

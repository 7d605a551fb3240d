package conf

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// brief writes statements the way the tables below expect them: words joined by "|", blocks in parentheses.
func brief(list []*Statement) string {
	var all []string
	for _, s := range list {
		text := strings.Join(s.Words, "|")
		if s.HasBlock {
			text += "(" + brief(s.Block) + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// files is a file system of two folders for includes.
var files = map[string]string{
	"/etc/main": "", "/etc/d/a.conf": "a ${_PWD}\ninclude sub", "/etc/d/b.conf": "b", "/etc/d/sub": "sub", "/etc/d/open": "x {", "/etc/loop": "include loop",
}

func parse(text string) Result {
	return Parse([]File{{"/etc/main", []byte(text)}}, Options{
		ConfigID: "main",
		Read: func(name string) ([]byte, error) {
			if body, ok := files[name]; ok {
				return []byte(body), nil
			}
			return nil, errors.New(name + " cannot be read")
		},
		Glob: func(pattern string) (names []string, err error) {
			for _, name := range []string{"/etc/d/a.conf", "/etc/d/b.conf", "/etc/d/open", "/etc/d/sub", "/etc/loop"} {
				if ok, err := path.Match(pattern, name); err != nil {
					return nil, err
				} else if ok {
					names = append(names, name)
				}
			}
			return names, nil
		},
		Statements: 1000,
	})
}

// What is expected here is what keepalived 2.2.7 was seen to read (its dump of track_process and of addresses).
func TestParse(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"words", "a b\tc  d", "a|b|c|d"},
		{"quotes", `"a b" c 'd e'`, "a b|c|'d|e'"},
		{"quotes inside words", `a"b c"d "x  y"z ""`, "a|b c|d|x  y|z|"},
		{"no escapes", `ab\ cd a\x41b "ab\ cd" a\`, `ab\|cd|a\x41b|ab\ cd|a\`},
		{"comments", "a#b\n! c\nd \"e#f!g\" \\#h\n#", `a; d|e#f!g|\`},
		{"punctuation", "a; b, c=d é", "a;|b,|c=d|é"},
		{"CRLF, no last newline, byte order mark", "\xef\xbb\xbfa {\r\nb\r\n}\r\nc", "a(b); c"},
		{"brace on the next line", "a b\n{\nc\n}", "a|b(c)"},
		{"everything on one line", "a { b { c } d } e", "a(b(c); d); e"},
		{"braces inside words", "a{b}c", "a(b); c"},
		{"braces between quotes", `a "{" "}"`, "a|{|}"},
		{"empty block", "a {\n}\nb { }", "a(); b()"},
		{"parameter", "$A=1\na$A b$A $A c ${A}d $AB \"$A\" \"${A}\" '$A' $U 1$A, $A.", "a1|b1|1|c|1d|$AB|$A|1|'$A'|$U|11,|$A."},
		{"undefined between quotes", `a "${U} b"`, "a|${U} b"},
		{"definition with a space", "$A = 5", "$A|=|5"},
		{"value of several words", "$A= 5 6  # c\na $A end", "a|5|6|end"},
		{"quoted value", "$A=\"5 6\"\na $A", "a|5 6"},
		{"empty value", "$A=\n$A b", "b"},
		{"late binding", "$A=${B}1\n$B=2\na ${A} ${A}${B}\n$B=3\n${A}", "a|21|212; 31"},
		{"lines", "$M= \\\np${N} { \\\n m${N} \\\n}\n$N=1\n$M\n$N=2\n$M", "p1(m1); p2(m2)"},
		{"lines after the first", "$M=a \\\nb\n$M", "a; b"},
		{"lines with comments", "$M=a # c \\\nb \\ # d\nc\n$M", "a; b; c"},
		{"definition inside lines", "$M= \\\n$X=1 \\\n a $X \\\n$X=2 \\\n a $X\n$M", "a|1; a|2"},
		{"block in one line's value", "$A=a { b }\n$A", "a(b)"},
		{"condition", "@main a\n@other b\n@^main c\n@^other d\n@ e\n@^ f\n@main", "a; d; f"},
		{"condition from a parameter", "$IF=@main\n$IF a\n$IF=@other\n$IF b", "a"},
		{"condition before a definition", "@main $A=m\n@^main $A=n\na $A", "a|m"},
		{"condition for a whole line", "@other a { b }\n@main c { d }", "c(d)"},
		{"condition behind a brace", "a { @main b\n@other c\n}", "a(b)"},
		{"sequence", "~SEQ(V, 1, 3) a${V}", "a1; a2; a3"},
		{"sequence down", "~SEQ(V, 3, 1) a${V}\n~SEQ(W, 2, -1, 1) b$W", "a3; a2; a1; b2; b1"},
		{"sequence to", "~SEQ(V, 2) a${V}\n~SEQ(W, -2) b${W}", "a1; a2; b-1; b-2"},
		{"hexadecimal", "~SEQx(V, 0x90, 0x10, 0xb0) a${V}\n~SEQx(W,10,11) b$W", "a90; aa0; ab0; ba; bb"},
		{"octal", "~SEQ(V,7,010) $V", "7; 8"},
		{"sequences in each other", "~SEQ(V,1,2)~SEQ( W , 5 , 6 ) ${V}.${W}", "1.5; 1.6; 2.5; 2.6"},
		{"a sequence's name afterwards", "~SEQ(V,1,2) a$V\nb$V", "a1; a2; b2"},
		{"sequence of nothing", "~SEQ(V,1,2)\na", "a"},
		{"sequence behind a brace", "a { ~LST({V,W}, {1,2},{3,4}) ${V}.${W}\n}", "a(1.2; 3.4)"},
		{"list", "~LST(V, x, y,,z) a${V}\n~LST(W,1)b${W}", "ax; ay; a; az; b1"},
		{"list and sequence", "~LST(V, 1,2) ~SEQ(W,5,6) ${V}${W}", "15; 16; 25; 26"},
		{"sequence of lines", "$M= \\\na${V} { \\\n b \\\n}\n~SEQ(V,1,2) $M", "a1(b); a2(b)"},
		{"predefined", `"${_HASH}${_BANG}" ${_INSTANCE} ${_PWD} a${_HASH}b`, "#!|main|/etc|a"},
		{"random", "${_RANDOM 5 5} ${_RANDOM 7 7}", "5|7"},
		{"include", "x {\ninclude d/*.conf # c\n}", "x(a|/etc/d; sub; b)"},
		{"include of a part", "include d/open\nb\n}", "x(b)"},
		{"include of alternatives", "include d/{b,a}.conf", "b; a|/etc/d; sub"},
		{"include behind a brace", "a {\n} include d/b.conf", "a(); b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := parse(row.text)
			if diff := cmp.Diff(row.want, brief(r.Statements)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := r.Diagnostics.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, row := range []struct{ name, text, want string }{
		{"open quote", "a\nb \"c", `/etc/main:2: a quote (") does not end: b "c`},
		{"open block", "a {\nb {\n}", "/etc/main:1: the block of 'a' does not end: '}' is missing"},
		{"extra end", "a {\n}}", "/etc/main:2: '}' without a block that it could end"},
		{"block of nothing", "{ a }", "/etc/main:1: '{' without a word before it"},
		{"block twice", "a {\n} {\n}", "/etc/main:2: '{' without a word before it"},
		{"undefined", "a ${U}x {\n}", "/etc/main:1: the parameter ${U} is not defined"},
		{"recursion", "$A=${B}\n$B=${A}\n${A}", "/etc/main:3: parameters stand for each other deeper than 64"},
		{"explosion", "$A= \\\n$B \\\n$B \\\n$B\n$B= \\\n$C \\\n$C \\\n$C\n$C=" + strings.Repeat("\\\n$D", 20) + "\n$D=" + strings.Repeat("\\\na", 20) + "\n$A",
			"/etc/main:" + fmt.Sprint(9+20+1+20+1) + ": the configuration becomes more than 1000 lines"},
		{"long line", "$A=" + long[:maxLine-3] + "\na${A}bcd", "/etc/main:2: a line becomes longer than 1048576 bytes"},
		{"deep", strings.Repeat("a {\n", 65), "/etc/main:65: blocks are nested deeper than 64"},
		{"NUL", "a\x00b", "/etc/main:1: a NUL byte"},
		{"sequence of nothing", "~SEQ(V, 5, 1, 2) a", "/etc/main:1: ~SEQ(...): from 5 to 2 in steps of 1 there is nothing"},
		{"sequence that stands", "~SEQ(V, 5, 0, 7) a", "/etc/main:1: ~SEQ(...): from 5 to 7 in steps of 0 there is nothing"},
		{"sequence of words", "~SEQ(V, a, 7) a", "/etc/main:1: ~SEQ(...): 'a' is no number"},
		{"open sequence", "~SEQ(V, 1, 7 a", "/etc/main:1: ~SEQ(...) does not end"},
		{"sequence without name", "~SEQ(1, 2) a", "/etc/main:1: ~SEQ(...): '1' is no name of a parameter"},
		{"long sequence", "~SEQ(V, 1, 5000) a", "/etc/main:1: ~SEQ(...): more than 1000 values"},
		{"list of nothing", "~LST(V) a", "/etc/main:1: ~LST(...) needs a name and values"},
		{"uneven list", "~LST({A,B}, {1}, {2,3}) a", "/etc/main:1: ~LST(...): 1 values for 2 names"},
		{"no sequence", "~SEQUENCE", "/etc/main:1: neither ~SEQ(...) nor ~LST(...)"},
		{"include in a circle", "include loop", "/etc/loop:1: files are included in each other deeper than 32"},
		{"include after a condition", "@main include d/b.conf", "/etc/main:1: 'include' is read before conditions and parameters: keepalived would not know it here"},
		{"include of nothing", "include", "/etc/main:1: include: the name of a file is missing"},
		{"includea", "includea d/none*", "/etc/main:1: include d/none*: no such file"},
		{"includem", "includem none", "/etc/main:1: include none: no such file"},
		{"includeb", "includeb d/{a,x}.conf", "/etc/main:1: include d/{a,x}.conf: no file matches /etc/d/x.conf"},
		{"include_check", "global_defs {\ninclude_check +match\n}\ninclude none", "/etc/main:4: include none: no such file"},
		{"include_check of nothing known", "global_defs {\ninclude_check foo\n}", "/etc/main:2: include_check: 'foo' is none of readable, match, wildcard_match, brace_match"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := parse(row.text).Diagnostics.Err()
			if err == nil || err.Error() != row.want {
				t.Errorf("%v\nwant %s", err, row.want)
			}
		})
	}
}

func TestParseWarnings(t *testing.T) {
	for text, want := range map[string]string{
		"include none":        "/etc/main:1: include none: no such file; keepalived goes on without it",
		"include d/none*":     "",
		`include "d/b.conf"`:  `/etc/main:1: include "d/b.conf": no such file; keepalived goes on without it`,
		"includer d/*.nosuch": "",
	} {
		got := ""
		for _, d := range parse(text).Diagnostics {
			if got += d.Error(); !d.Warning {
				t.Errorf("%q: %v is no warning", text, d)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestDirectives(t *testing.T) {
	r := parse("#@ one\na {\n# not one\nb #@ two \"2 b\"\n#@ three\n}\n#@four\n")
	got := fmt.Sprint(r.Statements[0].Directives, r.Statements[0].Block[0].Directives, r.Trailing)
	if want := "[{/etc/main:1 [one]}] [{/etc/main:4 [two 2 b]}] [{/etc/main:5 [three]} {/etc/main:7 [four]}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCommandWords(t *testing.T) {
	for text, want := range map[string]string{
		`script "/bin/a b"`:             "script|/bin/a b",
		`n /bin/a" b c"d 'e f'"g" root`: "n|/bin/a b cd|e fg|root",
		`n "a 'b c' \"d e\""`:           `n|a 'b c' "d e"`,
		`n a\ b "c\\ d" ''`:             `n|a b|c\ d|`,
		`\x41\x4243 \101 \19 \7777 \xZ`: "AC|A|\x019|\xff7|xZ",
		`\a\b\f\n\r\t\v\E\e \cA \q`:     "\a\b\f\n\r\t\v\x1be|\x01|q",
		`a;b $HOME '#' "{"`:             "a;b|$HOME|#|{",
		`'a b'c"d e"f`:                  "a bcd ef",
		`killall -0  haproxy`:           "killall|-0|haproxy",
	} {
		got, err := CommandWords(text)
		if err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{`a 'b`, `a "b`, `a 'it\'s'b'`, `a \`} {
		if got, err := CommandWords(text); err == nil {
			t.Errorf("%s: %q", text, got)
		}
	}
}

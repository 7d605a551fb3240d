package pattern

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func writeFile(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestFiles holds what haproxy 2.6.12 takes from a file: comments only at the start of a line, trailing blanks count.
func TestFiles(t *testing.T) {
	file := writeFile(t, "# c\n  abc  \n\n#x\n #lit\nfoo bar\n\tTab\nlast\r\nend")
	set, err := Compile(Str, []string{"zzz"}, []File{{Path: file}}, Options{IgnoreCase: true})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"abc": false, "abc  ": true, "# c": false, "#lit": true, "foo bar": true, "Tab": true, "tab": false,
		"last": true, "end": true, "ZZZ": true, "": false,
	} {
		if _, ok := set.Match(new(txn.Txn), sampleOf(t, Str, text)); ok != want {
			t.Errorf("%q: %v, want %v", text, ok, want)
		}
	}
	set, err = Compile(Str, nil, []File{{Path: file, IgnoreCase: true}}, Options{MapFile: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Match(new(txn.Txn), sampleOf(t, Str, "FOO")); !ok || set.Len() != 6 {
		t.Errorf("first column: %v, %d patterns", ok, set.Len())
	}
}

// TestErrors holds haproxy's words, without the full stop that the line around them adds.
func TestErrors(t *testing.T) {
	bad := writeFile(t, "5:7\n#\ngt 5\n")
	for _, tt := range []struct {
		m     Method
		words string
		files []File
		o     Options
		want  string
	}{
		{Int, "abc", nil, Options{}, "'abc' is not a number"},
		{Int, "5:3", nil, Options{}, "'5:3' is not a valid number range"},
		{Int, "-5:-2", nil, Options{}, "'-5:-2' is not a valid number range"},
		{Int, "9223372036854775808", nil, Options{}, "'9223372036854775808' is not a number"},
		{Int, ":", nil, Options{}, "':' is not a valid number range"},
		{Int, "+5", nil, Options{}, "'+5' is not a number"},
		{Int, "gt x", nil, Options{}, "'x' is neither a number nor a supported operator"},
		{Int, "", []File{{Path: bad}}, Options{}, "'gt 5' is not a number at line 3 of file " + bad},
		{Bin, "616", nil, Options{}, "an even number of hex digit is expected"},
		{Bin, "6x", nil, Options{}, "an hex digit is expected (found 'x')"},
		{IP, "300.1.1.1", nil, Options{}, "'300.1.1.1' is not a valid IPv4 or IPv6 address"},
		{IP, "10.12", nil, Options{NoDNS: true}, "'10.12' is not a valid IPv4 or IPv6 address"},
		{IP, "10.0.0.1/33", nil, Options{}, "'10.0.0.1/33' is not a valid IPv4 or IPv6 address"},
		{IP, "::1/129", nil, Options{}, "'::1/129' is not a valid IPv4 or IPv6 address"},
		{IP, "fe80::1%lo", nil, Options{NoDNS: true}, "'fe80::1%lo' is not a valid IPv4 or IPv6 address"},
		{Str, "", []File{{Path: "/nonexistent"}}, Options{}, "failed to open pattern file </nonexistent>"},
		{Reg, "(", nil, Options{}, "regex '(' is invalid (error=missing closing parenthesis, erroffset=1)"},
	} {
		_, err := Compile(tt.m, strings.Fields(tt.words), tt.files, tt.o)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s %s: %v, want %s", tt.m, tt.words, err, tt.want)
		}
	}
}

// TestMap holds which of several entries haproxy 2.6.12 takes.
func TestMap(t *testing.T) {
	text := "a 1\nabcd 4\nab 2\nab 9\nx  two words \t\nnoval\n"
	ips := "10.0.0.0/8 eight\n10.1.0.0/16 sixteen\n10.1.0.0/16 dup\n10.1.0.5 host\n::/0 v6any\n0.0.0.0/0 v4any\n" +
		"10.9.0.0/255.255.0.255 odd\n::ffff:172.16.0.0/108 mapped\n"
	for _, tt := range []struct {
		m               Method
		file, key, want string
	}{
		{Str, text, "ab", "2"}, {Str, text, "x", "two words"}, {Str, text, "noval", ""}, {Str, text, "q", "none"},
		{Beg, text, "abcde", "4"}, {Beg, text, "abc", "2"}, {Sub, text, "qabcde", "1"}, {End, text, "zab", "2"},
		{Dir, text, "/ab/a", "1"}, {Dom, text, "z.ab", "2"},
		{IP, ips, "10.1.0.5", "host"}, {IP, ips, "10.1.2.3", "sixteen"}, {IP, ips, "10.2.3.4", "eight"},
		{IP, ips, "11.1.1.1", "v4any"}, {IP, ips, "10.9.7.0", "eight"}, {IP, ips, "::ffff:10.1.0.5", "v6any"},
		{IP, ips, "::ffff:172.16.1.1", "mapped"},
		{Int, "5 five\n1:10 small\n5:7 x\n100: big\n", "5", "five"},
		{Int, "5 five\n1:10 small\n5:7 x\n100: big\n", "6", "small"},
	} {
		m, err := LoadMap(tt.m, writeFile(t, tt.file), txn.Str)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if v, _ := m.Find(new(txn.Txn), sampleOf(t, tt.m, tt.key)); v != nil {
			got = string(v.Bytes)
		}
		if got != tt.want {
			t.Errorf("map_%s of %s: %q, want %q", tt.m, tt.key, got, tt.want)
		}
	}
	bad := writeFile(t, "a 1\nb 0x10\n")
	if _, err := LoadMap(Str, bad, txn.Int); err == nil || err.Error() != "unable to parse '0x10' at line 2 of file "+bad {
		t.Error(err)
	}
}

package regex

import "testing"

func TestReplace(t *testing.T) {
	for _, tt := range []struct{ expr, src, tmpl, want string }{
		{`^a`, "aabab", "[]", "[]abab"},
		{`(?<=a)a`, "aabab", "[]", "a[]bab"},
		{`\Ga`, "aabab", "[]", "[][]bab"},
		{`\Aa`, "aabab", "[]", "[][]bab"},
		{`a*?`, "aabab", "[]", "[]a[]a[]b[]a[]b[]"},
		{`a|ab`, "aabab", "[]", "[][]b[]b"},
		{`(?=a)`, "aabab", "[]", "[]a[]ab[][]ab"},
		{`$`, "aabab", "[]", "aabab[][]"},
		{`\b`, "aabab", "[]", "[]a[]a[]b[]a[]b"},
		{`a*+`, "aabab", "[]", "[][]b[][]b[]"},
		{`(?<!a)a`, "aabab", "[]", "[][]b[]b"},
		{`b*`, "aaab", "[]", "[]a[]a[]a[][]"},
		{`(a)(b)?`, "ab", `<\1\2\3\x41\\\n\9\0\10\x4\xzz\>`, `<abA\naba0exzz>`},
	} {
		re, err := Compile(tt.expr, false)
		if err != nil {
			t.Fatal(err)
		}
		got, err := re.AppendReplace(nil, []byte(tt.src), []byte(tt.tmpl), true)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s on %s by %s: %q, %v, want %q", tt.expr, tt.src, tt.tmpl, got, err, tt.want)
		}
	}
}

package caddyfile

import (
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// FuzzStatements wants no panic, every token in a statement, and of each statement a text that reads back as its words, as far
// as nothing outside of quotes means something else to keepalived.
func FuzzStatements(f *testing.F) {
	f.Add("a b {\n c \"d e\" `f\"g` {\n }\n}\nh \"\\\"\"")
	f.Add("virtual_ipaddress {\n10.0.0.1 dev eth0 }\nx")
	f.Add("a \"{\" \"}\" \"\" <<X\n b\n X")
	f.Add("}\na")
	f.Fuzz(func(t *testing.T, body string) {
		tokens, err := caddyfile.Tokenize([]byte("{\n"+body), "Caddyfile")
		if err != nil {
			return
		}
		d := caddyfile.NewDispenser(tokens)
		if !opens(d) {
			return
		}
		list, err := statements(d)
		if err != nil {
			return
		}
		left := 0
		for d.Next() {
			left++
		}
		if n := 2 + words(t, list); n+left != len(tokens) {
			t.Errorf("%d words and braces, %d behind, of %d tokens", n, left, len(tokens))
		}
	})
}

// words counts words and braces.
func words(t *testing.T, list []*conf.Statement) (n int) {
	t.Helper()
	for _, s := range list {
		n += len(s.Words)
		if s.HasBlock {
			n += 2 + words(t, s.Block)
		}
		plain := !slices.ContainsFunc(s.Words, func(w string) bool { return strings.ContainsAny(w, "\\'\"\x00") })
		if got, err := conf.CommandWords(s.Text); plain && (err != nil || !slices.Equal(got, s.Words)) {
			t.Errorf("%q reads as %q, %v, not %q", s.Text, got, err, s.Words)
		}
	}
	return n
}

// TestQuoted: what is in quotes reaches a command as it is.
func TestQuoted(t *testing.T) {
	for _, word := range []string{``, `a b`, `a"b`, `a'b`, `a\nb`, `{`, "a\tb", `\`, `"`} {
		body := "{\nscript `" + word + "`\n}\n"
		tokens, err := caddyfile.Tokenize([]byte(body), "Caddyfile")
		if err != nil {
			t.Fatal(err)
		}
		d := caddyfile.NewDispenser(tokens)
		opens(d)
		list, err := statements(d)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if got, err := conf.CommandWords(list[0].Text); err != nil || !slices.Equal(got, []string{"script", word}) {
			t.Errorf("%q reads as %q, %v", list[0].Text, got, err)
		}
	}
}

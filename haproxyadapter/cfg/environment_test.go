package cfg

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnv(t *testing.T) {
	t.Setenv("CFG_TEST", "inherited")
	e := NewEnv()
	if v, ok := e.Lookup("CFG_TEST"); v != "inherited" || !ok {
		t.Fatalf("got %q, %v", v, ok)
	}
	e.Predefine("peer", "2.6.12")
	e.SetDefault("CFG_TEST", "no")
	e.SetDefault("NEW", "yes")
	e.Set("OTHER", "x")
	e.Unset("OTHER", "MISSING")
	e.Keep("CFG_TEST", "NEW", "HAPROXY_LOCALPEER", "MISSING")
	want := []string{"CFG_TEST=inherited", "HAPROXY_LOCALPEER=peer", "NEW=yes"}
	if diff := cmp.Diff(want, e.Environ()); diff != "" {
		t.Error(diff)
	}
	e.Set("CFG_TEST", "changed")
	if os.Getenv("CFG_TEST") != "inherited" {
		t.Error("the process's environment was changed")
	}
}

// TestLazyEnvironment: a line sees what the caller changed after the line before it.
func TestLazyEnvironment(t *testing.T) {
	e := NewEnv()
	e.Unset("V")
	body := "setenv V one\nuse \"$V\"\n.if defined(V)\nunsetenv V\n.endif\nuse \"${V-none}\"\n.if defined(V)\nnever\n.endif\n"
	x := NewLexer([]File{{"f", []byte(body)}}, &Options{LookupEnv: e.Lookup})
	var used []string
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		switch l.Words[0] {
		case "setenv":
			e.Set(l.Words[1], l.Words[2])
		case "unsetenv":
			e.Unset(l.Words[1:]...)
		default:
			used = append(used, l.Words[1])
		}
	}
	if diff := cmp.Diff([]string{"one", "none"}, used); diff != "" {
		t.Error(diff)
	}
}

func TestDefaults(t *testing.T) {
	t.Setenv("CFG_TEST", "set")
	for expr, want := range map[string]bool{
		"defined(CFG_TEST)": true, "version_atleast(2.6.12)": true, "version_before(2.6.12)": false, "feature(OPENSSL)": true, "feature(LUA)": false,
		"ssllib_name_startswith(OpenSSL)": true, "openssl_version_atleast(3.0.0)": true,
	} {
		if got, err := EvalCondition(expr, nil); got != want || err != nil {
			t.Errorf("%s: got %v, %v", expr, got, err)
		}
	}
	lines, diags := Parse([]File{{"f", []byte(`a "$CFG_TEST" "${.LINE}" "${.SECTION}"`)}}, nil)
	if len(diags) > 0 || len(lines) != 1 {
		t.Fatal(lines, diags)
	}
	if diff := cmp.Diff([]string{"a", "set", "1", ""}, lines[0].Words); diff != "" {
		t.Error(diff)
	}
	if _, diags = Parse([]File{{"f", []byte("#@ x\n")}}, nil); messageList(diags) != "[ALERT]    config : parsing [f:1]: directive '#@ x' must stand directly above the line it belongs to.\n" {
		t.Error(messageList(diags))
	}
}

// TestFileIndex: two files may have one name, and a section never reaches into the next file.
func TestFileIndex(t *testing.T) {
	lines, diags := Parse([]File{{"f", []byte("a\n")}, {"f", nil}, {"f", []byte("#@ d\nb\nc")}}, nil)
	if len(diags) > 0 || len(lines) != 3 {
		t.Fatal(lines, diags)
	}
	var got []int
	for _, l := range lines {
		got = append(got, l.FileIndex, l.Pos.Line)
	}
	if diff := cmp.Diff([]int{0, 1, 2, 2, 2, 3}, got); diff != "" {
		t.Error(diff)
	}
	d := NewDispenser(lines[1], nil)
	if d.Pos() != (Pos{"f", 2}) || len(d.Directives()) != 1 || d.Directives()[0].Pos.Line != 1 || len(NewDispenser(lines[2], nil).Directives()) != 0 {
		t.Errorf("got %v %v", d.Pos(), d.Directives())
	}
}

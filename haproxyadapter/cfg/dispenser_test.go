package cfg

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDispenserWalk(t *testing.T) {
	d := FromWords(Pos{"f", 3}, "server", "s1", "127.0.0.1:80", "check", "inter", "2s")
	if d.Val() != "" || d.Index() != -1 || d.Keyword() != "server" || d.Count() != 6 {
		t.Fatalf("before the first word: %q %d %q %d", d.Val(), d.Index(), d.Keyword(), d.Count())
	}
	if !d.Next() || d.Val() != "server" || d.Index() != 0 {
		t.Fatalf("first word: %q", d.Val())
	}
	var name, addr string
	if !d.Args(&name, &addr) || name != "s1" || addr != "127.0.0.1:80" {
		t.Fatalf("args: %q %q", name, addr)
	}
	if w, ok := d.Peek(); w != "check" || !ok || d.Val() != addr {
		t.Fatalf("peek: %q %v", w, ok)
	}
	if d.Accept("inter", "rise") || !d.Accept("backup", "check") || d.Val() != "check" {
		t.Fatalf("accept: at %q", d.Val())
	}
	d.NextArg()
	d.Back()
	if diff := cmp.Diff([]string{"inter", "2s"}, d.Remaining()); diff != "" {
		t.Fatal(diff)
	}
	if !d.Done() || d.Next() || d.Val() != "2s" || d.Count() != 0 || d.End() != nil || len(d.Remaining()) != 0 {
		t.Fatalf("at the end: %q", d.Val())
	}
	if _, ok := d.Peek(); ok {
		t.Fatal("a word behind the end")
	}
	if d.Args(&name) || name != "s1" {
		t.Fatalf("args at the end: %q", name)
	}
}

func TestDispenserEmpty(t *testing.T) {
	for _, d := range []*Dispenser{FromWords(Pos{}), FromWords(Pos{}, ""), NewDispenser(Line{}, nil)} {
		d.Back()
		if d.Next() || d.Val() != "" || d.Keyword() != "" || !d.Done() || d.Accept("x") || len(d.Remaining()) != 0 || d.ArgErr() == nil || d.Unexpected() == nil {
			t.Error("words in an empty line")
		}
	}
}

// TestDispenserEmptyWord: an empty word ends the line, as it does for HAProxy's keywords.
func TestDispenserEmptyWord(t *testing.T) {
	d := FromWords(Pos{"f", 1}, "daemon", "", "x")
	d.Next()
	if !d.Done() || d.End() != nil || d.Count() != 0 || len(d.Line().Words) != 3 {
		t.Error("the empty word is not the end")
	}
}

func TestDispenserErrors(t *testing.T) {
	d := FromWords(Pos{"test.cfg", 3}, "balance", "roundrobbin", "x")
	for range 2 {
		d.Next()
	}
	known := []string{"roundrobin", "static-rr", "leastconn"}
	inner := errors.New("inner")
	for _, row := range []struct {
		err  error
		want string
	}{
		{d.Errf("bad %d: %w", 5, inner), "parsing [test.cfg:3] : bad 5: inner"},
		{d.Unknown("algorithm", known), "parsing [test.cfg:3] : 'balance' : unknown algorithm 'roundrobbin'; did you mean 'roundrobin' maybe ?"},
		{d.Unknown("algorithm", known[1:2]), "parsing [test.cfg:3] : 'balance' : unknown algorithm 'roundrobbin'"},
		{d.ArgErr(), "parsing [test.cfg:3] : 'balance' : missing argument after 'balance roundrobbin'."},
		{d.Unexpected(), "parsing [test.cfg:3] : 'balance' cannot handle unexpected argument 'roundrobbin'."},
		{d.End(), "parsing [test.cfg:3] : 'balance' cannot handle unexpected argument 'x'."},
	} {
		if row.err.Error() != row.want {
			t.Errorf("got  %s\nwant %s", row.err, row.want)
		}
		var diag *Diagnostic
		if !errors.As(row.err, &diag) || diag.Severity != Alert || diag.Keyword != "balance" || diag.Pos.Line != 3 {
			t.Errorf("%v is no alert at its line", row.err)
		}
	}
	var diags Diagnostics
	d = NewDispenser(Line{Pos: Pos{"f", 9}, Words: []string{"a"}}, &diags)
	d.Warnf("%s", "careful")
	if got := messageList(diags); got != "[WARNING]  config : parsing [f:9] : careful\n" {
		t.Error(got)
	}
}

func TestDispenserValues(t *testing.T) {
	d := FromWords(Pos{"f", 1}, "k", "16k", "2m", "on", "ON", "b", "c", "5x", "7s")
	d.Next()
	if n, err := d.Int("maxconn"); n != 16 || err != nil || len(*d.Diagnostics()) != 1 {
		t.Errorf("Int: %d %v %v", n, err, *d.Diagnostics())
	}
	if n, err := d.Size("size"); n != 2<<20 || err != nil {
		t.Errorf("Size: %d %v", n, err)
	}
	if v, err := d.OnOff("x"); !v || err != nil {
		t.Errorf("OnOff: %v %v", v, err)
	}
	if _, err := d.OnOff("x"); err == nil || !strings.HasSuffix(err.Error(), ": 'x' expects either 'on' or 'off' but got 'ON'.") {
		t.Errorf("OnOff: %v", err)
	}
	if w, err := d.OneOf("letter", "a", "b"); w != "b" || err != nil {
		t.Errorf("OneOf: %q %v", w, err)
	}
	if _, err := d.OneOf("letter", "a", "b"); err == nil {
		t.Error("OneOf accepted c")
	}
	if _, err := d.Size("size"); err == nil || !strings.HasSuffix(err.Error(), ": unexpected character 'x' in argument of 'size'.") {
		t.Errorf("Size: %v", err)
	}
	if v, err := d.Duration("timeout", time.Second); v != 7*time.Second || err != nil {
		t.Errorf("Duration: %v %v", v, err)
	}
	for name, f := range map[string]func() error{
		"Int":      func() error { _, err := d.Int("w"); return err },
		"Size":     func() error { _, err := d.Size("w"); return err },
		"OnOff":    func() error { _, err := d.OnOff("w"); return err },
		"OneOf":    func() error { _, err := d.OneOf("w", "a"); return err },
		"Duration": func() error { _, err := d.Duration("w", time.Second); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), "'w'") {
			t.Errorf("%s without a word: %v", name, err)
		}
	}
}

func TestDiagnostics(t *testing.T) {
	var ds Diagnostics
	at := Pos{"f", 2}
	ds.Add(at, nil)
	if ds.HasErrors() || ds.Err() != nil || len(ds) != 0 {
		t.Fatal("an empty list has errors")
	}
	ds.Addf(at, Warning, "w")
	if ds.HasErrors() || ds.Err() != nil {
		t.Fatal("a warning is no error")
	}
	own := FromWords(Pos{"g", 7}, "k").Errf("own")
	ds.Add(at, errors.New("plain"))
	ds.Add(at, own)
	ds.Add(at, fmt.Errorf("backend b: %w", own))
	ds.Add(at, errors.Join(errors.New("one"), own))
	var other Diagnostics
	other.Addf(Pos{"h", 1}, Alert, "other")
	ds.Add(at, other.Err())
	want := `[ALERT]    config : parsing [f:2] : plain
[ALERT]    config : parsing [g:7] : own
[ALERT]    config : backend b: parsing [g:7] : own
[ALERT]    config : parsing [f:2] : one
[ALERT]    config : parsing [g:7] : own
[ALERT]    config : parsing [h:1] : other`
	want = strings.Replace(want, "config : backend b: parsing [g:7] : own", "config : parsing [g:7] : backend b: own", 1)
	if diff := cmp.Diff(want, ds.Err().Error()); diff != "" {
		t.Error(diff)
	}
	var d *Diagnostic
	if !errors.As(ds.Err(), &d) || d.Msg != "plain" {
		t.Errorf("Err unwraps to %v", d)
	}
	if len(ds.Warnings()) != 1 || len(ds.Errors()) != 6 {
		t.Errorf("%d warnings, %d errors", len(ds.Warnings()), len(ds.Errors()))
	}
	if got := (Diagnostic{Msg: "m", Severity: Notice}).String(); got != "[NOTICE]   config : m" {
		t.Error(got)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"roundrobin", "static-rr", "leastconn", "first", "source", "uri", "url_param", "hdr", "random"}
	for word, want := range map[string]string{
		"roundrobbin": "roundrobin", "uri_param": "url_param", "leastcon": "leastconn", "frist": "first", "ramdom": "random", "xyzzy": "", "": "", "h": "", "ur": "uri",
		"roundrobin": "roundrobin",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	if got := Nearest("abc", nil); got != "" {
		t.Errorf("nothing known: got %q", got)
	}
}

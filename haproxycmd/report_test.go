package haproxycmd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

func TestReport(t *testing.T) {
	var out bytes.Buffer
	r := &reporter{w: &out}
	at := func(file string, line int) cfg.Pos { return cfg.Pos{File: file, Line: line} }
	n := r.diagnostics(cfg.Diagnostics{
		{Pos: at("a", 1), Severity: cfg.Warning, Msg: "w1"}, {Pos: at("a", 2), Severity: cfg.Alert, Msg: "e1"},
		{Pos: at("a", 3), Severity: cfg.Diag, Msg: "d"}, {Pos: at("b", 1), Severity: cfg.Alert, Msg: "e2"},
		{Pos: at("c", 1), Severity: cfg.Warning, Msg: "'x' has no effect here: so."}, {Severity: cfg.Warning, Msg: noListener},
	}, false)
	if n != 1 {
		t.Errorf("%d warnings, want 1: what HAProxy would not warn of does not count", n)
	}
	r.event(cfg.Warning, "later")
	want := "[NOTICE]   (P) : haproxy version is 2.6.12\n[NOTICE]   (P) : path to executable is X\n" +
		"[WARNING]  (P) : config : parsing [a:1] : w1\n[ALERT]    (P) : config : parsing [a:2] : e1\n" +
		"[ALERT]    (P) : config : Error(s) found in configuration file : a\n" +
		"[ALERT]    (P) : config : parsing [b:1] : e2\n[ALERT]    (P) : config : Error(s) found in configuration file : b\n" +
		"[NOTICE]   (P) : config : parsing [c:1] : 'x' has no effect here: so.\n[WARNING]  (P) : later\n"
	got := regexp.MustCompile(`\(\d+\)`).ReplaceAllString(out.String(), "(P)")
	got = regexp.MustCompile(`executable is .*`).ReplaceAllString(got, "executable is X")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}

	out.Reset()
	r.hush()
	r.say(cfg.Alert, "x")
	r.event(cfg.Alert, "x")
	if out.Len() > 0 {
		t.Errorf("after hush: %s", out.String())
	}
}

func TestWords(t *testing.T) {
	_, missing := os.Stat("/no/such/file")
	for _, row := range [][2]string{
		{quoteProxy("backend b has no server available!"), "backend 'b' has no server available!"},
		{quoteProxy("word"), "word"},
		{sentence("failed"), "Failed"}, {sentence(""), ""}, {sentence("Éa"), "Éa"},
		{reason(missing), "No such file or directory"}, {reason(errors.New("x")), "x"},
		{plain(fmt.Errorf("loading new config: haproxy app module: start: frontend f: %w", errors.New("no"))), "frontend f: no"},
	} {
		if row[0] != row[1] {
			t.Errorf("got %q, want %q", row[0], row[1])
		}
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.cfg", "a.cfg", "B.cfg", ".c.cfg", "d.conf", "e.cfg~"} {
		if err := os.WriteFile(dir+"/"+name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir+"/f.cfg", 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := readFiles([]string{dir + "/", dir + "/d.conf"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, string(f.Body))
	}
	if d := cmp.Diff([]string{"B.cfg", "a.cfg", "b.cfg", "d.conf"}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if _, err := readFiles([]string{dir, "/no/such"}); err == nil || err.Error() !=
		"config : Cannot open configuration file/directory /no/such : No such file or directory" {
		t.Errorf("got %v", err)
	}
}

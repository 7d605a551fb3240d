package cfg

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the goldens from what comes out, and from haproxy where it is installed")

// golden is one file of testdata: configurations (NAME.cfg, or NAME.cfg.quoted whose lines are the insides of Go strings), then
// what came out (lines, messages), then haproxy's messages where they differ. The archive's comment has a line
// "differs: REASON" for that case.
type golden struct {
	path    string
	archive *txtar.Archive
}

func goldens(t *testing.T) []golden {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 5 {
		t.Fatalf("goldens: %v, %d found", err, len(paths))
	}
	var out []golden
	for _, p := range paths {
		a, err := txtar.ParseFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, golden{p, a})
	}
	return out
}

func (g golden) files(t *testing.T) []File {
	t.Helper()
	var files []File
	for _, f := range g.archive.Files {
		if strings.HasSuffix(f.Name, ".cfg") {
			files = append(files, File{f.Name, f.Data})
		}
		if name, ok := strings.CutSuffix(f.Name, ".quoted"); ok {
			files = append(files, File{name, unquoteLines(t, f.Data)})
		}
	}
	return files
}

// unquoteLines joins the lines without adding line feeds.
func unquoteLines(t *testing.T, data []byte) []byte {
	t.Helper()
	var body strings.Builder
	for line := range strings.Lines(string(data)) {
		s, err := strconv.Unquote(`"` + strings.TrimSuffix(line, "\n") + `"`)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		body.WriteString(s)
	}
	return []byte(body.String())
}

func (g golden) section(name string) string {
	for _, f := range g.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func (g *golden) setSection(name, text string) {
	for i, f := range g.archive.Files {
		if f.Name == name {
			g.archive.Files[i].Data = []byte(text)
			return
		}
	}
	if text != "" {
		g.archive.Files = append(g.archive.Files, txtar.File{Name: name, Data: []byte(text)})
	}
}

func (g golden) save(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(g.path, txtar.Format(g.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

var testSections = map[string]bool{"global": true, "defaults": true, "frontend": true, "backend": true, "listen": true, "userlist": true}

func (g golden) run(t *testing.T) (lines string, diags Diagnostics) {
	t.Helper()
	var b strings.Builder
	words := func(label string, pos Pos, words []string) {
		fmt.Fprintf(&b, "%s%s:", label, pos)
		for _, w := range words {
			fmt.Fprintf(&b, " %q", w)
		}
		b.WriteByte('\n')
	}
	opt := *conditionOptions
	opt.IsSection = func(word string) bool { return testSections[word] }
	opt.FileDirective = func(d Directive) { words("file #@ ", d.Pos, d.Words) }
	x := NewLexer(g.files(t), &opt)
	env := map[string]string{}
	x.opt.LookupEnv = func(name string) (string, bool) {
		if v, ok := env[name]; ok {
			return v, true
		}
		return testLookup(name)
	}
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		for _, d := range l.Directives {
			words("#@ ", d.Pos, d.Words)
		}
		words("", l.Pos, l.Words)
		if l.Words[0] == "setenv" && len(l.Words) == 3 {
			env[l.Words[1]] = l.Words[2]
		}
	}
	return b.String(), *x.Diagnostics()
}

func messageList(diags Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(filepath.Base(g.path), func(t *testing.T) {
			lines, diags := g.run(t)
			if *update {
				g.setSection("lines", lines)
				g.setSection("messages", messageList(diags))
				g.save(t)
			}
			if diff := cmp.Diff(g.section("lines"), lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(g.section("messages"), messageList(diags)); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOracleGoldens reads the goldens' files with haproxy. Its messages must be ours, or those of a section "haproxy" whose
// reason the golden gives. Keywords are not this package's matter: what haproxy says of them is left out.
func TestOracleGoldens(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(filepath.Base(g.path), func(t *testing.T) {
			var b strings.Builder
			for _, m := range check(t, t.TempDir(), g.files(t)...) {
				if !strings.Contains(m, "unknown keyword '") && !strings.Contains(m, " cannot handle unexpected argument ") {
					b.WriteString(m + "\n")
				}
			}
			got, want := b.String(), g.section("messages")
			if strings.Contains(string(g.archive.Comment), "differs: ") {
				if *update {
					g.setSection("haproxy", got)
					g.save(t)
				}
				if got == want {
					t.Error("nothing differs from haproxy any more")
				}
				want = g.section("haproxy")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +haproxy:\n%s", diff)
			}
		})
	}
}

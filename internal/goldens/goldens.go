// Package goldens holds tests to files that say what comes out: archives in testdata (txtar) with a configuration and what it
// becomes, and whole files such as the ledgers of keywords. It is for tests only; -update writes the files anew.
package goldens

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Update is -update: what comes out is written and not compared. Look at the difference before you commit it.
var Update = flag.Bool("update", false, "write the goldens and the ledgers anew")

// Differs is the file of an archive that tells why the verdict of the real program is not ours.
const Differs = "differs"

// Archive is one file testdata/NAME.txtar: the files of a configuration, and what must come out of them.
type Archive struct {
	*txtar.Archive
	path    string
	results []string
}

// Read reads all archives. results are the files of each that are compared; it has those that are not empty. All other files are
// input, but for Differs.
func Read(t testing.TB, results ...string) (list []*Archive) {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, path := range paths {
		list = append(list, ReadFile(t, path, results...))
	}
	return list
}

// ReadFile reads one archive.
func ReadFile(t testing.TB, path string, results ...string) *Archive {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if path, err = filepath.Abs(path); err != nil {
		t.Fatal(err)
	}
	return &Archive{a, path, results}
}

// Name is the file's name without folder and ending.
func (a *Archive) Name() string { return strings.TrimSuffix(filepath.Base(a.path), ".txtar") }

// File is the text of one of the files, and whether there is one.
func (a *Archive) File(name string) (string, bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// Unpack writes the input into a new folder, and makes it the working directory. A comment of the archive that begins with
// "crlf" ends the lines so.
func (a *Archive) Unpack(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, f := range a.Files {
		if f.Name == Differs || slices.Contains(a.results, f.Name) {
			continue
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, a.body(f.Data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func (a *Archive) body(data []byte) []byte {
	if strings.HasPrefix(string(a.Comment), "crlf") {
		return bytes.ReplaceAll(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	return data
}

// Compare compares what came out with the archive, by the names of the results, or writes it there.
func (a *Archive) Compare(t testing.TB, got map[string]string) {
	t.Helper()
	for name := range got {
		if !slices.Contains(a.results, name) {
			t.Fatalf("%s is no result", name)
		}
	}
	if *Update {
		a.write(t, got)
		return
	}
	for _, name := range a.results {
		want, _ := a.File(name)
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func (a *Archive) write(t testing.TB, got map[string]string) {
	t.Helper()
	files := slices.DeleteFunc(slices.Clone(a.Files), func(f txtar.File) bool { return slices.Contains(a.results, f.Name) })
	for _, name := range a.results {
		if got[name] != "" {
			files = append(files, txtar.File{Name: name, Data: []byte(got[name])})
		}
	}
	a.Files = files
	write(t, a.path, txtar.Format(a.Archive))
}

// CompareFile compares a whole file with what came out, or writes it.
func CompareFile(t testing.TB, path, got string) {
	t.Helper()
	if *Update {
		write(t, path, []byte(got))
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not true any more (-want +got):\n%s", path, diff)
	}
}

func write(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Indented is JSON as people read it, with a last newline.
func Indented(t testing.TB, raw []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "\t"); err != nil {
		t.Fatal(err)
	}
	return b.String() + "\n"
}

// Lines are the texts of errors, each on a line.
func Lines[E error](list []E) string {
	var b strings.Builder
	for _, e := range list {
		b.WriteString(e.Error() + "\n")
	}
	return b.String()
}

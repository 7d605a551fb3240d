package goldens

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A recorder is a test whose failures are looked at.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; panic(r) }

func fails(t *testing.T, do func(t testing.TB)) bool {
	r := &recorder{TB: t}
	func() {
		defer func() {
			if got := recover(); got != nil && got != any(r) {
				panic(got)
			}
		}()
		do(r)
	}()
	return r.failed
}

func TestCompare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txtar")
	text := "-- in --\n1\n-- differs --\nno reason\n-- out --\n2\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := ReadFile(t, path, "errors", "out")
	if a.Name() != "a" {
		t.Error(a.Name())
	}
	for _, row := range []struct {
		got  map[string]string
		fail bool
	}{
		{map[string]string{"out": "2\n"}, false},
		{map[string]string{"out": "2\n", "errors": ""}, false},
		{map[string]string{"out": "3\n"}, true},
		{map[string]string{}, true},
		{map[string]string{"out": "2\n", "errors": "x\n"}, true},
		{map[string]string{"out": "2\n", "other": ""}, true},
	} {
		if got := fails(t, func(t testing.TB) { a.Compare(t, row.got) }); got != row.fail {
			t.Errorf("%v: failed %v", row.got, got)
		}
	}
	*Update = true
	defer func() { *Update = false }()
	a.Compare(t, map[string]string{"errors": "x\n", "out": ""})
	got, err := os.ReadFile(path)
	if want := "-- in --\n1\n-- differs --\nno reason\n-- errors --\nx\n"; err != nil || string(got) != want {
		t.Errorf("%v %q", err, got)
	}
}

func TestUnpack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txtar")
	if err := os.WriteFile(path, []byte("crlf\n-- sub/in --\n1\n2\n-- differs --\nx\n-- out --\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := ReadFile(t, path, "out").Unpack(t)
	got, err := os.ReadFile("sub/in")
	if err != nil || string(got) != "1\r\n2" {
		t.Errorf("%v %q", err, got)
	}
	var names []string
	list, err := os.ReadDir(dir)
	for _, e := range list {
		names = append(names, e.Name())
	}
	if err != nil || !slices.Equal(names, []string{"sub"}) {
		t.Error(err, names)
	}
}

func TestCompareFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if fails(t, func(t testing.TB) { CompareFile(t, path, "a\n") }) || !fails(t, func(t testing.TB) { CompareFile(t, path, "b\n") }) {
		t.Error("the wrong one fails")
	}
}

func TestText(t *testing.T) {
	if got := Lines([]error{errors.New("a"), errors.New("b")}); got != "a\nb\n" {
		t.Errorf("%q", got)
	}
	if got := Indented(t, []byte(`{"a":1}`)); got != "{\n\t\"a\": 1\n}\n" {
		t.Errorf("%q", got)
	}
}

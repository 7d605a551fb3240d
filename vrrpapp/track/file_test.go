package track

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// As keepalived 2.2.7 read each of these.
func TestNumber(t *testing.T) {
	for _, row := range []struct {
		text string
		want int
		bad  bool
	}{
		{"5\n", 5, false}, {"", 0, false}, {"\n", 0, false}, {"abc\n", 0, false}, {"12x\n", 12, false}, {"  -8\n", -8, false},
		{"0x10\n", 16, false}, {"010", 8, false}, {"1 2\n", 1, false}, {"+3\n", 3, false}, {"9", 9, false}, {"0x", 0, false}, {"09", 0, false},
		{"99999999999\n", 0, true}, {"-99999999999", 0, true}, {"99999999999999999999999", 0, true},
		{"2147483647", 2147483647, false}, {"-2147483648", -2147483648, false}, {"2147483648", 0, true}, {"-", 0, false}, {"--5", 0, false}, {"+-5", 0, false},
	} {
		n, ok := number(row.text)
		if ok == row.bad || ok && n != row.want {
			t.Errorf("%q is %d, %v", row.text, n, ok)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add(" -0x7f")
	f.Fuzz(func(t *testing.T, text string) { number(text) })
}

func TestFileIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	w := watch(t, &File{Path: path})
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w.wantValue(0) // it is not there
	write(path, "5")
	w.wantValue(5)
	write(path, "99999999999") // ignored
	write(path, "6\n")
	w.wantValue(6)
	write(path, "")
	w.wantValue(0)
	write(path+".new", "7")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	w.wantValue(7)
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	w.wantValue(0)
	write(path, "-300")
	w.wantValue(-300)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	w.wantValue(0)
}

// A writer that has emptied the file and not yet written is not caught at it.
func TestFileIsNotReadHalfWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	os.WriteFile(path, []byte("1"), 0o644)
	w := watch(t, &File{Path: path})
	w.wantValue(1)
	for n := 2; n < 200; n++ { // a reading in between would tell 0
		os.WriteFile(path, []byte{byte('0' + n%9 + 1)}, 0o644)
	}
	os.WriteFile(path, []byte("77"), 0o644)
	for {
		switch v := w.next(); v.Value {
		case 0:
			t.Fatal("read while it was empty")
		case 77:
			return
		}
	}
}

// What the kernel does not tell of is found by looking: a folder that is made later, a link's target.
func TestFileIsFoundWithoutTheKernel(t *testing.T) {
	dir := t.TempDir()
	target, path := filepath.Join(t.TempDir(), "target"), filepath.Join(dir, "later", "f")
	os.WriteFile(target, []byte("3"), 0o644)
	w := watch(t, &File{Path: path})
	w.wantValue(0)
	if err := os.Mkdir(filepath.Join(dir, "later"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	w.wantValue(3)
	os.WriteFile(target, []byte("44"), 0o644)
	w.wantValue(44)
}

func TestInitFile(t *testing.T) {
	seven := 7
	for _, row := range []struct {
		name, before string
		overwrite    bool
		want         int
	}{{"absent", "", false, 7}, {"there", "3", false, 3}, {"overwritten", "3", true, 7}, {"made to be overwritten", "", true, 7}} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			if row.before != "" {
				os.WriteFile(path, []byte(row.before), 0o644)
			}
			f := &File{Path: path, InitFile: &seven, Overwrite: row.overwrite}
			if w, err := f.Check(script.Rules{}); w != nil || err != nil {
				t.Error(w, err)
			}
			watch(t, f).wantValue(row.want)
		})
	}
}

// Nothing that a path may name blocks or breaks the tracker.
func TestFileOfAnotherKind(t *testing.T) {
	for _, path := range []string{"/", "/dev/zero", "/nonexistent/f"} {
		f := &File{Path: path}
		if w, _ := f.Check(script.Rules{}); len(w) != 1 {
			t.Errorf("%s: warnings %q", path, w)
		}
		watch(t, f).wantValue(0)
	}
	if (&File{Path: "relative"}).Validate() == nil || (&File{Path: "/x", Overwrite: true}).Validate() == nil {
		t.Error("not refused")
	}
}

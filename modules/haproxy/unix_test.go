package haproxy

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// says opens a listener that sends one word to whoever connects.
func says(t *testing.T, path, word string, o *BindOptions) net.Listener {
	t.Helper()
	ln, err := open("unix/"+path, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, word)
			c.Close()
		}
	}()
	t.Cleanup(func() { ln.Close() })
	return ln
}

// hears connects to path and is what it gets, or the error.
func hears(path string) string {
	c, err := net.Dial("unix", path)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	b, _ := io.ReadAll(c)
	return string(b)
}

// TestUnixTakeover: as HAProxy does, a new listener takes the path of whatever is there; the one before is not told, and
// its stop does not harm the new one.
func TestUnixTakeover(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	one := says(t, path, "one", new(BindOptions))
	if got := hears(path); got != "one" {
		t.Fatalf("first: %s", got)
	}
	two := says(t, path, "two", new(BindOptions))
	if got := hears(path); got != "two" {
		t.Errorf("after the takeover: %s", got)
	}
	one.Close()
	if got := hears(path); got != "two" {
		t.Errorf("after the old one has stopped: %s", got)
	}
	if got := two.Addr().String(); got != path {
		t.Errorf("address %s", got)
	}
	two.Close()
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

func TestUnixStale(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"socket of a dead process": func(path string) error {
			ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
			if err == nil {
				ln.SetUnlinkOnClose(false)
				err = ln.Close()
			}
			return err
		},
		"file": func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s")
			if err := make(path); err != nil {
				t.Fatal(err)
			}
			says(t, path, "new", new(BindOptions))
			if got := hears(path); got != "new" {
				t.Error(got)
			}
		})
	}
}

// TestUnixRefused: what cannot be replaced stays, and nothing is left of the attempt.
func TestUnixRefused(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		path string
		o    BindOptions
	}{
		{folder, BindOptions{}},
		{filepath.Join(dir, "none", "s"), BindOptions{}},
		{filepath.Join(dir, "mode"), BindOptions{Mode: "xyz"}},
		{filepath.Join(dir, "user"), BindOptions{User: "no such user"}},
		{filepath.Join(dir, "group"), BindOptions{Group: "no such group"}},
		{filepath.Join(dir, strings.Repeat("long", 40)), BindOptions{}},
	} {
		if ln, err := open("unix/"+row.path, &row.o, nil); err == nil {
			ln.Close()
			t.Errorf("%s: bound", row.path)
		}
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 || !list[0].IsDir() {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

func TestUnixMode(t *testing.T) {
	uid, gid := os.Getuid(), os.Getgid()
	for _, row := range []struct {
		o    BindOptions
		want os.FileMode
	}{
		{BindOptions{}, 0o777 &^ umask}, {BindOptions{Mode: "600"}, 0o600}, {BindOptions{Mode: "666", UID: &uid, GID: &gid}, 0o666},
	} {
		path := filepath.Join(t.TempDir(), "s")
		says(t, path, "x", &row.o)
		fi, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if fi.Mode().Perm() != row.want || fi.Mode().Type() != os.ModeSocket {
			t.Errorf("%+v: mode %v, want %v", row.o, fi.Mode(), row.want)
		}
	}
}

package notify

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// reader reads lines of a FIFO.
type reader struct{ lines chan string }

// readFIFO opens it for writing too: else it would end before the first writer has come.
func readFIFO(t *testing.T, path string) *reader {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{make(chan string, 10000)}
	go func() {
		defer close(r.lines)
		for s := bufio.NewScanner(f); s.Scan(); {
			r.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		f.Close()
		for range r.lines {
		}
	})
	return r
}

func (r *reader) want(t *testing.T, line string) {
	t.Helper()
	select {
	case got := <-r.lines:
		if got != line {
			t.Fatalf("got %q, want %q", got, line)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("no line, want %q", line)
	}
}

func TestFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	n := start(t, Config{FIFOs: []FIFO{{Path: path, User: "nobody"}}})
	info, err := os.Stat(path)
	if err != nil || info.Mode() != os.ModeNamedPipe|0o600 || info.Sys().(*syscall.Stat_t).Uid != 65534 {
		t.Fatal(info, err)
	}
	n.Changed(Group, "G 1", Backup, 0) // waits for a reader
	r := readFIFO(t, path)
	r.want(t, `GROUP "G 1" BACKUP 0`)
	n.Changed(Instance, "V", MasterRxLowerPri, 100)
	n.Changed(Instance, "V", MasterPriority, 90)
	r.want(t, `INSTANCE "V" MASTER_RX_LOWER_PRI 100`)
	r.want(t, `INSTANCE "V" MASTER_PRIORITY 90`)
	n.Stop(done())
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the FIFO is still there")
	}
}

// A full pipe holds nobody up; what was lost is said.
func TestFullFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	n := start(t, Config{FIFOs: []FIFO{{Path: path}}})
	line := strings.Repeat("x", 100)
	for range 1000 {
		n.Changed(Instance, line, Master, 1)
	}
	if log := n.logged(); strings.Count(log, "\n") != 0 || !strings.Contains(log, "lines are lost") {
		t.Error(log)
	}
	r := readFIFO(t, path)
	r.want(t, `INSTANCE "`+line+`" MASTER 1`)
	if !within(10*time.Second, func() bool { n.Changed(Instance, "V", Master, 2); return strings.Contains(n.logged(), "read again") }) {
		t.Error(n.logged())
	}
	for got := range r.lines { // whole lines only
		if got == `INSTANCE "V" MASTER 2` {
			break
		}
		if got != `INSTANCE "`+line+`" MASTER 1` {
			t.Fatalf("got %q", got)
		}
	}
}

// A pipe that was there is used and stays; something else is refused and nothing is changed.
func TestFIFOThatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := syscall.Mkfifo(path, 0o640); err != nil {
		t.Fatal(err)
	}
	n := start(t, Config{FIFOs: []FIFO{{Path: path, User: "nobody"}}})
	n.Changed(Instance, "V", Backup, 1)
	r := readFIFO(t, path)
	r.want(t, `INSTANCE "V" BACKUP 1`)
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, []byte("precious"), 0o600)
	fresh := filepath.Join(t.TempDir(), "fresh")
	for _, bad := range []FIFO{{Path: file}, {Path: "/nonexistent/f"}, {Path: path + "2", User: "no-such-user"}} {
		if _, err := n.Apply(Config{FIFOs: []FIFO{{Path: fresh}, bad}}); err == nil {
			t.Errorf("%+v: no error", bad)
		}
		if _, err := os.Stat(fresh); !os.IsNotExist(err) {
			t.Errorf("%+v left a FIFO behind", bad)
		}
	}
	n.Changed(Instance, "V", Master, 1)
	r.want(t, `INSTANCE "V" MASTER 1`)
	n.Stop(done())
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Error(info, err)
	}
	if read(file) != "precious" {
		t.Error("a file was written to")
	}
}

// The reader gets the path last, is started again when it ends, stays over a reload and is ended with the notifier.
func TestReader(t *testing.T) {
	dir := t.TempDir()
	path, out, pids := filepath.Join(dir, "f"), filepath.Join(dir, "out"), filepath.Join(dir, "pids")
	command := filepath.Join(dir, "reader")
	os.WriteFile(command, []byte("#!/bin/sh\necho $$ >>"+pids+"\necho \"$*\" >>"+out+"\nwhile read line <\"$3\"; do\necho \"$line\" >>"+out+"\ntest \"$line\" != 'INSTANCE \"V\" FAULT 0' || exit 4\ndone\n"), 0o755)
	conf := Config{FIFOs: []FIFO{{Path: path, Reader: &script.Script{Command: []string{command, "a", "b c"}}}}}
	n := start(t, conf)
	lines := func(want string) {
		t.Helper()
		if !within(15*time.Second, func() bool { return read(out) == want }) {
			t.Fatalf("got %q, want %q; %s", read(out), want, n.logged())
		}
	}
	n.Changed(Instance, "V", Backup, 1)
	want := "a b c " + path + "\nINSTANCE \"V\" BACKUP 1\n"
	lines(want)
	if _, err := n.Apply(conf); err != nil {
		t.Fatal(err)
	}
	n.Changed(Instance, "V", Fault, 0)
	want += "INSTANCE \"V\" FAULT 0\na b c " + path + "\n"
	lines(want)
	if !strings.Contains(n.logged(), "its reader ended and is started again: exit status 4") {
		t.Error(n.logged())
	}
	n.Changed(Instance, "V", Master, 2)
	lines(want + "INSTANCE \"V\" MASTER 2\n")
	if got := strings.Count(read(pids), "\n"); got != 2 {
		t.Errorf("%d starts", got)
	}
	n.Stop(done())
	for _, pid := range strings.Fields(read(pids)) {
		if _, err := os.Stat("/proc/" + pid); err == nil {
			t.Error("a reader lives on")
		}
	}
}

// Another reader for the same pipe: the pipe stays.
func TestReaderChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	n := start(t, Config{FIFOs: []FIFO{{Path: path}}})
	n.Changed(Instance, "V", Backup, 1)
	command, out := say(t, "exec sleep 300")
	if _, err := n.Apply(Config{FIFOs: []FIFO{{Path: path, Reader: &script.Script{Command: []string{command}}}}}); err != nil {
		t.Fatal(err)
	}
	if !within(10*time.Second, func() bool { return read(out) == path+"\n" }) {
		t.Error("no reader")
	}
	readFIFO(t, path).want(t, `INSTANCE "V" BACKUP 1`)
	n.Stop(done())
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the FIFO is still there")
	}
}

//go:build unix

package script

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write writes an executable file.
func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func ready(t *testing.T, r Rules, s Script) *Program {
	t.Helper()
	p, _, err := r.Ready(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	open, err := os.Create(filepath.Join(dir, "not-inherited"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	for _, row := range []struct {
		name, text string
		status     int
		want       string
	}{
		{"good", "#!/bin/sh\nexit 0\n", 0, "exit status 0"},
		{"bad", "#!/bin/sh\nexit 7\n", 7, "exit status 7"},
		{"killed", "#!/bin/sh\nkill -9 $$\n", 137, "killed by signal 9"},
		{"no #!", "exit 3\n", 3, "exit status 3"},
		{"arguments", "#!/bin/sh\ntest \"$1,$2,$3,$#\" = 'a b,$HOME,*,3'\n", 0, "exit status 0"},
		{"streams", "#!/bin/sh\nread x && exit 1\necho out && echo err >&2\n", 0, "exit status 0"},
		{"descriptors", "#!/bin/sh\nls -l /proc/self/fd >" + out + "\n", 0, "exit status 0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := ready(t, Rules{}, Script{Command: []string{write(t, filepath.Join(t.TempDir(), "s"), row.text, 0o755), "a b", "$HOME"}})
			r := p.Run(t.Context(), time.Minute, time.Second, "*")
			if r.Status != row.status || r.String() != row.want || r.OK() != (row.status == 0) {
				t.Errorf("got %+v, %s", r, r)
			}
		})
	}
	if text, err := os.ReadFile(out); err != nil || strings.Contains(string(text), open.Name()) {
		t.Errorf("open descriptors: %s, %v", text, err)
	}
}

func TestRunThatCannotStart(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "s"), "#!/nonexistent/sh\n", 0o755)
	r := ready(t, Rules{}, Script{Command: []string{path}}).Run(t.Context(), 0, 0)
	if r.OK() || r.Status != -1 || r.Err == nil {
		t.Errorf("got %+v", r)
	}
}

// Deaf programs are killed after the grace, with what they started.
func TestRunIsEnded(t *testing.T) {
	dir := t.TempDir()
	pid := filepath.Join(dir, "pid")
	p := ready(t, Rules{}, Script{Command: []string{write(t, filepath.Join(dir, "s"), "#!/bin/sh\ntrap '' TERM\nsleep 300 &\necho $! >"+pid+".new\nmv "+pid+".new "+pid+"\nwait\nsleep 300\n", 0o755)}})
	for name, run := range map[string]func(started func() bool) Result{
		"timeout": func(func() bool) Result { return p.Run(context.Background(), 2*time.Second, 100*time.Millisecond) },
		"context": func(started func() bool) Result {
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				for !started() {
					time.Sleep(time.Millisecond)
				}
				cancel()
			}()
			return p.Run(ctx, 0, 100*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			os.Remove(pid)
			r := run(func() bool { _, err := os.Stat(pid); return err == nil })
			if r.Status != 137 || r.TimedOut != (name == "timeout") || r.OK() {
				t.Errorf("got %+v", r)
			}
			if name == "timeout" && !strings.HasPrefix(r.String(), "timed out after ") {
				t.Error(r)
			}
			text, err := os.ReadFile(pid)
			if err != nil {
				t.Fatal("ended before it began", err)
			}
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
				state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(text)) + "/stat")
				if err != nil || strings.Contains(string(state), ") Z ") {
					break
				}
				if time.Now().After(end) {
					t.Fatal("its child lives on")
				}
			}
		})
	}
}

// SIGTERM alone is enough for those that hear it.
func TestRunHearsSIGTERM(t *testing.T) {
	dir := t.TempDir()
	began := filepath.Join(dir, "began")
	p := ready(t, Rules{}, Script{Command: []string{write(t, filepath.Join(dir, "s"), "#!/bin/sh\ntrap 'exit 9' TERM\necho >"+began+"\nwhile :; do sleep 0.01; done\n", 0o755)}})
	run, err := p.Start()
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(began); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("never began")
		}
	}
	run.End(time.Minute)
	run.End(time.Minute) // again is nothing
	if r := run.Result(); r.Status != 9 {
		t.Errorf("got %+v", r)
	}
}

func TestReadyRefuses(t *testing.T) {
	dir := t.TempDir()
	plain := write(t, filepath.Join(dir, "plain"), "", 0o644)
	roots := write(t, filepath.Join(dir, "roots"), "", 0o700)
	for name, row := range map[string]Script{
		"nothing":           {},
		"empty":             {Command: []string{""}},
		"absent":            {Command: []string{dir + "/absent"}},
		"no program":        {Command: []string{plain}},
		"folder":            {Command: []string{dir}},
		"unknown user":      {Command: []string{"/bin/true"}, User: "no-such-user"},
		"unknown group":     {Command: []string{"/bin/true"}, User: "root", Group: "no-such-group"},
		"not in PATH":       {Command: []string{"no-such-program"}},
		"not for that user": {Command: []string{roots}, User: "nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			if p, _, err := (Rules{}).Ready(row); err == nil || p != nil {
				t.Error("not refused")
			}
		})
	}
	if p, w, err := (Rules{}).Ready(Script{Command: []string{"true"}}); err != nil || len(w) != 1 || !filepath.IsAbs(p.Args()[0]) {
		t.Error("a name that PATH resolves is run, with a warning", w, err)
	}
}

// As keepalived 2.2.7 decided in each of these places, under a sticky /tmp, too.
func TestSecurity(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("run as root")
	}
	nobody := ready(t, Rules{}, Script{Command: []string{"/bin/true"}, User: "nobody"}).who.cred
	base, err := os.MkdirTemp("/tmp", "secure")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	os.Chmod(base, 0o755)
	place := func(name string, uid, gid uint32, dir, file os.FileMode) string {
		d := filepath.Join(base, name)
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		path := write(t, filepath.Join(d, "s"), "#!/bin/sh\n", file)
		if strings.HasSuffix(name, "folder") {
			os.Chown(d, int(uid), int(gid))
		} else {
			os.Chown(path, int(uid), int(gid))
		}
		os.Chmod(d, dir)
		os.Chmod(path, file)
		return path
	}
	link := filepath.Join(base, "link")
	for _, row := range []struct {
		name, path, user string
		ok               bool
	}{
		{"root's", place("fine", 0, 0, 0o755, 0o755), "", true},
		{"other's file", place("owner", nobody.Uid, 0, 0o755, 0o755), "", false},
		{"other's file, run by another", place("owner2", nobody.Uid, 0, 0o755, 0o755), "nobody", true},
		{"group's file", place("group", 0, nobody.Gid, 0o755, 0o775), "", false},
		{"everybody's file", place("all", 0, 0, 0o755, 0o777), "", false},
		{"other's folder", place("owner-folder", nobody.Uid, 0, 0o755, 0o755), "", false},
		{"group's folder", place("group-folder", 0, nobody.Gid, 0o775, 0o755), "", false},
		{"link to other's", link, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.path == link {
				if err := os.Symlink(filepath.Join(base, "owner", "s"), link); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := (Rules{Secure: true}).Ready(Script{Command: []string{row.path}, User: row.user})
			if (err == nil) != row.ok {
				t.Errorf("got %v", err)
			}
			if _, _, err := (Rules{}).Ready(Script{Command: []string{row.path}}); err != nil {
				t.Error("refused without enable_script_security", err)
			}
		})
	}
}

// The user, its group and nothing else of this process's rights; the environment and the folder stay.
func TestUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("run as root")
	}
	group, err := exec.Command("id", "-gn", "nobody").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		rules  Rules
		script Script
		want   string
	}{
		{"script", Rules{}, Script{User: "nobody"}, "nobody " + strings.TrimSpace(string(group))},
		{"script_user", Rules{User: "nobody", Group: "root"}, Script{}, "nobody root"},
		{"script before script_user", Rules{User: "nobody"}, Script{User: "daemon", Group: "bin"}, "daemon bin"},
		{"this process", Rules{}, Script{}, "root root"},
		{"numbers", Rules{}, Script{User: "65534", Group: "1"}, "nobody daemon"},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			for d := dir; d != "/tmp" && d != "/"; d = filepath.Dir(d) {
				os.Chmod(d, 0o777)
			}
			out := filepath.Join(dir, "out")
			row.script.Command = []string{write(t, filepath.Join(dir, "s"), "#!/bin/sh\necho $(id -un) $(id -gn) $(id -G | wc -w) $HOME >"+out+"\n", 0o755)}
			if r := ready(t, row.rules, row.script).Run(t.Context(), 0, 0); !r.OK() {
				t.Fatal(r)
			}
			text, _ := os.ReadFile(out)
			want := row.want + " 1 " + os.Getenv("HOME") + "\n"
			if row.name == "this process" {
				want, text = row.want+" ", text[:min(len(text), len(row.want)+1)]
			}
			if string(text) != want {
				t.Errorf("got %q, want %q", text, want)
			}
		})
	}
	if uid, gid, err := (Rules{User: "nobody"}).Owner("", "root"); uid != 65534 || gid != 0 || err != nil {
		t.Error(uid, gid, err)
	}
	if syscall.Geteuid() != 0 {
		t.Error("this process changed its user")
	}
}

// Without root a script that names a user runs as this process, with a warning; script_user root is common and means little.
func TestUserWithoutRoot(t *testing.T) {
	if os.Getenv("SCRIPT_TEST_UNPRIVILEGED") == "" {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "test")
		for d := filepath.Dir(copied); d != "/tmp" && d != "/"; d = filepath.Dir(d) {
			os.Chmod(d, 0o755)
		}
		b, err := os.ReadFile(exe)
		if err != nil {
			t.Fatal(err)
		}
		write(t, copied, string(b), 0o755)
		cmd := exec.Command(copied, "-test.run=^TestUserWithoutRoot$", "-test.v")
		cmd.Dir, cmd.Env = "/", append(os.Environ(), "SCRIPT_TEST_UNPRIVILEGED=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	p, w, err := (Rules{User: "root"}).Ready(Script{Command: []string{"/bin/true"}})
	if err != nil || len(w) != 1 || !strings.Contains(w[0], "only root can run it as user root") {
		t.Fatal(w, err)
	}
	if r := p.Run(t.Context(), 0, 0); !r.OK() {
		t.Error(r)
	}
	if _, w, err := (Rules{User: "nobody"}).Ready(Script{Command: []string{"/bin/true"}}); err != nil || len(w) != 0 {
		t.Error("it is that user already", w, err)
	}
	if _, _, err := (Rules{Secure: true, User: "root"}).Ready(Script{Command: []string{"/bin/true"}}); err != nil {
		t.Error(err)
	}
}

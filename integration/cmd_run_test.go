package integration

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// page is a file with one frontend that answers text on a port, behind what global holds.
func page(global string, port int, text string) string {
	return fmt.Sprintf("global\n nbthread 1\n%s\ndefaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\n"+
		"frontend f\n bind 127.0.0.1:%d\n http-request return status 200 content-type text/plain string %s\n", global, port, text)
}

// ask gets / from a port, on a connection of its own.
func ask(port int) (string, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 2 * time.Second}
	r, err := client.Get("http://" + addr(port) + "/")
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return string(b), err
}

func pidIn(t *testing.T, name string) int {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatalf("%s holds %q", name, b)
	}
	return n
}

// TestCommandSignals: what ends the process, with which status, and what does not.
func TestCommandSignals(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		for _, row := range []struct {
			sig    syscall.Signal
			args   []string
			status []int // -1: death by the signal
		}{
			{syscall.SIGTERM, nil, []int{0, -1}}, {syscall.SIGINT, nil, []int{0, -1}}, {syscall.SIGUSR1, nil, []int{0}},
			{syscall.SIGTERM, []string{"-db"}, []int{0, -1}}, {syscall.SIGTERM, []string{"-W"}, []int{0}},
			{syscall.SIGINT, []string{"-W"}, []int{130}}, {syscall.SIGUSR1, []string{"-W"}, []int{0}},
			{syscall.SIGTERM, []string{"-Ws"}, []int{0}},
		} {
			t.Run(fmt.Sprint(row.sig, row.args), func(t *testing.T) {
				port := freePort(t)
				p := launch(t, side, page("", port, "x"), port, row.args...)
				if len(row.args) == 0 {
					for _, harmless := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTTIN, syscall.SIGQUIT} {
						_ = p.cmd.Process.Signal(harmless)
					}
				}
				if got, err := ask(port); got != "x" {
					t.Fatalf("got %q, %v", got, err)
				}
				if side == theirs && len(row.args) > 0 && row.args[0][:2] == "-W" {
					// HAProxy's master forwards nothing before its worker runs.
					time.Sleep(100 * time.Millisecond)
				}
				got := p.signal(t, row.sig)
				for _, want := range row.status {
					if got == want {
						return
					}
				}
				t.Errorf("status %d, want one of %v\n%s", got, row.status, p.out)
			})
		}
	})
}

// TestCommandSoftStop: SIGUSR1 closes the listeners at once and lets what runs finish; SIGTERM then ends that too.
func TestCommandSoftStop(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		for _, hard := range []bool{false, true} {
			backend, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer backend.Close()
			port := freePort(t)
			p := launch(t, side, fmt.Sprintf("defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\n"+
				"listen l\n bind 127.0.0.1:%d\n server s %s\n", port, backend.Addr()), port)
			c, err := net.Dial("tcp", addr(port))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			s, err := backend.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := p.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the listener is closed", func() bool {
				c, err := net.Dial("tcp", addr(port))
				if err == nil {
					c.Close()
				}
				return err != nil
			})
			if hard {
				if got := p.signal(t, syscall.SIGTERM); got != 0 && got != -1 {
					t.Errorf("status %d after SIGTERM", got)
				}
				continue
			}
			fmt.Fprint(s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			c.SetDeadline(time.Now().Add(5 * time.Second))
			got := make([]byte, 1024)
			n, err := c.Read(got)
			if err != nil || !strings.HasSuffix(string(got[:n]), "\r\n\r\nok") {
				t.Errorf("the running request got %q, %v", got[:n], err)
			}
			c.Close()
			select {
			case <-p.exited:
				if code := p.cmd.ProcessState.ExitCode(); code != 0 {
					t.Errorf("status %d", code)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("still running\n%s", p.out)
			}
			if !strings.Contains(p.out.String(), "Proxy l stopped (cumulated conns: FE: 1, BE: ") {
				t.Logf("output: %s", p.out)
			}
		}
	})
}

// TestCommandDaemon: the parent exits once everything is bound, nobody holds its outputs, and the pid file names the
// process that answers.
func TestCommandDaemon(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		for _, word := range []string{"", " daemon\n"} {
			dir, port := t.TempDir(), freePort(t)
			file, pidfile := filepath.Join(dir, "h.cfg"), filepath.Join(dir, "pid")
			writeFile(t, file, page(word, port, "daemon"))
			args := []string{"-f", file, "-p", pidfile}
			if word == "" {
				args = append(args, "-D")
			}
			o := runCommand(t, side, dir, args...)
			pid := pidIn(t, pidfile)
			if o.Status != 0 || o.Out != "" || o.Errors != "" || pid == 0 {
				t.Fatalf("%+v, pid %d", o, pid)
			}
			defer syscall.Kill(pid, syscall.SIGKILL)
			if got, err := ask(port); got != "daemon" {
				t.Errorf("got %q, %v: the parent must not exit before its child listens", got, err)
			}
			if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
				t.Errorf("pid %d: %v", pid, err)
			}
			eventually(t, "it has ended", func() bool { _, err := ask(port); return err != nil })

			// A port that is taken is the parent's failure.
			taken, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			writeFile(t, file, page(word, taken.Addr().(*net.TCPAddr).Port, "x"))
			if o := runCommand(t, side, dir, args...); o.Status != 1 || !strings.Contains(o.Errors, "[ALERT]") {
				t.Errorf("with a port that is taken: %+v", o)
			}
		}
	})
}

// TestCommandPidfile: a process in the foreground writes none, a master writes its own number.
func TestCommandPidfile(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		pidfile := filepath.Join(t.TempDir(), "pid")
		port := freePort(t)
		launch(t, side, page("", port, "x"), port, "-p", pidfile).stop(t)
		if pid := pidIn(t, pidfile); pid != 0 {
			t.Errorf("in the foreground: %d", pid)
		}
		p := launch(t, side, page("", port, "x"), port, "-W", "-p", pidfile)
		eventually(t, "the pid file", func() bool { return pidIn(t, pidfile) == p.cmd.Process.Pid })
	})
}

// TestCommandReload: SIGUSR2 reads the files again under -W; what is wrong with them changes nothing.
func TestCommandReload(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		port := freePort(t)
		p := launch(t, side, page("", port, "one"), port, "-W")
		// A master that is still busy with the last reload may miss a signal: it is sent again, but not soon.
		reload := func(what string, done func() bool) {
			var sent time.Time
			eventually(t, what, func() bool {
				if time.Since(sent) > 2*time.Second {
					p.listens(t, syscall.SIGUSR2)
					sent = time.Now()
					_ = p.cmd.Process.Signal(syscall.SIGUSR2)
				}
				return done()
			})
		}
		serves := func(text string) func() bool {
			return func() bool { s, _ := ask(port); return s == text }
		}
		eventually(t, "the first file", serves("one"))
		writeFile(t, p.file, page("", port, "two"))
		reload("the second file", serves("two"))
		writeFile(t, p.file, page("nonsense", port, "three"))
		reload("a message", func() bool { return strings.Contains(p.out.String(), "unknown keyword 'nonsense'") })
		if s, err := ask(port); s != "two" {
			t.Errorf("after a bad file: %q, %v", s, err)
		}
		writeFile(t, p.file, page("", port, "four"))
		reload("the fourth file", serves("four"))
		p.listens(t, syscall.SIGTERM)
		if got := p.signal(t, syscall.SIGTERM); got != 0 {
			t.Errorf("status %d", got)
		}
	})
}

// TestCommandTakeover: a new process takes the port over from an old one and tells it to finish.
func TestCommandTakeover(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		port := freePort(t)
		old := launch(t, side, page("", port, "old"), port)
		launch(t, side, page("", port, "new"), port, "-sf", strconv.Itoa(old.cmd.Process.Pid))
		select {
		case <-old.exited:
		case <-time.After(5 * time.Second):
			t.Fatalf("the old process still runs\n%s", old.out)
		}
		if s, err := ask(port); s != "new" {
			t.Errorf("%q, %v", s, err)
		}
	})
}

// TestCommandInherited: fd@N takes over a listening socket with the clients that wait in its backlog, by its number or by
// a name from the environment; the stats socket too.
func TestCommandInherited(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		for _, extra := range [][]string{nil, {"-D"}} {
			web, webFile := listenFile(t)
			cli, cliFile := listenFile(t)
			waiting, err := net.Dial("tcp", web.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer waiting.Close()
			fmt.Fprint(waiting, "GET / HTTP/1.0\r\n\r\n")
			dir := t.TempDir()
			file, pidfile := filepath.Join(dir, "h.cfg"), filepath.Join(dir, "pid")
			writeFile(t, file, "global\n stats socket \"fd@${CLI_FD}\" level admin\n"+
				"defaults\n mode http\n timeout client 5s\nfrontend f\n bind fd@3\n http-request return status 200 content-type a/b string inherited\n")
			cmd := exec.Command(commandPath(t, side), append([]string{"-f", file, "-p", pidfile}, extra...)...)
			cmd.ExtraFiles = []*os.File{webFile, cliFile}
			cmd.Env = append(os.Environ(), "CLI_FD=4")
			out := new(lockedBuffer)
			cmd.Stdout, cmd.Stderr = out, out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			web.Close()
			cli.Close()
			if extra == nil {
				defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
			} else {
				_ = cmd.Wait()
				defer func() {
					if pid := pidIn(t, pidfile); pid > 0 {
						syscall.Kill(pid, syscall.SIGKILL)
					}
				}()
			}
			waiting.SetDeadline(time.Now().Add(5 * time.Second))
			b, err := io.ReadAll(waiting)
			if !strings.HasSuffix(string(b), "\r\n\r\ninherited") {
				t.Errorf("%v: who waited in the backlog got %q, %v\n%s", extra, b, err, out)
			}
			c, err := net.Dial("tcp", cli.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(5 * time.Second))
			fmt.Fprint(c, "show version\n")
			if b, err := io.ReadAll(c); !strings.HasPrefix(string(b), "2.6.12") {
				t.Errorf("%v: the stats socket said %q, %v\n%s", extra, b, err, out)
			}
		}
	})
}

// listenFile listens, and gives the socket's descriptor, too.
func listenFile(t *testing.T) (net.Listener, *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return l, f
}

// TestCommandRights: user, group and chroot are obeyed once the port is bound, by every thread.
func TestCommandRights(t *testing.T) {
	if os.Getuid() != 0 {
		oracle.Missing(t, "only root can give up rights")
	}
	both(t, func(t *testing.T, side program) {
		dir := t.TempDir()
		port := freePort(t)
		p := launch(t, side, page(" user nobody\n group nogroup\n chroot "+dir+"\n", port, "x"), port)
		pid := p.cmd.Process.Pid
		eventually(t, "the rights are given up", func() bool {
			root, _ := os.Readlink(fmt.Sprintf("/proc/%d/root", pid))
			return root == dir
		})
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		if err != nil || len(tasks) == 0 {
			t.Fatal(err)
		}
		eventually(t, "all threads are nobody", func() bool {
			for _, name := range tasks {
				b, err := os.ReadFile(name)
				if err == nil && !(strings.Contains(string(b), "\nUid:\t65534\t65534\t65534") && strings.Contains(string(b), "\nGid:\t65534\t65534\t65534")) {
					return false
				}
			}
			return true
		})
		if s, err := ask(port); s != "x" {
			t.Errorf("%q, %v", s, err)
		}
		if o := runCommand(t, side, dir, "-db", "-f", writeTemp(t, page(" chroot /no/such/folder\n", port, "x"))); o.Status != 1 ||
			!strings.Contains(o.Errors, "Cannot chroot(/no/such/folder).") {
			t.Errorf("a chroot that is not there: %+v", o)
		}
	})
}

func writeTemp(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "h.cfg")
	writeFile(t, name, text)
	return name
}

// TestCommandStart: from the start to the first answer it takes less than 150 ms. The best of some runs counts: the machine
// has other things to do.
func TestCommandStart(t *testing.T) {
	needPrograms(t)
	best := time.Hour
	for range 8 {
		port := freePort(t)
		file := writeTemp(t, page("", port, "x"))
		cmd := exec.Command(commandPath(t, ours), "-db", "-f", file)
		began := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for time.Since(began) < 10*time.Second {
			if s, _ := ask(port); s == "x" {
				best = min(best, time.Since(began))
				break
			}
			time.Sleep(time.Millisecond)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Logf("%v", best)
	if limit := 150 * time.Millisecond; best > limit {
		t.Errorf("the first answer took %v, more than %v", best, limit)
	}
}

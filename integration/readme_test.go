package integration

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const readmePath = "../README.md"

var writeREADME = flag.Bool("readme", false, "write the README's table of keywords anew")

// block is a fenced block: its language, the file that it is (```haproxy site.cfg), its text and its line.
type block struct {
	lang, file, text string
	line             int
}

// fencedBlocks reads the blocks of a Markdown text.
func fencedBlocks(t *testing.T, text string) []block {
	t.Helper()
	var list []block
	var open *block
	for i, line := range strings.Split(text, "\n") {
		switch {
		case open == nil && strings.HasPrefix(line, "```"):
			f := strings.Fields(line[3:])
			if len(f) == 0 {
				t.Fatalf("line %d: a block without a language: nothing says what it is", i+1)
			}
			open = &block{lang: f[0], line: i + 1}
			if len(f) > 1 {
				open.file = f[1]
			}
		case open != nil && line == "```":
			list = append(list, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	if open != nil {
		t.Fatalf("the block of line %d does not end", open.line)
	}
	return list
}

// readmeRun is a reader who does what the README says, line by line, in a folder of his own.
type readmeRun struct {
	dir    string
	ports  map[string]int // of the text, and what is used instead
	hosts  *strings.Replacer
	server *process
	last   string // the commands before, and
	out    string // what they printed
}

// TestREADME runs every command of the README and loads every file in it, in their order. Ports become free ones, the
// servers' addresses those of a test server; ./caddy is the binary under test.
func TestREADME(t *testing.T) {
	needPrograms(t)
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	r := newReadmeRun(t)
	for _, b := range fencedBlocks(t, string(text)) {
		name := fmt.Sprintf("line %d %s %s", b.line, b.lang, b.file)
		if !t.Run(name, func(st *testing.T) { r.do(t, st, b) }) {
			t.FailNow() // what follows builds on it
		}
	}
}

func newReadmeRun(t *testing.T) *readmeRun {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("hello\n"))
	}))
	t.Cleanup(origin.Close)
	at := addr(origin.Listener.Addr().(*net.TCPAddr).Port)
	r := &readmeRun{dir: t.TempDir(), ports: map[string]int{}}
	r.hosts = strings.NewReplacer("192.168.122.10:80", at, "192.168.122.20:80", at, "192.168.122.30:80", at)
	for _, p := range []string{"80", "1314", "2019", "8080", "8081", "8082", "8083", "8090", "8404"} {
		r.ports[p] = freePort(t)
	}
	if err := os.Symlink(caddyBin, filepath.Join(r.dir, "caddy")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.dir, "examples"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(r.dir, "examples", "ha"), os.DirFS("../examples/ha")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../examples/*.cfg")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.dir, "examples", filepath.Base(f)), []byte(r.rewrite(t, string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

var textPort = regexp.MustCompile(`(127\.0\.0\.1:|localhost:|\*:|bind :|"port": )(\d+)\b`)

// rewrite puts free ports and the test's server into a text.
func (r *readmeRun) rewrite(t *testing.T, text string) string {
	own := addr(0)[:len("127.0.0.1:")]
	text = r.hosts.Replace(text)
	return textPort.ReplaceAllStringFunc(text, func(m string) string {
		p := textPort.FindStringSubmatch(m)
		n, ok := r.ports[p[2]]
		if !ok {
			if p[1] == own { // the test's server
				return m
			}
			t.Errorf("port %s of %q is not in the test's list", p[2], m)
		}
		return fmt.Sprint(p[1], n)
	})
}

// do runs one block; what it starts lives as long as t.
func (r *readmeRun) do(t, st *testing.T, b block) {
	switch b.lang {
	case "sh":
		r.last = b.text
		r.commands(t, st)
		r.ended(st)
	case "text": // what a reader sees a few seconds later: checks run meanwhile
		for until := time.Now().Add(10 * time.Second); r.out != b.text && time.Now().Before(until); {
			time.Sleep(100 * time.Millisecond)
			r.commands(t, st)
		}
		if r.out != b.text {
			st.Errorf("the README says\n%s\nbut it is\n%s", b.text, r.out)
		}
	case "haproxy", "json":
		if b.file == "" {
			st.Fatal("the block has no file name")
		}
		path := filepath.Join(r.dir, b.file)
		if err := os.WriteFile(path, []byte(r.rewrite(st, b.text)), 0o600); err != nil {
			st.Fatal(err)
		}
		if b.lang == "haproxy" {
			mustAccept(st, path)
		}
	case "keepalived": // what is our own in it, keepalived passes over with a word in its log
		path := filepath.Join(r.dir, b.file)
		if err := os.WriteFile(path, []byte(b.text), 0o600); err != nil || b.file == "" {
			st.Fatal(b.file, err)
		}
		if out, err := exec.Command(caddyBin, "adapt", "--adapter", "keepalived", "--config", path).CombinedOutput(); err != nil || bytes.Contains(out, []byte(`"warn"`)) {
			st.Errorf("caddy adapt: %v\n%s", err, out)
		}
	default:
		st.Errorf("nothing is known of blocks in %q", b.lang)
	}
}

// commands runs the lines of the last block of commands.
func (r *readmeRun) commands(t, st *testing.T) {
	r.out = ""
	for line := range strings.Lines(r.last) {
		r.command(t, st, strings.TrimSpace(line))
	}
}

// ended waits for the end of what was put into the background and told to stop.
func (r *readmeRun) ended(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(r.dir, "haproxy.pid"))
	if err != nil || !strings.Contains(r.last, "kill ") {
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Error("the process in the background does not end")
			_ = syscall.Kill(pid, syscall.SIGKILL)
			return
		}
	}
}

// mustAccept wants HAProxy and the adapter to take a file without a word.
func mustAccept(t *testing.T, path string) {
	t.Helper()
	if out, err := exec.Command(haproxyBin, "-c", "-f", path).CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
		t.Errorf("haproxy -c: %v\n%s", err, out)
	}
	cmd := exec.Command(caddyBin, "adapt", "--adapter", "haproxy", "--config", path, "--validate")
	var warnings bytes.Buffer
	cmd.Stderr = &warnings
	if _, err := cmd.Output(); err != nil || strings.Contains(warnings.String(), `"warn"`) {
		t.Errorf("caddy adapt: %v\n%s", err, warnings.String())
	}
}

// command runs one line. Programs that serve run until the next one is started; what is tested elsewhere, or is this very
// test, is only looked up.
func (r *readmeRun) command(t, st *testing.T, line string) {
	switch {
	case strings.HasPrefix(line, "make "):
		text, err := os.ReadFile("../Makefile")
		if target := strings.TrimPrefix(line, "make "); err != nil || !regexp.MustCompile(`(?m)^`+target+`:`).Match(text) {
			st.Errorf("the Makefile has no target %s (%v)", target, err)
		}
		return
	case strings.HasPrefix(line, "go run ./cmd/build"), strings.HasPrefix(line, "go tool xcaddy build"):
		text, err := os.ReadFile("../cmd/build/testdata/commands.txt")
		if err != nil || !slices.Contains(strings.Split(string(text), "\n"), line) {
			st.Errorf("cmd/build's TestBuilds does not run %q (%v)", line, err)
		}
		return
	}
	line = strings.ReplaceAll(line, "go run ./cmd/caddy", "./caddy")
	line = r.rewrite(st, line)
	switch {
	case strings.HasPrefix(line, "./caddy run "):
		r.serve(t, st, strings.Fields(line))
		return
	case strings.HasPrefix(line, "./haproxy "):
		r.server.stop(st)
	}
	cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", line)
	cmd.Dir, cmd.Env = r.dir, r.environ()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.Output()
	r.out += string(out)
	if err != nil {
		st.Errorf("%s: %v\n%s%s", line, err, out, errs.String())
	}
}

func (r *readmeRun) environ() []string {
	return append(os.Environ(), "CADDY_ADMIN="+addr(r.ports["2019"]), "XDG_DATA_HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir)
}

// serve starts a program in place of the one before.
func (r *readmeRun) serve(t, st *testing.T, argv []string) {
	if r.server != nil {
		r.server.stop(st)
	}
	if slices.Contains(argv, "keepalived") {
		argv = append([]string{"unshare", "--net"}, argv...) // where it meets nobody
	}
	p := &process{out: new(lockedBuffer), exited: make(chan struct{}), cmd: exec.Command(argv[0], argv[1:]...)}
	p.cmd.Dir, p.cmd.Env = r.dir, r.environ()
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		st.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	r.server = p
	t.Cleanup(func() { p.stop(t) })
	for until := time.Now().Add(20 * time.Second); !strings.Contains(p.out.String(), "serving initial configuration"); time.Sleep(5 * time.Millisecond) {
		select {
		case <-p.exited:
			st.Fatalf("%v ended:\n%s", argv, p.out)
		default:
		}
		if time.Now().After(until) {
			st.Fatalf("%v does not start:\n%s", argv, p.out)
		}
	}
}

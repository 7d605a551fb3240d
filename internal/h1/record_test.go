package h1

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

var record = flag.String("record", "", "path of a haproxy 2.6.12: record testdata/*.txt anew")

const (
	quiet   = 40 * time.Millisecond  // silence after which the server answers
	silence = 150 * time.Millisecond // silence after which an exchange is over
)

// TestRecord sends the inputs of the corpus through HAProxy and writes what came out into the files. An exchange is
// mostly waiting for silence, so several run side by side, each with a HAProxy of its own.
func TestRecord(t *testing.T) {
	if *record == "" {
		return
	}
	jobs := make(chan *row)
	var workers sync.WaitGroup
	for range 6 {
		dir := startHAProxy(t)
		l, err := net.Listen("unix", filepath.Join(dir, "server.sock"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		workers.Go(func() {
			for r := range jobs {
				r.exchange(t, dir, l.(*net.UnixListener))
			}
		})
	}
	rows := map[string][]*row{}
	for _, file := range corpusFiles(t) {
		rows[file] = readCorpus(t, file)
		for _, r := range rows[file] {
			jobs <- r
		}
	}
	close(jobs)
	workers.Wait()
	for file := range rows {
		var out bytes.Buffer
		for _, r := range rows[file] {
			r.write(&out)
		}
		if err := os.WriteFile(file, out.Bytes()[1:], 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func startHAProxy(t *testing.T) (dir string) {
	dir = t.TempDir()
	cmd := exec.Command(*record, "-db", "-f", "testdata/oracle.cfg")
	cmd.Env = append(os.Environ(), "DIR="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 100 {
		if _, err := os.Stat(filepath.Join(dir, "use-proxy-header.sock")); err == nil {
			time.Sleep(50 * time.Millisecond)
			return dir
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("haproxy did not start")
	return ""
}

// own matches an answer of HAProxy itself.
var own = regexp.MustCompile(`(?is)^HTTP/1\.1 (\d{3}) [^\r]*\r\n.*cache-control: no-cache\r\n.*content-type: text/html\r\n`)

func (r *row) exchange(t *testing.T, dir string, l *net.UnixListener) {
	if r.unstable != "" {
		return
	}
	r.toServer, r.toClient, r.verdict = nil, nil, 0
	r.serverClosed, r.clientClosed = false, false
	c, err := net.Dial("unix", filepath.Join(dir, r.conf+".sock"))
	if err != nil {
		t.Errorf("%s: %v", r.name, err)
		return
	}
	defer c.Close()
	over := make(chan struct{})
	served := make(chan struct{})
	go func() {
		defer close(served)
		r.serve(l, over)
	}()
	if _, err := c.Write(r.fromClient); err != nil {
		t.Logf("%s: write: %v", r.name, err)
	}
	r.toClient, r.clientClosed = readUntilQuiet(c, 3*silence, silence)
	close(over)
	<-served
	if m := own.FindSubmatch(r.toClient); m != nil {
		r.verdict, _ = strconv.Atoi(string(m[1]))
	}
}

// serve takes the one connection HAProxy may make and plays the server until the exchange is over.
func (r *row) serve(l *net.UnixListener, over chan struct{}) {
	_ = l.SetDeadline(time.Now().Add(2 * silence))
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	r.toServer, r.serverClosed = readUntilQuiet(c, 2*silence, quiet)
	if !bytes.Contains(r.toServer, []byte("\r\n\r\n")) {
		return
	}
	_, _ = c.Write(r.fromServer)
	if r.serverClose {
		return
	}
	more, closed := readUntilQuiet(c, silence, silence)
	r.toServer = append(r.toServer, more...)
	r.serverClosed = r.serverClosed || closed
	<-over // the client goes first: HAProxy would drop its connection when the server's goes
}

// readUntilQuiet reads until nothing came for gap (for first, at the start) and says whether the peer closed.
func readUntilQuiet(c net.Conn, first, gap time.Duration) (b []byte, closed bool) {
	buf := make([]byte, 1<<16)
	wait := first
	for len(b) < 1<<20 {
		_ = c.SetReadDeadline(time.Now().Add(wait))
		n, err := c.Read(buf)
		b = append(b, buf[:n]...)
		if err != nil {
			return b, errors.Is(err, io.EOF) || !errors.Is(err, os.ErrDeadlineExceeded)
		}
		wait = gap
	}
	return b, false
}

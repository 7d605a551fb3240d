package integration

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recording is a row of internal/h1/testdata: what went in, and what came out of HAProxy (the README there).
type recording struct {
	name, conf, unstable               string
	fromClient, fromServer             []byte
	toServer, toClient                 []byte
	closeServer, endServer, endClient  bool
	port                               int
	server                             *net.TCPListener
	gotServer, gotClient               []byte
	gotEndServer, gotEndClient, played bool
}

// confs are the frontends and backends of oracle.cfg.
var confs = map[string][2]string{
	"keep-alive":         {},
	"server-close":       {"", "option http-server-close"},
	"httpclose":          {"", "option httpclose"},
	"frontend-httpclose": {"option httpclose", ""},
	"accept-invalid":     {"option accept-invalid-http-request", "option accept-invalid-http-response"},
}

// later are the ones whose option is not supported yet.
const later = "use-proxy-header"

const usualAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

// TestCorpus plays the recorded exchanges through this program; HAProxy's part is in the recordings.
func TestCorpus(t *testing.T) {
	needPrograms(t)
	files, err := filepath.Glob("../internal/h1/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			todo := readRecordings(t, file)
			all := todo
			for _, patience := range []time.Duration{quiet, 2 * quiet, 5 * quiet} {
				playRecordings(t, todo, patience)
				var bad []*recording
				for _, r := range todo {
					if _, known := differences[t.Name()+"/"+r.name]; !known && r.diff() != "" {
						bad = append(bad, r)
					}
				}
				if todo = bad; len(todo) == 0 {
					break
				}
			}
			names := map[string]bool{}
			for _, r := range all {
				names[r.name] = true
				r.report(t)
			}
			noStrangers(t, names)
		})
	}
}

func (r *recording) report(t *testing.T) {
	why, known := differences[t.Name()+"/"+r.name]
	diff := r.diff()
	switch {
	case known && diff == "":
		t.Errorf("%s: listed as a difference, but it is none any more: take it off the list (%s)", r.name, why)
	case !known && diff != "" && r.unstable == "":
		t.Errorf("%s (%s)\nclient> %q\nserver> %q\n-haproxy +ours\n%s", r.name, r.conf, r.fromClient, r.fromServer, diff)
	}
}

func (r *recording) diff() string {
	show := func(server, client []byte, endServer, endClient bool) []string {
		return []string{
			fmt.Sprintf("server %q closed %v", server, endServer), fmt.Sprintf("client %q closed %v", client, endClient)}
	}
	if !r.played {
		return "not played"
	}
	return cmp.Diff(show(r.toServer, r.toClient, r.endServer, r.endClient), show(r.gotServer, r.gotClient, r.gotEndServer, r.gotEndClient))
}

// playRecordings starts the program with a proxy pair for each recording and plays them side by side.
func playRecordings(t *testing.T, list []*recording, patience time.Duration) {
	t.Helper()
	var text strings.Builder
	text.WriteString("defaults\n mode http\n timeout connect 5s\n timeout client 20s\n timeout server 20s\n timeout tunnel 20s\n retries 0\n http-reuse never\n")
	for i, r := range list {
		c, ok := confs[r.conf]
		if !ok {
			t.Fatalf("%s: no such conf %s", r.name, r.conf)
		}
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		r.server, r.port = l, freePort(t)
		fmt.Fprintf(&text, "frontend f%d\n bind %s\n %s\n default_backend b%d\nbackend b%d\n %s\n server s %s\n", i, addr(r.port), c[0], i, i, c[1], l.Addr())
	}
	ready := freePort(t)
	fmt.Fprintf(&text, "frontend ready\n bind %s\n monitor-uri /\n", addr(ready))
	p := start(t, ours, text.String(), ready)
	var all sync.WaitGroup
	gate := make(chan struct{}, concurrent)
	for _, r := range list {
		all.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			r.play(t, patience)
			_ = r.server.Close()
		})
	}
	all.Wait()
	p.stop(t)
}

func (r *recording) play(t *testing.T, patience time.Duration) {
	r.gotServer, r.gotClient, r.gotEndServer, r.gotEndClient = nil, nil, false, false
	c, err := net.Dial("tcp", addr(r.port))
	if err != nil {
		t.Errorf("%s: %v", r.name, err)
		return
	}
	defer c.Close()
	over := make(chan struct{})
	var served sync.WaitGroup
	served.Go(func() { r.serve(patience, over) })
	_, _ = c.Write(r.fromClient)
	r.gotClient, r.gotEndClient = readUntilQuiet(c, 3*patience, patience)
	close(over)
	served.Wait()
	r.played = true
}

// serve takes the one connection that may come and plays the server until the exchange is over.
func (r *recording) serve(patience time.Duration, over <-chan struct{}) {
	_ = r.server.SetDeadline(time.Now().Add(2 * patience))
	c, err := r.server.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	r.gotServer, r.gotEndServer = readUntilQuiet(c, 2*patience, patience/4)
	if !bytes.Contains(r.gotServer, []byte("\r\n\r\n")) {
		return
	}
	_, _ = c.Write(r.fromServer)
	if r.closeServer {
		return
	}
	more, closed := readUntilQuiet(c, patience, patience)
	r.gotServer = append(r.gotServer, more...)
	r.gotEndServer = r.gotEndServer || closed
	<-over
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
			return b, !errors.Is(err, os.ErrDeadlineExceeded)
		}
		wait = gap
	}
	return b, false
}

func readRecordings(t *testing.T, file string) (list []*recording) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r *recording
	sc := bufio.NewScanner(bytes.NewReader(text))
	sc.Buffer(nil, 1<<20)
	defer func() { list = slices.DeleteFunc(list, func(r *recording) bool { return r.conf == later }) }()
	for sc.Scan() {
		key, val, _ := strings.Cut(sc.Text(), " ")
		switch key {
		case "", "#":
			continue
		case "row:":
			r = &recording{name: val, conf: "keep-alive", fromServer: []byte(usualAnswer)}
			list = append(list, r)
			continue
		}
		if strings.HasPrefix(key, "#") {
			continue
		}
		if err := r.set(key, val); err != nil {
			t.Fatalf("%s: %s: %v", file, r.name, err)
		}
	}
	return list
}

func (r *recording) set(key, val string) error {
	switch key + " " + val {
	case "server> close":
		r.closeServer = true
		return nil
	case "server< close":
		r.endServer = true
		return nil
	case "client< close":
		r.endClient = true
		return nil
	}
	switch key {
	case "conf:":
		r.conf = val
	case "unstable:":
		r.unstable = val
	case "client>":
		return unquoteTo(&r.fromClient, val)
	case "server>":
		if string(r.fromServer) == usualAnswer {
			r.fromServer = nil
		}
		return unquoteTo(&r.fromServer, val)
	case "server<":
		return unquoteTo(&r.toServer, val)
	case "client<":
		if _, err := strconv.Atoi(val); err == nil {
			return nil
		}
		return unquoteTo(&r.toClient, val)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}

func unquoteTo(dst *[]byte, val string) error {
	s, err := strconv.Unquote(val)
	*dst = append(*dst, s...)
	return err
}

package action

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

var update = flag.Bool("update", false, "record HAProxy's answers in testdata")

func addrPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// TestExchangesOracle sends every case through HAProxy and compares with, or with -update records, what it sends.
func TestExchangesOracle(t *testing.T) {
	bin := oracle.HAProxy(t)
	for _, file := range exchangeFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			list := readExchanges(t, file)
			run := startOracle(t, bin, list)
			answers := run.all(t, list)
			for i := range list {
				x := &list[i]
				server, client := answers[i][0], answers[i][1]
				if *update {
					x.toServer, x.toClient = server, client
					continue
				}
				if server != x.toServer || client != x.toClient {
					t.Errorf("%s:%d: HAProxy sends %q and %q, recorded %q and %q", file, x.line, server, client, x.toServer, x.toClient)
				}
			}
			if *update && !t.Failed() {
				writeExchanges(t, file, list)
			}
		})
	}
}

// oracleRun is one HAProxy with a listen section for each case.
type oracleRun struct {
	addrs   []string
	servers []*recorder
}

func startOracle(t *testing.T, bin string, list []exchange) *oracleRun {
	t.Helper()
	run := new(oracleRun)
	var text strings.Builder
	text.WriteString("defaults\n mode http\n timeout client 1s\n timeout http-keep-alive 20ms\n timeout server 1s\n timeout connect 1s\n timeout tarpit 50ms\n")
	cmd := exec.Command(bin, "-db", "-f", filepath.Join(t.TempDir(), "h.cfg"))
	for i := range list {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		run.addrs = append(run.addrs, l.Addr().String())
		l.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
		srv := newRecorder(t, list[i].response)
		run.servers = append(run.servers, srv)
		fmt.Fprintf(&text, "listen p%d\n bind fd@%d\n %s\n server s %s\n", i, i+3, strings.Join(list[i].rules, "\n "), srv.addr)
	}
	if err := os.WriteFile(cmd.Args[3], []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(errs.String())
		}
	})
	return run
}

// all makes the exchanges, some at a time.
func (o *oracleRun) all(t *testing.T, list []exchange) [][2]string {
	t.Helper()
	answers := make([][2]string, len(list))
	slots := make(chan struct{}, 16)
	var wg sync.WaitGroup
	for i := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			answers[i][0], answers[i][1] = o.exchange(t, i, &list[i])
		})
	}
	wg.Wait()
	return answers
}

func (o *oracleRun) exchange(t *testing.T, i int, x *exchange) (server, client string) {
	t.Helper()
	c, err := net.DialTimeout("tcp", o.addrs[i], time.Second)
	if err != nil {
		t.Error(err)
		return "", ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, x.request); err != nil {
		t.Error(err)
	}
	all, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("line %d: %v", x.line, err)
	}
	own := fmt.Sprintf(`"p%d"`, i) // the realm of auth
	return o.servers[i].got(), strings.ReplaceAll(string(all), own, `"p"`)
}

// recorder is a server that keeps what it gets and always answers the same.
type recorder struct {
	addr string
	mu   sync.Mutex
	buf  []byte
}

func newRecorder(t *testing.T, response string) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &recorder{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.serve(c, response)
		}
	}()
	return r
}

func (r *recorder) serve(c net.Conn, response string) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	buf := make([]byte, 65536)
	for !bytes.Contains(r.bytes(), []byte("\r\n\r\n")) {
		n, err := c.Read(buf)
		r.mu.Lock()
		r.buf = append(r.buf, buf[:n]...)
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
	_, _ = io.WriteString(c, response)
}

func (r *recorder) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf
}

func (r *recorder) got() string { return string(r.bytes()) }

func writeExchanges(t *testing.T, file string, list []exchange) {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	head, _, _ := strings.Cut(string(old), "\n\n")
	b.WriteString(head + "\n")
	for _, x := range list {
		b.WriteString("\n")
		for _, r := range x.rules {
			b.WriteString("rule " + r + "\n")
		}
		if x.request != defaultRequest {
			fmt.Fprintf(&b, "request %q\n", x.request)
		}
		if x.response != defaultResponse {
			fmt.Fprintf(&b, "response %q\n", x.response)
		}
		fmt.Fprintf(&b, "server %q\nclient %q\n", x.toServer, x.toClient)
		if x.differs != "" {
			fmt.Fprintf(&b, "differs %s\n", x.differs)
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

package integration

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// exchange is one conversation through a frontend and backend of its own.
type exchange struct {
	name string
	// lines of the sections; @S0 and @S1 are the servers' addresses, @DEAD one that refuses, @HOLE one that is silent.
	defaults, fe, be string
	srv              string // words of the server line, which is left out when be has one
	client           script
	server, server1  []script      // replies to the requests that reach the servers, the last one for all further ones
	wait             time.Duration // silence after which an exchange is over, when the usual one is too short
	cut              bool          // the client leaves in the middle: how much it got until then is chance
	mess             bool          // pieces of a body may be cut differently: compare chunks joined
}

const (
	okReply    = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	simple     = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
	quiet      = 150 * time.Millisecond
	concurrent = 48
)

// stage is what one side of one exchange runs on.
type stage struct {
	x       *exchange
	port    int
	servers [2]*scripted
	logs    *net.UDPConn
	mu      sync.Mutex
	lines   []string
	moved   atomic.Int64 // when something happened last
}

func (s *stage) touch() { s.moved.Store(time.Now().UnixNano()) }

func newStage(t *testing.T, x *exchange) *stage {
	t.Helper()
	s := &stage{x: x, port: freePort(t)}
	for i, replies := range [][]script{x.server, x.server1} {
		if replies == nil {
			replies = []script{{okReply}}
		}
		srv, err := newScripted(replies, s.touch)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(srv.close)
		s.servers[i] = srv
	}
	var err error
	if s.logs, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.logs.Close() })
	go s.readLogs()
	return s
}

func (s *stage) readLogs() {
	buf := make([]byte, 1<<16)
	for {
		n, err := s.logs.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.lines = append(s.lines, string(buf[:n]))
		s.mu.Unlock()
		s.touch()
	}
}

// config is the stage's part of the file.
func (s *stage) config() string {
	x := s.x
	var b strings.Builder
	fmt.Fprintf(&b, "defaults\n mode http\n log %s local0\n option httplog\n timeout connect 1s\n timeout client 2s\n timeout server 2s\n", s.logs.LocalAddr())
	lines(&b, x.defaults)
	fmt.Fprintf(&b, "frontend f%s\n bind %s\n", ident(x.name), addr(s.port))
	lines(&b, x.fe)
	if !strings.Contains(x.fe, "default_backend") {
		fmt.Fprintf(&b, " default_backend b%s\n", ident(x.name))
	}
	fmt.Fprintf(&b, "backend b%s\n", ident(x.name))
	lines(&b, x.be)
	if !strings.Contains("\n"+x.be, "\nserver ") && x.srv != "none" {
		fmt.Fprintf(&b, " server s @S0 %s\n", x.srv)
	}
	return s.places().Replace(b.String())
}

func (s *stage) places() *strings.Replacer {
	return strings.NewReplacer("@S0", addr(s.servers[0].port), "@S1", addr(s.servers[1].port), "@DEAD", "127.0.0.1:1", "@HOLE", addr(hole()), "@ID", ident(s.x.name))
}

func lines(b *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(b, " %s\n", strings.TrimSuffix(line, "\n"))
	}
}

var notIdent = regexp.MustCompile(`[^A-Za-z0-9]+`)

func ident(name string) string { return "_" + notIdent.ReplaceAllString(name, "_") }

// hole is a port whose backlog is full: a connect to it gets no answer.
var hole = sync.OnceValue(func() int { return fullBacklog() })

// play runs the exchange against the port and says what came out, one fact per line.
func (s *stage) play(patience time.Duration) (string, error) {
	cl := &client{port: s.port, last: s.touch}
	s.touch()
	if err := cl.play(s.x.client); err != nil {
		return "", err
	}
	wait := max(patience, s.x.wait)
	s.settle(wait, cl.finished)
	cl.hangUp()
	s.touch()
	s.settle(patience, func() bool { return false })
	return s.outcome(cl), nil
}

// settle waits until nothing has happened for the given time; once done is true, a short one is enough.
func (s *stage) settle(wait time.Duration, done func() bool) {
	limit := time.Now().Add(15 * time.Second)
	for time.Now().Before(limit) {
		idle := time.Since(time.Unix(0, s.moved.Load()))
		if idle >= wait || (done() && idle >= quiet/5) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (s *stage) outcome(cl *client) string {
	var b strings.Builder
	ids := make([]int, 0, len(cl.conns))
	for i := range cl.conns {
		ids = append(ids, i)
	}
	slices.Sort(ids)
	for _, i := range ids {
		got := cl.conns[i].got.Bytes()
		if s.x.cut {
			got = got[:min(len(got), 64)]
		}
		fmt.Fprintf(&b, "client %d: %s %s\n", i, s.quote(got), cl.conns[i].end)
	}
	for i, srv := range s.servers {
		srv.mu.Lock()
		for j, r := range srv.conns {
			fmt.Fprintf(&b, "server %d.%d: %s %s\n", i, j, s.quote(r.got.Bytes()), r.end)
		}
		srv.mu.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		fmt.Fprintf(&b, "log: %s\n", s.logLine(l))
	}
	return b.String()
}

// quote shows bytes with the stage's own numbers taken out; long runs of one byte are counted.
func (s *stage) quote(b []byte) string {
	if s.x.mess {
		b = joinChunks(b)
	}
	text := strings.NewReplacer(strconv.Itoa(s.port), "PORT", strconv.Itoa(s.servers[0].port), "PORT0", strconv.Itoa(s.servers[1].port), "PORT1").Replace(string(b))
	return squeeze(strconv.Quote(text))
}

// squeeze shortens long runs of one character.
func squeeze(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] == s[i] {
			j++
		}
		if j-i > 40 {
			fmt.Fprintf(&b, "{%d %c}", j-i, s[i])
		} else {
			b.WriteString(s[i:j])
		}
		i = j
	}
	return b.String()
}

var (
	logStart = regexp.MustCompile(`^<(\d+)>\w{3} [ \d]\d \d\d:\d\d:\d\d (\S+)\[\d+\]: `)
	logDate  = regexp.MustCompile(`\[\d\d/\w{3}/\d{4}:[0-9:.]+\]`)
	logPeer  = regexp.MustCompile(`127\.0\.0\.1:\d+ \[DATE\]`)
	clfDate  = regexp.MustCompile(`(- -) \[\d\d/\w{3}/\d{4}:[0-9:]+ \+0000\] (".*" \d+ \d+ "" "") \d+ \d{3} (".*") \d+ \d+ \d+ \d+ \d+ (\S{4}) \d+ `)
	logBytes = regexp.MustCompile(`( \d{3}) \+?\d+ -`)
	logConns = regexp.MustCompile(` \d+/(\d+/\d+/\d+/\+?\d+ \d+/\d+)`)
)

// logLine takes out what differs from run to run: time, process, client's port, and the process's connection count,
// which other exchanges change.
func (s *stage) logLine(l string) string {
	l = logStart.ReplaceAllString(l, "<$1> $2 ")
	l = clfDate.ReplaceAllString(l, "$1 [DATE] $2 PORT MS $3 T $4 N ")
	l = logDate.ReplaceAllString(l, "[DATE]")
	l = logPeer.ReplaceAllString(l, "CLIENT [DATE]")
	if s.x.cut {
		l = logBytes.ReplaceAllString(logTimers.ReplaceAllString(l, " T $2 $3 "), "$1 SOME -")
	}
	return logConns.ReplaceAllString(strings.TrimSuffix(l, "\n"), " N/$1")
}

// joinChunks joins the chunks of a message whose head announces them.
func joinChunks(b []byte) []byte {
	head, body, ok := strings.Cut(string(b), "\r\n\r\n")
	if !ok || !strings.Contains(strings.ToLower(head), "transfer-encoding: chunked") {
		return b
	}
	var out strings.Builder
	out.WriteString(head + "\r\n\r\n[chunks]")
	for {
		size, rest, ok := strings.Cut(body, "\r\n")
		n, err := strconv.ParseInt(size, 16, 32)
		if !ok || err != nil || n == 0 || len(rest) < int(n)+2 {
			break
		}
		out.WriteString(rest[:n])
		body = rest[n+2:]
	}
	out.WriteString("[end]" + body)
	return []byte(out.String())
}

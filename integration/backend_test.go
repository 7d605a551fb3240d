package integration

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// script is what one end of an exchange does: text is sent, a time.Duration is a pause, a function is called (servers
// only), the rest are the words below.
type script []any

type (
	// bytewise is text that is sent one byte at a time.
	bytewise string
	// expect waits until the text has come.
	expect string
	// on turns to another connection of the client, dialling it first when it is new.
	on int
	// word is an act without an argument.
	word int
)

const (
	closeNow    word = iota // close
	resetNow                // close with a RST
	halfClose               // end the sending half
	early                   // a server's reply: do not wait for the request's body
	onAccept                // a server's reply: do not wait for a request
	stopReading             // a client: read nothing from now on
)

// scripted is a server that records what it gets and answers from a script.
type scripted struct {
	l       net.Listener
	port    int
	replies []script // one per request, over all connections; the last one goes on
	last    func()   // called for everything that happens

	mu    sync.Mutex
	next  int
	conns []*recorded
}

// recorded is one connection as a server saw it.
type recorded struct {
	got bytes.Buffer
	end string // how the peer ended it: "", "FIN", "RST"; "own" when the script closed it
}

func newScripted(replies []script, last func()) (*scripted, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &scripted{l: l, port: l.Addr().(*net.TCPAddr).Port, replies: replies, last: last}
	go s.accept()
	return s, nil
}

func (s *scripted) close() { _ = s.l.Close() }

// die makes the server refuse. Its port stays its own until the test ends: a neighbour's server must not come to life there.
func (s *scripted) die(t *testing.T) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	s.close()
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: s.port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
}

func (s *scripted) accept() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		r := new(recorded)
		s.mu.Lock()
		s.conns = append(s.conns, r)
		s.mu.Unlock()
		s.last()
		go s.serve(c.(*net.TCPConn), r)
	}
}

// reply takes the next script; peek leaves it.
func (s *scripted) reply(take bool) script {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.replies) == 0 {
		return nil
	}
	r := s.replies[min(s.next, len(s.replies)-1)]
	if take {
		s.next++
	}
	return r
}

// serve reads and acts at the same time, so that what the peer does is seen when it happens.
func (s *scripted) serve(c *net.TCPConn, r *recorded) {
	defer c.Close()
	more := make(chan []byte, 64)
	go s.read(c, r, more)
	if first := s.reply(false); len(first) > 0 && first[0] == onAccept {
		if s.act(c, r, s.reply(true)) {
			return
		}
	}
	var pending []byte
	for b := range more {
		pending = append(pending, b...)
		for {
			next := s.reply(false)
			used := requestEnd(pending, len(next) > 0 && next[0] == early)
			if used < 0 {
				break
			}
			pending = pending[used:]
			if s.act(c, r, s.reply(true)) {
				return
			}
		}
	}
}

func (s *scripted) read(c *net.TCPConn, r *recorded, more chan<- []byte) {
	defer close(more)
	for {
		buf := make([]byte, 1<<14)
		n, err := c.Read(buf)
		s.mu.Lock()
		r.got.Write(buf[:n])
		if err != nil && r.end == "" {
			r.end = ending(err)
		}
		s.mu.Unlock()
		s.last()
		if err != nil {
			return
		}
		select {
		case more <- buf[:n]:
		default: // a script that is busy for so long does not look any more
		}
	}
}

// act performs a reply and tells whether it closed the connection.
func (s *scripted) act(c *net.TCPConn, r *recorded, steps script) (closed bool) {
	for i, step := range steps {
		switch v := step.(type) {
		case string:
			if i+1 < len(steps) && steps[i+1] == closeNow { // the peer may close at the same moment: who is first is chance
				s.mu.Lock()
				r.end = "own"
				s.mu.Unlock()
			}
			_, _ = io.WriteString(c, v)
		case bytewise:
			sendBytewise(c, string(v))
		case time.Duration:
			time.Sleep(v)
		case func():
			v()
		case word:
			if v == closeNow || v == resetNow {
				if v == resetNow {
					_ = c.SetLinger(0)
				}
				s.mu.Lock()
				if r.end == "" {
					r.end = "own"
				}
				s.mu.Unlock()
				_ = c.Close()
				s.last()
				return true
			} else if v == halfClose {
				_ = c.CloseWrite()
			}
		}
		s.last()
	}
	return false
}

func sendBytewise(c net.Conn, text string) {
	for i := range len(text) {
		if _, err := c.Write([]byte{text[i]}); err != nil {
			return
		}
		time.Sleep(100 * time.Microsecond)
	}
}

// requestEnd is the length of the first request in b, head only when the reply does not want the body; -1 when it is not
// complete.
func requestEnd(b []byte, head bool) int {
	i := bytes.Index(b, []byte("\r\n\r\n"))
	if i < 0 {
		return -1
	}
	end := i + 4
	if head {
		return end
	}
	fields := strings.ToLower(string(b[:end]))
	if strings.Contains(fields, "\r\ntransfer-encoding: chunked\r\n") {
		body := b[end:]
		if bytes.HasPrefix(body, []byte("0\r\n\r\n")) {
			return end + 5
		}
		if j := bytes.Index(body, []byte("\r\n0\r\n")); j >= 0 {
			if k := bytes.Index(body[j+3:], []byte("\r\n\r\n")); k >= 0 {
				return end + j + 3 + k + 4
			}
		}
		return -1
	}
	if _, v, ok := strings.Cut(fields, "\r\ncontent-length: "); ok {
		v, _, _ = strings.Cut(v, "\r\n")
		n, err := strconv.Atoi(v)
		if err != nil || len(b) < end+n {
			return -1
		}
		return end + n
	}
	return end
}

// ending names the error that ended a connection.
func ending(err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return "FIN"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "RST"
	case errors.Is(err, net.ErrClosed):
		return "own"
	}
	return err.Error()
}

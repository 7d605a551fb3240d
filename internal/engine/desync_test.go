package engine

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// TestBytesBehindBodyless: a connection whose server sent more than its response is not used again.
func TestBytesBehindBodyless(t *testing.T) {
	for name, answer := range map[string]string{
		"204":        "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nev",
		"empty":      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
		"after body": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			addr, conns := origin(t, answering(answer))
			c := newRig(t, addr, nil).dial()
			for range 2 {
				c.send(get)
				if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 20") {
					t.Fatalf("got %q", head)
				}
				if name == "after body" {
					c.read(2)
				}
			}
			if n := conns.Load(); n != 2 {
				t.Errorf("%d connections for two such responses, want 2", n)
			}
		})
	}
}

// TestHeadMadeGet: a client that asked with HEAD gets no body when a rule asks the server with GET.
func TestHeadMadeGet(t *testing.T) {
	for name, answer := range map[string]string{
		"length":  ok2,
		"chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"close":   "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok",
	} {
		t.Run(name, func(t *testing.T) {
			addr, _ := origin(t, answering(answer))
			r := newRig(t, addr, func(fe, _ *Proxy) { fe.HTTPRequest = setMethod(t, "GET") })
			c := r.dial()
			c.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
			if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 200") {
				t.Fatalf("got %q", head)
			}
			if rest := c.more(100 * time.Millisecond); rest != "" {
				t.Errorf("a body came: %q", rest)
			}
		})
	}
}

// TestConnectWithBody: what follows a CONNECT goes through the tunnel as it is; without a tunnel the connection ends.
func TestConnectWithBody(t *testing.T) {
	const body = "5\r\nhello\r\n0\r\n\r\n"
	echo := func(_ int64, c net.Conn, r *bufio.Reader) {
		if head := readHead(r); strings.Contains(head, "a:81") {
			io.WriteString(c, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
			readHead(r)
			return
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		io.Copy(c, r)
	}
	addr, _ := origin(t, echo)
	r := newRig(t, addr, nil)
	for _, cut := range []int{0, 3, 9, len(body)} {
		c := r.dial()
		c.send("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nTransfer-Encoding: chunked\r\n\r\n" + body[:cut])
		if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 200") {
			t.Fatalf("got %q", head)
		}
		c.send(body[cut:])
		if got := c.read(len(body)); got != body {
			t.Errorf("cut at %d: the tunnel gave %q", cut, got)
		}
		c.Close()
	}
	c := r.dial()
	c.send("CONNECT a:81 HTTP/1.1\r\nHost: a:81\r\nContent-Length: 5\r\n\r\nhello" + get)
	head := readHead(c.r)
	if rest := c.more(time.Second); !strings.HasPrefix(head, "HTTP/1.1 403") || rest != "" {
		t.Errorf("refused: %q, then %q", head, rest)
	}
}

// TestManyInterim: interim responses do not use up the buffer of the final one.
func TestManyInterim(t *testing.T) {
	hint := "HTTP/1.1 103 Early Hints\r\nlink: " + strings.Repeat("a", 300) + "\r\n\r\n"
	addr, _ := origin(t, answering(strings.Repeat(hint, 100)+ok2))
	c := newRig(t, addr, nil).dial()
	c.send(get)
	for range 100 {
		if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 103") {
			t.Fatalf("got %q", head)
		}
	}
	if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 200") {
		t.Errorf("got %q", head)
	}
}

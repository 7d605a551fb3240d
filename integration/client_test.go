package integration

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"
)

// client plays the client's script on as many connections as it names.
type client struct {
	port  int
	last  func()
	mu    sync.Mutex
	conns map[int]*clientConn
}

type clientConn struct {
	c       *net.TCPConn
	got     bytes.Buffer
	end     string
	deaf    bool
	closed  bool // by the script
	done    chan struct{}
	changed *sync.Cond
}

func (cl *client) dial(i int) (*clientConn, error) {
	if c := cl.conns[i]; c != nil {
		return c, nil
	}
	nc, err := net.Dial("tcp", addr(cl.port))
	if err != nil {
		return nil, err
	}
	c := &clientConn{c: nc.(*net.TCPConn), done: make(chan struct{}), changed: sync.NewCond(&cl.mu)}
	cl.conns[i] = c
	go cl.read(c)
	return c, nil
}

// read records what comes until the connection ends.
func (cl *client) read(c *clientConn) {
	defer close(c.done)
	buf := make([]byte, 1<<16)
	for {
		cl.mu.Lock()
		for c.deaf && !c.closed {
			c.changed.Wait()
		}
		cl.mu.Unlock()
		n, err := c.c.Read(buf)
		cl.mu.Lock()
		c.got.Write(buf[:n])
		if err != nil {
			c.end = ending(err)
		}
		c.changed.Broadcast()
		cl.mu.Unlock()
		cl.last()
		if err != nil {
			return
		}
	}
}

// play runs the script.
func (cl *client) play(steps script) error {
	cl.conns = map[int]*clientConn{}
	c, err := cl.dial(0)
	if err != nil {
		return err
	}
	for _, step := range steps {
		switch v := step.(type) {
		case string:
			_, _ = io.WriteString(c.c, v)
		case bytewise:
			sendBytewise(c.c, string(v))
		case time.Duration:
			time.Sleep(v)
		case expect:
			cl.expect(c, string(v))
		case on:
			if c, err = cl.dial(int(v)); err != nil {
				return err
			}
		case word:
			cl.act(c, v)
		}
		cl.last()
	}
	return nil
}

func (cl *client) act(c *clientConn, w word) {
	switch w {
	case closeNow, resetNow:
		if w == resetNow {
			_ = c.c.SetLinger(0)
		}
		cl.shut(c)
	case halfClose:
		_ = c.c.CloseWrite()
	case stopReading:
		cl.mu.Lock()
		c.deaf = true
		cl.mu.Unlock()
		_ = c.c.SetReadBuffer(4096)
	}
}

func (cl *client) shut(c *clientConn) {
	cl.mu.Lock()
	c.closed = true
	c.changed.Broadcast()
	cl.mu.Unlock()
	_ = c.c.Close()
	<-c.done
}

// expect waits until text has come, or the connection has ended, or three seconds have passed.
func (cl *client) expect(c *clientConn, text string) {
	timer := time.AfterFunc(3*time.Second, func() {
		cl.mu.Lock()
		c.changed.Broadcast()
		cl.mu.Unlock()
	})
	defer timer.Stop()
	until := time.Now().Add(3 * time.Second)
	cl.mu.Lock()
	defer cl.mu.Unlock()
	for !bytes.Contains(c.got.Bytes(), []byte(text)) && c.end == "" && time.Now().Before(until) {
		c.changed.Wait()
	}
}

// finished tells whether every connection has ended.
func (cl *client) finished() bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	for _, c := range cl.conns {
		if c.end == "" {
			return false
		}
	}
	return true
}

// hangUp closes what is open; the ends that were seen before count.
func (cl *client) hangUp() {
	for _, c := range cl.conns {
		cl.mu.Lock()
		if c.end == "" {
			c.end = "open"
		} else if c.closed {
			c.end = "own"
		}
		end := c.end
		cl.mu.Unlock()
		cl.shut(c)
		c.end = end
	}
}

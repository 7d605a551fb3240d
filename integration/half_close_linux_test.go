package integration

import (
	"bytes"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// TestRequestsWithFIN: a client may end its side in the packet that brings its requests; all of them are answered. HAProxy
// answers only the first when it sees the end before it has begun the next, which is chance (docs/differences.md).
func TestRequestsWithFIN(t *testing.T) {
	needPrograms(t)
	port := freePort(t)
	load(t, "defaults\n mode http\n timeout client 10s\n timeout connect 1s\n timeout server 10s\nlisten l\n bind "+addr(port)+
		"\n server s "+plainServer(t, okReply)+"\n")
	defer unload(t)
	for _, n := range []int{1, 2, 5} {
		c, err := net.Dial("tcp", addr(port))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(5 * time.Second))
		raw, err := c.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_CORK, 1) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(bytes.Repeat([]byte(simple), n)); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(c)
		if answers := bytes.Count(got, []byte("HTTP/1.1 200 OK\r\n")); err != nil || answers != n {
			t.Errorf("%d requests: %d answers, %v", n, answers, err)
		}
	}
}

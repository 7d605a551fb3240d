package integration

import (
	"net"
	"syscall"
	"time"
)

// fullBacklog listens with the smallest backlog, fills it, and returns the port.
func fullBacklog() int {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		panic(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		panic(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		panic(err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		panic(err)
	}
	port := sa.(*syscall.SockaddrInet4).Port
	for range 3 { // kept open until the test ends
		if c, err := net.DialTimeout("tcp", addr(port), 50*time.Millisecond); err == nil {
			held = append(held, c)
		}
	}
	return port
}

var held []net.Conn

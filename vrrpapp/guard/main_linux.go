package guard

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Main is the guard's program: `caddy vrrp-guard`. It returns the exit code.
func Main() int {
	// A service manager tells all processes of the service what is meant for the proxy; and the proxy's end must not kill
	// a guard that writes to it.
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGUSR2)
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	conn, err := theSocket()
	if err != nil {
		fmt.Fprintln(os.Stderr, "vrrp-guard is started by the app vrrp, not by hand:", err)
		return 2
	}
	settle()
	return Serve(ctx, conn)
}

// theSocket is the guard's end of the pair that spawn made. No other descriptor stays.
func theSocket() (net.Conn, error) {
	if kind, err := unix.GetsockoptInt(socketFD, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || kind != unix.AF_UNIX {
		return nil, fmt.Errorf("descriptor %d is no socket of its", socketFD)
	}
	file := os.NewFile(socketFD, "proxy")
	defer file.Close() // FileConn has its own, which no child inherits
	closeInherited()
	return net.FileConn(file)
}

// closeInherited closes what the proxy had open and did not mean for its children: descriptors that came through exec lack
// the mark that Go gives to its own.
func closeInherited() {
	dir, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range dir {
		var fd int
		if _, err := fmt.Sscan(e.Name(), &fd); err != nil || fd <= socketFD {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
)

// lab is what all cells share: the origin, the log's reader, the binary.
type lab struct {
	dir    string
	opt    *options
	caddy  string
	origin *process
	syslog *net.UDPConn
	drain  chan struct{}
	logged atomic.Int64 // datagrams that came to syslog
}

// setUp builds the binary and starts the origin.
func (l *lab) setUp(ctx context.Context) error {
	if l.caddy == "" {
		l.caddy = filepath.Join(l.dir, "caddy")
		// A default.pgo beside the command's source is taken by itself.
		build := exec.CommandContext(ctx, "go", "build", "-o", l.caddy, "github.com/caddy-haproxy/caddy-haproxy/cmd/caddy")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building the binary: %w\n%s", err, out)
		}
	}
	var err error
	if l.syslog, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		return err
	}
	l.drain = make(chan struct{})
	go func() {
		defer close(l.drain)
		buf := make([]byte, 1<<16)
		for {
			if _, err := l.syslog.Read(buf); err != nil {
				return
			}
			l.logged.Add(1)
		}
	}()
	return l.startOrigin()
}

func (l *lab) startOrigin() error {
	files := filepath.Join(l.dir, "files")
	if err := os.Mkdir(files, 0o755); err != nil {
		return err
	}
	for name, size := range sizes {
		f, err := os.Create(filepath.Join(files, name))
		if err != nil {
			return err
		}
		if err := f.Truncate(size); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(files, "index.html"), []byte("up\n"), 0o644); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	file, err := write("origin.conf", settings{Dir: l.dir, Origin: port, Root: os.Getuid() == 0})
	if err != nil {
		return err
	}
	l.origin, err = start("origin", l.dir, port, []string{"nginx", "-e", "stderr", "-c", file}, nil)
	return err
}

func (l *lab) close() {
	if l.origin != nil {
		l.origin.stop()
	}
	if l.syslog != nil {
		_ = l.syslog.Close()
		<-l.drain
	}
}

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
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
	l.origin, err = start("origin", l.dir, port, []string{"nginx", "-e", "stderr", "-c", file})
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

// startAll starts every contender for the cell, and asks each once. What it returns must be stopped, also with an error.
func (l *lab) startAll(c cell) ([]*process, error) {
	var list []*process
	for _, who := range contenders {
		p, err := l.startOne(who, c)
		if err != nil {
			return list, fmt.Errorf("%s: %w", who.name, err)
		}
		list = append(list, p)
	}
	return list, nil
}

func (l *lab) startOne(who contender, c cell) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(l.dir, "")
	if err != nil {
		return nil, err
	}
	file, err := write(who.config(c), settings{
		Dir: dir, Port: port, Origin: l.origin.port, Syslog: l.syslog.LocalAddr().(*net.UDPAddr).Port,
		MaxConn: l.opt.idle + 500, Full: c.full, Close: c.shut, Root: os.Getuid() == 0,
	})
	if err != nil {
		return nil, err
	}
	p, err := start(who.name, dir, port, who.command(l, file))
	if err != nil {
		return nil, err
	}
	if err := verify(c, port); err != nil {
		text := p.out.String()
		p.stop()
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return p, nil
}

func stopAll(list []*process) {
	for _, p := range list {
		p.stop()
	}
}

// run measures one cell.
func (l *lab) run(ctx context.Context, c cell) ([]row, error) {
	if c.kind == idle {
		return l.runIdle(ctx, c)
	}
	list, err := l.startAll(c)
	defer stopAll(list)
	if err != nil {
		return nil, err
	}
	turns := make([][]turn, len(list))
	for round := range l.opt.rounds {
		for i, p := range list {
			t, err := l.turn(ctx, c, p)
			if err != nil {
				return nil, fmt.Errorf("%s: %w\n%s", p.name, err, p.out.String())
			}
			if l.opt.verbose {
				fmt.Printf("%s %d %s: %+v\n", c.name, round+1, p.name, t)
			}
			turns[i] = append(turns[i], t)
		}
	}
	rows := make([]row, len(list))
	for i, p := range list {
		rows[i] = summarise(p.name, turns[i])
	}
	return rows, nil
}

// turn loads one proxy for the time of a turn.
func (l *lab) turn(ctx context.Context, c cell, p *process) (turn, error) {
	load := wrk
	if c.kind == transfer {
		load = fetchBodies
	}
	before, err := p.cpu()
	if err != nil {
		return turn{}, err
	}
	logged := l.logged.Load()
	t, err := load(ctx, l.opt, c, p.port)
	if err != nil {
		return t, err
	}
	after, err := p.cpu()
	if t.requests > 0 {
		t.cpu = (after - before) / time.Duration(t.requests)
		t.logs = float64(l.logged.Load()-logged) / float64(t.requests)
	}
	return t, err
}

// heading says when, where and what.
func (l *lab) heading(ctx context.Context) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Measured side by side\n\n%s, %s/%s, %d processors%s.\n", time.Now().UTC().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor())
	fmt.Fprintf(&b, "%d rounds of %s, medians. 2 threads each; wrk -t2 -c64; origin: nginx with one worker.\n\n", l.opt.rounds, l.opt.duration)
	for _, who := range contenders {
		argv := who.version(l)
		path, err := look(argv[0])
		if err != nil {
			path = argv[0]
		}
		out, _ := exec.CommandContext(ctx, path, argv[1:]...).CombinedOutput()
		line, _, _ := strings.Cut(string(out), "\n")
		fmt.Fprintf(&b, "- %s: %s\n", who.name, strings.TrimSpace(line))
	}
	b.WriteByte('\n')
	return b.String()
}

// processor is the model's name, where the kernel tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	_, rest, ok := strings.Cut(string(text), "model name")
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(rest, "\n")
	return " (" + strings.Trim(line, " \t:") + ")"
}

package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// trial is one cell, measured with one number of threads.
type trial struct {
	*lab
	cell    cell
	threads int
}

// measure runs the trial.
func (t *trial) measure(ctx context.Context) (*result, error) {
	r := &result{cell: t.cell, threads: t.threads}
	for _, who := range t.opt.contenders {
		r.names = append(r.names, who.name)
	}
	var err error
	switch t.cell.kind {
	case constant:
		err = t.constantRate(ctx, r)
	case idle:
		err = t.idleMemory(ctx, r)
	case held:
		err = t.heldConnections(ctx, r)
	case growth:
		err = t.costGrowth(ctx, r)
	case busy:
		err = t.besideLoad(ctx, r)
	case syscalls:
		err = t.systemCalls(ctx, r)
	default:
		err = t.speed(ctx, r)
	}
	return r, err
}

// maxConn is what haproxy and this engine accept at a time: what the cell needs, and some for stragglers.
func (t *trial) maxConn() int {
	n := 1000
	switch t.cell.kind {
	case idle:
		n = t.opt.idle
	case held:
		n = t.opt.held
	case growth:
		for _, c := range t.opt.growth {
			n = max(n, c)
		}
	}
	return n + 500
}

// startAll starts every contender, and asks each once. What it returns must be stopped, also with an error.
func (t *trial) startAll() ([]*process, error) {
	var list []*process
	for _, who := range t.opt.contenders {
		p, err := t.startOne(who)
		if err != nil {
			return list, fmt.Errorf("%s: %w", who.name, err)
		}
		list = append(list, p)
	}
	return list, nil
}

func (t *trial) startOne(who contender) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(t.dir, "")
	if err != nil {
		return nil, err
	}
	file, err := write(who.config(t.cell), t.settings(dir, port))
	if err != nil {
		return nil, err
	}
	return t.launch(who, dir, port, who.command(t.lab, file))
}

func (t *trial) settings(dir string, port int) settings {
	return settings{
		Dir: dir, Port: port, Origin: t.origin.port, Syslog: t.syslog.LocalAddr().(*net.UDPAddr).Port, Threads: t.threads,
		MaxConn: t.maxConn(), Many: slices.Contains([]kind{idle, held, growth}, t.cell.kind), Full: t.cell.full, Close: t.cell.shut, Root: os.Getuid() == 0,
	}
}

// launch starts a program and asks it once for the cell's file.
func (t *trial) launch(who contender, dir string, port int, argv []string) (*process, error) {
	env := caddyEnv(dir)
	if who.limited {
		env = append(env, fmt.Sprintf("GOMAXPROCS=%d", t.threads))
	}
	p, err := start(who.name, dir, port, argv, env)
	if err != nil {
		return nil, err
	}
	if err := verify(t.cell, port); err != nil {
		text := p.out.String()
		p.stop()
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return p, nil
}

// caddyEnv keeps a Caddy to its folder, and turns its admin API on.
func caddyEnv(dir string) []string {
	return []string{"XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "CADDY_ADMIN=unix/" + adminSocket(dir)}
}

// adminSocket is where a Caddy that works in a folder has its admin API.
func adminSocket(dir string) string { return filepath.Join(dir, "admin.sock") }

func stopAll(list []*process) {
	for _, p := range list {
		p.stop()
	}
}

// eachRound runs a turn of every program, as often as there are rounds.
func (t *trial) eachRound(ctx context.Context, list []*process, turn func(i int, p *process) error) error {
	for range t.opt.rounds {
		for i, p := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := turn(i, p); err != nil {
				return fmt.Errorf("%s: %w\n%s", p.name, err, p.out.String())
			}
		}
	}
	return nil
}

// perRequest divides the CPU time that a program took while something ran by what that answered.
func perRequest(p *process, load func() (answered int, err error)) (float64, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	n, err := load()
	if err != nil {
		return 0, err
	}
	after, err := p.cpu()
	if n == 0 {
		return math.NaN(), err
	}
	return float64(after-before) / float64(n), err
}

// pause waits, unless the run ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

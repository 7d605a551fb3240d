package main

import (
	"context"
	"fmt"
	"time"
)

// idleRounds bounds the rounds of the idle cell: each starts every program anew, and memory varies little.
const idleRounds = 3

// runIdle measures how much memory a program takes for connections that have had one answer and wait.
func (l *lab) runIdle(ctx context.Context, c cell) ([]row, error) {
	rounds := min(l.opt.rounds, idleRounds)
	bytes := make([][]float64, len(contenders))
	for range rounds {
		for i, who := range contenders {
			n, err := l.idleTurn(ctx, who, c)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", who.name, err)
			}
			bytes[i] = append(bytes[i], n)
		}
	}
	rows := make([]row, len(contenders))
	for i, who := range contenders {
		rows[i] = row{name: who.name, memory: median(bytes[i])}
	}
	return rows, nil
}

// idleTurn starts a program, lets it serve one request on each of many connections, and returns by how many bytes for
// each it has grown.
func (l *lab) idleTurn(ctx context.Context, who contender, c cell) (float64, error) {
	p, err := l.startOne(who, c)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	before, err := p.memory()
	if err != nil {
		return 0, err
	}
	var open []*client
	defer func() {
		for _, cl := range open {
			_ = cl.c.Close()
		}
	}()
	for range l.opt.idle {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		cl, err := dial(c, p.port)
		if err != nil {
			return 0, err
		}
		open = append(open, cl)
		if err := cl.get(sizes[c.file]); err != nil {
			return 0, fmt.Errorf("connection %d: %w", len(open), err)
		}
		cl.buf, cl.r = nil, nil
	}
	if !l.opt.short {
		// What was freed has time to be given back.
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(l.opt.duration):
		}
	}
	after, err := p.memory()
	return float64(after-before) / float64(l.opt.idle), err
}

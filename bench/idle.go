package main

import (
	"context"
	"fmt"
)

// idleRounds bounds the rounds of the idle cell: each starts every program anew, and memory varies little.
const idleRounds = 3

// idleMemory measures how much memory a program takes for connections that have had one answer and wait.
func (t *trial) idleMemory(ctx context.Context, r *result) error {
	n := len(t.opt.contenders)
	bytes := newSamples(n)
	base := newSamples(n)
	for range min(t.opt.rounds, idleRounds) {
		for i, who := range t.opt.contenders {
			before, after, err := t.idleTurn(ctx, who)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				r.notes = append(r.notes, failure(who, err))
				continue
			}
			base.add(i, float64(before)/(1<<20))
			bytes.add(i, float64(after-before)/float64(t.opt.idle))
		}
	}
	r.measures = []measure{
		{name: "bytes per connection", values: bytes.medians(), show: showCount, goal: t.cell.goal},
		{name: "MiB before", values: base.medians(), show: showDecimal},
	}
	r.notes = append(r.notes, fmt.Sprintf("%d connections, one answer of 1 KiB on each, then silence. Resident memory (Pss) before and %s after.",
		t.opt.idle, t.opt.settle))
	return nil
}

// idleTurn starts a program, lets it serve one request on each of many connections, and returns its memory before and
// after.
func (t *trial) idleTurn(ctx context.Context, who contender) (before, after int64, err error) {
	p, err := t.startOne(who)
	if err != nil {
		return 0, 0, err
	}
	defer p.stop()
	if before, err = p.memory(); err != nil {
		return 0, 0, err
	}
	h, err := t.spread(ctx, p, t.opt.idle)
	if err != nil {
		return 0, 0, fmt.Errorf("%w\n%s", err, p.out.String())
	}
	defer h.stop()
	// What was freed has time to be given back.
	if err := pause(ctx, t.opt.settle); err != nil {
		return 0, 0, err
	}
	after, err = p.memory()
	return before, after, err
}

package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

// heldConnections sends few requests over many connections, for long. One program at a time holds connections.
func (t *trial) heldConnections(ctx context.Context, r *result) error {
	s := newBurstSamples(len(t.opt.contenders))
	b := burst{Rate: t.opt.rate, For: t.opt.heldFor}
	for i, who := range t.opt.contenders {
		if err := t.heldTurn(ctx, s, i, who, b); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			s.errors.add(i, math.Inf(1))
			r.notes = append(r.notes, failure(who, err))
		}
	}
	r.measures = s.measures()
	r.measures[0].goal = t.cell.goal
	for i := range r.measures {
		if r.measures[i].name == "errors" {
			r.measures[i].goal = &goal{absolute: true}
		}
	}
	r.notes = append(r.notes, fmt.Sprintf("%d connections, %.0f requests/s over all of them for %s, once, %s after they were opened. %s",
		t.opt.held, t.opt.rate, t.opt.heldFor.Round(time.Second), t.opt.settle, lateness))
	return nil
}

func (t *trial) heldTurn(ctx context.Context, s *burstSamples, i int, who contender, b burst) error {
	p, err := t.startOne(who)
	if err != nil {
		return err
	}
	defer p.stop()
	h, err := t.spread(ctx, p, t.opt.held)
	if err != nil {
		return err
	}
	defer h.stop()
	if err := pause(ctx, t.opt.settle); err != nil {
		return err
	}
	return s.turn(i, p, h, b)
}

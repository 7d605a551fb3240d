package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// growthNames are whose cost is followed: those that the goal compares.
var growthNames = []string{"haproxy", "this"}

// costGrowth measures the cost of a request at the same rate over more and more connections.
func (t *trial) costGrowth(ctx context.Context, r *result) error {
	var list []*process
	defer func() { stopAll(list) }()
	r.names = nil
	for _, who := range t.opt.contenders {
		if !slices.Contains(growthNames, who.name) {
			continue
		}
		p, err := t.startOne(who)
		if err != nil {
			return fmt.Errorf("%s: %w", who.name, err)
		}
		list = append(list, p)
		r.names = append(r.names, who.name)
	}
	// The numbers of connections take turns too: what else the machine does changes with time.
	steps := make([]*burstSamples, len(t.opt.growth))
	for n := range steps {
		steps[n] = newBurstSamples(len(list))
	}
	for range t.opt.rounds {
		for n, connections := range t.opt.growth {
			if err := t.growthStep(ctx, list, connections, steps[n]); err != nil {
				return fmt.Errorf("%d connections: %w", connections, err)
			}
		}
	}
	t.noteGrowth(r, steps)
	return nil
}

// growthRest is between the opening of the connections and their use.
const growthRest = time.Second

// growthStep gives every program a number of connections, which are held while all take their turn.
func (t *trial) growthStep(ctx context.Context, list []*process, connections int, s *burstSamples) error {
	gens, err := t.spreadAll(ctx, list, connections)
	defer stopHelpers(gens)
	if err != nil {
		return err
	}
	if err := pause(ctx, min(t.opt.settle, growthRest)); err != nil {
		return err
	}
	b := burst{Rate: t.opt.growthRate, For: t.opt.burst}
	for i, p := range list {
		if err := s.turn(i, p, gens[i], b); err != nil {
			return fmt.Errorf("%s: %w\n%s", p.name, err, p.out.String())
		}
	}
	return nil
}

// noteGrowth makes the table: the first number of connections is the measure of the others.
func (t *trial) noteGrowth(r *result, steps []*burstSamples) {
	first := steps[0].cpu.medians()
	for n, connections := range t.opt.growth {
		cpu := steps[n].cpu.medians()
		r.measures = append(r.measures, measure{name: fmt.Sprintf("CPU per request, %d connections", connections), values: cpu, show: showTime})
		if n > 0 {
			r.measures = append(r.measures, measure{
				name: fmt.Sprintf("growth, %d to %d", t.opt.growth[0], connections), values: divide(cpu, first), show: showFraction, goal: t.cell.goal,
			})
		}
		r.measures = append(r.measures, measure{
			name: fmt.Sprintf("errors, %d connections", connections), values: steps[n].errors.medians(), show: showCount,
		})
	}
	r.notes = append(r.notes, fmt.Sprintf("%.0f requests/s, open loop, on one connection after the other. The rate is the same at every number of connections,"+
		" so that only their number changes; it is far from saturation, so every cost is higher than in cell 1k.", t.opt.growthRate))
}

func divide(a, b []float64) []float64 {
	q := make([]float64, len(a))
	for i := range a {
		q[i] = a[i] / b[i]
		if b[i] == 0 {
			q[i] = math.NaN()
		}
	}
	return q
}

package main

import (
	"context"
	"fmt"
	"math"
	"slices"
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
	var first []float64
	for n, connections := range t.opt.growth {
		s, err := t.growthStep(ctx, list, connections)
		if err != nil {
			return fmt.Errorf("%d connections: %w", connections, err)
		}
		cpu := s.cpu.medians()
		r.measures = append(r.measures, measure{name: fmt.Sprintf("CPU per request, %d connections", connections), values: cpu, show: showTime})
		if n == 0 {
			first = cpu
			continue
		}
		r.measures = append(r.measures,
			measure{name: fmt.Sprintf("growth, %d to %d", t.opt.growth[0], connections), values: divide(cpu, first), show: showFraction, goal: t.cell.goal},
			measure{name: fmt.Sprintf("errors, %d connections", connections), values: s.errors.medians(), show: showCount},
		)
	}
	r.notes = append(r.notes, fmt.Sprintf("%.0f requests/s, open loop, on one connection after the other. The rate is the same at every number of connections,"+
		" so that only their number changes; it is far from saturation, so every cost is higher than in cell 1k.", t.opt.growthRate))
	return nil
}

// growthStep measures all programs with a number of connections each, which are held all the time.
func (t *trial) growthStep(ctx context.Context, list []*process, connections int) (*burstSamples, error) {
	gens, err := t.spreadAll(ctx, list, connections)
	defer stopHelpers(gens)
	if err != nil {
		return nil, err
	}
	s := newBurstSamples(len(list))
	b := burst{Rate: t.opt.growthRate, For: t.opt.duration}
	return s, t.eachRound(ctx, list, func(i int, p *process) error { return s.turn(i, p, gens[i], b) })
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

package main

import (
	"context"
	"errors"
	"fmt"
)

// loadConnections is how many connections wrk and the cell of a constant rate use.
const loadConnections = 64

// topRateRounds bounds the turns that find haproxy's top rate.
const topRateRounds = 3

// constantRate measures response times at half of haproxy's top rate: open loop, the same rate for everybody.
func (t *trial) constantRate(ctx context.Context, r *result) error {
	list, err := t.startAll()
	defer stopAll(list)
	if err != nil {
		return err
	}
	top, err := t.topRate(ctx)
	if err != nil {
		return err
	}
	b := burst{Rate: top / 2, For: t.opt.burst}
	gens, err := t.spreadAll(ctx, list, loadConnections)
	defer stopHelpers(gens)
	if err != nil {
		return err
	}
	s := newBurstSamples(len(list))
	err = t.eachRound(ctx, list, func(i int, p *process) error { return s.turn(i, p, gens[i], b) })
	r.measures = s.measures()
	r.measures[0].goal = t.cell.goal
	r.notes = append(r.notes, fmt.Sprintf("haproxy's top rate: %.0f requests/s; the rate here: %.0f/s, constant, over %d connections. %s",
		top, b.Rate, loadConnections, lateness))
	return err
}

const lateness = "A response time counts from when the request was due. " +
	"The last line is how late the load generator itself was, which is part of every response time."

// topRate is how many requests a second haproxy answers when it gets as many as it can take.
func (t *trial) topRate(ctx context.Context) (float64, error) {
	p, err := t.startOne(contenders[0])
	if err != nil {
		return 0, err
	}
	defer p.stop()
	var rates []float64
	for range min(t.opt.rounds, topRateRounds) {
		got, err := wrk(ctx, t.opt.duration, t.cell, p.port)
		if err != nil {
			return 0, err
		}
		rates = append(rates, got.rate)
	}
	return median(rates), nil
}

// spreadAll starts a generator for each program. What it returns must be stopped, also with an error.
func (t *trial) spreadAll(ctx context.Context, list []*process, connections int) ([]*helper, error) {
	var gens []*helper
	for _, p := range list {
		h, err := t.spread(ctx, p, connections)
		if err != nil {
			return gens, fmt.Errorf("%s: %w\n%s", p.name, err, p.out.String())
		}
		gens = append(gens, h)
	}
	return gens, nil
}

func stopHelpers(list []*helper) {
	for _, h := range list {
		h.stop()
	}
}

// burstSamples collects what bursts show.
type burstSamples struct{ p99, p50, cpu, errors, late samples }

func newBurstSamples(n int) *burstSamples {
	return &burstSamples{p99: newSamples(n), p50: newSamples(n), cpu: newSamples(n), errors: newSamples(n), late: newSamples(n)}
}

// turn lets a program have one burst.
func (s *burstSamples) turn(i int, p *process, h *helper, b burst) error {
	var got burstResult
	took, err := perRequest(p, func() (int, error) {
		err := h.order(b, &got)
		return got.Sent - got.Errors, err
	})
	if err != nil {
		return err
	}
	if got.Errors == got.Sent {
		return errors.New("no request was answered: " + got.First)
	}
	s.p99.add(i, float64(got.P99))
	s.p50.add(i, float64(got.P50))
	s.cpu.add(i, took)
	s.errors.add(i, float64(got.Errors))
	s.late.add(i, float64(got.Late99))
	return nil
}

func (s *burstSamples) measures() []measure {
	return []measure{
		{name: "p99", values: s.p99.medians(), show: showTime},
		{name: "p50", values: s.p50.medians(), show: showTime},
		{name: "CPU per request", values: s.cpu.medians(), show: showTime},
		{name: "errors", values: s.errors.medians(), show: showCount},
		{name: "generator late, p99", values: s.late.medians(), show: showTime},
	}
}

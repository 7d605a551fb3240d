package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// systemCalls counts system calls with strace and, in a turn without it, context switches.
func (t *trial) systemCalls(ctx context.Context, r *result) error {
	list, err := t.startAll()
	defer stopAll(list)
	if err != nil {
		return err
	}
	calls, switches, traced := newSamples(len(list)), newSamples(len(list)), newSamples(len(list))
	notes := make([]string, len(list))
	err = t.eachRound(ctx, list, func(i int, p *process) error {
		n, err := t.switchTurn(ctx, p)
		if err != nil {
			return err
		}
		switches.add(i, n)
		counted, got, err := t.traceTurn(ctx, p)
		if err != nil {
			notes[i] = fmt.Sprintf("%s: %v", p.name, err) // where tracing is forbidden the rest still counts
			return ctx.Err()
		}
		calls.add(i, float64(counted.all())/float64(got.requests))
		traced.add(i, got.rate)
		notes[i] = fmt.Sprintf("%s, calls per request: %s", p.name, counted.top(got.requests))
		return nil
	})
	r.measures = []measure{
		{name: "system calls per request", values: calls.medians(), show: showFraction, goal: t.cell.goal},
		{name: "context switches per request", values: switches.medians(), show: showFraction},
		{name: "requests/s under strace", values: traced.medians(), show: showDecimal},
	}
	r.notes = append(append(r.notes, notes...),
		"strace makes every call slow and so the program, which then finds more to do at each wait than it would without.")
	return err
}

// switchTurn counts the context switches per request of an undisturbed turn.
func (t *trial) switchTurn(ctx context.Context, p *process) (float64, error) {
	before, err := p.switches()
	if err != nil {
		return 0, err
	}
	got, err := wrk(ctx, t.opt.duration, t.cell, p.port)
	if err != nil {
		return 0, err
	}
	after, err := p.switches()
	var sum int64
	for tid, n := range after {
		sum += n - before[tid]
	}
	return float64(sum) / float64(got.requests), err
}

// traceTurn counts the system calls of a turn. The tracer is there before it begins and leaves after its end.
func (t *trial) traceTurn(ctx context.Context, p *process) (callCounts, turn, error) {
	file := filepath.Join(p.dir, "strace")
	s, err := trace(ctx, p, file)
	if err != nil {
		return nil, turn{}, err
	}
	got, err := wrk(ctx, t.opt.duration, t.cell, p.port)
	if err2 := s.stop(); err == nil {
		err = err2
	}
	if err != nil {
		return nil, got, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, got, err
	}
	counts, err := parseCounts(string(text))
	return counts, got, err
}

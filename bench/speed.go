package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// speed loads the programs in turns, as fast as they can.
func (t *trial) speed(ctx context.Context, r *result) error {
	list, err := t.startAll()
	defer stopAll(list)
	if err != nil {
		return err
	}
	cpu, rate, p50, p99, logs := newSamples(len(list)), newSamples(len(list)), newSamples(len(list)), newSamples(len(list)), newSamples(len(list))
	err = t.eachRound(ctx, list, func(i int, p *process) error {
		logged := t.logged.Load()
		var got turn
		took, err := perRequest(p, func() (int, error) {
			var err error
			got, err = t.load(ctx, p.port)
			return got.requests, err
		})
		if err != nil {
			return err
		}
		if t.opt.verbose {
			fmt.Fprintf(os.Stderr, "%s %s: %+v %s\n", t.cell.name, p.name, got, showTime(took))
		}
		cpu.add(i, took)
		rate.add(i, got.rate)
		p50.add(i, float64(got.p50))
		p99.add(i, float64(got.p99))
		logs.add(i, float64(t.logged.Load()-logged)/float64(got.requests))
		return nil
	})
	r.measures = []measure{
		{name: "CPU per request", values: cpu.medians(), show: showTime, goal: t.cell.goal},
		{name: "requests/s", values: rate.medians(), show: showDecimal},
		{name: "p50", values: p50.medians(), show: showTime},
		{name: "p99", values: p99.medians(), show: showTime},
	}
	if t.cell.full {
		r.measures = append(r.measures, measure{name: "log lines per request", values: logs.medians(), show: showFraction})
	}
	return err
}

// load is one turn's load of a program.
func (t *trial) load(ctx context.Context, port int) (turn, error) {
	if t.cell.kind != transfer {
		return wrk(ctx, t.opt.duration, t.cell, port)
	}
	var d time.Duration
	if !t.opt.short {
		d = t.opt.duration
	}
	return fetchBodies(ctx, d, t.cell, port)
}

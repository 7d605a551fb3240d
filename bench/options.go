package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options is what the command line asks for.
type options struct {
	args       []string // the command line, for the report
	rounds     int
	duration   time.Duration // of one program's turn, whole seconds (wrk knows no others)
	burst      time.Duration // of one program's turn in the cells of a constant rate: the same, but in the short form
	threads    []int         // numbers of threads, one after the other
	cells      []cell
	contenders []contender
	idle       int           // connections of the cell idle
	held       int           // connections of the cell held
	heldFor    time.Duration // its length
	rate       float64       // its requests a second
	growth     []int         // connections of the cell growth
	growthRate float64       // its requests a second
	settle     time.Duration // between the opening of many connections and what is measured then
	caddy      string        // a binary that is built already
	out        string
	pgo        string
	verbose    bool
	short      bool
}

func parse(args []string) (*options, error) {
	opt := &options{args: args}
	var cells, contenders, threads, growth string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&opt.rounds, "rounds", 5, "turns of every program in a cell; the medians count")
	f.DurationVar(&opt.duration, "duration", 2*time.Second, "length of a turn, whole seconds")
	f.StringVar(&threads, "threads", "2", "threads of every proxy; with commas between, everything is measured with each number")
	f.StringVar(&cells, "cells", "", "cells to run, with commas between (default all): "+cellNames())
	f.StringVar(&contenders, "contenders", "", "programs to run, with commas between (default all): haproxy,this,nginx,stock caddy")
	f.IntVar(&opt.idle, "idle", 6000, "connections of the cell idle")
	f.IntVar(&opt.held, "held", 15000, "connections of the cell held")
	f.DurationVar(&opt.heldFor, "held-for", time.Minute, "how long the cell held sends requests")
	f.Float64Var(&opt.rate, "held-rate", 1000, "requests a second of the cell held")
	f.StringVar(&growth, "growth", "64,1000,15000", "numbers of connections of the cell growth; the first is the measure of the others")
	f.Float64Var(&opt.growthRate, "growth-rate", 5000, "requests a second of the cell growth")
	f.DurationVar(&opt.settle, "settle", 5*time.Second, "rest after connections were opened in the cells idle, held and growth: what was freed is given back")
	f.StringVar(&opt.caddy, "caddy", "", "the binary to measure (default: built from ./cmd/caddy)")
	f.StringVar(&opt.out, "o", "", "also write the results to this file, as Markdown")
	f.StringVar(&opt.pgo, "pgo", "", "measure nothing: write a CPU profile of this engine for the compiler to this file (cells "+pgoCells+")")
	f.BoolVar(&opt.verbose, "v", false, "print every turn of the speed cells to standard error")
	f.BoolVar(&opt.short, "short", false, "a few seconds a cell: shows that everything works, measures nothing")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	opt.burst = opt.duration
	if opt.short {
		opt.rounds, opt.duration, opt.burst = 1, time.Second, time.Second/4
		opt.idle, opt.held, opt.heldFor, opt.rate = 50, 100, time.Second/4, 400
		growth, opt.growthRate, opt.settle = "8,16", 4000, 0
	}
	if opt.pgo != "" && cells == "" {
		cells = pgoCells
	}
	var errs [5]error
	opt.cells, errs[0] = selectCells(cells)
	opt.contenders, errs[1] = selectContenders(contenders)
	opt.threads, errs[2] = numbers(threads)
	opt.growth, errs[3] = numbers(growth)
	if opt.caddy != "" {
		opt.caddy, errs[4] = filepath.Abs(opt.caddy)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	return opt, opt.check()
}

func (o *options) check() error {
	if o.duration < time.Second || o.duration%time.Second != 0 || o.heldFor <= 0 || o.settle < 0 {
		return errors.New("-duration must be whole seconds, -held-for positive, -settle not negative")
	}
	if min(o.rounds, o.idle, o.held, slices.Min(o.growth), slices.Min(o.threads)) < 1 {
		return errors.New("-rounds, -threads, -idle, -held and -growth must be at least 1")
	}
	if min(o.rate, o.growthRate) <= 0 {
		return errors.New("-held-rate and -growth-rate must be positive")
	}
	return nil
}

// numbers reads numbers with commas between.
func numbers(text string) ([]int, error) {
	var list []int
	for _, f := range strings.Split(text, ",") {
		n, err := strconv.Atoi(f)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", f)
		}
		list = append(list, n)
	}
	return list, nil
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// options is what the command line asks for.
type options struct {
	rounds   int
	duration time.Duration // of one program's turn, whole seconds (wrk knows no others)
	cells    []cell
	idle     int    // connections of the memory cell
	caddy    string // a binary that is built already
	out      string
	verbose  bool
	short    bool
}

func main() {
	opt, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err == nil {
		err = bench(ctx, opt, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func parse(args []string) (*options, error) {
	opt := new(options)
	var cells string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&opt.rounds, "rounds", 5, "turns of every program in a cell; the medians count")
	f.DurationVar(&opt.duration, "duration", 2*time.Second, "length of a turn, whole seconds")
	f.StringVar(&cells, "cells", "", "cells to run, with commas between (default all): "+cellNames())
	f.IntVar(&opt.idle, "idle", 4000, "connections of the idle cell")
	f.StringVar(&opt.caddy, "caddy", "", "the binary to measure (default: built from ./cmd/caddy)")
	f.StringVar(&opt.out, "o", "", "also write the results to this file, as Markdown")
	f.BoolVar(&opt.verbose, "v", false, "print every turn")
	f.BoolVar(&opt.short, "short", false, "a few seconds in all: shows that everything works, measures nothing")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if opt.short {
		opt.rounds, opt.duration, opt.idle = 1, time.Second, 50
		if cells == "" {
			cells = "1k,100m,idle"
		}
	}
	var err error
	if opt.cells, err = selectCells(cells); err != nil {
		return nil, err
	}
	if opt.rounds < 1 || opt.duration < time.Second || opt.duration%time.Second != 0 || opt.idle < 1 {
		return nil, errors.New("-rounds and -idle must be at least 1, -duration whole seconds")
	}
	return opt, nil
}

// bench runs the cells one after the other and prints each as soon as it is done.
func bench(ctx context.Context, opt *options, out io.Writer) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l := &lab{dir: dir, opt: opt, caddy: opt.caddy}
	defer l.close()
	if err := l.setUp(ctx); err != nil {
		return err
	}
	var text strings.Builder
	w := io.MultiWriter(out, &text)
	fmt.Fprint(w, l.heading(ctx))
	for _, c := range opt.cells {
		rows, err := l.run(ctx, c)
		if err != nil {
			return fmt.Errorf("cell %s: %w", c.name, err)
		}
		fmt.Fprint(w, table(c, rows))
	}
	if opt.out == "" {
		return nil
	}
	return os.WriteFile(filepath.Clean(opt.out), []byte(text.String()), 0o644)
}

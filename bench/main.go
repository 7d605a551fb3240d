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

	"github.com/caddy-haproxy/caddy-haproxy/bench/chapter"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == helperName {
		os.Exit(helperMain(os.Args[2:]))
	}
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

// bench does what the options ask for.
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
	if opt.pgo != "" {
		return l.profile(ctx)
	}
	return l.report(ctx, out)
}

// report runs the cells one after the other and prints each as soon as it is done, then all goals. A cell that fails is
// said to have failed, and the others are still measured.
func (l *lab) report(ctx context.Context, out io.Writer) error {
	var text strings.Builder
	w := io.MultiWriter(out, &text)
	fmt.Fprint(w, l.heading(ctx))
	var all []*result
	var errs []error
	for _, threads := range l.opt.threads {
		for _, c := range l.opt.cells {
			t := &trial{lab: l, cell: c, threads: threads}
			r, err := t.measure(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				err = fmt.Errorf("cell %s, %s: %w", c.name, threadText(threads), err)
				first, _, _ := strings.Cut(err.Error(), "\n")
				fmt.Fprintf(w, "## %s: failed\n\n%s\n\n", c.name, first)
				errs = append(errs, err)
				continue
			}
			fmt.Fprint(w, table(r))
			all = append(all, r)
		}
	}
	fmt.Fprint(w, summary(all))
	if l.opt.out != "" {
		errs = append(errs, chapter.Replace(filepath.Clean(l.opt.out), text.String()))
	}
	return errors.Join(errs...)
}

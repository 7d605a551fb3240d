// Command vip runs the cases of the lab with pairs of this program and keepalived, and prints what became of them as Markdown.
//
//	go run ./bench/vip [-caddy BINARY] [-pairs ours/ours,...] [-cases REGEXP] [-parallel 8] [-rounds 1] [-short] [-v] [-o bench/RESULTS.md]
//
// With -o the chapter "The VIP" of that file is written anew, the others stay.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/bench/chapter"
	"github.com/caddy-haproxy/caddy-haproxy/integration/binary"
	"github.com/caddy-haproxy/caddy-haproxy/integration/lab"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "vip:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("vip", flag.ContinueOnError)
	caddy := f.String("caddy", "", "the binary to measure (default: built from ./cmd/caddy)")
	pairs := f.String("pairs", "", "pairs to run, with commas between (default all)")
	cases := f.String("cases", "", "only cases whose name this regular expression matches")
	parallel := f.Int("parallel", 8, "cases at a time, but for those that measure under load")
	short := f.Bool("short", false, "only the short selection, each case once")
	rounds := f.Int("rounds", 0, "run no case more often than this (default: what medians need)")
	evidence := f.Bool("v", false, "print to standard error what happened in every case")
	out := f.String("o", "", "also write the results into this file")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "vip")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if *caddy == "" {
		if *caddy, err = binary.Build(dir); err != nil {
			return err
		}
	}
	opt := lab.Options{Short: *short, Rounds: *rounds, Parallel: *parallel, Done: func(o *lab.Outcome) { progress(o, *evidence) }}
	if opt.Pairs, err = choose(*pairs, *caddy); err != nil {
		return err
	}
	if *cases != "" {
		match, err := regexp.Compile(*cases)
		if err != nil {
			return err
		}
		opt.Match = match.MatchString
	}
	text := heading(args) + lab.Table(lab.RunAll(ctx, opt))
	fmt.Print(text)
	if *out == "" || ctx.Err() != nil {
		return ctx.Err()
	}
	return chapter.Replace(*out, text)
}

func choose(names, caddy string) ([]lab.Pair, error) {
	if names == "" {
		return lab.Pairs(caddy), nil
	}
	var list []lab.Pair
	for _, name := range strings.Split(names, ",") {
		p, err := lab.Named(name, caddy)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// progress goes to standard error, with the evidence of what is this program's fault.
func progress(o *lab.Outcome, evidence bool) {
	word := "ok"
	if !o.Survived() {
		word = "not survived"
	}
	fmt.Fprintf(os.Stderr, "%s %s: %s: %v\n", o.Pair, o.Case, word, o.Figures)
	if errs := o.Errors(); evidence || len(errs) > 0 {
		fmt.Fprintf(os.Stderr, "  %s\n%s\n", strings.Join(errs, "\n  "), o.Evidence)
	}
}

func heading(args []string) string {
	first := func(name string, args ...string) string {
		text, _ := exec.Command(name, args...).CombinedOutput()
		line, _, _ := strings.Cut(string(text), "\n")
		return line
	}
	return fmt.Sprintf(`# The VIP

%s

- command: `+"`go run ./bench/vip %s`"+`
- kernel %s, %s processors
- keepalived: %s
- this: %s

`, time.Now().UTC().Format("2006-01-02 15:04 UTC"), strings.Join(args, " "), first("uname", "-r"), first("nproc"), first("keepalived", "--version"), first("git", "describe", "--always", "--dirty"))
}

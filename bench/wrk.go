package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// turn is what one round showed of one program.
type turn struct {
	requests int
	rate     float64 // requests a second
	p50, p99 time.Duration
}

// wrk loads a port with 64 connections for a time, which is cut to whole seconds: it knows no others.
func wrk(ctx context.Context, d time.Duration, c cell, port int) (turn, error) {
	path, err := look("wrk")
	if err != nil {
		return turn{}, err
	}
	args := []string{"-t2", "-c64", "--latency", "--timeout", "10s", "-d" + strconv.Itoa(int(d.Seconds())) + "s"}
	for _, h := range c.headers() {
		args = append(args, "-H", h)
	}
	ctx, cancel := context.WithTimeout(ctx, d+20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, append(args, "http://"+address(port)+"/"+c.file)...).CombinedOutput()
	if err != nil {
		return turn{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return parseWrk(string(out))
}

var (
	wrkCount   = regexp.MustCompile(`(\d+) requests in `)
	wrkRate    = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkP50     = regexp.MustCompile(`\n\s+50%\s+([\d.]+[a-z]+)`)
	wrkP99     = regexp.MustCompile(`\n\s+99%\s+([\d.]+[a-z]+)`)
	wrkTrouble = regexp.MustCompile(`(Non-2xx or 3xx responses|Socket errors): .*`)
)

// parseWrk reads what wrk prints. Answers that are not good, and connections that fail, spoil a turn.
func parseWrk(text string) (turn, error) {
	if m := wrkTrouble.FindString(text); m != "" {
		return turn{}, errors.New("wrk saw " + m)
	}
	var t turn
	var errs [4]error
	t.requests, errs[0] = strconv.Atoi(submatch(wrkCount, text))
	t.rate, errs[1] = strconv.ParseFloat(submatch(wrkRate, text), 64)
	t.p50, errs[2] = time.ParseDuration(submatch(wrkP50, text))
	t.p99, errs[3] = time.ParseDuration(submatch(wrkP99, text))
	if err := errors.Join(errs[:]...); err != nil {
		return t, fmt.Errorf("cannot read what wrk printed: %w\n%s", err, text)
	}
	if t.requests == 0 {
		return t, errors.New("no request was answered")
	}
	return t, nil
}

func submatch(re *regexp.Regexp, text string) string {
	if m := re.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

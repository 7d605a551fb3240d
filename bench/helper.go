package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// helperName is the first argument of a helper: this same program in a process of its own, which then has all its
// descriptors for itself and a higher priority than what it measures.
const helperName = "helper"

// helper is such a process. It reads orders from its standard input and answers each, both as JSON.
type helper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
	err output
}

// work is what a helper does. It is made from its plan, which it answers too.
type work interface {
	open(plan json.RawMessage) (any, error)
	do(order json.RawMessage) (any, error)
}

// works are the kinds of helpers.
var works = map[string]func() work{
	"generator": func() work { return new(generator) },
	"prober":    func() work { return new(prober) },
}

// answer is what a helper says.
type answer struct {
	Error  string
	Result json.RawMessage
}

// startHelper starts a helper, and returns when it has answered its plan.
func startHelper(ctx context.Context, kind string, plan, ready any) (*helper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	argv := []string{self, helperName, kind}
	if nice, err := exec.LookPath("nice"); err == nil && os.Getuid() == 0 {
		argv = append([]string{nice, "-n", "-10"}, argv...)
	}
	h := &helper{cmd: exec.CommandContext(ctx, argv[0], argv[1:]...)}
	h.cmd.Stderr = &h.err
	h.cmd.WaitDelay = time.Second
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	h.out = json.NewDecoder(out)
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	if err := h.order(plan, ready); err != nil {
		h.stop()
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return h, nil
}

// order gives an order and waits for its result.
func (h *helper) order(what, result any) error {
	if err := json.NewEncoder(h.in).Encode(what); err != nil {
		return fmt.Errorf("%w: %s", err, h.err.String())
	}
	var a answer
	if err := h.out.Decode(&a); err != nil {
		return fmt.Errorf("%w: %s", err, h.err.String())
	}
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return json.Unmarshal(a.Result, result)
}

// stop ends the helper, which closes its connections.
func (h *helper) stop() {
	_ = h.in.Close()
	_ = h.cmd.Wait()
}

// helperMain is the helper's side: it lives as long as its standard input.
func helperMain(args []string) int {
	if len(args) != 1 || works[args[0]] == nil {
		fmt.Fprintln(os.Stderr, "bench: a helper needs its kind")
		return 2
	}
	w := works[args[0]]()
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	handle := w.open
	for {
		var order json.RawMessage
		if err := in.Decode(&order); err != nil {
			return 0
		}
		var a answer
		result, err := handle(order)
		if err == nil {
			a.Result, err = json.Marshal(result)
		}
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return 1
		}
		handle = w.do
	}
}

package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// fifo is an open FIFO and its reader. It is open for reading too, so that a write needs no reader.
type fifo struct {
	FIFO
	rules script.Rules
	log   func(what string, err error)
	pipe  pipe
	made  bool

	lost int // lines since the pipe was full

	stop    context.CancelFunc
	stopped sync.WaitGroup
}

// rest is between two starts of a reader.
const rest = time.Second

// openFIFOs opens the FIFOs of a configuration and keeps those that stay; gone are the others. It is called with n.mu held.
func (n *Notifier) openFIFOs(c Config) (now, gone []*fifo, warnings []string, err error) {
	kept := map[*fifo]bool{}
	for _, want := range c.FIFOs {
		f := n.keep(want, c.Rules)
		if f == nil {
			var w []string
			f, w, err = n.open(want, c.Rules)
			warnings = append(warnings, w...)
		} else {
			kept[f] = true
		}
		if err != nil {
			now = slices.DeleteFunc(now, func(f *fifo) bool { return kept[f] })
			closeAll(now)
			return nil, nil, warnings, err
		}
		now = append(now, f)
	}
	for _, f := range n.fifos {
		if kept[f] {
			continue
		}
		for _, g := range now {
			if g.Path == f.Path { // the path stays, and is removed by its new owner
				f.made, g.made = false, f.made || g.made
			}
		}
		gone = append(gone, f)
	}
	return now, gone, warnings, nil
}

// keep finds an open FIFO that is the same.
func (n *Notifier) keep(want FIFO, rules script.Rules) *fifo {
	for _, f := range n.fifos {
		if f.rules == rules && f.same(want) {
			return f
		}
	}
	return nil
}

func (f FIFO) same(g FIFO) bool {
	return f.Path == g.Path && f.User == g.User && f.Group == g.Group && fmt.Sprint(f.Reader) == fmt.Sprint(g.Reader)
}

func (n *Notifier) open(want FIFO, rules script.Rules) (f *fifo, warnings []string, err error) {
	f = &fifo{FIFO: want, rules: rules, log: n.log}
	if f.pipe, f.made, warnings, err = openPipe(want, rules); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", want.Path, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	if want.Reader == nil {
		return f, warnings, nil
	}
	p, more, err := rules.Ready(*want.Reader)
	warnings = append(warnings, more...)
	if err != nil { // the pipe is of use to others
		return f, append(warnings, fmt.Sprintf("%s has no reader: %v", want.Path, err)), nil
	}
	f.stopped.Add(1)
	go f.read(ctx, p)
	return f, warnings, nil
}

// read keeps the reader running.
func (f *fifo) read(ctx context.Context, p *script.Program) {
	defer f.stopped.Done()
	for {
		result := p.Run(ctx, 0, grace, f.Path)
		if ctx.Err() != nil {
			return
		}
		f.log(f.Path, fmt.Errorf("its reader ended and is started again: %v", result))
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
	}
}

// write writes a line whole, or not at all if the pipe is full.
func (f *fifo) write(line string) {
	err := f.pipe.write(line)
	switch {
	case err == nil && f.lost > 0:
		f.log(f.Path, fmt.Errorf("it is read again; %d lines were lost", f.lost))
		f.lost = 0
	case err == nil:
	case f.lost == 0 && errors.Is(err, errFull):
		f.log(f.Path, errors.New("nobody reads it and it is full: lines are lost"))
		f.lost++
	case f.lost == 0:
		f.log(f.Path, err)
		f.lost++
	default:
		f.lost++
	}
}

func closeAll(all []*fifo) {
	for _, f := range all {
		f.stop()
	}
	for _, f := range all {
		f.stopped.Wait()
		f.pipe.close()
		if f.made {
			os.Remove(f.Path)
		}
	}
}

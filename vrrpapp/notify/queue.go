package notify

import (
	"cmp"
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// queue are the changes of one subject whose scripts have to run. A goroutine runs them as long as there are any.
type queue struct{ waiting []job }

// job is the scripts of one change.
type job struct {
	state State
	runs  []run
}

type run struct {
	program *script.Program
	args    []string
}

// enqueue is called with n.mu held.
func (n *Notifier) enqueue(who subject, j job) {
	q := n.queues[who]
	if q == nil {
		q = &queue{}
		n.queues[who] = q
		n.running.Add(1)
		go n.work(who, q)
	}
	if len(q.waiting) >= cmp.Or(n.cfg.Most, most) {
		n.log(who.name, fmt.Errorf("its scripts are too slow: those of a change to %s are left out", q.waiting[0].state))
		q.waiting = q.waiting[1:]
	}
	q.waiting = append(q.waiting, j)
}

// work runs a queue until it is empty.
func (n *Notifier) work(who subject, q *queue) {
	defer n.running.Done()
	slow := ""
	for {
		n.mu.Lock()
		if len(q.waiting) == 0 {
			delete(n.queues, who)
			n.mu.Unlock()
			return
		}
		j := q.waiting[0]
		q.waiting = q.waiting[1:]
		c := n.cfg
		n.mu.Unlock()
		for _, r := range j.runs {
			if n.end.Err() != nil {
				n.log(who.name, fmt.Errorf("stopped before %s ran for %s", r.program.Args()[0], j.state))
				continue
			}
			if slow != "" {
				n.log(who.name, fmt.Errorf("%s still runs: %s for %s is started beside it", slow, r.program.Args()[0], j.state))
			}
			if slow = ""; !n.await(n.start(who, j.state, r, c.Timeout), cmp.Or(c.Patience, patience)) {
				slow = fmt.Sprintf("%s for %s", r.program.Args()[0], j.state)
			}
		}
	}
}

// start runs a script and names it if it fails.
func (n *Notifier) start(who subject, state State, r run, timeout time.Duration) (done chan struct{}) {
	done = make(chan struct{})
	n.running.Go(func() {
		defer close(done)
		if result := r.program.Run(n.end, timeout, grace, r.args...); !result.OK() {
			n.log(who.name, fmt.Errorf("%s for %s: %v", r.program.Args()[0], state, result))
		}
	})
	return done
}

// await waits for a script's end, but not for ever: it may be a program that is to run as long as the state lasts. At the end there
// is less time.
func (n *Notifier) await(done <-chan struct{}, most time.Duration) (ended bool) {
	over := time.NewTimer(most)
	defer over.Stop()
	hurry := n.hurry.Done()
	for {
		select {
		case <-done:
			return true
		case <-over.C:
			return false
		case <-hurry:
			hurry = nil
			over.Reset(min(most, hurried))
		}
	}
}

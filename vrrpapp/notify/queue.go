package notify

import (
	"cmp"
	"fmt"

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
	for {
		n.mu.Lock()
		if len(q.waiting) == 0 {
			delete(n.queues, who)
			n.mu.Unlock()
			return
		}
		j := q.waiting[0]
		q.waiting = q.waiting[1:]
		timeout := n.cfg.Timeout
		n.mu.Unlock()
		for _, r := range j.runs {
			if n.end.Err() != nil {
				n.log(who.name, fmt.Errorf("stopped before %s ran for %s", r.program.Args()[0], j.state))
				continue
			}
			if result := r.program.Run(n.end, timeout, grace, r.args...); !result.OK() {
				n.log(who.name, fmt.Errorf("%s for %s: %v", r.program.Args()[0], j.state, result))
			}
		}
	}
}

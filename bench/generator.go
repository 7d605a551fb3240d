package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// generatorPlan is which connections a generator opens. It asks once on each and waits for the answer.
type generatorPlan struct {
	Port        int
	Connections int
	Request     string
	Size        int64 // of the body of every answer
}

// burst is what a generator does with its connections: requests at a constant rate, the first on the first connection,
// the next on the next, and so on all around. A request has its time whatever became of those before it, and its
// response time counts from there: a connection that waits for an answer when its turn comes makes the turn wait, and
// the waiting counts.
type burst struct {
	Rate float64 // requests a second, over all connections
	For  time.Duration
}

// burstResult is what became of a burst.
type burstResult struct {
	Sent   int // all that were due
	Errors int // no good answer within 10 seconds after the burst
	P50    time.Duration
	P99    time.Duration
	Max    time.Duration
	Late99 time.Duration // 99th percentile of how late the generator itself was
	First  string        // the first error
}

// spread starts a generator with connections to a program.
func (t *trial) spread(ctx context.Context, p *process, connections int) (*helper, error) {
	plan := generatorPlan{Port: p.port, Connections: connections, Request: t.cell.request(p.port), Size: sizes[t.cell.file]}
	return startHelper(ctx, "generator", plan, new(struct{}))
}

// generator is the helper's side.
type generator struct {
	conns []*outgoing
	loop  loop
}

func (g *generator) open(plan json.RawMessage) (any, error) {
	var p generatorPlan
	if err := json.Unmarshal(plan, &p); err != nil {
		return nil, err
	}
	if err := g.loop.start(); err != nil {
		return nil, err
	}
	for range p.Connections {
		c, err := g.loop.connect(p)
		if err != nil {
			return nil, fmt.Errorf("connection %d of %d: %w", len(g.conns)+1, p.Connections, err)
		}
		g.conns = append(g.conns, c)
	}
	return struct{}{}, nil
}

func (g *generator) do(order json.RawMessage) (any, error) {
	var b burst
	if err := json.Unmarshal(order, &b); err != nil {
		return nil, err
	}
	n := int(b.Rate * b.For.Seconds())
	if n < 1 || len(g.conns) == 0 {
		return nil, errors.New("nothing to send")
	}
	s := newSchedule(g.conns, n, b.Rate)
	if err := g.loop.run(s, b.For+10*time.Second); err != nil {
		return nil, err
	}
	s.giveUp()
	return s.result(), nil
}

// schedule says which request is due when and on which connection, and what became of them.
type schedule struct {
	conns    []*outgoing
	n        int // requests in all
	interval float64
	begin    time.Time
	k        int // the next one that becomes due
	waiting  int // connections that wait for an answer
	took     []time.Duration
	late     []time.Duration
	first    string
}

func newSchedule(conns []*outgoing, n int, rate float64) *schedule {
	for i, c := range conns {
		c.next = i
	}
	return &schedule{
		conns: conns, n: n, interval: float64(time.Second) / rate, begin: time.Now(),
		took: make([]time.Duration, 0, n), late: make([]time.Duration, 0, n),
	}
}

// due is when request k is to be sent, counted from the begin.
func (s *schedule) due(k int) time.Duration { return time.Duration(float64(k) * s.interval) }

func (s *schedule) now() time.Duration { return time.Since(s.begin) }

// finished tells that every request was sent and answered, or lost with its connection.
func (s *schedule) finished() bool { return s.k >= s.n && s.waiting == 0 }

// send sends what is due. A connection that waits is passed over: it catches up in answered.
func (s *schedule) send() {
	for now := s.now(); s.k < s.n; s.k++ {
		due := s.due(s.k)
		if due > now {
			return
		}
		c := s.conns[s.k%len(s.conns)]
		if c.busy || c.dead {
			continue
		}
		s.late = append(s.late, s.now()-due)
		s.ask(c)
	}
}

// ask sends the next request of a connection.
func (s *schedule) ask(c *outgoing) {
	c.due = s.due(c.next)
	c.next += len(s.conns)
	if err := c.send(); err != nil {
		s.lost(c, err)
		return
	}
	c.busy = true
	s.waiting++
}

// answered notes a complete answer, and sends the connection's next request when that was due in the meantime.
func (s *schedule) answered(c *outgoing) {
	s.took = append(s.took, s.now()-c.due)
	c.busy = false
	s.waiting--
	if c.next < s.k {
		s.ask(c)
	}
}

// lost gives a connection up; what was or will be due on it counts as an error.
func (s *schedule) lost(c *outgoing, err error) {
	if c.busy {
		c.busy = false
		s.waiting--
	}
	c.close()
	if s.first == "" {
		s.first = err.Error()
	}
}

// giveUp loses the connections that still wait.
func (s *schedule) giveUp() {
	for _, c := range s.conns {
		if c.busy {
			s.lost(c, errors.New("no answer within 10 seconds after the burst"))
		}
	}
}

func (s *schedule) result() burstResult {
	slices.Sort(s.took)
	slices.Sort(s.late)
	return burstResult{
		Sent: s.n, Errors: s.n - len(s.took), First: s.first, Late99: quantile(s.late, 0.99),
		P50: quantile(s.took, 0.5), P99: quantile(s.took, 0.99), Max: quantile(s.took, 1),
	}
}

// quantile of sorted times: the smallest that at least the part q of them does not exceed.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(q*float64(len(sorted))+0.9999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

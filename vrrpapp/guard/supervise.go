package guard

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// A guard that died is replaced: the first at once, each further one after twice the pause. So many in such a time, and no
// further one is tried.
const (
	mostDeaths  = 5
	deathWindow = 10 * time.Second
	firstPause  = 100 * time.Millisecond
	startTime   = 10 * time.Second
)

// supervise keeps a guard alive until Close. It is the goroutine of all reports.
func (g *Guard) supervise(first chan<- error) {
	defer close(g.done)
	defer g.place.Close()
	var deaths []time.Time
	for {
		err := g.guarded(first)
		g.mu.Lock()
		closing, began := g.closing, !g.memory.heard.IsZero()
		g.mu.Unlock()
		switch {
		case closing:
			if !errors.Is(err, io.EOF) {
				g.sweep()
			}
			return
		case !began:
			first <- err
			return
		}
		if err == io.EOF {
			err = errors.New("it ended by itself, as after SIGTERM")
		}
		now := time.Now()
		deaths = append(within(deaths, now.Add(-deathWindow)), now)
		if len(deaths) >= mostDeaths {
			g.giveUp(err, len(deaths))
			return
		}
		var pause time.Duration
		if n := len(deaths); n > 1 {
			pause = firstPause << (n - 2)
		}
		g.died(len(deaths), fmt.Sprintf("%v; starting another one in %v", err, pause))
		select {
		case <-g.stop:
			g.sweep()
			return
		case <-time.After(pause):
		}
	}
}

// within drops what was before.
func within(times []time.Time, since time.Time) []time.Time {
	for len(times) > 0 && times[0].Before(since) {
		times = times[1:]
	}
	return times
}

func (g *Guard) died(count int, detail string) {
	g.log.Error("vrrp guard died", "count", count, "detail", detail)
	g.opts.Report(speaker.Report{At: time.Now(), Kind: Restarted, Count: count, Detail: detail})
}

// guarded is the life of one guard. It returns why it ended: io.EOF if it ended by itself without a fault.
func (g *Guard) guarded(first chan<- error) error {
	p, err := g.spawn()
	if err != nil {
		return err
	}
	l := newLink(p.conn)
	l.late = func() { g.again(l) }
	stopped := make(chan struct{})
	var helpers sync.WaitGroup
	helpers.Go(func() { g.keepAlive(l, p, stopped) })
	helpers.Go(func() { g.relay(p.stderr) })
	opened := time.AfterFunc(startTime, p.kill)
	_, err = l.ask(command{Do: doOpen, Setup: g.setup()}, func(n news) {
		if opened.Stop(); n.err() == nil {
			g.opened(l, p, first)
		} else if n.err() != errEnded {
			p.refused = n.err()
		}
	})
	if err == nil {
		err = g.listen(l)
	}
	opened.Stop()
	g.lost(l)
	close(stopped)
	why := p.end(err)
	l.end()
	p.stderr.SetReadDeadline(time.Now().Add(patient)) // a child of the guard's could keep it open
	helpers.Wait()
	p.stderr.Close()
	return why
}

// listen reads what the guard says until the end.
func (g *Guard) listen(l *link) error {
	for {
		n, err := l.next()
		if err != nil {
			return err
		}
		if n.Log != "" {
			g.log.Warn("vrrp guard: " + n.Log)
		}
		if n.Report != nil {
			g.mu.Lock()
			news := g.memory.reported(n.Report)
			g.mu.Unlock()
			if news {
				g.opts.Report(*n.Report)
			}
		}
	}
}

// setup is what this guard is made with.
func (g *Guard) setup() *setup {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &setup{
		Adopt: g.memory.masters(), Patience: g.opts.Patience, Linger: linger,
		Realtime: g.opts.Realtime, Niceness: g.opts.Niceness, Swappable: g.opts.Swappable, CPUs: g.opts.CPUs,
	}
	if !g.memory.heard.IsZero() {
		s.Ago = time.Since(g.memory.heard)
	}
	return s
}

// opened tells a new guard what the last one knew, and lets calls reach it.
func (g *Guard) opened(l *link, p *process, first chan<- error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.memory.replay() {
		if c.Do == doReady || c.Do == doTrack {
			l.send(c)
			continue
		}
		l.ask(c, func(n news) {
			if err := n.err(); err != nil && err != errEnded {
				g.log.Error("vrrp guard: after a restart", "command", c.Do, "error", err)
			}
		})
	}
	g.log.Info("vrrp guard", "pid", p.pid())
	if g.memory.heard.IsZero() {
		first <- nil
	}
	g.memory.heard = time.Now()
	g.link = l
	g.announce()
}

// lost ends the calls to a guard, and notes when it was alive.
func (g *Guard) lost(l *link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.link == l {
		g.link = nil
		g.memory.heard = l.lastHeard()
		g.announce()
	}
}

// again puts the configuration in force that the caller of Apply believes in.
func (g *Guard) again(l *link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := command{Do: doApply, Config: g.memory.config}
	if c.Config == nil {
		c.Config = &speaker.Config{}
	}
	g.log.Warn("vrrp guard: a configuration came into force too late and is taken back")
	l.ask(c, func(n news) {
		if err := n.err(); err != nil {
			g.log.Error("vrrp guard: the configuration before", "error", err)
		}
	})
}

// keepAlive tells the guard that this process lives, and kills one that is silent for too long. Silence is counted in beats of
// our own: when this process was stopped, the guard's news are waiting to be read.
func (g *Guard) keepAlive(l *link, p *process, stopped <-chan struct{}) {
	beat := time.NewTicker(beatOf(g.opts.Patience))
	defer beat.Stop()
	last, silent := time.Time{}, 0
	for {
		select {
		case <-stopped:
			return
		case <-g.stop:
			select {
			case <-stopped:
			case <-time.After(patient / 4):
				p.kill()
			}
			return
		case <-beat.C:
		}
		if heard := l.lastHeard(); heard == last {
			silent++
		} else {
			last, silent = heard, 0
		}
		if silent > beats {
			g.log.Error("vrrp guard: stuck", "silent", g.opts.Patience)
			p.stuck.Store(true)
			p.kill()
			return
		}
		l.send(command{Do: doAlive})
	}
}

// beats is how many signs of life there are at least in the time of patience.
const beats = 10

func beatOf(patience time.Duration) time.Duration {
	return min(max(patience/beats, 10*time.Millisecond), time.Second)
}

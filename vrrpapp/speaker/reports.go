package speaker

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// mostHistory is how many changes a router remembers.
const mostHistory = 32

// report tells a piece of news of a router.
func (l *Local) report(r *router, n Report) {
	n.At = time.Now()
	if r != nil {
		n.Router = r.cfg.Name
	}
	if l.opts.Report != nil {
		l.opts.Report(n)
	}
}

// changed is a transition.
func (l *Local) changed(r *router, e *fsm.Effect) {
	n := Report{At: time.Now(), Kind: Changed, From: e.From, To: e.To, Why: e.Why, Priority: e.Priority, Router: r.cfg.Name}
	if e.Why == fsm.NoInterface || e.Why == fsm.LinkDown {
		n.Detail = "interface " + r.cfg.Interface
	}
	if r.goesOn && e.From == fsm.Init {
		n.From = fsm.Master // it was, as another machine
	}
	r.since = n.At
	if len(r.history) == mostHistory {
		copy(r.history, r.history[1:])
		r.history = r.history[:mostHistory-1]
	}
	r.history = append(r.history, n)
	switch {
	case e.To.Holds() && !r.routed:
		l.putRoutes(r) // there were no addresses to add
	case !e.To.Holds() && r.routed && !r.keeping:
		l.takeRoutes(r)
	}
	if e.To == fsm.Master {
		l.echo(r)
	}
	if r.goesOn && e.To == fsm.Init {
		return
	}
	l.report(r, n)
}

// reportGroup tells what the members of a group have become together.
func (l *Local) reportGroup(u *unit) {
	role, ok := u.together()
	if !ok || role == u.role {
		return
	}
	n := Report{At: time.Now(), Kind: Changed, Group: u.name, From: u.role, To: role}
	for _, r := range u.members {
		if len(r.history) == 0 {
			continue
		}
		last := r.history[len(r.history)-1]
		n.Priority = last.Priority
		if n.Why = last.Why; n.Why != fsm.GroupFault && n.Why != fsm.GroupMaster && n.Why != fsm.GroupBackup {
			break // the others followed this one
		}
	}
	u.role = role
	if l.opts.Report != nil {
		l.opts.Report(n)
	}
}

// saying is what is not repeated all the time: one thing of one router, about one peer.
type saying struct {
	router, what string
	peer         netip.Addr
}

// said is when that was said last, and how often it happened since.
type said struct {
	at   time.Time
	more int
}

const (
	sayEvery    = time.Minute
	mostSayings = 1000
)

// due says whether to say it, and how often it was not said since the last time.
func (l *Local) due(key saying) (more int, due bool) {
	was, known := l.said[key]
	now := time.Now()
	if known && now.Sub(was.at) < sayEvery {
		was.more++
		l.said[key] = was
		return 0, false
	}
	if len(l.said) >= mostSayings {
		clear(l.said)
	}
	l.said[key] = said{at: now}
	return was.more, true
}

// complain reports what the kernel refused, once a minute; nil is nothing.
func (l *Local) complain(r *router, what string, err error) {
	if err == nil {
		return
	}
	key := saying{what: what}
	if r != nil {
		key.router = r.cfg.Name
	}
	if more, due := l.due(key); due {
		l.report(r, Report{Kind: Failed, Count: more, Detail: what + ": " + err.Error()})
	}
}

// notice reports something about a peer, once a minute. Only then detail is asked.
func (l *Local) notice(r *router, why fsm.Reason, peer netip.Addr, detail func() string) {
	key := saying{what: string(why), peer: peer}
	if r != nil {
		key.router = r.cfg.Name
	}
	if !l.names(key) {
		key.peer, detail = netip.Addr{}, func() string { return "more peers than are named in a minute" }
	}
	if more, due := l.due(key); due {
		l.report(r, Report{Kind: Noticed, Why: why, Peer: key.peer, Count: more, Detail: detail()})
	}
}

// mostNamed is how many new peers are named in a minute for one thing of one router: sources are easily invented.
const mostNamed = 32

// names says whether a peer is to be named for it, as one more or as before.
func (l *Local) names(key saying) bool {
	if _, known := l.said[key]; known {
		return true
	}
	key.peer = netip.Addr{}
	n, now := l.named[key], time.Now()
	if now.Sub(n.at) >= sayEvery {
		n = said{at: now}
	}
	n.more++
	if len(l.named) >= mostSayings {
		clear(l.named)
	}
	l.named[key] = n
	return n.more <= mostNamed
}

// failing is called by the herald. One failure on the way to the loop is enough: the next ones say the same.
func (l *Local) failing(r *router, on string, err error) {
	if !l.grieved.CompareAndSwap(false, true) {
		return
	}
	go l.do(func() {
		l.grieved.Store(false)
		l.complain(r, "announce on "+on, err)
	})
}

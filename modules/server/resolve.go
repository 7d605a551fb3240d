package server

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// Resolve finds the addresses of a host name. Tests replace it.
type Resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)

// DefaultResolve is the system's resolver.
var DefaultResolve Resolve = net.DefaultResolver.LookupNetIP

// Host names are looked up in the background, so that no name server can stop a start: at once and again after
// resolveRetry until there is an address, then every resolveAgain, keeping the last good one (configuration.txt 5.3;
// HAProxy without `resolvers` asks once, at start, and refuses to start when there is no answer).
const (
	resolveRetry   = time.Second
	resolveAgain   = 10 * time.Second
	resolveTimeout = 5 * time.Second
)

// resolveGrace is how long Configure waits for first answers, so that names from /etc/hosts or a near name server are
// there with the first request.
const resolveGrace = 50 * time.Millisecond

// watchName looks up s's name until the target changes or the backend is closed. The returned channel is closed after
// the first try. The backend is locked.
func (s *Server) watchName(c *compiled) <-chan struct{} {
	b, tried := s.backend, make(chan struct{})
	lookup := b.settings.Resolve
	if lookup == nil {
		lookup = DefaultResolve
	}
	b.background.Add(1)
	go func() {
		defer b.background.Done()
		ok := s.lookUp(c, lookup)
		close(tried)
		for s.target.Load() == c {
			wait := resolveRetry
			if ok {
				wait = resolveAgain
			}
			if !b.sleep(wait) {
				return
			}
			ok = s.lookUp(c, lookup)
		}
	}()
	return tried
}

// awaitNames waits a little for first lookups, then says which servers cannot be used yet.
func (b *Backend) awaitNames(waiting map[*Server]<-chan struct{}) {
	if len(waiting) == 0 {
		return
	}
	timer := time.NewTimer(resolveGrace)
	defer timer.Stop()
	for _, tried := range waiting {
		select {
		case <-tried:
			continue
		case <-timer.C:
			timer.Reset(0) // the others get no more time
		case <-b.ctx.Done():
		}
	}
	b.mu.Lock()
	defer b.unlock()
	for s := range waiting {
		if s.admin&ResolveMaint != 0 && s.index >= 0 {
			s.unresolved = true
			s.say(levelWarning, "'server "+b.name+"/"+s.name+"' : could not resolve address '"+
				s.target.Load().target.Host+"', disabling server.")
		}
	}
}

// sleep returns false when the backend is closed meanwhile.
func (b *Backend) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-b.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func (s *Server) lookUp(c *compiled, lookup Resolve) bool {
	ctx, cancel := context.WithTimeout(s.backend.ctx, resolveTimeout)
	defer cancel()
	network := "ip"
	switch c.target.Family {
	case "ipv4":
		network = "ip4"
	case "ipv6":
		network = "ip6"
	}
	list, err := lookup(ctx, network, c.target.Host)
	if err != nil || len(list) == 0 {
		return false
	}
	s.setAddress(c, prefer(list, c.cfg.ResolvePrefer, s.addr.Load()))
	return true
}

// prefer takes the address in use when it is still there, else the first of the wanted family, else the first.
func prefer(list []netip.Addr, family string, now *netip.Addr) netip.Addr {
	best := list[0].Unmap()
	bestFits := false
	for _, a := range list {
		a = a.Unmap()
		if now != nil && a == *now {
			return a
		}
		if fits := a.Is4() == (family == "ipv4"); fits && !bestFits {
			best, bestFits = a, true
		}
	}
	return best
}

// setAddress takes over what c's name resolved to, and ends the maintenance for want of an address.
func (s *Server) setAddress(c *compiled, ip netip.Addr) {
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	if s.target.Load() != c || s.index < 0 {
		return
	}
	old := s.addr.Swap(&ip)
	if old != nil && old.IsValid() && *old != ip {
		s.say(levelNotice, b.name+"/"+s.name+" changed its IP from "+old.String()+" to "+ip.String()+" by DNS.")
	}
	if s.admin&ResolveMaint == 0 {
		return
	}
	if s.unresolved {
		s.unresolved = false
		s.leaveMaint(ResolveMaint, 0)
		return
	}
	s.admin &^= ResolveMaint // the first answer: nobody has been told that it was missing
	s.down = s.admin&Maint != 0
	s.settle(func() { b.handOver(s) })
}

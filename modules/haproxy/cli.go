package haproxy

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

// cliSocket is one address of a `stats socket` line.
type cliSocket struct {
	key     string
	address string
	bind    *BindOptions
	options stats.Options
	open    func() (net.Listener, error)
}

// cliSockets compiles the `stats socket` lines.
func (b *builder) cliSockets() {
	g := &b.cfg.Global
	timeout := time.Duration(g.StatsTimeout)
	if timeout == 0 {
		timeout = defaultStatsTimeout
	}
	for _, s := range g.StatsSocket {
		level, ok := stats.ParseLevel(s.Level)
		if !ok {
			b.failf(s.Pos, "'stats socket' : unknown level '%s'", s.Level)
		}
		severity, ok := stats.ParseSeverity(s.SeverityOutput)
		if !ok {
			b.failf(s.Pos, "'stats socket' : unknown severity-output '%s'", s.SeverityOutput)
		}
		for _, a := range s.Address {
			for port := range a.Ports {
				na := a.NetworkAddress(port, s.V4V6)
				opts := &s.BindOptions
				b.out.sockets = append(b.out.sockets, &cliSocket{
					key: na + opts.socketKey(), address: a.String(), bind: opts,
					options: stats.Options{Level: level, Severity: severity, Timeout: timeout, Bufsize: b.out.snap.Global.Bufsize},
					open:    func() (net.Listener, error) { return open(na, opts, b.out.free) },
				})
			}
		}
	}
}

// Defaults of `stats timeout` and `stats maxconn` (configuration.txt 3.1).
const (
	defaultStatsTimeout = 10 * time.Second
	defaultStatsMaxconn = 10
)

// cli holds the open stats sockets of the process and the connections to them. It outlives reloads.
type cli struct {
	mu       sync.Mutex
	ports    map[string]*cliPort
	conns    map[net.Conn]struct{}
	slots    chan struct{} // one element for each connection that is served
	wg       sync.WaitGroup
	served   atomic.Int64
	commands atomic.Int64
}

// cliPort is an open stats socket.
type cliPort struct {
	ln   net.Listener
	cur  atomic.Pointer[cliSocket]
	stop chan struct{}
}

// adopt opens the sockets that nobody has open yet and returns their keys. On an error none of them stays open.
func (c *cli) adopt(list []*cliSocket, maxconn int) (opened []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ports == nil {
		c.ports, c.conns = make(map[string]*cliPort), make(map[net.Conn]struct{})
	}
	if n := cmp.Or(maxconn, defaultStatsMaxconn); cap(c.slots) != n {
		c.slots = make(chan struct{}, n)
	}
	for _, s := range list {
		if c.ports[s.key] != nil {
			continue
		}
		ln, err := s.open()
		if err != nil {
			c.drop(opened)
			return nil, fmt.Errorf("stats socket: cannot bind %s: %w", s.address, err)
		}
		p := &cliPort{ln: ln, stop: make(chan struct{})}
		p.cur.Store(s)
		c.ports[s.key] = p
		opened = append(opened, s.key)
		c.wg.Add(1)
		go c.accept(p)
	}
	return opened, nil
}

// point puts the options of list in force.
func (c *cli) point(list []*cliSocket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range list {
		if p := c.ports[s.key]; p != nil {
			p.cur.Store(s)
		}
	}
}

// keep closes the sockets that are not in list, and puts its options in force.
func (c *cli) keep(list []*cliSocket) {
	c.point(list)
	c.mu.Lock()
	defer c.mu.Unlock()
	keep := make(map[string]bool, len(list))
	for _, s := range list {
		keep[s.key] = true
	}
	var gone []string
	for key := range c.ports {
		if !keep[key] {
			gone = append(gone, key)
		}
	}
	c.drop(gone)
}

// forget closes sockets that adopt has opened.
func (c *cli) forget(keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(keys)
}

// drop closes sockets. c is locked.
func (c *cli) drop(keys []string) {
	for _, key := range keys {
		p := c.ports[key]
		delete(c.ports, key)
		close(p.stop)
		p.ln.Close()
	}
}

// close ends everything and waits for it.
func (c *cli) close() {
	c.keep(nil)
	c.mu.Lock()
	for conn := range c.conns {
		conn.Close()
	}
	c.mu.Unlock()
	c.wg.Wait()
}

// list tells what is open, for `show cli sockets`.
func (c *cli) list() []stats.Socket {
	b := proc.ruling.Load()
	if b == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []stats.Socket
	for _, s := range b.sockets {
		if p := c.ports[s.key]; p != nil {
			out = append(out, stats.Socket{Name: socketName(p.ln.Addr()), Level: s.options.Level})
		}
	}
	return out
}

// socketName is an address as `show cli sockets` writes it.
func socketName(a net.Addr) string {
	switch a := a.(type) {
	case *net.UnixAddr:
		if len(a.Name) > 0 && a.Name[0] == '@' {
			return "abns" + a.Name
		}
		return "unix@" + a.Name
	case *net.TCPAddr:
		if a.IP.To4() != nil {
			return "ipv4@" + a.String()
		}
		return fmt.Sprintf("ipv6@%s:%d", a.IP, a.Port)
	}
	return a.String()
}

func (c *cli) accept(p *cliPort) {
	defer c.wg.Done()
	for {
		c.mu.Lock()
		slots := c.slots
		c.mu.Unlock()
		select {
		case slots <- struct{}{}:
		case <-p.stop:
			return
		}
		conn, err := p.ln.Accept()
		if err != nil {
			<-slots
			select {
			case <-p.stop:
				return
			default:
			}
			if errors.Is(err, net.ErrClosed) {
				return
			}
			slog.Warn("accept", "stats socket", p.cur.Load().address, "error", err)
			time.Sleep(10 * time.Millisecond)
			continue
		}
		c.wg.Add(1)
		go c.serve(p, conn, slots)
	}
}

func (c *cli) serve(p *cliPort, conn net.Conn, slots chan struct{}) {
	defer c.wg.Done()
	defer func() { <-slots }()
	c.mu.Lock()
	c.conns[conn] = struct{}{}
	c.mu.Unlock()
	c.served.Add(1)
	stats.Serve(source{}, conn, p.cur.Load().options)
	c.mu.Lock()
	delete(c.conns, conn)
	c.mu.Unlock()
}

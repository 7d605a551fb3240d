package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// proberPlan is what a prober asks: nothing of a program that has only health checks.
type proberPlan struct{ Targets []target }

// target is a Caddy.
type target struct {
	Admin string // path of the unix socket of its admin API
	TLS   string // address of its https site
}

// proberReady is where the prober's server waits for health checks.
type proberReady struct{ Check int }

// proberOrder lets it probe for a time.
type proberOrder struct{ For time.Duration }

// probed is what the probes of one target showed; of the first also the health checks that came meanwhile.
type probed struct{ Admin, TLS, Check probes }

// probes are the times of one kind.
type probes struct {
	Count    int
	P50, P99 time.Duration
}

// probePause is between two probes of a kind.
const probePause = 10 * time.Millisecond

// prober measures Caddies from outside, and is a server that is checked.
type prober struct {
	targets []target
	checks  checkServer
}

func (p *prober) open(plan json.RawMessage) (any, error) {
	var pl proberPlan
	if err := json.Unmarshal(plan, &pl); err != nil {
		return nil, err
	}
	p.targets = pl.Targets
	port, err := p.checks.start()
	return proberReady{Check: port}, err
}

func (p *prober) do(order json.RawMessage) (any, error) {
	var o proberOrder
	if err := json.Unmarshal(order, &o); err != nil {
		return nil, err
	}
	p.checks.take()
	until := time.Now().Add(o.For)
	list := make([]probed, max(len(p.targets), 1))
	errs := make([]error, 2*len(p.targets))
	var wait sync.WaitGroup
	for i, t := range p.targets {
		admin := adminClient(t.Admin)
		defer admin.CloseIdleConnections()
		wait.Go(func() { list[i].Admin, errs[2*i] = repeat(until, func() error { return askAdmin(admin) }) })
		wait.Go(func() { list[i].TLS, errs[2*i+1] = repeat(until, func() error { return handshake(t.TLS) }) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	time.Sleep(time.Until(until))
	list[0].Check = summarise(p.checks.take())
	return list, nil
}

// repeat probes until a time.
func repeat(until time.Time, probe func() error) (probes, error) {
	var took []time.Duration
	for time.Now().Before(until) {
		begin := time.Now()
		if err := probe(); err != nil {
			return probes{}, err
		}
		took = append(took, time.Since(begin))
		time.Sleep(probePause)
	}
	return summarise(took), nil
}

func summarise(took []time.Duration) probes {
	slices.Sort(took)
	return probes{Count: len(took), P50: quantile(took, 0.5), P99: quantile(took, 0.99)}
}

// adminClient talks to a Caddy's admin API on a unix socket.
func adminClient(socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
}

// askAdmin reads the configuration.
func askAdmin(c *http.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/config/", nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || n == 0 || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the admin API answers %s with %d bytes, %v", resp.Status, n, err)
	}
	return nil
}

// handshake opens a connection and shakes hands, without a ticket of an earlier one.
func handshake(addr string) error {
	c, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	// The certificate is of an authority that was made for this run.
	return tls.Client(c, &tls.Config{ServerName: siteName, InsecureSkipVerify: true}).Handshake()
}

// checkServer answers health checks and notes how long the checker takes for each.
type checkServer struct {
	mu   sync.Mutex
	took []time.Duration
}

// start listens on a free port, which it returns, as long as the process lives.
func (s *checkServer) start() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c, time.Now())
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// take returns the times so far, and forgets them.
func (s *checkServer) take() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := s.took
	s.took = nil
	return took
}

// serve answers one check. Its time ends when the checker closes: it has then understood the answer.
func (s *checkServer) serve(c net.Conn, begin time.Time) {
	defer c.Close()
	if err := c.SetDeadline(begin.Add(10 * time.Second)); err != nil {
		return
	}
	buf := make([]byte, 4096)
	if n, err := c.Read(buf); err != nil || n == 0 {
		return // only looked whether somebody listens
	}
	if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nup\n"); err != nil {
		return
	}
	// haproxy resets the connection, which is an end too.
	_, _ = c.Read(buf)
	took := time.Since(begin)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, took)
}

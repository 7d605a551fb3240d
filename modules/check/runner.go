package check

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// Checker is one type of check, a guest module in haproxy.checks.
type Checker interface {
	// Talk says what it finds on a connection that was opened for it. The connection has its deadline; the caller closes
	// it and measures the time.
	Talk(conn net.Conn, s *server.Server) server.CheckResult
}

// Backend is one backend whose servers are to be checked.
type Backend struct {
	Backend *server.Backend
	Checker Checker
	Connect time.Duration // timeout connect
	Timeout time.Duration // timeout check, 0: none
}

// Options are the global settings of checks.
type Options struct {
	Spread    int           // spread-checks: each interval varies by up to this percentage
	MaxSpread time.Duration // max-spread-checks: the first checks come within this time; 0: within the shortest interval
	// Dial replaces net.Dialer.DialContext, for tests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Runner checks all servers of a configuration, with one goroutine for each.
type Runner struct {
	opts   Options
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// Start begins the checks. A server that was already checked goes on in its rhythm; the first checks of the others are
// spread over the shortest interval of all.
func Start(list []Backend, opts Options) *Runner {
	if opts.Dial == nil {
		opts.Dial = new(net.Dialer).DialContext
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Runner{opts: opts, cancel: cancel}
	jobs := r.jobs(list)
	span := r.span(jobs)
	for i, j := range jobs {
		first := span * time.Duration(i) / time.Duration(len(jobs))
		if next, ok := j.server.NextCheck(time.Now()); ok {
			first = next
		}
		r.wg.Add(1)
		go func() {
			defer r.wg.Done()
			r.loop(ctx, j, first)
		}()
	}
	return r
}

// Stop ends the checks and waits until the last one has let go. Their servers keep their state.
func (r *Runner) Stop() {
	r.cancel()
	r.wg.Wait()
}

type job struct {
	*Backend
	server *server.Server
}

func (r *Runner) jobs(list []Backend) []job {
	var jobs []job
	for i := range list {
		for _, s := range list[i].Backend.Servers() {
			if s.Config().Check {
				jobs = append(jobs, job{&list[i], s})
			}
		}
	}
	return jobs
}

// span is the time over which the first checks are spread (configuration.txt 3.2, max-spread-checks).
func (r *Runner) span(jobs []job) time.Duration {
	span := r.opts.MaxSpread
	for _, j := range jobs {
		if d := j.server.CheckInterval(); span == 0 || d < span {
			span = d
		}
	}
	return span
}

func (r *Runner) loop(ctx context.Context, j job, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		begun := time.Now()
		if j.server.CheckBegins(begun) {
			r.once(ctx, j, begun)
		}
		timer.Reset(max(0, r.vary(j.server.CheckInterval())-time.Since(begun)))
	}
}

// vary moves an interval by up to Spread percent.
func (r *Runner) vary(d time.Duration) time.Duration {
	if r.opts.Spread <= 0 {
		return d
	}
	return d + time.Duration((2*rand.Float64()-1)*float64(d)*float64(r.opts.Spread)/100)
}

func (r *Runner) once(ctx context.Context, j job, begun time.Time) {
	res, ok := r.probe(ctx, j, begun)
	if !ok || ctx.Err() != nil {
		j.server.CheckAborted()
		return
	}
	res.Duration = time.Since(begun)
	j.server.CheckDone(res)
}

// probe connects and lets the checker talk; false: there is no address to connect to.
//
// With timeout check the connect may take min(timeout connect, inter), and the answer until that time or timeout check
// after the connect, whichever is later: so HAProxy 2.6 does it, the manual says the latter only. Without it the interval
// bounds both together.
func (r *Runner) probe(ctx context.Context, j job, begun time.Time) (server.CheckResult, bool) {
	to, ok := j.server.CheckEndpoint()
	if !ok {
		return server.CheckResult{}, false
	}
	limit := j.server.Config().CheckInter()
	if j.Timeout > 0 && j.Connect > 0 {
		limit = min(limit, j.Connect)
	}
	deadline := begun.Add(limit)
	dialCtx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	conn, err := r.dial(dialCtx, to)
	if err != nil {
		return connectFailure(err, to.IsUnix()), true
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	if j.Timeout > 0 {
		if later := time.Now().Add(j.Timeout); later.After(deadline) {
			deadline = later
		}
	}
	conn.SetDeadline(deadline)
	return j.Checker.Talk(conn, j.server), true
}

func (r *Runner) dial(ctx context.Context, to server.Endpoint) (net.Conn, error) {
	if to.IsUnix() {
		return r.opts.Dial(ctx, "unix", to.Unix)
	}
	return r.opts.Dial(ctx, "tcp", to.Addr.String())
}

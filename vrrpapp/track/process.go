package track

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

func init() { caddy.RegisterModule(new(Process)) }

// Process is a vrrp_track_process: it is up while as many processes of that name run as there should.
//
// The kernel tells of processes that come and go (the proc connector). It does so only with CAP_NET_ADMIN and outside of
// network namespaces and containers; elsewhere, where keepalived 2.2.7 sees no process start or end, /proc is read every half
// second, and a warning says so.
type Process struct {
	Weighing
	// Process is the name, as in /proc/PID/comm, which has at most 15 bytes; or, with parameters, ParamMatch or FullCommand,
	// the first word of the command line, as it was typed ("haproxy" is not "/usr/sbin/haproxy"), and parameters (process).
	Process []string `json:"process"`
	// ParamMatch is how parameters are compared: "" all are equal, "partial" the first ones are, "initial" the same and the last
	// may be longer (param_match). Without parameters "partial" and "initial" take any, other than the manual says.
	ParamMatch string `json:"param_match,omitempty"`
	// Quorum is how many must run at least, QuorumMax at most (quorum, quorum_max). Default 1 and any number; QuorumMax 0 is
	// down while one runs.
	Quorum    int  `json:"quorum,omitempty"`
	QuorumMax *int `json:"quorum_max,omitempty"`
	// ForkDelay is how long the quorum must have been there before it is up, TerminateDelay how long it must have been lost
	// (fork_delay, terminate_delay, delay). Default 0.
	ForkDelay      duration.Duration `json:"fork_delay,omitempty"`
	TerminateDelay duration.Duration `json:"terminate_delay,omitempty"`
	// FullCommand compares the command line, not the name (full_command).
	FullCommand bool `json:"full_command,omitempty"`

	log *slog.Logger
}

// CaddyModule registers the tracker.
func (*Process) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "vrrp.trackers.process", New: func() caddy.Module { return new(Process) }}
}

// Provision fills in the defaults.
func (p *Process) Provision(ctx caddy.Context) error {
	p.log = ctx.Slogger()
	if p.Quorum == 0 && (p.QuorumMax == nil || *p.QuorumMax > 0) {
		p.Quorum = 1
	}
	return nil
}

// Validate refuses what can never be met.
func (p *Process) Validate() error {
	switch {
	case len(p.Process) == 0 || p.Process[0] == "":
		return errors.New("a process tracker needs a process")
	case p.Quorum < 0:
		return fmt.Errorf("quorum %d", p.Quorum)
	case p.QuorumMax != nil && *p.QuorumMax < p.Quorum:
		return fmt.Errorf("quorum %d and quorum_max %d can never be met", p.Quorum, *p.QuorumMax)
	case p.ParamMatch != "" && p.ParamMatch != "initial" && p.ParamMatch != "partial":
		return fmt.Errorf("param_match %s: initial or partial", p.ParamMatch)
	case p.ForkDelay < 0 || p.TerminateDelay < 0:
		return errors.New("negative delay")
	}
	return nil
}

// DefaultWeight is weight and reverse.
func (p *Process) DefaultWeight() (int, bool) { return p.or(0) }

// Check warns of a name that no process can have.
func (p *Process) Check(script.Rules) (warnings []string, err error) {
	if name := p.Process[0]; !p.byLine() && len(name) > 15 {
		warnings = []string{fmt.Sprintf("no process is named %s: the kernel keeps 15 bytes, %s", name, name[:15])}
	}
	return warnings, nil
}

// byLine is whether command lines are compared.
func (p *Process) byLine() bool { return p.FullCommand || len(p.Process) > 1 || p.ParamMatch != "" }

// Run watches until ctx is done.
func (p *Process) Run(ctx context.Context, tell func(Verdict)) {
	told, end, err := processNews()
	if err != nil {
		p.log.Warn("the kernel does not tell of processes here: /proc is read instead", "interval", look, "error", err)
	} else {
		defer end()
	}
	all := processes{Process: p}
	all.scan() // after the subscription, so that none is missed
	q := quorum{Process: p, tell: tell}
	q.count(len(all.found), true)
	t := time.NewTicker(look)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case n, ok := <-told:
			if ok {
				all.take(n)
			} else {
				told = nil
			}
		case <-t.C:
			if told == nil {
				all.scan()
			}
		case <-q.due():
			q.settle()
		}
		q.count(len(all.found), false)
	}
}

// quorum turns a number of processes into verdicts.
type quorum struct {
	*Process
	tell  func(Verdict)
	n     int
	up    bool
	delay *time.Timer // runs while n says other than up
}

// count takes a number. The first counts at once.
func (q *quorum) count(n int, first bool) {
	q.n = n
	up := n >= q.Quorum && (q.QuorumMax == nil || n <= *q.QuorumMax)
	if first {
		q.up = up
		q.say()
		return
	}
	if up == q.up {
		if q.delay != nil {
			q.delay.Stop()
			q.delay = nil
		}
		return
	}
	if q.delay == nil {
		wait := q.TerminateDelay
		if up {
			wait = q.ForkDelay
		}
		q.delay = time.NewTimer(time.Duration(wait))
	}
}

func (q *quorum) due() <-chan time.Time {
	if q.delay == nil {
		return nil
	}
	return q.delay.C
}

func (q *quorum) settle() {
	q.delay = nil
	q.up = !q.up
	q.say()
}

func (q *quorum) say() {
	q.tell(Verdict{Up: q.up, Why: fmt.Sprintf("%d processes %s", q.n, q.Process.Process[0])})
}

var (
	_ Tracker           = (*Process)(nil)
	_ Weigher           = (*Process)(nil)
	_ Checker           = (*Process)(nil)
	_ caddy.Provisioner = (*Process)(nil)
	_ caddy.Validator   = (*Process)(nil)
)

package track

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

func init() { caddy.RegisterModule(new(Script)) }

// grace is how long a script has between SIGTERM and SIGKILL.
const grace = 2 * time.Second

// Script is a vrrp_script: a command that is run again and again. It is up after an exit status of 0.
//
// A run that takes longer than Timeout gets SIGTERM with its process group, two seconds later SIGKILL, and counts as a failure when
// it has ended, all as with keepalived 2.2.7. There are never two at once: a run that is due meanwhile is left out. (keepalived
// 2.2.7 logs "skipping run", too, and was seen to start another one beside it all the same.)
//
// A script that is not there, not executable for its user, or refused by enable_script_security, is as if it were not
// configured, as with keepalived: see Check.
type Script struct {
	Weighing
	// Command is the program, an absolute path, and its arguments (script).
	Command []string `json:"command"`
	// Interval is between two starts (interval). Default 1s.
	Interval duration.Duration `json:"interval,omitempty"`
	// Timeout ends a run and makes it a failure (timeout). Default Interval.
	Timeout duration.Duration `json:"timeout,omitempty"`
	// Rise and Fall are how many runs in a row must succeed or fail to make a change (rise, fall). Default 1. The first run
	// decides alone.
	Rise int `json:"rise,omitempty"`
	Fall int `json:"fall,omitempty"`
	// InitFailed takes it for down until its first run has ended (init_fail).
	InitFailed bool `json:"init_fail,omitempty"`
	// User and Group run it (user). Default script_user; the group is the user's.
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
	// StopIsFailure makes a command in a shell script that would stop keepalived (see StopsKeepalived for which) the script's
	// failure: the shell is given the script's text with such commands replaced by ones that end the script. keepalived has no
	// such word: the script stopped it.
	StopIsFailure bool `json:"stop_is_failure,omitempty"`

	program *script.Program
	refused error
	stopper stopper
}

// CaddyModule registers the tracker.
func (*Script) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "vrrp.trackers.script", New: func() caddy.Module { return new(Script) }}
}

// Provision fills in the defaults.
func (s *Script) Provision(caddy.Context) error {
	atLeast(&s.Interval, time.Second)
	if s.Timeout == 0 {
		s.Timeout = s.Interval
	}
	s.Rise, s.Fall = max(1, s.Rise), max(1, s.Fall)
	return nil
}

// Validate refuses what cannot be run.
func (s *Script) Validate() error {
	switch {
	case len(s.Command) == 0 || s.Command[0] == "":
		return errors.New("a script tracker needs a command")
	case s.Interval < 0 || s.Timeout < 0:
		return fmt.Errorf("negative interval or timeout")
	}
	return nil
}

// DefaultWeight is weight and reverse.
func (s *Script) DefaultWeight() (int, bool) { return s.or(0) }

// InitFail is init_fail.
func (s *Script) InitFail() bool { return s.InitFailed }

// Check makes the script ready to run.
func (s *Script) Check(rules script.Rules) (warnings []string, err error) {
	s.program, warnings, s.refused = rules.Ready(script.Script{Command: s.Command, User: s.User, Group: s.Group})
	if s.refused != nil {
		return warnings, s.refused
	}
	s.stopper.command = s.program.Args()
	if line, ok := StopsKeepalived(s.program.Args()[0]); ok && !s.StopIsFailure {
		warnings = append(warnings, fmt.Sprintf("%s:%d: it stops keepalived, which cannot stop this program: set stop_is_failure", s.program.Args()[0], line))
	}
	return warnings, nil
}

// Run runs it until ctx is done.
func (s *Script) Run(ctx context.Context, tell func(Verdict)) {
	if s.program == nil && s.refused == nil { // nobody asked
		s.Check(script.Rules{})
	}
	if s.refused != nil {
		tell(Verdict{Why: s.refused.Error()})
		<-ctx.Done()
		return
	}
	c := counter{rise: s.Rise, fall: s.Fall, tell: tell}
	every(ctx, time.Duration(s.Interval), func() {
		program, why := s.next()
		r := program.Run(ctx, time.Duration(s.Timeout), grace)
		if ctx.Err() == nil { // else it was ended by us
			c.count(r.OK(), r.String()+why)
		}
	})
}

// next is what to run, and what to add to what came of it.
func (s *Script) next() (p *script.Program, why string) {
	if s.StopIsFailure {
		if args, line := s.stopper.words(); line > 0 {
			return s.program.With(args...), fmt.Sprintf(" (line %d stops keepalived)", line)
		}
	}
	return s.program, ""
}

var (
	_ Tracker           = (*Script)(nil)
	_ Weigher           = (*Script)(nil)
	_ InitFailer        = (*Script)(nil)
	_ Checker           = (*Script)(nil)
	_ caddy.Provisioner = (*Script)(nil)
	_ caddy.Validator   = (*Script)(nil)
)

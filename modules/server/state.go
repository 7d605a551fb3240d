package server

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// oper is what the checks say about a server.
type oper uint8

const (
	running  oper = iota
	stopping      // answers 404 with disable-on-404: persistent sessions only
	stopped
)

// Admin is a server's administrative state: a set of reasons not to use it.
type Admin uint8

// The reasons for a server not to be ready.
const (
	ForcedMaint  Admin = 1 << iota // set to maintenance at run time
	ConfigMaint                    // `disabled` on the server line
	ResolveMaint                   // its host name has no address
	ForcedDrain                    // set to drain at run time
)

// Maint are the reasons for which a server takes nothing at all.
const Maint = ForcedMaint | ConfigMaint | ResolveMaint

// Mode is an administrative state that can be set at run time.
type Mode uint8

// The modes of `set server ... state` and of the stats page.
const (
	Ready Mode = iota
	Drain
	Maintenance
)

// Levels of syslog that state changes are logged with.
const (
	levelEmerg   = 0
	levelAlert   = 1
	levelWarning = 4
	levelNotice  = 5
)

// SetMode sets the administrative state (CLI: set server b/s state ready|drain|maint).
func (s *Server) SetMode(m Mode) {
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	if s.index < 0 {
		return
	}
	switch m {
	case Ready:
		s.leaveMaint(ForcedMaint|ConfigMaint, ForcedDrain)
		s.leaveDrain()
	case Drain:
		s.enterDrain()
		s.leaveMaint(ForcedMaint|ConfigMaint, 0)
	case Maintenance:
		s.enterMaint(ForcedMaint)
		s.admin &^= ForcedDrain // it does not come back after the maintenance
	}
}

func (s *Server) enterMaint(why Admin) {
	if s.admin&why != 0 {
		return
	}
	already, level := s.admin&Maint != 0, levelAlert
	if s.admin&ForcedDrain != 0 {
		level = levelNotice
	}
	s.admin |= why
	s.checking = false
	if already {
		return
	}
	s.account()
	if s.oper == stopped {
		s.say(levelNotice, s.title()+" was DOWN and now enters maintenance.")
		s.settle(func() {})
		return
	}
	s.downs++
	s.settle(func() {
		s.say(level, s.title()+" is going DOWN for maintenance."+s.tailDown(s.requeue()))
	})
}

// leaveMaint takes reasons for maintenance away; the server is then up as at a start, until its first check. The reasons
// in drain are about to be taken away, too.
func (s *Server) leaveMaint(why, drain Admin) {
	if s.admin&why == 0 {
		return
	}
	s.admin &^= why
	if s.admin&Maint != 0 {
		return
	}
	s.oper, s.health = running, s.config.Load().rise()
	mode := "READY"
	if s.admin&ForcedDrain&^drain != 0 {
		mode = "DRAIN"
	}
	s.admin &^= drain
	s.account()
	s.settle(func() {
		title, cause := s.title(), "leaving forced maintenance"
		if why == ResolveMaint {
			title, cause = title+" ('"+s.target.Load().target.Host+"')", "resolves again"
		}
		s.say(levelNotice, fmt.Sprintf("%s is UP/%s (%s).", title, mode, cause))
		if mode == "DRAIN" {
			s.say(levelNotice, s.title()+" remains in forced drain mode.")
		}
		s.backend.handOver(s)
	})
}

func (s *Server) enterDrain() {
	if s.admin&ForcedDrain != 0 {
		return
	}
	s.admin |= ForcedDrain
	if s.admin&Maint != 0 {
		return
	}
	s.account()
	s.settle(func() {
		tail := s.tailUp(0)
		if s.oper == stopped {
			tail = s.tailDown(0)
		}
		s.say(levelNotice, s.title()+" enters drain state."+tail)
	})
}

func (s *Server) leaveDrain() {
	if s.admin&ForcedDrain == 0 {
		return
	}
	s.admin &^= ForcedDrain
	if s.admin&Maint != 0 {
		return
	}
	s.account()
	s.settle(func() {
		state := "UP"
		if s.oper == stopped {
			state = "DOWN"
		}
		s.say(levelNotice, fmt.Sprintf("%s is %s (leaving forced drain).", s.title(), state))
		s.backend.handOver(s)
	})
}

// setOper moves the server to what the checks say; reason follows the sentence.
func (s *Server) setOper(o oper, reason string) {
	quiet := s.admin&ForcedDrain != 0 || s.oper == stopping // nobody relied on it any more
	s.oper = o
	s.account()
	if o == stopped {
		s.downs++
	}
	s.settle(func() {
		switch o {
		case stopped:
			level := levelAlert
			if quiet {
				level = levelNotice
			}
			s.say(level, s.title()+" is DOWN"+reason+"."+s.tailDown(s.requeue()))
		case stopping:
			s.say(levelNotice, s.title()+" is stopping"+reason+"."+s.tailUp(0))
		default:
			n := s.backend.handOver(s)
			s.say(levelNotice, s.title()+" is UP"+reason+"."+s.tailUp(n))
		}
		if s.admin&ForcedDrain != 0 {
			s.say(levelNotice, s.title()+" remains in forced drain mode.")
		}
	})
}

// SetWeight sets the weight at run time, 0 to 256. Nothing is logged, but the end of the last usable server.
func (s *Server) SetWeight(weight int) error {
	if weight < 0 || weight > maxWeight {
		return fmt.Errorf("weight can only be between 0 and %d", maxWeight)
	}
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	if lb, ok := b.lb.(interface{ Static() bool }); ok && lb.Static() && weight != 0 && weight != s.config.Load().weight() {
		//lint:ignore ST1005 HAProxy's words, which the CLI prints
		return errors.New("Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.")
	}
	s.userWeight = weight
	s.settle(func() { b.handOver(s) })
	return nil
}

// SetChecks turns the health checks of a server that has them on or off at run time (CLI: enable health, disable health).
func (s *Server) SetChecks(on bool) {
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	s.checksOff = !on
	s.publish()
}

// settle recounts the backend after a change of s, says what has happened, and tells when the last server is gone.
func (s *Server) settle(tell func()) {
	b := s.backend
	had := b.usable.Load()
	b.recount()
	tell()
	now := b.usable.Load()
	if (had == 0) == (now == 0) {
		return
	}
	b.accountUse(had > 0)
	if now == 0 {
		b.downCount++
		kind := "backend"
		if b.settings.Listen {
			kind = "proxy"
		}
		b.say = append(b.say, saying{levelEmerg, kind + " " + b.name + " has no server available!"})
	}
}

// account adds the time in the state that ends now.
func (s *Server) account() {
	now := time.Now()
	if s.down {
		s.downTime += now.Sub(s.lastChange)
	}
	s.lastChange = now
	s.down = s.admin&Maint != 0 || s.oper == stopped
}

func (b *Backend) accountUse(wasUp bool) {
	now := time.Now()
	if !wasUp {
		b.downTime += now.Sub(b.lastChange)
	}
	b.lastChange = now
}

// requeue puts the sessions that wait for s out of its queue, with option redispatch: they look for another server.
// Without it they go on waiting for it, also in maintenance.
func (s *Server) requeue() int {
	b, n := s.backend, 0
	if !b.settings.Redispatch {
		return 0
	}
	for s.queue.head != nil {
		w := s.queue.head
		b.unqueue(w, false)
		b.wake = append(b.wake, w.Waker)
		n++
	}
	return n
}

func (s *Server) say(level int, msg string) {
	s.backend.say = append(s.backend.say, saying{level, msg})
}

// title begins every sentence about s.
func (s *Server) title() string {
	kind := "Server "
	if s.config.Load().Backup {
		kind = "Backup Server "
	}
	return kind + s.backend.name + "/" + s.name
}

func (s *Server) tailDown(requeued int) string {
	return fmt.Sprintf(" %s left.%s %d sessions active, %d requeued, %d remaining in queue.",
		s.backend.census(), s.backend.onBackup(), s.Sessions.Load(), requeued, s.queue.n.Load())
}

func (s *Server) tailUp(requeued int) string {
	return fmt.Sprintf(" %s online.%s %d sessions requeued, %d total in queue.",
		s.backend.census(), s.backend.onBackup(), requeued, s.queue.n.Load())
}

func (b *Backend) census() string {
	return fmt.Sprintf("%d active and %d backup servers", b.active.Load(), b.backups.Load())
}

func (b *Backend) onBackup() string {
	if b.active.Load() == 0 && b.backups.Load() > 0 {
		return " Running on backup."
	}
	return ""
}

// reason is the middle of a sentence about a check. With option log-health-checks the check has its own sentence.
func (s *Server) reason(r CheckResult) string {
	if s.backend.settings.LogHealth {
		return ""
	}
	return ", " + explain(r)
}

func explain(r CheckResult) string {
	text := "reason: " + r.Status.Text()
	if r.Status.HasCode() && r.Code != 0 {
		text += fmt.Sprintf(", code: %d", r.Code)
	}
	if r.Info != "" {
		text += `, info: "` + printable(r.Info) + `"`
	}
	return text + fmt.Sprintf(", check duration: %dms", r.Duration.Milliseconds())
}

// printable writes control characters, quotes and bytes beyond ASCII as <XX>.
func printable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' {
			fmt.Fprintf(&b, "<%02X>", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// logHealth says what a check found, with option log-health-checks, whenever that is new.
func (s *Server) logHealth(r CheckResult, ok bool) {
	if !s.backend.settings.LogHealth {
		return
	}
	kind, verb := "", "failed"
	if s.config.Load().Backup {
		kind = "backup "
	}
	if ok {
		verb = "succeeded"
		if r.Status == CheckL7OKCond {
			verb = "conditionally succeeded"
		}
	}
	c := s.config.Load()
	at, of, state := s.health, c.rise(), "DOWN"
	if s.health >= c.rise() {
		at, of, state = s.health-c.rise()+1, c.fall(), "UP"
	}
	s.say(levelNotice, fmt.Sprintf("Health check for %sserver %s/%s %s, %s, status: %d/%d %s.",
		kind, s.backend.name, s.name, verb, explain(r), at, of, state))
}

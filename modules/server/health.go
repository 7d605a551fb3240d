package server

import "time"

// CheckStatus is the result of a health check (management.txt 9.1, check_status).
type CheckStatus uint8

// The results, in HAProxy's order.
const (
	CheckUnknown CheckStatus = iota
	CheckInit
	CheckSockErr
	CheckL4OK
	CheckL4Timeout
	CheckL4Conn
	CheckL6OK
	CheckL6Timeout
	CheckL6Resp
	CheckL7Timeout
	CheckL7Resp
	CheckL7OK
	CheckL7OKCond // a 404 with http-check disable-on-404
	CheckL7Status
	checkStatuses
)

var checkWords = [checkStatuses]struct{ short, long string }{
	CheckUnknown:   {"UNK", "Unknown"},
	CheckInit:      {"INI", "Initializing"},
	CheckSockErr:   {"SOCKERR", "Socket error"},
	CheckL4OK:      {"L4OK", "Layer4 check passed"},
	CheckL4Timeout: {"L4TOUT", "Layer4 timeout"},
	CheckL4Conn:    {"L4CON", "Layer4 connection problem"},
	CheckL6OK:      {"L6OK", "Layer6 check passed"},
	CheckL6Timeout: {"L6TOUT", "Layer6 timeout"},
	CheckL6Resp:    {"L6RSP", "Layer6 invalid response"},
	CheckL7Timeout: {"L7TOUT", "Layer7 timeout"},
	CheckL7Resp:    {"L7RSP", "Layer7 invalid response"},
	CheckL7OK:      {"L7OK", "Layer7 check passed"},
	CheckL7OKCond:  {"L7OKC", "Layer7 check conditionally passed"},
	CheckL7Status:  {"L7STS", "Layer7 wrong status"},
}

// String is the word in statistics, L7OK.
func (c CheckStatus) String() string { return checkWords[min(c, checkStatuses-1)].short }

// Text is the description in logs and on the stats page, "Layer7 check passed".
func (c CheckStatus) Text() string { return checkWords[min(c, checkStatuses-1)].long }

// Passed says that the server is fine.
func (c CheckStatus) Passed() bool { return c == CheckL4OK || c == CheckL6OK || c == CheckL7OK }

// HasCode says that the result comes with a status code.
func (c CheckStatus) HasCode() bool { return c >= CheckL7OK }

// CheckResult is what one health check found.
type CheckResult struct {
	Status   CheckStatus
	Code     int           // HTTP status, 0 without one
	Info     string        // last_chk: the error or the server's words
	Duration time.Duration // check_duration
}

// CheckBegins marks that a check is running: statistics show a star before the last status. It returns false when the
// server is not to be checked now: maintenance, checks off, gone, or a check is already running, as during a reload.
func (s *Server) CheckBegins(now time.Time) bool {
	b := s.backend
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.checking || !s.checked() {
		return false
	}
	s.checking, s.checkedAt = true, now
	return true
}

// NextCheck is in how long the next check of a server is due that has been checked before; false: it has not.
func (s *Server) NextCheck(now time.Time) (time.Duration, bool) {
	inter := s.CheckInterval()
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	if !s.hasLast {
		return 0, false
	}
	return max(0, inter-now.Sub(s.checkedAt)), true
}

// CheckEndpoint is where checks connect to (configuration.txt 5.2 addr, port); false: the name has not been resolved.
func (s *Server) CheckEndpoint() (Endpoint, bool) {
	c := s.target.Load()
	ip := c.check.IP
	if c.check.Unix == "" && !ip.IsValid() {
		found := s.addr.Load()
		if found == nil {
			return Endpoint{}, false
		}
		ip = *found
	}
	return c.check.atPort(ip, c.check.Port), true
}

// checked says that checks of s run.
func (s *Server) checked() bool {
	return s.index >= 0 && s.admin&Maint == 0 && s.config.Load().Check && !s.checksOff
}

// CheckAborted ends what CheckBegins began without a result.
func (s *Server) CheckAborted() {
	s.backend.mu.Lock()
	s.checking = false
	s.backend.mu.Unlock()
}

// CheckDone takes the result of a health check: it counts, moves the server up or down (rise, fall, configuration.txt
// 5.2), logs, and hands queued sessions over.
func (s *Server) CheckDone(r CheckResult) {
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	s.checking = false
	if !s.checked() {
		return
	}
	had := s.last
	s.last, s.hasLast = r, true
	before := s.health
	switch {
	case r.Status.Passed():
		s.passed(r, had)
	case r.Status == CheckL7OKCond:
		s.passedCond(r, had)
	default:
		s.failed(r, had, before)
	}
	s.publish()
}

// full is the health of a server that is up and has not failed a check since.
func (s *Server) full() int { c := s.config.Load(); return c.rise() + c.fall() - 1 }

// gain counts a good check; a server that is up, or comes up, is at full health then.
func (s *Server) gain() (up bool) {
	rise := s.config.Load().rise()
	if s.health < s.full() {
		s.health++
	}
	if s.health >= rise {
		s.health = s.full()
		return true
	}
	return false
}

func (s *Server) passed(r, had CheckResult) {
	before := s.health
	up := s.gain()
	if before != s.health || r.Status != had.Status {
		s.logHealth(r, true)
	}
	if up && s.oper != running {
		s.setOper(running, s.reason(r))
	}
}

// passedCond is a 404 with disable-on-404: a running server stops taking new sessions, a stopped one stays stopped.
func (s *Server) passedCond(r, had CheckResult) {
	if s.oper == stopped {
		return
	}
	before := s.health
	s.health = s.full()
	if before != s.health || r.Status != had.Status {
		s.logHealth(r, true)
	}
	if s.oper != stopping {
		s.setOper(stopping, s.reason(r))
	}
}

func (s *Server) failed(r, had CheckResult, before int) {
	rise := s.config.Load().rise()
	if s.health >= rise {
		s.checkFails++
	}
	if s.health > rise {
		s.health--
	} else {
		s.health = 0
	}
	if before != s.health || r.Status != had.Status {
		s.logHealth(r, false)
	}
	if s.health == 0 && s.oper != stopped {
		s.setOper(stopped, s.reason(r))
	}
}

// CheckInterval is the time until the next check (configuration.txt 5.2: inter, fastinter, downinter).
func (s *Server) CheckInterval() time.Duration {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	c := s.config.Load()
	inter := c.CheckInter()
	switch {
	case s.health == s.full():
		return inter
	case s.health == 0 && s.oper == stopped:
		return orInter(c.DownInter, inter)
	}
	return orInter(c.FastInter, inter)
}

// DefaultInter is the interval between checks without `inter`.
const DefaultInter = 2 * time.Second

func orInter(d Duration, inter time.Duration) time.Duration {
	if d == 0 {
		return inter
	}
	return time.Duration(d)
}

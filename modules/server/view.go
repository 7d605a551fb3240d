package server

import (
	"fmt"
	"net/netip"
	"time"
)

// View is a server's state as statistics show it (management.txt 9.1), all taken at one moment.
type View struct {
	Status     string // status: UP, DOWN, NOLB, MAINT, DRAIN, no check, with "1/2" while it is changing
	Weight     int    // weight and uweight
	Backup     bool   // act, bck: which of the two it counts as
	Up         bool   // running and not in maintenance
	Draining   bool   // takes persistent sessions only
	Admin      Admin
	QueueLen   int64 // qcur
	QueueMax   int64 // qmax
	Checked    bool  // the check columns mean something
	Checking   bool  // a check is running: check_status has a star before it
	Check      CheckResult
	HasCheck   bool // Check is set
	CheckFails int64
	Downs      int64 // chkdown
	Rise, Fall int
	Health     int
	LastChange time.Duration // lastchg: age of the state
	DownTime   time.Duration // downtime: all of it, the present one too
	Address    string        // addr, empty while a name has none
	Limit      int64         // slim: the configured maxconn
}

// View takes a picture of the server's state.
func (s *Server) View() View {
	b := s.backend
	b.mu.Lock()
	defer b.mu.Unlock()
	c := s.config.Load()
	age := time.Since(s.lastChange)
	v := View{
		Status: s.status(), Weight: s.userWeight, Backup: c.Backup,
		Up: s.oper != stopped && s.admin&Maint == 0, Draining: s.admin&ForcedDrain != 0 || s.oper == stopping,
		Admin: s.admin, QueueLen: s.queue.n.Load(), QueueMax: s.queue.n.Peak(),
		Checked: s.checked(), Checking: s.checking, Check: s.last, HasCheck: s.hasLast,
		CheckFails: s.checkFails, Downs: s.downs, Rise: c.rise(), Fall: c.fall(), Health: s.health,
		LastChange: age, DownTime: s.downTime, Limit: c.maxConn(),
	}
	if s.down {
		v.DownTime += age
	}
	if ip := s.addr.Load(); ip != nil {
		e := s.target.Load().target.shown(*ip)
		v.Address = e.String()
	}
	return v
}

// shown is the address that statistics name: mapped ports as they are written.
func (t *Target) shown(ip netip.Addr) Endpoint { return t.atPort(ip, t.Port) }

// status is the status column.
func (s *Server) status() string {
	c := s.config.Load()
	switch {
	case s.admin&Maint == ResolveMaint:
		return "MAINT (resolution)"
	case s.admin&Maint != 0:
		return "MAINT"
	case !s.checked() && s.oper == stopped:
		return "DOWN"
	case !s.checked() && s.admin&ForcedDrain != 0:
		return "DRAIN"
	case !s.checked():
		return "no check"
	case s.oper == stopped && s.health > 0:
		return fmt.Sprintf("DOWN %d/%d", s.health, c.rise())
	case s.oper == stopped:
		return "DOWN"
	}
	word := "UP"
	if s.admin&ForcedDrain != 0 {
		word = "DRAIN"
	} else if s.oper == stopping {
		word = "NOLB"
	}
	if s.health < s.full() {
		return fmt.Sprintf("%s %d/%d", word, s.health-c.rise()+1, c.fall())
	}
	return word
}

// BackendView is a backend's state as statistics show it, all taken at one moment.
type BackendView struct {
	Status     string // UP or DOWN
	Weight     int64
	Active     int64 // act
	Backup     int64 // bck
	QueueLen   int64 // qcur
	QueueMax   int64 // qmax
	Downs      int64 // chkdown
	LastChange time.Duration
	DownTime   time.Duration
	Limit      int64 // slim: fullconn
}

// View takes a picture of the backend's state.
func (b *Backend) View() BackendView {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := BackendView{
		Status: "UP", Weight: b.weight.Load(), Active: b.active.Load(), Backup: b.backups.Load(),
		QueueLen: b.queue.n.Load(), QueueMax: b.queue.n.Peak(), Downs: b.downCount,
		LastChange: time.Since(b.lastChange), DownTime: b.downTime, Limit: b.fullConn.Load(),
	}
	if len(b.servers) > 0 && b.usable.Load() == 0 {
		v.Status = "DOWN"
		v.DownTime += v.LastChange
	}
	return v
}

package server

// LeaveMaintenance ends a maintenance that was set at run time or by `disabled`; a drain state stays (CLI: enable server).
func (s *Server) LeaveMaintenance() {
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	if s.index >= 0 {
		s.leaveMaint(ForcedMaint|ConfigMaint, 0)
	}
}

// ChecksOn says that health checks are configured and have not been turned off at run time.
func (s *Server) ChecksOn() bool {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	return s.config.Load().Check && !s.checksOff
}

// Operation is an operational state that can be set at run time, until the next check says otherwise.
type Operation uint8

// The operational states of `set server ... health` and of the stats page.
const (
	HealthUp Operation = iota
	HealthStopping
	HealthDown
)

// SetHealth sets the operational state of a server (CLI: set server b/s health up|stopping|down). The log line says who
// changed it: "CLI" or "Web interface".
func (s *Server) SetHealth(op Operation, who string) {
	b := s.backend
	b.mu.Lock()
	defer b.unlock()
	if s.index < 0 || s.admin&Maint != 0 {
		return
	}
	switch op {
	case HealthUp:
		s.health = s.full()
		s.force(running, who)
	case HealthStopping:
		s.health = s.full()
		s.force(stopping, who)
	case HealthDown:
		s.health = 0
		s.force(stopped, who)
	}
	s.publish()
}

func (s *Server) force(o oper, who string) {
	if s.oper != o {
		s.setOper(o, ", changed from "+who)
	}
}

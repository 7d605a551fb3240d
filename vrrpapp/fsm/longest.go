package fsm

import "time"

// LongestLeave is how long Leaving lasts with this configuration if nobody takes over. grouped: it is a member of a sync group.
func (c Config) LongestLeave(grouped bool) time.Duration {
	m := Machine{cfg: c.withDefaults()}
	most := time.Second
	if m.cfg.Version == 3 {
		most = m.cfg.Interval
	}
	if grouped {
		most += time.Duration(m.cfg.DownAdverts) * m.cfg.Interval
	}
	return repeats0*m.gap0() + most + slack
}

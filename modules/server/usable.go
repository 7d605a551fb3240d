package server

// UsableAtStart is what UsableServers will be when the settings have been put in force for the first time: servers are up
// until a check, or a name that does not resolve, says otherwise.
func (s *Settings) UsableAtStart() int64 {
	if s.Disabled {
		return 0
	}
	var active, backups int64
	for _, c := range s.Servers {
		switch {
		case c.Disabled || c.weight() == 0:
		case c.Backup:
			backups++
		default:
			active++
		}
	}
	switch {
	case active > 0:
		return active
	case s.AllBackups:
		return backups
	}
	return min(backups, 1)
}

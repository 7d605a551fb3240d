package server

// ConnFree is be_conn_free: how many more connections the servers in use take, queues not counted; -1 when one of them has
// no limit. Backup servers count when there is no other.
func (b *Backend) ConnFree() int64 {
	active := b.active.Load() > 0
	var free int64
	for _, s := range b.view.Load().servers {
		if !s.IsUp() || s.Weight() == 0 || active && s.config.Load().Backup {
			continue
		}
		n := s.ConnFree()
		if n < 0 {
			return -1
		}
		free += n
	}
	return free
}

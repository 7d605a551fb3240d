package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/modules/server"

// UsableServers tells how many servers of a backend (or of a listen section) would get traffic now, as the fetch nbsrv
// does (configuration.txt 7.3.2): they are up or just going down, neither drained nor in maintenance, and have a weight;
// backup servers count when no other is left. total are the servers that the configuration has, backup ones too. ok is
// false if there is no backend of that name. Before the first Start it is what the backend will start with.
func (a *App) UsableServers(backend string) (usable, total int, ok bool) {
	be := a.backend(backend)
	if be == nil {
		return 0, 0, false
	}
	s, n := a.build.settings[be], be.UsableServers()
	if len(be.Servers()) == 0 {
		n = s.UsableAtStart()
	}
	return int(n), len(s.Servers), true
}

// SubscribeBackends puts a value into the channel whenever UsableServers of any backend may have changed, a reload included.
// A channel that is full is left alone, so it should have room for one. cancel ends it.
func (a *App) SubscribeBackends(changed chan<- struct{}) (cancel func()) {
	tell := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	var stops []func()
	if a.build != nil {
		for be := range a.build.settings {
			stops = append(stops, be.Watch(tell))
		}
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// backend finds a backend of this configuration.
func (a *App) backend(name string) *server.Backend {
	if a.build == nil {
		return nil
	}
	for be := range a.build.settings {
		if be.Name() == name {
			return be
		}
	}
	return nil
}

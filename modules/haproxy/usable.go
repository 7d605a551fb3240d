package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/modules/server"

// UsableServers tells how many servers of a backend (or of a listen section) would get traffic now, as the fetch nbsrv
// does (configuration.txt 7.3.2): they are up or just going down, neither drained nor in maintenance, and have a weight;
// backup servers count when no other is left. total are the servers that the configuration has, backup ones too. ok is
// false if there is no backend of that name. Before the first Start no server is usable.
func (a *App) UsableServers(backend string) (usable, total int, ok bool) {
	be := a.backend(backend)
	if be == nil {
		return 0, 0, false
	}
	return int(be.UsableServers()), len(a.build.settings[be].Servers), true
}

// Subscribe calls f whenever UsableServers of that backend may have changed, a reload included. It is called on the
// goroutine that made the change and must neither block nor change servers. stop ends it, ok is false if there is no
// backend of that name.
func (a *App) Subscribe(backend string, f func()) (stop func(), ok bool) {
	be := a.backend(backend)
	if be == nil {
		return func() {}, false
	}
	return be.Watch(f), true
}

// backend finds a backend of this configuration.
func (a *App) backend(name string) *server.Backend {
	if a.build == nil {
		return nil
	}
	for _, p := range a.build.snap.Proxies {
		if p.Name == name && p.BE != nil {
			return p.BE
		}
	}
	return nil
}

package server

import "sync"

// Registry keeps frontends and backends by name as long as any configuration uses them, so that counters, health and
// weights outlive a reload. The zero value is ready.
type Registry struct {
	mu        sync.Mutex
	backends  map[string]*held[*Backend]
	frontends map[string]*held[*Frontend]
}

type held[T any] struct {
	object T
	refs   int
}

// Backend returns the backend called name, new if no configuration uses it yet. Each call needs one ReleaseBackend.
func (r *Registry) Backend(name string) *Backend {
	r.mu.Lock()
	defer r.mu.Unlock()
	return hold(&r.backends, name, NewBackend)
}

// ReleaseBackend gives one reference back; the last one forgets the backend and ends its background work. It waits for that.
func (r *Registry) ReleaseBackend(name string) {
	r.mu.Lock()
	b, last := drop(r.backends, name)
	r.mu.Unlock()
	if last {
		b.close()
	}
}

// Frontend returns the frontend called name, new if no configuration uses it yet. Each call needs one ReleaseFrontend.
func (r *Registry) Frontend(name string) *Frontend {
	r.mu.Lock()
	defer r.mu.Unlock()
	return hold(&r.frontends, name, NewFrontend)
}

// ReleaseFrontend gives one reference back; the last one forgets the frontend.
func (r *Registry) ReleaseFrontend(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	drop(r.frontends, name)
}

func hold[T any](m *map[string]*held[T], name string, make_ func(string) T) T {
	h := (*m)[name]
	if h == nil {
		if *m == nil {
			*m = make(map[string]*held[T])
		}
		h = &held[T]{object: make_(name)}
		(*m)[name] = h
	}
	h.refs++
	return h.object
}

func drop[T any](m map[string]*held[T], name string) (object T, last bool) {
	h := m[name]
	if h == nil {
		return object, false
	}
	h.refs--
	if h.refs > 0 {
		return h.object, false
	}
	delete(m, name)
	return h.object, true
}

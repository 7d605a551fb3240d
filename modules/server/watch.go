package server

import "sync"

// watchers are called when the number of usable servers has changed. The zero value is ready.
type watchers struct {
	mu   sync.Mutex
	list map[int]func()
	next int
}

// Watch calls f after each change of UsableServers and after each Configure, on the goroutine that made the change: it must
// neither block nor change the backend. The returned function ends that; a call of f may still be running then.
func (b *Backend) Watch(f func()) (stop func()) {
	w := &b.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.list == nil {
		w.list = make(map[int]func())
	}
	id := w.next
	w.next++
	w.list[id] = f
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.list, id)
	}
}

func (w *watchers) call() {
	w.mu.Lock()
	list := make([]func(), 0, len(w.list))
	for _, f := range w.list {
		list = append(list, f)
	}
	w.mu.Unlock()
	for _, f := range list {
		f()
	}
}

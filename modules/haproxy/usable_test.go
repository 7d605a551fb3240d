package haproxy

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

const pool = `{"proxies":[
	{"name":"f","type":"frontend","mode":"http",` + bindAny + `,` + times + `,"default_backend":"b"},
	{"name":"b","type":"backend","mode":"http",` + times + `,"server":[
		{"name":"s1","address":"127.0.0.1:1"}, {"name":"s2","address":"127.0.0.1:2"},
		{"name":"spare1","address":"127.0.0.1:3","backup":true}, {"name":"spare2","address":"127.0.0.1:4","backup":true}]},
	{"name":"off","type":"backend","disabled":true,"mode":"http",` + times + `,"server":[{"name":"s","address":"127.0.0.1:5"}]}]}`

// running is the app in force.
func running(t *testing.T) *App {
	t.Helper()
	proc.mu.Lock()
	defer proc.mu.Unlock()
	return &App{build: proc.top()}
}

func TestUsableServers(t *testing.T) {
	mustLoad(t, pool)
	a := running(t)
	b := a.backend("b")
	changes := 0
	stop, ok := a.Subscribe("b", func() { changes++ })
	if !ok {
		t.Fatal("no backend b")
	}
	steps := []struct {
		name    string
		do      func()
		usable  int
		changes int
	}{
		{"all are up", func() {}, 2, 0},
		{"s1 is drained", func() { b.ServerByName("s1").SetMode(server.Drain) }, 1, 1},
		{"s2 goes into maintenance: one backup", func() { b.ServerByName("s2").SetMode(server.Maintenance) }, 1, 1},
		{"s1 is ready", func() { b.ServerByName("s1").SetMode(server.Ready) }, 1, 1},
		{"s2 is ready", func() { b.ServerByName("s2").SetMode(server.Ready) }, 2, 2},
		{"s1 has no weight", func() { b.ServerByName("s1").SetWeight(0) }, 1, 3},
		{"s1 has a weight again", func() { b.ServerByName("s1").SetWeight(1) }, 2, 4},
		{"nobody listens any more", func() { stop(); b.ServerByName("s1").SetMode(server.Maintenance) }, 1, 4},
	}
	for _, s := range steps {
		s.do()
		usable, total, ok := a.UsableServers("b")
		if usable != s.usable || total != 4 || !ok || changes != s.changes {
			t.Errorf("%s: %d of %d, %v, %d changes; want %d of 4, %d changes", s.name, usable, total, ok, changes, s.usable, s.changes)
		}
	}
	if usable, total, ok := a.UsableServers("off"); usable != 0 || total != 1 || !ok {
		t.Errorf("disabled: %d of %d, %v", usable, total, ok)
	}
	for _, name := range []string{"f", "nobody"} {
		if _, _, ok := a.UsableServers(name); ok {
			t.Errorf("%s is no backend", name)
		}
		if _, ok := a.Subscribe(name, func() {}); ok {
			t.Errorf("%s is no backend", name)
		}
	}
}

// Whoever listens hears of a reload, and a configuration counts its own servers.
func TestSubscribeReload(t *testing.T) {
	mustLoad(t, pool)
	heard := 0
	stop, _ := running(t).Subscribe("b", func() { heard++ })
	defer stop()
	mustLoad(t, site(`{"name":"s1","address":"127.0.0.1:1"}`, ""))
	if usable, total, _ := running(t).UsableServers("b"); usable != 1 || total != 1 || heard == 0 {
		t.Errorf("%d of %d, heard %d times", usable, total, heard)
	}
}

package haproxy

import (
	"encoding/json"
	"net"
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
	changed := make(chan struct{}, 1)
	stop := a.SubscribeBackends(changed)
	steps := []struct {
		name    string
		do      func()
		usable  int
		changed bool
	}{
		{"all are up", func() {}, 2, false},
		{"s1 is drained", func() { b.ServerByName("s1").SetMode(server.Drain) }, 1, true},
		{"s2 goes into maintenance: one backup", func() { b.ServerByName("s2").SetMode(server.Maintenance) }, 1, false},
		{"s1 is ready", func() { b.ServerByName("s1").SetMode(server.Ready) }, 1, false},
		{"s2 is ready", func() { b.ServerByName("s2").SetMode(server.Ready) }, 2, true},
		{"s1 has no weight", func() { b.ServerByName("s1").SetWeight(0) }, 1, true},
		{"s1 has a weight again", func() { b.ServerByName("s1").SetWeight(1) }, 2, true},
		{"nobody listens any more", func() { stop(); b.ServerByName("s1").SetMode(server.Maintenance) }, 1, false},
	}
	for _, s := range steps {
		s.do()
		heard := len(changed) > 0
		if heard {
			<-changed
		}
		usable, total, ok := a.UsableServers("b")
		if usable != s.usable || total != 4 || !ok || heard != s.changed {
			t.Errorf("%s: %d of %d, %v, changed: %v; want %d of 4, %v", s.name, usable, total, ok, heard, s.usable, s.changed)
		}
	}
	if usable, total, ok := a.UsableServers("off"); usable != 0 || total != 1 || !ok {
		t.Errorf("disabled: %d of %d, %v", usable, total, ok)
	}
	for _, name := range []string{"f", "nobody"} {
		if _, _, ok := a.UsableServers(name); ok {
			t.Errorf("%s is no backend", name)
		}
	}
}

// Whoever listens hears of a reload, and a configuration counts its own servers.
func TestSubscribeReload(t *testing.T) {
	mustLoad(t, pool)
	changed := make(chan struct{}, 1)
	defer running(t).SubscribeBackends(changed)()
	mustLoad(t, site(`{"name":"s1","address":"127.0.0.1:1"}`, ""))
	if usable, total, _ := running(t).UsableServers("b"); usable != 1 || total != 1 || len(changed) != 1 {
		t.Errorf("%d of %d, heard %d times", usable, total, len(changed))
	}
}

// Before the first start the servers count as they will then.
func TestUsableServersBeforeStart(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // the first check that fails would take its server down
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	open := ln.Addr().String()
	for _, tt := range []struct {
		name, servers, more string
		usable              int
	}{
		{"up", `{"name":"a","address":"127.0.0.1:1"},{"name":"b","address":"` + open + `","check":true}`, "", 2},
		{"not all", `{"name":"a","address":"127.0.0.1:1"},{"name":"b","address":"127.0.0.1:2","disabled":true},{"name":"c","address":"127.0.0.1:3","weight":0}`, "", 1},
		{"a backup is spare", `{"name":"a","address":"127.0.0.1:1"},{"name":"b","address":"127.0.0.1:2","backup":true}`, "", 1},
		{"one backup", `{"name":"a","address":"127.0.0.1:1","backup":true},{"name":"b","address":"127.0.0.1:2","backup":true}`, "", 1},
		{"all backups", `{"name":"a","address":"127.0.0.1:1","backup":true},{"name":"b","address":"127.0.0.1:2","backup":true}`, `"option":{"allbackups":true},`, 2},
		{"disabled", `{"name":"a","address":"127.0.0.1:1"}`, `"disabled":true,`, 0},
		{"nothing", ``, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conf := `{"proxies":[{"name":"f","type":"frontend","mode":"http",` + bindAny + `,` + times + `},
				{"name":"b","type":"backend","mode":"http",` + tt.more + times + `,"server":[` + tt.servers + `]}]}`
			a := new(App)
			if err := json.Unmarshal([]byte(conf), a); err != nil {
				t.Fatal(err)
			}
			out, err := newBuilder(&a.Config).build()
			if err != nil {
				t.Fatal(err)
			}
			defer out.release()
			a.build = out
			if usable, _, ok := a.UsableServers("b"); usable != tt.usable || !ok {
				t.Errorf("before the start %d, want %d", usable, tt.usable)
			}
			mustLoad(t, conf)
			if usable, _, ok := running(t).UsableServers("b"); usable != tt.usable || !ok {
				t.Errorf("after it %d, want %d", usable, tt.usable)
			}
		})
	}
}

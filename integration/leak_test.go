package integration

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestNothingIsLeft loads, serves, reloads and stops in this process, twice, and counts goroutines and descriptors after.
func TestNothingIsLeft(t *testing.T) {
	needPrograms(t)
	round := func(t *testing.T) {
		port, tunnelled := freePort(t), freePort(t)
		server := plainServer(t, helloAnswer)
		tunnel, err := newScripted([]script{{"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"}}, func() {})
		if err != nil {
			t.Fatal(err)
		}
		defer tunnel.close()
		cfg := "global\n hard-stop-after 300ms\ndefaults\n mode http\n log 127.0.0.1:9 local0\n option httplog\n timeout client 10s\n timeout connect 1s\n timeout server 10s\n" +
			"frontend f\n bind " + addr(port) + "\n default_backend b\nbackend b\n option httpchk\n server a " + server + " check inter 20ms maxconn 5\n" +
			"listen t\n bind " + addr(tunnelled) + "\n server a " + addr(tunnel.port) + "\n"
		load(t, cfg)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				a := newAsker(t, port, simple, "hello")
				if !a.ask(20) {
					t.Error("a request failed")
				}
			})
		}
		all.Wait()
		load(t, strings.Replace(cfg, "maxconn 5", "maxconn 7", 1))
		idle := newAsker(t, port, simple, "hello") // stays open until the stop
		if !idle.ask(1) {
			t.Error("a request failed")
		}
		cl := &client{port: tunnelled, last: func() {}}
		if err := cl.play(script{"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n", expect("101")}); err != nil {
			t.Error(err)
		}
		unload(t)
		cl.hangUp()
		_ = idle.c.Close()
	}
	t.Run("first", round) // what is made once per process is no leak
	before := descriptors(t)
	ignore := goleak.IgnoreCurrent()
	t.Run("second", round)
	if err := goleak.Find(ignore); err != nil {
		t.Error(err)
	}
	deadline := time.Now().Add(3 * time.Second)
	after := descriptors(t)
	for len(after) > len(before) && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
		after = descriptors(t)
	}
	if len(after) > len(before) {
		t.Errorf("%d descriptors before, %d after:\n%s", len(before), len(after), strings.Join(after, "\n"))
	}
}

// descriptors are what this process has open.
func descriptors(t *testing.T) (list []string) {
	t.Helper()
	runtime.GC() // log sockets are closed when no session can be sending any more
	time.Sleep(10 * time.Millisecond)
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			list = append(list, to)
		}
	}
	return list
}

package guard

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// fake is a speaker that writes what it is told to a file. Trackers of certain names make it misbehave.
type fake struct {
	report func(speaker.Report)
	adopt  []string

	mu     sync.Mutex
	states []speaker.Status
}

func openFake(o speaker.Options) (speaker.Speaker, error) {
	f := &fake{report: o.Report, adopt: o.Adopt}
	ago := "never"
	if !o.Died.IsZero() {
		ago = "just now"
		if time.Since(o.Died) > 5*time.Second {
			ago = o.Died.String()
		}
	}
	f.log("open adopt=%v died=%s", o.Adopt, ago)
	switch os.Getenv("GUARD_FAKE_OPEN") {
	case "lacks":
		return nil, fmt.Errorf("open: %w", &netif.CapabilityError{Missing: []string{"CAP_NET_RAW"}})
	case "exit":
		os.Exit(9)
	}
	return f, nil
}

// log appends a line to the file that the test reads.
func (f *fake) log(format string, args ...any) {
	file, err := os.OpenFile(os.Getenv("GUARD_FAKE_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fprintf(file, format+"\n", args...)
}

func (f *fake) Apply(c speaker.Config) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	f.states = nil
	for _, r := range c.Routers {
		names = append(names, r.Name)
		switch r.Name {
		case "refused":
			return fmt.Errorf("router refused")
		case "deadly":
			os.Exit(8)
		case "slow":
			time.Sleep(r.FSM.PreemptDelay)
		}
		to := fsm.Backup
		if slices.Contains(f.adopt, r.Name) {
			to = fsm.Master
		}
		f.states = append(f.states, speaker.Status{Name: r.Name, Status: fsm.Status{State: to}})
		f.report(speaker.Report{Kind: speaker.Changed, Router: r.Name, From: fsm.Init, To: to})
	}
	f.log("apply %s", strings.Join(names, ","))
	return nil
}

func (f *fake) Ready() { f.log("ready") }

func (f *fake) Track(name string, up bool, value int) {
	f.log("track %s %v %d", name, up, value)
	switch name {
	case "panic":
		panic("asked to")
	case "threads":
		for range value {
			go func() { runtime.LockOSThread(); select {} }()
		}
	case "master":
		f.report(speaker.Report{Kind: speaker.Changed, Router: "VI_1", From: fsm.Backup, To: fsm.Master})
	case "reports":
		for i := range value {
			f.report(speaker.Report{Kind: speaker.Noticed, Count: i + 1})
		}
	}
}

func (f *fake) Order(router string, o speaker.Order) error {
	f.log("order %q %s", router, o)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.states {
		if f.states[i].Name == router {
			f.states[i].Yielded = o == speaker.HandOver || o == speaker.Yield
		}
	}
	if router == "nobody" {
		return fmt.Errorf("no router nobody")
	}
	return nil
}

func (f *fake) Status() ([]speaker.Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.states), nil
}

// Release writes to a standard error that a dead proxy does not read any more.
func (f *fake) Release(time.Duration) {
	os.Stderr.WriteString("releasing\n")
	f.log("release")
}

func (f *fake) Close() error { f.log("close"); return nil }

package lab

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// reload is what a new configuration must not do: move the address.
func reload() []Case {
	quiet := func(Timing) []Bound { return still }
	return append([]Case{
		{
			Ceiling: under(0),
			Name:    "reload of nothing", Timings: three, Short: true, Alike: true,
			Do:   func(w *World) { w.rolling(nil) },
			Want: quiet,
		},
		{
			Ceiling: under(0),
			Name:    "renamed",
			Do:      func(w *World) { w.rolling(func(c *Config) { c.Name = "VI_other" }) },
			Want:    quiet,
		},
		{
			Ceiling: under(0),
			Name:    "preempt instead of nopreempt",
			Do:      func(w *World) { w.rolling(func(c *Config) { c.NoPreempt = !c.NoPreempt }) },
			Want:    quiet,
		},
		{
			Ceiling: under(0),
			Name:    "priority", Short: true, Alike: true,
			Do:   func(w *World) { w.rolling(func(c *Config) { c.Priority += 20 }) },
			Want: quiet,
		},
		{
			Ceiling: under(0),
			Name:    "another instance",
			Do: func(w *World) {
				w.rolling(func(c *Config) {
					c.More += "vrrp_instance VI_2 {\n    state BACKUP\n    interface eth0\n    virtual_router_id 81\n    priority 10\n    virtual_ipaddress {\n        10.80.0.101\n    }\n}\n"
				})
			},
			Want: quiet,
		},
		{
			Ceiling: under(0),
			Name:    "mask /32 to /24",
			Do:      func(w *World) { w.rolling(func(c *Config) { c.VIPs = []string{"10.80.0.100/24"} }) },
			Want:    func(Timing) []Bound { return []Bound{heldBy("a"), lost(2), changes(2), nobody(20 * time.Millisecond)} },
			Goal:    quiet,
			GoalOf:  "ab",
		},
		{
			Ceiling: under(0),
			Name:    "100 reloads in 10 s", Short: true, Alike: true,
			Do: func(w *World) {
				tick := time.NewTicker(100 * time.Millisecond)
				defer tick.Stop()
				for range 100 {
					w.Member("a").Reload(func(c *Config) { c.Priority ^= 1 })
					<-tick.C
				}
				w.Calm()
			},
			Want: quiet,
		},
		{
			Name: "priority of the backup above the master's, preempt", Configure: preempt,
			Do: func(w *World) {
				w.Member("b").Reload(func(c *Config) { c.Priority = 150 })
				w.Settle("b")
			},
			Want: func(Timing) []Bound {
				return []Bound{heldBy("b"), lost(2), changes(2), several(100 * time.Millisecond)}
			},
		},
		{
			Ceiling: under(0),
			Name:    "a reload that fails", Short: true, Alike: true, Only: "a",
			Do:   func(w *World) { w.Member("a").failingReload() },
			Want: quiet,
		},
	}, rolling()...)
}

// rolling are changes of what peers must agree about, on the master and, after a while, on the backup.
func rolling() []Case {
	quiet := func(Timing) []Bound { return still }
	abrupt := func(t Timing) []Bound { return []Bound{heldByOne, gap(t.Down(50) + slack)} }
	return []Case{
		{
			Ceiling: under(0),
			Name:    "VIP added", Short: true,
			Do:   func(w *World) { w.rolling(func(c *Config) { c.VIPs = append(c.VIPs, "10.80.0.101") }) },
			Want: quiet,
			Weak: "ab", Why: "2.2.7 drops advertisements with another number of addresses",
		},
		{
			Ceiling:   under(0),
			Name:      "VIP removed",
			Configure: func(w *World) { w.each(func(c *Config) { c.VIPs = append(c.VIPs, "10.80.0.101") }) },
			Do:        func(w *World) { w.rolling(func(c *Config) { c.VIPs = c.VIPs[:1] }) },
			Want:      quiet,
			Weak:      "ab", Why: "2.2.7 drops advertisements with another number of addresses",
		},
		{
			Ceiling: under(0),
			Name:    "advert_int 1 to 2", Short: true,
			Do:   func(w *World) { w.rolling(func(c *Config) { c.Interval = 2 * time.Second }) },
			Want: quiet,
			Weak: "a", Why: "it speaks with the new interval only, and drops what has another one",
		},
		{
			Ceiling: under(0),
			Name:    "auth_pass", Short: true,
			Do:   func(w *World) { w.rolling(func(c *Config) { c.Password = "2222" }) },
			Want: quiet,
			Weak: "a", Why: "it speaks with the new password only",
		},
		{
			Ceiling: under(0),
			Name:    "version 2 to 3",
			Do:      func(w *World) { w.rolling(func(c *Config) { c.Version = 3 }) },
			Want:    quiet,
			Weak:    "a", Why: "it speaks the new version only",
		},
		{
			Ceiling: under(0),
			Name:    "virtual_router_id of both", Short: true, Repeat: 3,
			Do:   func(w *World) { w.together(func(c *Config) { c.VRID = 81 }) },
			Want: abrupt, Goal: quiet, GoalOf: "a",
		},
		{
			Ceiling: under(0),
			Name:    "multicast to unicast of both", Short: true, Repeat: 3,
			Do: func(w *World) {
				for _, m := range w.Members {
					m.Config.unicast(m.Name, []string{"a", "b"})
				}
				w.together(nil)
			},
			Want: abrupt, Goal: quiet, GoalOf: "a",
		},
	}
}

// each changes all configurations.
func (w *World) each(change func(c *Config)) {
	for _, m := range w.Members {
		change(m.Config)
	}
}

// rolling reloads a with a change, lets more than a master-down time pass, reloads b, and lets as much pass again.
func (w *World) rolling(change func(c *Config)) {
	for _, m := range w.Members {
		m.Reload(change)
		w.Note("%s reloaded, held by %q", m.Name, w.Holders())
		w.Calm()
		w.Note("held by %q", w.Holders())
	}
}

// together reloads a and, at once, b.
func (w *World) together(change func(c *Config)) {
	for _, m := range w.Members {
		m.Reload(change)
	}
	w.Calm()
	w.Calm()
}

// failingReload loads what it runs together with a server whose port is taken.
func (m *Member) failingReload() {
	w := m.world
	var taken net.Listener
	m.Do(func() (err error) {
		taken, err = net.Listen("tcp", ":8080")
		return err
	})
	defer taken.Close()
	text, err := m.ask(http.MethodGet, "/config/", "", nil)
	var config map[string]any
	if err == nil {
		err = json.Unmarshal([]byte(text), &config)
	}
	apps, ok := config["apps"].(map[string]any)
	if err != nil || !ok {
		w.Fatalf("the configuration of a: %v: %s", err, text)
	}
	apps["http"] = map[string]any{"servers": map[string]any{"s": map[string]any{"listen": []string{":8080"}}}}
	more, _ := json.Marshal(config)
	for i := range 5 {
		_, err = m.ask(http.MethodPost, "/load", "application/json", more)
		if err == nil || !strings.Contains(fmt.Sprint(err), "in use") {
			w.Fatalf("reload %d: %v, want that the port is in use", i, err)
		}
	}
	w.Calm()
}

package guard

import (
	"maps"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// memory is what the proxy knows of its guard, and tells the next one.
type memory struct {
	config   *speaker.Config
	first    time.Time // when the first of them was applied
	ready    bool
	released bool
	verdicts map[string]verdict
	orders   map[string]speaker.Order // Hold and HandOver by router
	states   map[string]fsm.State     // by router, as reported
	groups   map[string]fsm.State     // by sync group
	heard    time.Time                // the guard's last sign of life
}

type verdict struct {
	up    bool
	value int
}

func newMemory() memory {
	return memory{
		verdicts: map[string]verdict{}, orders: map[string]speaker.Order{},
		states: map[string]fsm.State{}, groups: map[string]fsm.State{},
	}
}

// applied notes a configuration. A router may have another name in it than before, see speaker.Speaker.Apply.
func (m *memory) applied(c speaker.Config) {
	m.released = false
	if m.first.IsZero() {
		m.first = time.Now()
	}
	var before []*speaker.Router
	if m.config != nil {
		before = pointers(m.config.Routers)
	}
	names := map[string]bool{}
	for _, r := range before {
		names[r.Name] = true
	}
	states, orders := map[string]fsm.State{}, map[string]speaker.Order{}
	for i, former := range speaker.Formers(pointers(c.Routers), before) {
		name, was, same := c.Routers[i].Name, "", former >= 0
		if same {
			was = before[former].Name
		}
		if s, known := m.states[name]; known && (!same || !names[name]) {
			states[name] = s // already reported under its new name
		} else if same {
			states[name] = m.states[was]
		}
		if o, ok := m.orders[was]; ok && same {
			orders[name] = o
		}
	}
	m.config, m.states, m.orders = &c, states, orders
}

func pointers(list []speaker.Router) []*speaker.Router {
	all := make([]*speaker.Router, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// ordered notes an order that was obeyed. was are the states when it was given: only a master can hand over.
func (m *memory) ordered(router string, o speaker.Order, was map[string]fsm.State) {
	if m.config == nil {
		return
	}
	for _, name := range meant(m.config, router) {
		switch {
		case o == speaker.Resume:
			delete(m.orders, name)
		case o == speaker.Hold || m.orders[name] != speaker.Hold && was[name] == fsm.Master:
			m.orders[name] = o // HandOver does not end Hold
		}
	}
}

// meant are the routers that obey an order: all if the name is "", else the one, and with it the members of its sync group.
func meant(c *speaker.Config, router string) (names []string) {
	for _, g := range c.Groups {
		if slices.Contains(g.Routers, router) {
			return g.Routers
		}
	}
	for _, r := range c.Routers {
		if router == "" || router == r.Name {
			names = append(names, r.Name)
		}
	}
	return names
}

// reported notes a change of state, and judges whether it is one: a guard that was restarted begins with Init, which its
// predecessor's routers were not in.
func (m *memory) reported(r *speaker.Report) bool {
	if r.Kind != speaker.Changed {
		return true
	}
	states, name := m.states, r.Router
	if name == "" {
		states, name = m.groups, r.Group
	}
	was := states[name]
	states[name] = r.To
	if r.To == fsm.Master && m.orders[r.Router] == speaker.HandOver {
		delete(m.orders, r.Router) // its effect is over
	}
	if r.From == fsm.Init {
		r.From = was
	}
	return r.From != r.To
}

// masters are to be adopted.
func (m *memory) masters() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(m.states)) {
		if m.states[name] == fsm.Master && !m.released {
			names = append(names, name)
		}
	}
	return names
}

// replay are the commands that bring another guard to where the last one was. Ready and the verdicts come first, so that no
// router waits for them.
func (m *memory) replay() (list []command) {
	if m.ready && !m.released {
		list = append(list, command{Do: doReady})
	}
	for _, name := range slices.Sorted(maps.Keys(m.verdicts)) {
		v := m.verdicts[name]
		list = append(list, command{Do: doTrack, Name: name, Up: v.up, Value: v.value})
	}
	if m.config == nil {
		return list
	}
	c := *m.config
	c.StartupDelay = max(0, c.StartupDelay-time.Since(m.first)) // vrrp_startup_delay is this process's
	list = append(list, command{Do: doApply, Config: &c})
	if m.released {
		return append(list, command{Do: doRelease}) // what the last one left behind
	}
	for _, name := range slices.Sorted(maps.Keys(m.orders)) {
		o := m.orders[name]
		if o == speaker.HandOver {
			o = speaker.Yield // nobody is master here any more who could hand over again
		}
		list = append(list, command{Do: doOrder, Name: name, Order: o})
	}
	return list
}

package vrrpapp

import (
	"context"
	"maps"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/notify"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// scripts are the notify words of a configuration: who is told of what.
type scripts struct {
	config notify.Config
	// deleted are instances whose end by a reload is DELETED, not FAULT; priorities those whose priority goes to the FIFOs.
	deleted, priorities map[string]bool
	// onReload says all states to the FIFOs again after a reload.
	onReload bool
}

func (a *App) scripts() scripts {
	s := scripts{
		config:  notify.Config{Instances: map[string]notify.Scripts{}, Groups: map[string]notify.Scripts{}, Rules: a.rules()},
		deleted: map[string]bool{}, priorities: map[string]bool{}, onReload: a.FIFOStatesOnReload,
	}
	for _, i := range a.Instances {
		s.config.Instances[i.Name] = i.Notify.scripts()
		s.deleted[i.Name] = i.SayDeleted || i.Deleted != nil
		s.priorities[i.Name] = pick(i.PriorityChanges, a.NotifyPriorityChanges)
	}
	for _, g := range a.SyncGroups {
		s.config.Groups[g.Name] = g.Notify.scripts()
	}
	for _, f := range []*FIFO{a.NotifyFIFO, a.VRRPNotifyFIFO} {
		if f != nil {
			s.config.FIFOs = append(s.config.FIFOs, notify.FIFO{Path: f.Path, User: f.User, Group: f.Group, Reader: f.Script.script()})
		}
	}
	return s
}

func (n *Notify) scripts() notify.Scripts {
	return notify.Scripts{
		Master: n.Master.script(), Backup: n.Backup.script(), Fault: n.Fault.script(), Stop: n.Stop.script(),
		Deleted: n.Deleted.script(), MasterRxLowerPri: n.MasterRxLowerPri.script(), Any: n.Any.script(),
	}
}

func (s *Script) script() *script.Script {
	if s == nil {
		return nil
	}
	return &script.Script{Command: s.Command, User: s.User, Group: s.Group}
}

// with adds the scripts of what a reload took away: its end is still to be told.
func (s scripts) with(retired map[string]notify.Scripts) notify.Config {
	c := s.config
	c.Instances = maps.Clone(c.Instances)
	for name, r := range retired {
		if _, there := c.Instances[name]; !there {
			c.Instances[name] = r
		}
	}
	return c
}

// lastWords is how long scripts may take at the end of the process.
const lastWords = 5 * time.Second

// onceTimeout is the default of startup_script_timeout and shutdown_script_timeout.
const onceTimeout = 10 * time.Second

// runOnce runs startup_script or shutdown_script, and waits for it.
func (b *built) runOnce(word string, s *Script) {
	if s == nil {
		return
	}
	program, warnings, err := b.app.rules().Ready(*s.script())
	for _, w := range warnings {
		b.log.Warn(w, "script", word)
	}
	if err != nil {
		b.log.Error(word, "error", err)
		return
	}
	timeout := time.Duration(orElse(s.Timeout, duration.Duration(onceTimeout)))
	if r := program.Run(context.Background(), timeout, time.Second); !r.OK() {
		b.log.Error(word, "result", r.String())
	}
}

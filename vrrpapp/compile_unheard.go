package vrrpapp

import "slices"

// guard checks the guard's settings.
func (c *compiler) guard() {
	g := c.app.guard()
	if !slices.Contains([]string{"auto", "on", "off"}, g.Mode) {
		c.failf("guard: mode %q: auto, on or off", g.Mode)
	}
	if g.Priority > 99 {
		c.failf("guard: rt_priority %d: 1 to 99", g.Priority)
	}
	if g.Niceness < -20 || g.Niceness > 19 {
		c.failf("guard: niceness %d: -20 to 19", g.Niceness)
	}
	if g.Patience < 0 {
		c.failf("guard: negative patience")
	}
}

// unheard warns of words that nothing comes of where they stand.
func (c *compiler) unheard() {
	for _, g := range c.app.SyncGroups {
		where := "sync group " + g.Name
		if g.Deleted != nil || g.SayDeleted {
			c.warnf("%s: notify_deleted has no effect in a group: only instances are reported as deleted", where)
		}
		if g.MasterRxLowerPri != nil {
			c.warnf("%s: notify_master_rx_lower_pri has no effect in a group: write it in the instances", where)
		}
		if g.PriorityChanges != nil {
			c.warnf("%s: notify_priority_changes has no effect in a group: a group has no priority", where)
		}
		c.timeouts(where, &g.Notify)
	}
	for _, i := range c.app.Instances {
		c.timeouts("instance "+i.Name, &i.Notify)
	}
	for _, f := range []*FIFO{c.app.NotifyFIFO, c.app.VRRPNotifyFIFO} {
		if f != nil {
			c.timeout("notify_fifo_script "+f.Path, f.Script)
		}
	}
}

func (c *compiler) timeouts(where string, n *Notify) {
	for _, s := range []*Script{n.Master, n.Backup, n.Fault, n.Stop, n.Deleted, n.Any, n.MasterRxLowerPri} {
		c.timeout(where, s)
	}
}

func (c *compiler) timeout(where string, s *Script) {
	if s != nil && s.Timeout != 0 {
		c.warnf("%s: timeout of %q has no effect: only startup_script and shutdown_script have one", where, s.Command)
	}
}

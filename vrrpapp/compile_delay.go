package vrrpapp

import "time"

// slowDelays warns of a delay that hides a dead interface for longer than a backup waits for the master: it becomes master where
// nobody hears it (keepalived.conf(5), interface_up_down_delays; keepalived shortens the delay then, in silence).
func (c *compiler) slowDelays() {
	for _, r := range c.out.Routers {
		d := c.out.Delays[r.Interface].Down
		if most := time.Duration(r.FSM.DownAdverts-1) * r.FSM.Interval; d > 0 && d >= most {
			c.warnf("instance %s: interface_up_down_delays %s: %v should be less than %v, down_timer_adverts less one times advert_int: "+
				"while the interface is down unnoticed this node may become master", r.Name, r.Interface, d, most)
		}
	}
}

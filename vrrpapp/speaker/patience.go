package speaker

import "time"

// longestPatience bounds Patience: whoever stops a service kills it some time, systemd after 90 s. No skew is longer (RFC 5798
// 5.2.7), but a sync group with a long advert_int may have to be cut short.
const longestPatience = 45 * time.Second

// Patience is how long a hand-over of everything can take by configuration: as long as the slowest router waits for a successor
// before it gives its addresses up without one.
func (c *Config) Patience() (most time.Duration) {
	grouped := map[string]bool{}
	for _, g := range c.Groups {
		for _, name := range g.Routers {
			grouped[name] = true
		}
	}
	for i := range c.Routers {
		r := &c.Routers[i]
		most = max(most, r.machineConfig().LongestLeave(grouped[r.Name]))
	}
	return min(most, longestPatience)
}

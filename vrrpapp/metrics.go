package vrrpapp

import (
	"errors"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// transition is what vrrp_transitions_total counts.
type transition struct {
	instance string
	to       fsm.State
	why      fsm.Reason
}

// counts are what only reports tell.
type counts struct {
	mu          sync.Mutex
	transitions map[transition]uint64
	leaving     map[string]time.Time     // by instance, while it hands over
	handovers   map[string]time.Duration // the last one's
}

// count counts changes of role: Probing and Leaving are a master's, as for scripts.
func (c *counts) count(r speaker.Report) {
	if r.Router == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.From.Role() != r.To.Role() {
		c.transitions[transition{r.Router, r.To.Role(), r.Why}]++
	}
	if began, ok := c.leaving[r.Router]; ok {
		c.handovers[r.Router] = max(0, r.At.Sub(began))
		delete(c.leaving, r.Router)
	}
	if r.To == fsm.Leaving {
		c.leaving[r.Router] = r.At
	}
}

// collector asks the speaker when Prometheus asks.
type collector struct{}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("vrrp_"+name, help, append([]string{"instance"}, labels...), nil)
}

var (
	dState       = desc("state", "0 is fault (or not started), 1 is backup, 2 is master.")
	dTransitions = desc("transitions_total", "Changes of state, as notify scripts see them.", "to", "reason")
	dPriority    = desc("effective_priority", "The priority with what trackers add.")
	dSent        = desc("adverts_sent_total", "Advertisements sent.")
	dReceived    = desc("adverts_received_total", "Advertisements accepted.")
	dRejected    = desc("rejected_total", "Messages refused; they touch no timer.", "reason")
	dConflicts   = desc("conflicts_total", "Advertisements of another master that were heard as master.")
	dLastAdvert  = desc("last_advert_age_seconds", "Time since another master's advertisement was accepted.")
	dLate        = desc("timer_late_seconds", "The latest timer of all.")
	dPresent     = desc("vip_present", "Whether a virtual address is on its interface.", "vip", "dev")
	dForeign     = desc("foreign_vip_holder", "Whether a node that should not answers for a virtual address.", "vip", "mac")
	dMismatch    = desc("config_mismatch", "Whether a peer's setting differs from ours.", "peer", "field")
	dGARP        = desc("garp_sent_total", "Gratuitous ARP requests and unsolicited neighbour advertisements sent.")
	dRemoved     = desc("vip_removed_total", "Times that somebody else took a virtual address away.")
	dHandover    = desc("handover_seconds", "From priority 0 until the addresses went after the successor's first advertisement, or to the end of the wait, of the last hand-over.")
	dSendErrors  = desc("send_errors_total", "Advertisements that the kernel did not take.")
)

// Describe names what there is.
func (collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		dState, dTransitions, dPriority, dSent, dReceived, dRejected, dConflicts, dLastAdvert, dLate, dPresent, dForeign, dMismatch,
		dGARP, dRemoved, dHandover, dSendErrors,
	} {
		out <- d
	}
}

// Collect reads it.
func (collector) Collect(out chan<- prometheus.Metric) {
	all, err := proc.statuses()
	if err != nil {
		return
	}
	for i := range all {
		collectOne(out, &all[i])
	}
	proc.mu.Lock()
	d := proc.desk
	proc.mu.Unlock()
	if d == nil {
		return
	}
	d.counts.mu.Lock()
	defer d.counts.mu.Unlock()
	for t, n := range d.counts.transitions {
		out <- prometheus.MustNewConstMetric(dTransitions, prometheus.CounterValue, float64(n), t.instance, t.to.String(), string(t.why))
	}
	for name, took := range d.counts.handovers {
		out <- prometheus.MustNewConstMetric(dHandover, prometheus.GaugeValue, took.Seconds(), name)
	}
}

func collectOne(out chan<- prometheus.Metric, s *speaker.Status) {
	put := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, v, append([]string{s.Name}, labels...)...)
	}
	put(dState, prometheus.GaugeValue, stateNumber(s.State))
	put(dPriority, prometheus.GaugeValue, float64(s.Priority))
	put(dSent, prometheus.CounterValue, float64(s.Counts.Sent))
	put(dReceived, prometheus.CounterValue, float64(s.Counts.Received))
	put(dConflicts, prometheus.CounterValue, float64(s.Counts.Conflicts))
	put(dGARP, prometheus.CounterValue, float64(s.Counts.Announced))
	put(dRemoved, prometheus.CounterValue, float64(s.Counts.Removed))
	put(dSendErrors, prometheus.CounterValue, float64(s.SendErrors))
	put(dLate, prometheus.GaugeValue, s.Counts.WorstLate.Seconds())
	if !s.Master.At.IsZero() {
		put(dLastAdvert, prometheus.GaugeValue, time.Since(s.Master.At).Seconds())
	}
	for why, n := range s.Rejected {
		put(dRejected, prometheus.CounterValue, float64(n), string(why))
	}
	for _, a := range s.Addresses {
		put(dPresent, prometheus.GaugeValue, yes(a.Present), a.Address.String(), a.Dev)
		if a.Foreign != "" {
			put(dForeign, prometheus.GaugeValue, 1, a.Address.String(), a.Foreign)
		}
	}
	for _, p := range s.Peers {
		for _, field := range p.Differs {
			put(dMismatch, prometheus.GaugeValue, 1, p.Address.String(), field)
		}
	}
}

func stateNumber(s fsm.State) float64 {
	switch s.Role() {
	case fsm.Master:
		return 2
	case fsm.Backup:
		return 1
	}
	return 0
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// collect registers the metrics with the configuration's registry.
func (a *App) collect(ctx caddy.Context) {
	err := ctx.GetMetricsRegistry().Register(collector{})
	if twice := (prometheus.AlreadyRegisteredError{}); err != nil && !errors.As(err, &twice) {
		a.build.log.Error("metrics", "error", err)
	}
}

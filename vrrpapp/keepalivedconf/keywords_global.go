package keepalivedconf

import (
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// globals are words of global_defs that change the instances.
type globals struct {
	strict                    bool
	garpExtra                 duration.Duration
	startupTime, shutdownTime duration.Duration
	fifoScript, vrrpScript    *vrrpapp.Script
	rules                     int // that had no preference
}

var globalBasics = []keyword{
	{name: "router_id", read: setWord(func(p *parser) *string { return &p.app.RouterID }, "a name")},
	{name: "default_interface", read: setInterface(func(p *parser) *string { return &p.app.DefaultInterface })},
	{name: "script_user", read: func(p *parser, l *line) { p.app.ScriptUser, p.app.ScriptGroup, _ = p.owner(l, true) }},
	{name: "enable_script_security", read: setFlag(func(p *parser) *bool { return &p.app.EnableScriptSecurity })},
	{name: "startup_script", read: func(p *parser, l *line) { p.app.StartupScript = p.script(l) }},
	{name: "startup_script_timeout", read: func(p *parser, l *line) { p.global.startupTime, _ = l.wholeSeconds(1, 1000) }},
	{name: "shutdown_script", read: func(p *parser, l *line) { p.app.ShutdownScript = p.script(l) }},
	{name: "shutdown_script_timeout", read: func(p *parser, l *line) { p.global.shutdownTime, _ = l.wholeSeconds(1, 1000) }},
	{name: "log_unknown_vrids", read: setFlag(func(p *parser) *bool { return &p.app.LogUnknownVRIDs })},
	{name: "vmac_prefix", read: setInterface(func(p *parser) *string { return &p.app.VMACPrefix })},
	{name: "vmac_addr_prefix", read: setInterface(func(p *parser) *string { return &p.app.VMACAddrPrefix })},
	// Interfaces may always come and go here.
	{name: "dynamic_interfaces", read: func(p *parser, l *line) {
		if w, ok := l.optional(); ok && w != "allow_if_changes" {
			l.errorf("'dynamic_interfaces' stands alone or with allow_if_changes, not '%s'", w)
		}
	}},
}

var globalNotify = []keyword{
	{name: "notify_fifo", read: func(p *parser, l *line) { p.app.NotifyFIFO = p.fifo(l) }},
	{name: "notify_fifo_script", read: func(p *parser, l *line) { p.global.fifoScript = p.script(l) }},
	{name: "vrrp_notify_fifo", read: func(p *parser, l *line) { p.app.VRRPNotifyFIFO = p.fifo(l) }},
	{name: "vrrp_notify_fifo_script", read: func(p *parser, l *line) { p.global.vrrpScript = p.script(l) }},
	{name: "vrrp_notify_priority_changes", read: setBool(func(p *parser) *bool { return &p.app.NotifyPriorityChanges })},
	{name: "fifo_write_vrrp_states_on_reload", read: setFlag(func(p *parser) *bool { return &p.app.FIFOStatesOnReload })},
}

// fifo reads a path, and who owns it.
func (p *parser) fifo(l *line) *vrrpapp.FIFO {
	path, ok := l.word("a path")
	if !ok {
		return nil
	}
	f := &vrrpapp.FIFO{Path: path}
	if l.next < len(l.s.Words) {
		f.User, f.Group, _ = p.owner(l, true)
	}
	return f
}

var globalVRRP = []keyword{
	{name: "vrrp_version", read: func(p *parser, l *line) {
		if n, ok := l.integer(2, 3); ok {
			p.app.Version = uint8(n)
		}
	}},
	{name: "vrrp_mcast_group4", read: multicast(func(p *parser) *string { return &p.app.MulticastGroup4 }, netip.Addr.Is4)},
	{name: "vrrp_mcast_group6", read: multicast(func(p *parser) *string { return &p.app.MulticastGroup6 }, netip.Addr.Is6)},
	{name: "vrrp_min_garp", read: setBool(func(p *parser) *bool { return &p.app.MinGARP })},
	{name: "vrrp_garp_interval", read: setTime(func(p *parser) *duration.Duration { return &p.app.GARPInterval }, 1e-6, maxFraction)},
	{name: "vrrp_gna_interval", read: setTime(func(p *parser) *duration.Duration { return &p.app.GNAInterval }, 1e-6, maxFraction)},
	{name: "vrrp_garp_extra_if", read: func(p *parser, l *line) {
		i := &instance{Instance: new(vrrpapp.Instance)}
		outer := p.instance
		p.instance = i
		readExtraInterface(1)(p, l)
		p.instance, p.global.garpExtra = outer, i.GARPExtraInterface
	}},
	{name: "vrrp_down_timer_adverts", read: setInt(func(p *parser) *int { return &p.app.DownTimerAdverts }, 1, 100)},
	{name: "vrrp_lower_prio_no_advert", read: setBool(func(p *parser) *bool { return &p.app.LowerPrioNoAdvert })},
	{name: "vrrp_higher_prio_send_advert", read: setOptional(func(p *parser) **bool { return &p.app.HigherPrioSendAdvert })},
	{name: "vrrp_check_unicast_src", read: checkSource(func(p *parser) **bool { return &p.app.CheckUnicastSource })},
	{name: "vrrp_skip_check_adv_addr", read: alwaysOn(func(p *parser) { p.app.SkipCheckAdvAddr = true })},
	{name: "vrrp_strict", read: alwaysOn(func(p *parser) { p.global.strict = true })},
	{name: "vrrp_startup_delay", read: setTime(func(p *parser) *duration.Duration { return &p.app.StartupDelay }, 0.001, maxFraction)},
}

// alwaysOn is for words that keepalived takes for on whatever follows them.
func alwaysOn(set func(p *parser)) func(*parser, *line) {
	return func(p *parser, l *line) {
		set(p)
		if w, ok := l.optional(); ok && w != "on" && w != "true" && w != "yes" {
			l.warnf("'%s' is on although '%s' follows it, as in keepalived 2.2.7; delete the line to turn it off", l.keyword(), w)
		}
	}
}

// checkSource is for check_unicast_src, which is on here unless it is turned off: keepalived cannot turn it off, it takes any word
// for on.
func checkSource(field func(p *parser) **bool) func(*parser, *line) {
	return func(p *parser, l *line) {
		if b, ok := l.boolean(); ok {
			if *field(p) = &b; !b {
				l.warnf("'%s' is off here; keepalived 2.2.7 takes it for on whatever follows it", l.keyword())
			}
		}
	}
}

func multicast(field func(p *parser) *string, family func(netip.Addr) bool) func(*parser, *line) {
	return func(p *parser, l *line) {
		a, ok := l.addr()
		switch {
		case !ok:
		case !a.IsMulticast() || !family(a):
			l.errorf("'%s': %v is no multicast address of that family", l.keyword(), a)
		default:
			*field(p) = a.String()
		}
	}
}

// globalGuard are the words about keepalived's VRRP process, whose place the guard has.
var globalGuard = []keyword{
	{name: "vrrp_rt_priority", read: func(p *parser, l *line) {
		if n, ok := l.integer(1, 99); ok {
			p.guard().Priority = n
		}
	}},
	{name: "vrrp_no_swap", read: func(p *parser, _ *line) { p.guard().NoSwap = pointer(true) }},
	{name: "vrrp_priority", read: func(p *parser, l *line) {
		if n, ok := l.integer(-20, 19); ok {
			p.guard().Niceness = n
		}
	}},
	{name: "vrrp_cpu_affinity", read: func(p *parser, l *line) {
		if l.next == len(l.s.Words) {
			l.errorf("'vrrp_cpu_affinity' needs numbers of processors")
		}
		for _, w := range l.rest() {
			if n, ok := l.number("vrrp_cpu_affinity", w, 0, 1023); ok {
				p.guard().CPUs = append(p.guard().CPUs, n)
			}
		}
	}},
	{name: "max_auto_priority", read: readNothing, warn: "the guard has a real-time priority from the start; vrrp_rt_priority sets it"},
	{name: "min_auto_priority_delay", read: readNothing, warn: "the guard has a real-time priority from the start"},
	{name: "vrrp_rlimit_rttime", read: readNothing, warn: "the guard has no limit to its real-time scheduling"},
}

func (p *parser) guard() *vrrpapp.Guard {
	if p.app.Guard == nil {
		p.app.Guard = new(vrrpapp.Guard)
	}
	return p.app.Guard
}

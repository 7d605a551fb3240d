package keepalivedconf

import "github.com/caddy-haproxy/caddy-haproxy/vrrpapp"

func notifyScript(field func(n *vrrpapp.Notify) **vrrpapp.Script) func(*parser, *line) {
	return func(p *parser, l *line) { *field(p.notify) = p.script(l) }
}

// notifyKeywords are in instances and groups.
var notifyKeywords = []keyword{
	{name: "notify_master", first: true, read: notifyScript(func(n *vrrpapp.Notify) **vrrpapp.Script { return &n.Master })},
	{name: "notify_backup", first: true, read: notifyScript(func(n *vrrpapp.Notify) **vrrpapp.Script { return &n.Backup })},
	{name: "notify_fault", first: true, read: notifyScript(func(n *vrrpapp.Notify) **vrrpapp.Script { return &n.Fault })},
	{name: "notify_stop", first: true, read: notifyScript(func(n *vrrpapp.Notify) **vrrpapp.Script { return &n.Stop })},
	{name: "notify", first: true, read: notifyScript(func(n *vrrpapp.Notify) **vrrpapp.Script { return &n.Any })},
	{name: "notify_deleted", read: func(p *parser, l *line) {
		p.notify.SayDeleted = true
		if l.next < len(l.s.Words) {
			p.notify.Deleted = p.script(l)
		}
	}},
	{name: "notify_priority_changes", read: setOptional(func(p *parser) **bool { return &p.notify.PriorityChanges })},
	{name: "smtp_alert", read: readNothing, warn: noMail},
}

var instanceNotify = []keyword{
	{name: "notify_master_rx_lower_pri", first: true, read: notifyScript(func(n *vrrpapp.Notify) **vrrpapp.Script { return &n.MasterRxLowerPri })},
}

const noMail = "no mail is sent; a notify script can do that"

// readNothing takes all words of a keyword that changes nothing.
func readNothing(_ *parser, l *line) { l.rest() }

// instanceNothing are words that change nothing here, and LVS'.
var instanceNothing = []keyword{
	{name: "debug", read: readNothing, warn: "keepalived 2.2.7 does not implement it either"},
	{name: "kernel_rx_buf_size", read: readNothing, warn: "the receive buffers are always large, and drained before a timeout is believed"},
	{name: "linkbeat_use_polling", warn: noPolling},
	{name: "lvs_sync_daemon_interface", read: readNothing, warn: "there is no LVS here whose connections could be synchronised"},
	{name: "vrf", never: "give the instance an interface that belongs to the VRF"},
	{name: "use_ipvlan", never: "an ipvlan has the MAC address of its interface, as addresses without it have: leave it out"},
}

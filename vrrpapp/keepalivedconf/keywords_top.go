package keepalivedconf

import "strings"

// topKeywords are the words outside of all blocks.
var topKeywords table

// The tables refer to functions that read them.
func init() {
	topKeywords = newTable(topBlocks, topLists, topSkippable, topProcess, topNothing)
	globalKeywords = newTable(globalBasics, globalNotify, globalVRRP, globalAnnouncing, globalGuard, globalReading, globalProcess, globalMail, globalLVS, globalSNMP, globalFirewall, globalBuffers)
	instanceKeywords = newTable(instanceBasics, instanceAddresses, instanceUnicast, instanceAdverts, instanceAnnouncing, instanceVMAC, instanceNothing, notifyKeywords, instanceNotify, trackKeywords)
	groupKeywords = newTable(groupBasics, notifyKeywords, trackKeywords)
}

var globalKeywords, instanceKeywords, groupKeywords table

var topBlocks = []keyword{
	{name: "global_defs", block: true, read: func(p *parser, l *line) { p.block(globalKeywords, "global_defs", l.s.Block) }},
	{name: "vrrp_instance", block: true, read: readInstance},
	{name: "vrrp_sync_group", block: true, read: readGroup},
	{name: "vrrp_script", block: true, read: readTracker(scriptTracker, scriptKeywords)},
	{name: "track_file", block: true, read: readTracker(fileTracker, fileKeywords)},
	{name: "vrrp_track_file", block: true, read: readTracker(fileTracker, fileKeywords)},
	{name: "vrrp_track_process", block: true, read: readTracker(processTracker, processKeywords)},
	{name: "vrrp_track_backend", block: true, read: readTracker(backendTracker, backendKeywords)},
	{name: "vrrp_track_listener", block: true, read: readTracker(listenerTracker, listenerKeywords)},
	{name: "garp_group", block: true, read: readGARPGroup},
	{name: "interface_up_down_delays", block: true, read: readDelays},
	{name: "track_group", block: true, read: readTrackGroup},
}

var topLists = []keyword{
	{name: "static_ipaddress", block: true, read: func(p *parser, l *line) {
		list, _ := p.addresses(l, staticAddress)
		p.app.StaticAddresses = append(p.app.StaticAddresses, list...)
	}},
	{name: "static_routes", block: true, read: func(p *parser, l *line) {
		p.app.StaticRoutes = append(p.app.StaticRoutes, p.routes(l)...)
	}},
	{name: "static_rules", block: true, read: func(p *parser, l *line) {
		p.app.StaticRules = append(p.app.StaticRules, p.rules(l)...)
	}},
}

// topSkippable are blocks of keepalived's other halves: refused unless they are skipped by name.
var topSkippable = []keyword{
	{name: "virtual_server", block: true, read: skippable("LVS is not here: a listen section of haproxy.cfg balances")},
	{name: "virtual_server_group", block: true, read: skippable("LVS is not here: a listen section of haproxy.cfg balances")},
	{name: "SSL", block: true, read: skippable("it is for the checks of LVS")},
	{name: "bfd_instance", block: true, read: skippable("BFD is not spoken")},
}

var topNothing = []keyword{
	{name: "linkbeat_interfaces", block: true, warn: noPolling},
}

func skippable(why string) func(*parser, *line) {
	return func(p *parser, l *line) {
		words := l.rest()
		if !p.skip[l.keyword()] {
			l.errorf("'%s' is not supported: %s. To leave it out, write '#@ skip %s' into the file", l.keyword(), why, l.keyword())
			return
		}
		l.warnf("'%s' is skipped", strings.Join(append([]string{l.keyword()}, words...), " "))
	}
}

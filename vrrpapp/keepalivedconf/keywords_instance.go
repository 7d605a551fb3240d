package keepalivedconf

import (
	"net"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// instance is a vrrp_instance and where its words stand.
type instance struct {
	*vrrpapp.Instance
	at    map[string]conf.Pos
	track tracks
	// addressAt is where each of Addresses stands, excludedAt each of Excluded.
	addressAt, excludedAt []conf.Pos
	// strict is strict_mode; nil is vrrp_strict's.
	strict *bool
	accept *bool
}

// set reports that the keyword stands in the block.
func (i *instance) set(keyword string) bool { _, ok := i.at[keyword]; return ok }

// pos is where a keyword stands, or the block itself.
func (i *instance) pos(keyword string) conf.Pos {
	if pos, ok := i.at[keyword]; ok {
		return pos
	}
	return i.at[""]
}

func readInstance(p *parser, l *line) {
	name, ok := l.word("a name")
	if !ok {
		return
	}
	i := &instance{Instance: &vrrpapp.Instance{Name: name}, at: map[string]conf.Pos{"": l.s.Pos}}
	for _, s := range l.s.Block {
		i.at[s.Words[0]] = s.Pos
	}
	p.instance, p.notify, p.track = i, &i.Notify, &i.track
	p.block(instanceKeywords, "vrrp_instance", l.s.Block)
	p.instance, p.notify, p.track = nil, nil, nil
	p.instances = append(p.instances, i)
}

var instanceBasics = []keyword{
	{name: "state", read: readState},
	{name: "interface", read: setInterface(func(p *parser) *string { return &p.instance.Interface })},
	{name: "virtual_router_id", read: setInt(func(p *parser) *int { return &p.instance.VRID }, 1, 255)},
	{name: "priority", read: setInt(func(p *parser) *int { return &p.instance.Priority }, 1, 255)},
	{name: "advert_int", read: setTime(func(p *parser) *duration.Duration { return &p.instance.AdvertInt }, 0.01, 255)},
	{name: "version", read: func(p *parser, l *line) {
		if n, ok := l.integer(2, 3); ok {
			p.instance.Version = uint8(n)
		}
	}},
	{name: "authentication", block: true, read: readAuthentication},
	{name: "nopreempt", read: setFlag(func(p *parser) *bool { return &p.instance.NoPreempt })},
	{name: "preempt", read: func(p *parser, _ *line) { p.instance.NoPreempt = false }},
	{name: "preempt_delay", read: setTime(func(p *parser) *duration.Duration { return &p.instance.PreemptDelay }, 0, 1000)},
	{name: "accept", read: func(p *parser, _ *line) { p.instance.accept = pointer(true) }},
	{name: "no_accept", read: func(p *parser, _ *line) { p.instance.accept = pointer(false) }},
	{name: "promote_secondaries", read: setFlag(func(p *parser) *bool { return &p.instance.PromoteSecondaries })},
	{name: "native_ipv6", read: setFlag(func(p *parser) *bool { return &p.instance.NativeIPv6 })},
	{name: "dont_track_primary", read: setFlag(func(p *parser) *bool { return &p.instance.DontTrackPrimary })},
	{name: "track_src_ip", read: setFlag(func(p *parser) *bool { return &p.instance.TrackSourceIP })},
	{name: "strict_mode", read: setOptional(func(p *parser) **bool { return &p.instance.strict })},
}

var instanceAddresses = []keyword{
	{name: "virtual_ipaddress", block: true, read: func(p *parser, l *line) {
		list, at := p.addresses(l, virtualAddress)
		p.instance.Addresses, p.instance.addressAt = append(p.instance.Addresses, list...), append(p.instance.addressAt, at...)
	}},
	{name: "virtual_ipaddress_excluded", block: true, read: func(p *parser, l *line) {
		list, at := p.addresses(l, virtualAddress)
		p.instance.Excluded, p.instance.excludedAt = append(p.instance.Excluded, list...), append(p.instance.excludedAt, at...)
	}},
	{name: "virtual_routes", block: true, read: func(p *parser, l *line) {
		p.instance.Routes = append(p.instance.Routes, p.routes(l)...)
	}},
	{name: "virtual_rules", block: true, read: func(p *parser, l *line) {
		p.instance.Rules = append(p.instance.Rules, p.rules(l)...)
	}},
}

var instanceUnicast = []keyword{
	{name: "unicast_peer", block: true, read: readUnicastPeers},
	{name: "unicast_fault_no_peer", read: setFlag(func(p *parser) *bool { return &p.instance.UnicastFaultNoPeer })},
	{name: "unicast_src_ip", read: setAddr(func(p *parser) *string { return &p.instance.UnicastSourceIP })},
	{name: "mcast_src_ip", read: setAddr(func(p *parser) *string { return &p.instance.MulticastSourceIP })},
	{name: "mcast_dst_ip", read: func(p *parser, l *line) {
		a, ok := l.addr()
		switch {
		case !ok:
		case !a.IsMulticast():
			l.errorf("mcast_dst_ip %v is no multicast address", a)
		case a.Is6() && !a.IsLinkLocalMulticast():
			l.errorf("mcast_dst_ip %v is not link-local (ffX2:...)", a)
		default:
			p.instance.MulticastDestIP = a.String()
		}
	}},
	{name: "unicast_ttl", read: func(p *parser, l *line) {
		if n, ok := l.integer(0, 255); ok {
			p.instance.UnicastTTL = pointer(uint8(n))
		}
	}},
	{name: "check_unicast_src", read: checkSource(func(p *parser) **bool { return &p.instance.CheckUnicastSource })},
	// Newer than 2.2.7.
	{name: "v3_checksum_as_v2", read: setBool(func(p *parser) *bool { return &p.instance.ChecksumAsV2 })},
	{name: "old_unicast_checksum", read: func(p *parser, l *line) {
		switch w, _ := l.optional(); w {
		case "":
			p.instance.OldUnicastChecksum = "on"
		case "never":
			p.instance.OldUnicastChecksum = w
		default:
			l.errorf("'old_unicast_checksum' stands alone or with never, not '%s'", w)
		}
	}},
}

var instanceAdverts = []keyword{
	{name: "garp_extra_if", read: readExtraInterface(0)},
	{name: "down_timer_adverts", read: setInt(func(p *parser) *int { return &p.instance.DownTimerAdverts }, 1, 100)},
	{name: "lower_prio_no_advert", read: setOptional(func(p *parser) **bool { return &p.instance.LowerPrioNoAdvert })},
	{name: "higher_prio_send_advert", read: setOptional(func(p *parser) **bool { return &p.instance.HigherPrioSendAdvert })},
	{name: "skip_check_adv_addr", read: setOptional(func(p *parser) **bool { return &p.instance.SkipCheckAdvAddr })},
}

var instanceVMAC = []keyword{
	{name: "use_vmac", read: readVMAC},
	{name: "use_vmac_addr", read: func(p *parser, _ *line) { p.instance.vmac().Addresses = true }},
	{name: "vmac_xmit_base", read: func(p *parser, _ *line) { p.instance.vmac().XmitBase = true }},
}

func (i *instance) vmac() *vrrpapp.VMAC {
	if i.UseVMAC == nil {
		i.UseVMAC = new(vrrpapp.VMAC)
	}
	return i.UseVMAC
}

func readState(p *parser, l *line) {
	switch w, ok := l.word("MASTER or BACKUP"); {
	case !ok:
	case w == "MASTER" || w == "BACKUP":
		p.instance.State = w
	default:
		// Templates leave such words; keepalived starts all the same.
		p.instance.State = "BACKUP"
		l.warnf("state '%s' is neither MASTER nor BACKUP; keepalived takes it for BACKUP, and so it is", w)
	}
}

func readUnicastPeers(p *parser, l *line) {
	for _, s := range l.s.Block {
		peer := &line{p: p, s: s}
		if !peer.valid() {
			continue
		}
		a, ok := peer.addr()
		if !ok {
			continue
		}
		u := vrrpapp.UnicastPeer{Address: a.String()}
		for word, more := peer.optional(); more; word, more = peer.optional() {
			field := map[string]*uint8{"min_ttl": &u.MinTTL, "max_ttl": &u.MaxTTL}[word]
			if field == nil {
				peer.errorf("unicast_peer %v: unknown word '%s'; there are min_ttl and max_ttl", a, word)
				break
			}
			if n, ok := peer.integer(0, 255); ok {
				*field = uint8(n)
			}
		}
		if u.MaxTTL != 0 && u.MinTTL > u.MaxTTL {
			peer.errorf("unicast_peer %v: min_ttl %d is above max_ttl %d", a, u.MinTTL, u.MaxTTL)
		}
		p.instance.UnicastPeers = append(p.instance.UnicastPeers, u)
	}
}

// readExtraInterface reads garp_extra_if [all] SECONDS.
func readExtraInterface(low int) func(*parser, *line) {
	return func(p *parser, l *line) {
		w, ok := l.word("a time in seconds")
		if !ok {
			return
		}
		if w == "all" {
			if w, ok = l.word("a time in seconds after all"); !ok {
				return
			}
			l.warnf("'%s all': only the interfaces of addresses are announced on, not each that the instance uses", l.keyword())
		}
		if n, ok := l.number(l.keyword(), w, low, 86400); ok {
			p.instance.GARPExtraInterface = duration.Duration(n) * duration.Duration(time.Second)
		}
	}
}

// readVMAC reads use_vmac [NAME] [MAC].
func readVMAC(p *parser, l *line) {
	v := p.instance.vmac()
	for w, ok := l.optional(); ok; w, ok = l.optional() {
		switch {
		case strings.Contains(w, ":"):
			full := w
			if strings.Count(w, ":") == 4 {
				full += ":01"
			}
			mac, err := net.ParseMAC(full)
			switch {
			case err != nil || len(mac) != 6 || mac[0]&1 != 0:
				l.errorf("use_vmac: '%s' is no MAC address of an interface", w)
			case strings.HasPrefix(mac.String(), "00:00:5e:00:01:") || strings.HasPrefix(mac.String(), "00:00:5e:00:02:"):
				l.errorf("use_vmac: '%s' is one of RFC 5798's own addresses, which are the default: leave it out", w)
			default:
				v.MAC = strings.ToLower(w)
			}
		case v.Interface != "":
			l.errorf("use_vmac: a second name '%s'", w)
		case l.ifname(w):
			v.Interface = w
		}
	}
}

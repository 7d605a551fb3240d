package keepalivedconf

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

const (
	// centisecond is the unit of version 3's interval, and maxInterval3 the most that its 12 bits hold (RFC 5798, 5.2.7).
	centisecond  = duration.Duration(10 * time.Millisecond)
	maxInterval3 = 4095 * centisecond
	second       = duration.Duration(time.Second)
)

// interval rounds advert_int to what the version can say, as keepalived does.
func (p *parser) interval(i *instance) {
	d := i.AdvertInt
	if d == 0 {
		return
	}
	unit, most := second, 255*second
	if i.version(p) == 3 {
		unit, most = centisecond, maxInterval3
	}
	if rounded := min(max((d+unit/2)/unit*unit, unit), most); rounded != d {
		p.diags.Warnf(i.pos("advert_int"), "vrrp_instance %s: version %d cannot say advert_int %v; it becomes %v, as in keepalived",
			i.Name, i.version(p), time.Duration(d), time.Duration(rounded))
		i.AdvertInt = rounded
	}
}

// unicast looks at the words about where packets go.
func (p *parser) unicast(i *instance) {
	if i.Interface == "" && len(i.UnicastPeers) == 0 {
		p.diags.Errorf(i.at[""], "vrrp_instance %s has no interface", i.Name)
	}
	if len(i.UnicastPeers) > 0 {
		if i.UseVMAC != nil && i.set("use_vmac") && !i.UseVMAC.XmitBase {
			p.diags.Warnf(i.pos("use_vmac"), "vrrp_instance %s: unicast with use_vmac needs vmac_xmit_base; it is set, as in keepalived", i.Name)
			i.UseVMAC.XmitBase = true
		}
		return
	}
	if i.UnicastFaultNoPeer {
		return
	}
	for _, word := range []string{"unicast_src_ip", "unicast_peer", "unicast_ttl", "check_unicast_src", "old_unicast_checksum"} {
		if i.set(word) {
			p.diags.Warnf(i.pos(word), "vrrp_instance %s has %s and no peer in unicast_peer: it uses multicast, as in keepalived", i.Name, word)
			break
		}
	}
	if i.UnicastSourceIP != "" {
		if i.MulticastSourceIP == "" {
			i.MulticastSourceIP = i.UnicastSourceIP
		}
		i.UnicastSourceIP = ""
	}
}

// strict does what strict_mode does to the network; what it only checks it does not.
func (p *parser) strict(i *instance) {
	on, word := p.global.strict, ""
	if i.strict != nil {
		on, word = *i.strict, "strict_mode"
	}
	if !on {
		return
	}
	p.diags.Warnf(i.pos(word), "vrrp_instance %s: of strict mode here is no_accept, lower_prio_no_advert, no authentication, no preempt_delay and "+
		"no garp_lower_prio_repeat, no vmac_xmit_base; what breaks its other rules is not refused", i.Name)
	i.LowerPrioNoAdvert, i.HigherPrioSendAdvert = pointer(true), pointer(false)
	i.LowerRepeat, i.LowerDelay = pointer(0), pointer(duration.Duration(0))
	i.Authentication, i.PreemptDelay = nil, 0
	if i.Priority != owner && (i.accept == nil || i.version(p) == 2) {
		i.accept = pointer(false)
	}
	if i.UseVMAC != nil {
		i.UseVMAC.XmitBase = false
	}
}

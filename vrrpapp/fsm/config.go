package fsm

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Config is one vrrp_instance. The zero value of a field is its default; New and Reload refuse what Validate refuses.
type Config struct {
	// Version is 2 or 3 (version; 0 is 2). It decides the unit of the skew (RFC 3768 6.1, RFC 5798 6.1).
	Version uint8 `json:"version,omitempty"`
	// Priority is 1-254, or 255 for the owner of the addresses (priority; 0 is 100).
	Priority uint8 `json:"priority,omitempty"`
	// Interval is between two advertisements (advert_int; 0 is 1 s). Version 2: whole seconds up to 255; version 3: 10 ms to
	// 40.95 s in steps of 10 ms.
	Interval time.Duration `json:"interval,omitempty"`
	// DownAdverts is how many intervals of silence mean that the master is gone (down_timer_adverts, 1-100; 0 is 3).
	DownAdverts int `json:"down_adverts,omitempty"`
	// StartMaster is `state MASTER`. keepalived and we heed it only with priority 255: master at once.
	StartMaster bool `json:"start_master,omitempty"`
	// NoPreempt leaves a master of lower priority alone (nopreempt).
	NoPreempt bool `json:"no_preempt,omitempty"`
	// PreemptDelay is how long a master of lower priority is left alone after it was first heard (preempt_delay, 0-1000 s).
	PreemptDelay time.Duration `json:"preempt_delay,omitempty"`
	// Keys are the authentications of version 2 (authentication). The first is sent, each is accepted; none is AuthNone.
	Keys []Key `json:"keys,omitempty"`
	// Addresses are advertised, in this order (virtual_ipaddress); Excluded are not (virtual_ipaddress_excluded).
	Addresses []netip.Prefix `json:"addresses,omitempty"`
	Excluded  []netip.Prefix `json:"excluded,omitempty"`
	// Peers make it unicast (unicast_peer): messages from others are refused.
	Peers []Peer `json:"peers,omitempty"`
	// AnySource accepts unicast from others than the peers. keepalived's default, without check_unicast_src; ours is to check.
	AnySource bool `json:"any_source,omitempty"`
	// Trackers change the priority or cause a fault.
	Trackers []Tracker `json:"trackers,omitempty"`
	// Announce is how gratuitous ARP and unsolicited neighbour advertisements repeat.
	Announce Announcing `json:"announce,omitzero"`
	// QuietOnLower does not answer a lower priority's advertisement with one's own (lower_prio_no_advert). RFC 3768 and 5798
	// are silent then, RFC 9568 6.4.3 and keepalived answer.
	QuietOnLower bool `json:"quiet_on_lower,omitempty"`
	// NoLastWord steps down without an advertisement of one's own (the opposite of higher_prio_send_advert): the winner then
	// may not know that there was another master whose gratuitous ARP was the last.
	NoLastWord bool `json:"no_last_word,omitempty"`
	// AbruptLeave removes the addresses together with priority 0 (RFC 5798 6.4.3 and keepalived), instead of keeping them until
	// the successor has them.
	AbruptLeave bool `json:"abrupt_leave,omitempty"`
	// NoLinger removes the addresses with the successor's first advertisement. Otherwise they stay up to 40 ms, and not longer
	// than half an interval, because keepalived advertises before it has them. It is for addresses whose MAC address
	// moves with them: the successor's message has already moved it.
	NoLinger bool `json:"no_linger,omitempty"`
	// Rollover is how long after a reload everything is said twice if the version, the password, the list of addresses
	// or version 2's interval changed: as it was, too. What is said so is accepted as long. Peers can be reloaded one after the other then,
	// also those that refuse what differs (0 is an hour, negative is none).
	Rollover time.Duration `json:"rollover,omitempty"`
}

// Key is an authentication type and its eight bytes (RFC 2338 5.3.6): type 1 is a password in the clear, 0 is none.
type Key struct {
	Type uint8   `json:"type,omitempty"`
	Data [8]byte `json:"data,omitzero"`
}

// Peer is another node in unicast mode.
type Peer struct {
	Addr netip.Addr `json:"addr,omitzero"`
	// MinTTL and MaxTTL bound the TTL of what it sends (min_ttl, max_ttl); both 0: no check.
	MinTTL uint8 `json:"min_ttl,omitempty"`
	MaxTTL uint8 `json:"max_ttl,omitempty"`
}

// Announcing is keepalived's garp_*. In each field 0 is the default and a negative value is none.
type Announcing struct {
	MasterRepeat  int           `json:"master_repeat,omitempty"`  // garp_master_repeat: per address, on becoming master and again after MasterDelay; 5
	MasterDelay   time.Duration `json:"master_delay,omitempty"`   // garp_master_delay; 5 s
	LowerRepeat   int           `json:"lower_repeat,omitempty"`   // garp_lower_prio_repeat; MasterRepeat
	LowerDelay    time.Duration `json:"lower_delay,omitempty"`    // garp_lower_prio_delay; MasterDelay
	Refresh       time.Duration `json:"refresh,omitempty"`        // garp_master_refresh; 60 s (keepalived: none)
	RefreshRepeat int           `json:"refresh_repeat,omitempty"` // garp_master_refresh_repeat; 1
}

func (c Config) withDefaults() Config {
	orElse(&c.Version, 2)
	orElse(&c.Priority, 100)
	orElse(&c.Interval, time.Second)
	orElse(&c.DownAdverts, 3)
	orElse(&c.Rollover, time.Hour)
	a := &c.Announce
	orElse(&a.MasterRepeat, 5)
	orElse(&a.MasterDelay, 5*time.Second)
	orElse(&a.LowerRepeat, a.MasterRepeat)
	orElse(&a.LowerDelay, a.MasterDelay)
	orElse(&a.Refresh, time.Minute)
	orElse(&a.RefreshRepeat, 1)
	if len(c.Keys) == 0 || c.Version == 3 {
		c.Keys = []Key{{}} // version 3 has no authentication (RFC 5798 9)
	}
	return c
}

func orElse[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
	}
}

// Validate says what is wrong with c. It does not judge what is legal but unwise.
func (c Config) Validate() error {
	c = c.withDefaults()
	unit, most := time.Second, 255*time.Second
	if c.Version == 3 {
		unit, most = 10*time.Millisecond, 40950*time.Millisecond
	}
	var errs []error
	fail := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	fail(c.Version != 2 && c.Version != 3, "version %d: 2 or 3", c.Version)
	fail(c.Interval < unit || c.Interval > most || c.Interval%unit != 0, "advert_int %v: version %d takes %v to %v in steps of %v", c.Interval, c.Version, unit, most, unit)
	fail(c.DownAdverts < 1 || c.DownAdverts > 100, "down_timer_adverts %d: 1 to 100", c.DownAdverts)
	fail(c.PreemptDelay < 0 || c.PreemptDelay > 1000*time.Second, "preempt_delay %v: 0 to 1000 s", c.PreemptDelay)
	fail(len(c.Addresses) > 255, "%d addresses in virtual_ipaddress: a message takes 255", len(c.Addresses))
	fail(c.NoPreempt && c.PreemptDelay > 0, "nopreempt and preempt_delay exclude each other")
	for i, p := range c.Addresses {
		fail(!p.IsValid(), "virtual_ipaddress %d is not an address", i+1)
		fail(p.IsValid() && c.Version == 2 && !p.Addr().Is4(), "virtual_ipaddress %v: IPv6 needs version 3", p)
		fail(p.IsValid() && p.Addr().Is4() != c.Addresses[0].Addr().Is4(), "virtual_ipaddress %v is of another family than %v", p, c.Addresses[0])
	}
	for i, p := range c.Excluded {
		fail(!p.IsValid(), "virtual_ipaddress_excluded %d is not an address", i+1)
	}
	names := map[string]bool{}
	for _, t := range c.Trackers {
		fail(t.Weight < -254 || t.Weight > 254, "tracker %s: weight %d: -254 to 254", t.Name, t.Weight)
		fail(names[t.Name], "tracker %s is named twice", t.Name)
		names[t.Name] = true
	}
	return errors.Join(errs...)
}

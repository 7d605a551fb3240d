package speaker

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// Config is everything that a speaker does. It is plain data: a guard gets it as JSON.
type Config struct {
	// Routers are the virtual routers, one per vrrp_instance. Their names differ.
	Routers []Router `json:"routers"`
	// Groups are the vrrp_sync_groups.
	Groups []Group `json:"groups,omitempty"`
	// Static are addresses, routes and rules that stay while the speaker runs (static_ipaddress, static_routes, static_rules).
	StaticAddresses []Address     `json:"static_addresses,omitempty"`
	StaticRoutes    []netif.Route `json:"static_routes,omitempty"`
	StaticRules     []netif.Rule  `json:"static_rules,omitempty"`
	// Delays debounce interfaces by name (interface_up_down_delays).
	Delays map[string]Delay `json:"delays,omitempty"`
	// Pace is the pause between two announcements on an interface (vrrp_garp_interval, vrrp_gna_interval, garp_group). The
	// entry "" is for all interfaces that have none of their own.
	Pace map[string]Pace `json:"pace,omitempty"`
	// StartupDelay is how long after the start all routers wait (vrrp_startup_delay).
	StartupDelay time.Duration `json:"startup_delay,omitempty"`
	// LogUnknown reports advertisements for VRIDs that are not ours (log_unknown_vrids). They are counted in any case.
	LogUnknown bool `json:"log_unknown,omitempty"`
	// VMACAddressPrefix begins the names of macvlans for addresses of other interfaces (vmac_addr_prefix). "": vrrp.
	VMACAddressPrefix string `json:"vmac_address_prefix,omitempty"`
	// Probe is the time between two questions who holds the addresses (ARP probes, neighbour solicitations; 0 is 10 s,
	// negative is never).
	Probe time.Duration `json:"probe,omitempty"`
}

// Router is one virtual router on this node.
type Router struct {
	// Name is the vrrp_instance's.
	Name string `json:"name"`
	// Interface is where it speaks; "" only with unicast. It need not exist yet.
	Interface string `json:"interface,omitempty"`
	// VRID is 1-255 (virtual_router_id).
	VRID uint8 `json:"vrid"`
	// IPv6 is the family of its messages.
	IPv6 bool `json:"ipv6,omitempty"`
	// FSM is its state machine's: priority, interval, keys, peers, trackers. Addresses and Excluded are filled from the
	// fields below by the speaker; so are the trackers of Interfaces, under the name "interface NAME".
	FSM fsm.Config `json:"fsm"`
	// Unicast makes it speak to FSM.Peers instead of a group, also when there are none.
	Unicast bool `json:"unicast,omitempty"`
	// Source is where its messages come from (mcast_src_ip, unicast_src_ip). Zero: the interface's own address.
	Source netip.Addr `json:"source,omitzero"`
	// TrackSource makes the absence of Source a fault (track_src_ip).
	TrackSource bool `json:"track_source,omitempty"`
	// MulticastGroup is vrrp_mcast_group4, vrrp_mcast_group6 or mcast_dst_ip. Zero: the RFC's.
	MulticastGroup netip.Addr `json:"multicast_group,omitzero"`
	// TTL is that of unicast messages (unicast_ttl). Zero: 255.
	TTL uint8 `json:"ttl,omitempty"`
	// Checksum is version 3's over IPv4 (v3_checksum_as_v2, old_unicast_checksum); LearnChecksum follows the peer's.
	Checksum      wire.Checksum `json:"checksum,omitempty"`
	LearnChecksum bool          `json:"learn_checksum,omitempty"`
	// Addresses are virtual_ipaddress, Excluded virtual_ipaddress_excluded.
	Addresses []Address `json:"addresses,omitempty"`
	Excluded  []Address `json:"excluded,omitempty"`
	// Routes and Rules come and go with the addresses (virtual_routes, virtual_rules).
	Routes []netif.Route `json:"routes,omitempty"`
	Rules  []netif.Rule  `json:"rules,omitempty"`
	// Interfaces are watched (track_interface). Its own is watched unless IgnoreInterface (dont_track_primary).
	Interfaces      []TrackedInterface `json:"interfaces,omitempty"`
	IgnoreInterface bool               `json:"ignore_interface,omitempty"`
	// PromoteSecondaries sets the kernel's switch on its interfaces (promote_secondaries).
	PromoteSecondaries bool `json:"promote_secondaries,omitempty"`
	// NoAccept drops packets for the addresses unless priority is 255 (no_accept).
	NoAccept bool `json:"no_accept,omitempty"`
	// VMAC makes it live on a macvlan with a virtual MAC address (use_vmac).
	VMAC *VMAC `json:"vmac,omitempty"`
	// SkipSameAddresses does not compare the address list of a master that was compared before (vrrp_skip_check_adv_addr).
	SkipSameAddresses bool `json:"skip_same_addresses,omitempty"`
	// ExtraRefresh announces on interfaces of addresses other than Interface, so often (garp_extra_if). Zero: never.
	ExtraRefresh time.Duration `json:"extra_refresh,omitempty"`
}

// Address is a virtual address and where it belongs.
type Address struct {
	netif.Address
	// Dev is the interface (dev). "": the router's, or its macvlan.
	Dev string `json:"dev,omitempty"`
	// VMAC puts it on a macvlan of Dev (use_vmac of an address).
	VMAC bool `json:"vmac,omitempty"`
	// NoTrack lets it go when somebody removes it (no_track).
	NoTrack bool `json:"no_track,omitempty"`
}

// TrackedInterface is an interface that is watched for its carrier. Weight and Reverse are fsm.Tracker's.
type TrackedInterface struct {
	Name    string `json:"name"`
	Weight  int    `json:"weight,omitempty"`
	Reverse bool   `json:"reverse,omitempty"`
}

// VMAC is use_vmac.
type VMAC struct {
	// Name is the macvlan's. "": vrrp.VRID, or vrrp6.VRID.
	Name string `json:"name,omitempty"`
	// MAC is its address. Zero: netif.VirtualMAC.
	MAC netif.MAC `json:"mac,omitzero"`
	// OnBase sends and receives messages on the interface below (vmac_xmit_base).
	OnBase bool `json:"on_base,omitempty"`
	// Addresses makes macvlans for the addresses of other interfaces too (use_vmac_addr).
	Addresses bool `json:"addresses,omitempty"`
}

// Group is a vrrp_sync_group.
type Group struct {
	Name    string   `json:"name"`
	Routers []string `json:"routers"`
}

// Delay is one line of interface_up_down_delays.
type Delay struct {
	Down time.Duration `json:"down,omitempty"`
	Up   time.Duration `json:"up,omitempty"`
}

// Pace is the pause between announcements of IPv4 and IPv6.
type Pace struct {
	ARP time.Duration `json:"arp,omitempty"`
	NA  time.Duration `json:"na,omitempty"`
	// Lane is the same for interfaces whose announcements are spaced together (interfaces of a garp_group: they have one
	// switch). "": the interface has its own.
	Lane string `json:"lane,omitempty"`
}

package vrrpapp

import "github.com/caddy-haproxy/caddy-haproxy/internal/duration"

// Instance is a vrrp_instance.
type Instance struct {
	Name string `json:"name"`
	// State is "MASTER" or "BACKUP" (default): with priority 255 the first makes it master at once, else it says nothing.
	State string `json:"state,omitempty"`
	// Interface is where it speaks. It may appear later. Only unicast can do without.
	Interface string `json:"interface,omitempty"`
	// VRID is 1-255 and the same on all nodes of this virtual router.
	VRID int `json:"virtual_router_id"`
	// Priority is 1-254, the highest wins, or 255 for the owner of the addresses. Default 100.
	Priority int `json:"priority,omitempty"`
	// AdvertInt is between two advertisements. Default 1s; version 2: whole seconds, version 3: 10ms to 40.95s.
	AdvertInt duration.Duration `json:"advert_int,omitempty"`
	// Version is 2 or 3. Default vrrp_version; IPv6 is always 3.
	Version        uint8           `json:"version,omitempty"`
	Authentication *Authentication `json:"authentication,omitempty"`
	// Addresses are what the virtual router is for (virtual_ipaddress); Excluded are not named in advertisements
	// (virtual_ipaddress_excluded).
	Addresses []VirtualAddress `json:"virtual_ipaddress,omitempty"`
	Excluded  []VirtualAddress `json:"virtual_ipaddress_excluded,omitempty"`
	// Routes and Rules come and go with the addresses, in the words of ip-route(8) and ip-rule(8) (virtual_routes,
	// virtual_rules), and no_track.
	Routes []string `json:"virtual_routes,omitempty"`
	Rules  []string `json:"virtual_rules,omitempty"`

	NoPreempt    bool              `json:"nopreempt,omitempty"`
	PreemptDelay duration.Duration `json:"preempt_delay,omitempty"`
	// NoAccept drops packets for the addresses unless priority is 255 (no_accept).
	NoAccept           bool `json:"no_accept,omitempty"`
	PromoteSecondaries bool `json:"promote_secondaries,omitempty"`
	// NativeIPv6 makes it IPv6 without addresses (native_ipv6).
	NativeIPv6 bool `json:"native_ipv6,omitempty"`

	// Track are the trackers that its priority or its ability depends on (track_script, track_file, track_process, ...).
	Track []Track `json:"track,omitempty"`
	// TrackInterface are other interfaces that must be up (track_interface).
	TrackInterface []Track `json:"track_interface,omitempty"`
	// DontTrackPrimary ignores the state of Interface (dont_track_primary), TrackSourceIP makes the absence of its source address a
	// fault (track_src_ip).
	DontTrackPrimary bool `json:"dont_track_primary,omitempty"`
	TrackSourceIP    bool `json:"track_src_ip,omitempty"`

	// UnicastPeers are the other nodes (unicast_peer) and make it unicast, as UnicastFaultNoPeer does when there is none
	// (unicast_fault_no_peer: a fault).
	UnicastPeers       []UnicastPeer `json:"unicast_peer,omitempty"`
	UnicastFaultNoPeer bool          `json:"unicast_fault_no_peer,omitempty"`
	UnicastSourceIP    string        `json:"unicast_src_ip,omitempty"`
	UnicastTTL         *uint8        `json:"unicast_ttl,omitempty"`
	CheckUnicastSource *bool         `json:"check_unicast_src,omitempty"`
	MulticastSourceIP  string        `json:"mcast_src_ip,omitempty"`
	MulticastDestIP    string        `json:"mcast_dst_ip,omitempty"`
	// OldUnicastChecksum is "" (accept it), "on" (send it) or "never" (old_unicast_checksum); ChecksumAsV2 leaves the
	// pseudo-header out of version 3's checksum over IPv4 (v3_checksum_as_v2, RFC 9568).
	OldUnicastChecksum string `json:"old_unicast_checksum,omitempty"`
	ChecksumAsV2       bool   `json:"v3_checksum_as_v2,omitempty"`

	Announcing
	// GARPExtraInterface announces addresses on other interfaces than Interface so often (garp_extra_if).
	GARPExtraInterface   duration.Duration `json:"garp_extra_if,omitempty"`
	LowerPrioNoAdvert    *bool             `json:"lower_prio_no_advert,omitempty"`
	HigherPrioSendAdvert *bool             `json:"higher_prio_send_advert,omitempty"`
	DownTimerAdverts     int               `json:"down_timer_adverts,omitempty"`
	SkipCheckAdvAddr     *bool             `json:"skip_check_adv_addr,omitempty"`
	// AbruptLeave gives the addresses up together with priority 0, as keepalived does, instead of keeping them until the
	// successor has them.
	AbruptLeave bool `json:"abrupt_leave,omitempty"`

	// UseVMAC makes it live on a macvlan with a virtual MAC address (use_vmac).
	UseVMAC *VMAC `json:"use_vmac,omitempty"`

	Notify
}

// Authentication is version 2's, which protects from mistakes, not from attackers: it is sent in the clear.
type Authentication struct {
	// Type is "PASS". Of "AH" the configuration is refused.
	Type string `json:"auth_type"`
	// Pass is at most eight bytes; more are cut with a warning.
	Pass string `json:"auth_pass"`
	// Also are further passwords that are accepted, never sent, while nodes change theirs one after the other.
	Also []string `json:"also,omitempty"`
}

// VirtualAddress is an entry of virtual_ipaddress, in the words of ip-address(8).
type VirtualAddress struct {
	// Address is an IP address, with "/prefix" or without: then it is /32 or /128.
	Address string `json:"address"`
	// Dev is the interface. Default the instance's.
	Dev string `json:"dev,omitempty"`
	// Broadcast is an address, "+" or "-" (brd).
	Broadcast string `json:"brd,omitempty"`
	// Scope is site, link, host, nowhere or global (the default).
	Scope string `json:"scope,omitempty"`
	Label string `json:"label,omitempty"`
	Peer  string `json:"peer,omitempty"`
	// PreferredLifetime is "0" or "forever" (preferred_lft). Default 0 for /128, else forever.
	PreferredLifetime string `json:"preferred_lft,omitempty"`
	Home              bool   `json:"home,omitempty"`
	// NoDAD is "-nodad": IPv6 looks for the address on the network before it uses it.
	NoDAD           bool `json:"-nodad,omitempty"`
	ManageTempAddrs bool `json:"mngtmpaddr,omitempty"`
	NoPrefixRoute   bool `json:"noprefixroute,omitempty"`
	AutoJoin        bool `json:"autojoin,omitempty"`
	// UseVMAC puts it on a macvlan of Dev, NoTrack lets it go when somebody removes it.
	UseVMAC bool `json:"use_vmac,omitempty"`
	NoTrack bool `json:"no_track,omitempty"`
}

// Track is the use of a tracker or an interface.
type Track struct {
	Name string `json:"name"`
	// Weight is added to the priority while it is up if positive, and while it is down if negative. With 0 down is a fault.
	// Default the tracker's.
	Weight *int `json:"weight,omitempty"`
	// Reverse turns the sign around; with weight 0 up is a fault. Default the tracker's.
	Reverse *bool `json:"reverse,omitempty"`
}

// UnicastPeer is another node of a unicast instance, and bounds for the TTL of what it sends.
type UnicastPeer struct {
	Address string `json:"address"`
	MinTTL  uint8  `json:"min_ttl,omitempty"`
	MaxTTL  uint8  `json:"max_ttl,omitempty"`
}

// Announcing is how gratuitous ARP and unsolicited neighbour advertisements repeat. Absent is the global default.
type Announcing struct {
	MasterDelay   *duration.Duration `json:"garp_master_delay,omitempty"`          // 5s
	MasterRepeat  *int               `json:"garp_master_repeat,omitempty"`         // 5
	LowerDelay    *duration.Duration `json:"garp_lower_prio_delay,omitempty"`      // garp_master_delay
	LowerRepeat   *int               `json:"garp_lower_prio_repeat,omitempty"`     // garp_master_repeat
	Refresh       *duration.Duration `json:"garp_master_refresh,omitempty"`        // 60s; keepalived: never
	RefreshRepeat *int               `json:"garp_master_refresh_repeat,omitempty"` // 1
}

// VMAC is use_vmac.
type VMAC struct {
	// Interface is the macvlan's name. Default vrrp.VRID.
	Interface string `json:"interface,omitempty"`
	// MAC is its address, or the first five bytes of it: the last is the VRID then.
	MAC string `json:"mac,omitempty"`
	// XmitBase sends and receives advertisements on the interface below (vmac_xmit_base).
	XmitBase bool `json:"xmit_base,omitempty"`
	// Addresses makes macvlans for the addresses of other interfaces too (use_vmac_addr).
	Addresses bool `json:"addr,omitempty"`
}

// Notify are the scripts of an instance or a group. They run one after the other, in the order of the changes.
type Notify struct {
	Master  *Script `json:"notify_master,omitempty"`
	Backup  *Script `json:"notify_backup,omitempty"`
	Fault   *Script `json:"notify_fault,omitempty"`
	Stop    *Script `json:"notify_stop,omitempty"`
	Deleted *Script `json:"notify_deleted,omitempty"`
	// SayDeleted tells the others DELETED instead of FAULT when a reload removed it (notify_deleted without a script).
	SayDeleted bool `json:"say_deleted,omitempty"`
	// Any runs after the others, with INSTANCE or GROUP, the name, the state and the priority as further arguments (notify).
	Any *Script `json:"notify,omitempty"`
	// MasterRxLowerPri runs when a master hears a lower priority (notify_master_rx_lower_pri).
	MasterRxLowerPri *Script `json:"notify_master_rx_lower_pri,omitempty"`
	PriorityChanges  *bool   `json:"notify_priority_changes,omitempty"`
}

// SyncGroup is a vrrp_sync_group: instances that are master together.
type SyncGroup struct {
	Name  string   `json:"name"`
	Group []string `json:"group"`
	// Track and TrackInterface are as in Instance, for all members.
	Track          []Track `json:"track,omitempty"`
	TrackInterface []Track `json:"track_interface,omitempty"`
	// TrackingWeight allows weights other than 0 in members (sync_group_tracking_weight); GlobalTracking lets all members track
	// what one tracks (global_tracking).
	TrackingWeight bool `json:"sync_group_tracking_weight,omitempty"`
	GlobalTracking bool `json:"global_tracking,omitempty"`
	Notify
}

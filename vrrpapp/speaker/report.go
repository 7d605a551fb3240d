package speaker

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// Report is news for scripts, events, logs and histories. It is plain data, as Config is.
type Report struct {
	// At is the wall clock's.
	At time.Time `json:"at"`
	// Kind says which fields mean something.
	Kind Kind `json:"kind"`
	// Router is the vrrp_instance, Group the vrrp_sync_group of a Changed that a whole group made.
	Router string `json:"router,omitempty"`
	Group  string `json:"group,omitempty"`
	// From and To are the states of Changed.
	From fsm.State `json:"from,omitempty"`
	To   fsm.State `json:"to,omitempty"`
	// Why is the reason of Changed, or what Noticed is about.
	Why fsm.Reason `json:"why,omitempty"`
	// Priority is the effective one.
	Priority uint8 `json:"priority,omitempty"`
	// Peer is the other node that this is about.
	Peer netip.Addr `json:"peer,omitzero"`
	// Count is how often it happened since it was reported last.
	Count int `json:"count,omitempty"`
	// Detail is more for a human: an interface, an address, a kernel's error, a MAC address.
	Detail string `json:"detail,omitempty"`
}

// Kind is a kind of Report.
type Kind string

// The kinds.
const (
	// Changed: the state went From To because of Why.
	Changed Kind = "changed"
	// PriorityChanged: the effective priority is now Priority, the state is To (notify_priority_changes).
	PriorityChanged Kind = "priority"
	// LowerPriority: as master it heard Peer's lower priority (notify_master_rx_lower_pri).
	LowerPriority Kind = "lower_priority"
	// Noticed: Why about Peer, for the log; at most one a minute for a reason and a peer.
	Noticed Kind = "noticed"
	// Failed: something that the kernel refused, Detail.
	Failed Kind = "failed"
)

// Status is a router as an operator sees it.
type Status struct {
	Name      string `json:"name"`
	Group     string `json:"group,omitempty"`
	Interface string `json:"interface"`
	VRID      uint8  `json:"vrid"`
	IPv6      bool   `json:"ipv6,omitempty"`
	fsm.Status
	// Since is when the state began.
	Since time.Time `json:"since"`
	// Addresses are the virtual addresses, and whether each is on its interface now.
	Addresses []AddressStatus `json:"addresses"`
	// Peers are the nodes that were heard, rejected ones too, the last first.
	Peers []PeerStatus `json:"peers,omitempty"`
	// Trackers are what the priority comes from.
	Trackers []TrackerStatus `json:"trackers,omitempty"`
	// History are the latest changes, the last first.
	History []Report `json:"history,omitempty"`
	// SendErrors counts messages that the kernel did not take; Unknown those on the interface that are not for a router of ours.
	SendErrors uint64 `json:"send_errors"`
	Unknown    uint64 `json:"unknown"`
}

// AddressStatus is one virtual address.
type AddressStatus struct {
	Address netip.Prefix `json:"address"`
	Dev     string       `json:"dev"`
	Present bool         `json:"present"`
	// Foreign is the MAC address of another node that answers for it.
	Foreign string `json:"foreign,omitempty"`
}

// PeerStatus is another node as its messages show it.
type PeerStatus struct {
	Address  netip.Addr    `json:"address"`
	Priority uint8         `json:"priority"`
	Version  uint8         `json:"version"`
	Interval time.Duration `json:"interval"`
	Last     time.Time     `json:"last"`
	// Rejected is why its last message was refused; empty if it was not.
	Rejected fsm.Reason `json:"rejected,omitempty"`
	// Differs are the settings that are not as here: "addresses", "interval", "version", "auth_type", "auth_pass", "vrid",
	// and "kind": multicast or unicast, or another group. They are forgotten when it has been silent for 10 minutes.
	Differs []string `json:"differs,omitempty"`
}

// TrackerStatus is a tracker's last word.
type TrackerStatus struct {
	Name   string `json:"name"`
	Weight int    `json:"weight"`
	Known  bool   `json:"known"`
	Up     bool   `json:"up"`
	Value  int    `json:"value,omitempty"`
}

// What is noticed here, beside what package fsm notices.
const (
	ForeignVRID   fsm.Reason = "foreign_vrid"           // advertisements of a virtual router that is not ours (log_unknown_vrids)
	VRIDDiffers   fsm.Reason = "vrid_differs"           // another VRID announces one of our addresses
	KindDiffers   fsm.Reason = "kind_differs"           // what is meant for one of our routers goes to a group or an address that it does not listen to
	NotAlone      fsm.Reason = "not_alone"              // another process runs virtual routers in this network namespace
	HeldElsewhere fsm.Reason = "address_held_elsewhere" // another node than the master answers for a virtual address
)

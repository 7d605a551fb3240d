package fsm

import "fmt"

// State is where a Machine stands. Init, Backup and Master are the RFC's (RFC 5798 6.4), Fault is keepalived's; Leaving and
// Probing are masters that do not advertise.
type State uint8

// The states.
const (
	// Init: not started, or stopped.
	Init State = iota
	// Fault: started, but not able: no link, no source address, a tracker without weight failed. It holds no address.
	Fault
	// Backup listens to the master.
	Backup
	// Probing holds the addresses and listens for one interval before it claims them: after a time in which another node may
	// have taken over unheard, or when a start finds the addresses of an earlier life on the interface.
	Probing
	// Leaving has said priority 0 and keeps the addresses until the successor has them: a moment longer than until its first
	// advertisement.
	Leaving
	// Master holds the addresses and advertises.
	Master
)

var stateNames = [...]string{Init: "INIT", Fault: "FAULT", Backup: "BACKUP", Probing: "PROBING", Leaving: "LEAVING", Master: "MASTER"}

// String is keepalived's word, where it has one.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "UNKNOWN"
}

// MarshalText is String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *State) UnmarshalText(b []byte) error {
	for i, name := range stateNames {
		if name == string(b) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("fsm: no state is called %q", b)
}

// Holds says that the addresses are on the interface.
func (s State) Holds() bool { return s >= Probing }

// Role is the state as keepalived's users know it, for notify scripts and events: who holds the addresses is Master.
// A Transition whose ends have one Role is news for a history, not for a script.
func (s State) Role() State {
	if s.Holds() {
		return Master
	}
	return s
}

// Reason is why something happened or was refused: the label of a metric and of a log line. Package wire's reasons
// become Reasons by their String.
type Reason string

// Why an advertisement was refused: it touches no timer (RFC 5798 7.1: "discard").
const (
	OwnAddress     Reason = "own_address"     // our own source address: an echo, or the same address twice on the segment
	UnknownPeer    Reason = "unknown_peer"    // unicast from none of our peers
	PeerTTL        Reason = "peer_ttl"        // outside of the peer's min_ttl and max_ttl
	VersionDiffers Reason = "version_differs" // RFC 3768 7.1, RFC 5798 7.1
	AuthType       Reason = "auth_type"       // another kind of authentication than ours
	AuthData       Reason = "auth_data"       // another password than ours
	ForeignCluster Reason = "foreign_cluster" // no address in common, from a node that never had one: another cluster with our VRID
)

// What an accepted advertisement says about the configuration of its sender.
const (
	IntervalDiffers   Reason = "interval_differs" // learnt, in version 2 too, so that a rolling change does not split the pair
	AddressesDiffer   Reason = "addresses_differ" // a warning since keepalived 2.3.3; older ones drop our messages
	OtherMaster       Reason = "other_master"     // it advertises while we are master
	OldPassword       Reason = "old_password"     // the password before the last reload
	EqualPriority     Reason = "equal_priority"   // the address decides who is master
	HeldWithoutMaster Reason = "held_without_master"
)

// Why the state changed.
const (
	Started        Reason = "start"
	Owner          Reason = "owner"           // priority 255
	Adopted        Reason = "adopted"         // from the machine of an earlier configuration
	FoundAddresses Reason = "found_addresses" // of an earlier life
	MasterDown     Reason = "master_down"     // nothing heard for the master down interval
	PriorityZero   Reason = "priority_zero"   // the master left
	HigherPriority Reason = "higher_priority" // another master's advertisement wins
	NobodyElse     Reason = "nobody_else"     // the probe heard no master
	NoInterface    Reason = "no_interface"    // there is none of that name (yet)
	LinkDown       Reason = "link_down"
	NoAddress      Reason = "no_address" // the interface has no source address
	TrackerDown    Reason = "tracker_down"
	TakenAway      Reason = "addresses_removed" // three times in ten seconds by somebody else
	GroupFault     Reason = "sync_group_fault"
	GroupMaster    Reason = "sync_group_master"
	GroupBackup    Reason = "sync_group_backup"
	FlapOver       Reason = "flap_over" // the link is back before anybody can have taken over
	Recovered      Reason = "recovered"
	HandedOver     Reason = "handover"
	NoSuccessor    Reason = "no_successor"
	Held           Reason = "hold"
	Resumed        Reason = "resume"
	Stopped        Reason = "stop"
	Late           Reason = "timer_late"
	BadConfig      Reason = "bad_config"
)

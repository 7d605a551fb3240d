package vrrpapp

import (
	"encoding/json"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

// App is the Caddy app "vrrp": virtual routers that take and give back addresses, as keepalived does. Its words are those of
// keepalived.conf(5), where each is explained; durations are Caddy's ("1s"), numbers without a unit nanoseconds.
type App struct {
	Global

	// Trackers are what is watched, by name: vrrp_script, track_file, vrrp_track_process, and backends and listeners of this
	// process.
	Trackers map[string]json.RawMessage `json:"trackers,omitempty" caddy:"namespace=vrrp.trackers inline_key=type"`
	// Instances are the vrrp_instance blocks.
	Instances []*Instance `json:"instances,omitempty"`
	// SyncGroups are the vrrp_sync_group blocks.
	SyncGroups []*SyncGroup `json:"sync_groups,omitempty"`

	build *built
}

// Global are global_defs and the top level's blocks as far as they concern VRRP. What is a default for instances says so.
type Global struct {
	// RouterID names this node in the status (router_id). Default the host's name.
	RouterID string `json:"router_id,omitempty"`
	// Version is the default of version (vrrp_version): 2 or 3, default 2.
	Version uint8 `json:"vrrp_version,omitempty"`
	// MulticastGroup4 and 6 are where advertisements go (vrrp_mcast_group4, vrrp_mcast_group6). Default 224.0.0.18, ff02::12.
	MulticastGroup4 string `json:"vrrp_mcast_group4,omitempty"`
	MulticastGroup6 string `json:"vrrp_mcast_group6,omitempty"`
	// Announcing are the defaults of the garp_* words (vrrp_garp_master_delay, ...).
	Announcing
	// MinGARP sends one announcement instead of five and none later (vrrp_min_garp).
	MinGARP bool `json:"vrrp_min_garp,omitempty"`
	// GARPInterval and GNAInterval are pauses between announcements on an interface (vrrp_garp_interval, vrrp_gna_interval).
	GARPInterval duration.Duration `json:"vrrp_garp_interval,omitempty"`
	GNAInterval  duration.Duration `json:"vrrp_gna_interval,omitempty"`
	// GARPGroups are garp_group blocks: other pauses for some interfaces.
	GARPGroups []GARPGroup `json:"garp_groups,omitempty"`
	// LowerPrioNoAdvert, HigherPrioSendAdvert, DownTimerAdverts, CheckUnicastSource and SkipCheckAdvAddr are the defaults of the
	// words of an instance. Beware: higher_prio_send_advert and check_unicast_src are on here unless they are turned off.
	LowerPrioNoAdvert    bool  `json:"vrrp_lower_prio_no_advert,omitempty"`
	HigherPrioSendAdvert *bool `json:"vrrp_higher_prio_send_advert,omitempty"`
	DownTimerAdverts     int   `json:"vrrp_down_timer_adverts,omitempty"`
	CheckUnicastSource   *bool `json:"vrrp_check_unicast_src,omitempty"`
	SkipCheckAdvAddr     bool  `json:"vrrp_skip_check_adv_addr,omitempty"`
	// StartupDelay is how long all instances wait after the start (vrrp_startup_delay).
	StartupDelay duration.Duration `json:"vrrp_startup_delay,omitempty"`
	// NotifyFIFO and VRRPNotifyFIFO get a line for each change (notify_fifo, vrrp_notify_fifo); their scripts read them.
	NotifyFIFO     *FIFO `json:"notify_fifo,omitempty"`
	VRRPNotifyFIFO *FIFO `json:"vrrp_notify_fifo,omitempty"`
	// NotifyPriorityChanges is the default of notify_priority_changes (vrrp_notify_priority_changes).
	NotifyPriorityChanges bool `json:"vrrp_notify_priority_changes,omitempty"`
	// FIFOStatesOnReload writes all states to the FIFOs at a reload (fifo_write_vrrp_states_on_reload).
	FIFOStatesOnReload bool `json:"fifo_write_vrrp_states_on_reload,omitempty"`
	// StartupScript runs before anything else, ShutdownScript after everything (startup_script, shutdown_script).
	StartupScript  *Script `json:"startup_script,omitempty"`
	ShutdownScript *Script `json:"shutdown_script,omitempty"`
	// ScriptUser and ScriptGroup run scripts that name no user (script_user). Default keepalived_script if there is such a
	// user, else this process's.
	ScriptUser  string `json:"script_user,omitempty"`
	ScriptGroup string `json:"script_group,omitempty"`
	// EnableScriptSecurity refuses scripts that run as root if somebody else can write to a part of their path
	// (enable_script_security).
	EnableScriptSecurity bool `json:"enable_script_security,omitempty"`
	// InterfaceDelays debounce interfaces (interface_up_down_delays).
	InterfaceDelays map[string]InterfaceDelay `json:"interface_up_down_delays,omitempty"`
	// StaticAddresses, StaticRoutes and StaticRules stay while the app runs (static_ipaddress, static_routes, static_rules);
	// DefaultInterface is where addresses without dev go (default_interface, eth0).
	StaticAddresses  []VirtualAddress `json:"static_ipaddress,omitempty"`
	StaticRoutes     []string         `json:"static_routes,omitempty"`
	StaticRules      []string         `json:"static_rules,omitempty"`
	DefaultInterface string           `json:"default_interface,omitempty"`
	// LogUnknownVRIDs logs advertisements for virtual routers that are not ours (log_unknown_vrids).
	LogUnknownVRIDs bool `json:"log_unknown_vrids,omitempty"`
	// VMACPrefix begins the names of macvlans (vmac_prefix, default "vrrp"), VMACAddrPrefix those for addresses of other
	// interfaces (vmac_addr_prefix, default VMACPrefix).
	VMACPrefix     string `json:"vmac_prefix,omitempty"`
	VMACAddrPrefix string `json:"vmac_addr_prefix,omitempty"`
	// ReloadOnSIGHUP loads the configuration's file again at SIGHUP, as keepalived does. The keepalived adapter sets it; Caddy
	// itself ignores that signal and reloads at SIGUSR1.
	ReloadOnSIGHUP bool `json:"reload_on_sighup,omitempty"`
	// Guard is the process that owns sockets and addresses.
	Guard *Guard `json:"guard,omitempty"`
	// Rollover is how long a changed auth_pass, virtual_ipaddress or advert_int is still spoken and understood after a
	// reload beside the new one, so that nodes can be changed one after the other. Default 1h, negative is not at all.
	Rollover duration.Duration `json:"rollover,omitempty"`
	// Probe is the time between two questions who answers for the virtual addresses. Default 10s, negative is never.
	Probe duration.Duration `json:"probe,omitempty"`
}

// Guard is a small process of the same program that owns the sockets and the addresses: it hands them over when this process
// dies, and keeps time when this process is busy.
type Guard struct {
	// Mode is "auto" (default: the guard where the process has the capabilities), "on" (an error if it cannot be started) or
	// "off" (in this process; advert_int below 1 s is warned about).
	Mode string `json:"mode,omitempty"`
	// Priority is the guard's real-time priority, 1-99 (vrrp_rt_priority). 0 is the default: 50 where CAP_SYS_NICE
	// allows it. Negative is none.
	Priority int `json:"rt_priority,omitempty"`
	// NoSwap locks its memory (vrrp_no_swap). Default true where it is allowed.
	NoSwap *bool `json:"no_swap,omitempty"`
	// Niceness is its nice value without a real-time priority (vrrp_priority), -20 to 19. 0 is the default: -20.
	Niceness int `json:"niceness,omitempty"`
	// CPUs bind it (vrrp_cpu_affinity).
	CPUs []int `json:"cpu_affinity,omitempty"`
	// Patience is for how long this process may be silent before the guard takes it for hung and hands over. Default 10s.
	Patience duration.Duration `json:"patience,omitempty"`
}

// GARPGroup is a garp_group: pauses for the announcements on some interfaces, which are spaced together.
type GARPGroup struct {
	GARPInterval duration.Duration `json:"garp_interval,omitempty"`
	GNAInterval  duration.Duration `json:"gna_interval,omitempty"`
	Interfaces   []string          `json:"interfaces"`
}

// InterfaceDelay is how long an interface must have been down or up before it counts.
type InterfaceDelay struct {
	Down duration.Duration `json:"down,omitempty"`
	Up   duration.Duration `json:"up,omitempty"`
}

// Script is a command with its arguments and who runs it.
type Script struct {
	Command []string `json:"command"`
	User    string   `json:"user,omitempty"`
	Group   string   `json:"group,omitempty"`
	// Timeout ends it; only of startup_script and shutdown_script. Default 10s.
	Timeout duration.Duration `json:"timeout,omitempty"`
}

// FIFO is a named pipe for news, and the program that reads it, which gets the path as its last argument.
type FIFO struct {
	Path   string  `json:"path"`
	User   string  `json:"user,omitempty"`
	Group  string  `json:"group,omitempty"`
	Script *Script `json:"script,omitempty"`
}

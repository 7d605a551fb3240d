package keepalivedconf

// nothing makes rows for words that change nothing here for one reason.
func nothing(why string, names ...string) (rows []keyword) {
	for _, name := range names {
		rows = append(rows, keyword{name: name, read: readNothing, warn: why})
	}
	return rows
}

var globalReading = []keyword{
	// The lexer obeys these two.
	{name: "include_check", read: readNothing},
	{name: "random_seed", read: readNothing, warn: "${_RANDOM} is repeatable, but its numbers are not keepalived's"},
}

const (
	oneProcess = "this is one process, which the service manager starts"
	noLVS      = "there is no LVS here"
	noFirewall = "where packets must be dropped nftables is used, in a table of this program"
	noSNMP     = "there is no SNMP; /metrics and the admin API tell more"
	noDBus     = "there is no D-Bus; the admin API and Caddy's events tell more"
	noBFD      = "BFD is not spoken"
	reloads    = "a configuration is always checked as a whole before it is used, and loaded by Caddy"
)

var globalProcess = append(nothing(oneProcess, "tmp_config_directory", "config_save_dir", "process_names", "process_name", "vrrp_process_name",
	"checker_process_name", "bfd_process_name", "umask", "data_use_instance"),
	nothing(reloads, "reload_check_config", "reload_time_file", "reload_repeat", "reload_file")...)

var globalMail = append(nothing(noMail, "notification_email_from", "smtp_server", "smtp_helo_name", "smtp_connect_timeout",
	"smtp_alert", "smtp_alert_vrrp", "smtp_alert_checker", "no_email_faults", "no_checker_emails"),
	keyword{name: "notification_email", block: true, read: readNothing, warn: noMail})

var globalLVS = append(nothing(noLVS, "lvs_sync_daemon", "lvs_timeouts", "lvs_flush", "lvs_flush_on_stop", "checker_log_all_failures",
	"checker_priority", "checker_no_swap", "checker_cpu_affinity", "checker_rt_priority", "checker_rlimit_rttime", "lvs_notify_fifo",
	"lvs_notify_fifo_script", "rs_init_notifies", "nftables_ipvs", "nftables_ipvs_priority", "nftables_ipvs_start_fwmark"),
	nothing(noBFD, "bfd_priority", "bfd_no_swap", "bfd_cpu_affinity", "bfd_rt_priority", "bfd_rlimit_rttime")...)

var globalSNMP = append(nothing(noSNMP, "snmp_socket", "enable_snmp_vrrp", "enable_snmp_checker", "enable_snmp_rfc", "enable_snmp_rfcv2",
	"enable_snmp_rfcv3", "enable_traps"), nothing(noDBus, "enable_dbus", "dbus_service_name")...)

var globalFirewall = nothing(noFirewall, "nftables", "nftables_priority", "nftables_counters", "nftables_ifindex", "vrrp_iptables",
	"vrrp_ipsets", "disable_local_igmp")

const buffers = "buffers are sized by this program, and what was lost is read anew"

var globalBuffers = nothing(buffers, "vrrp_netlink_cmd_rcv_bufs", "vrrp_netlink_cmd_rcv_bufs_force", "vrrp_netlink_monitor_rcv_bufs",
	"vrrp_netlink_monitor_rcv_bufs_force", "lvs_netlink_cmd_rcv_bufs", "lvs_netlink_cmd_rcv_bufs_force", "lvs_netlink_monitor_rcv_bufs",
	"lvs_netlink_monitor_rcv_bufs_force", "process_monitor_rcv_bufs", "process_monitor_rcv_bufs_force", "vrrp_rx_bufs_policy",
	"vrrp_rx_bufs_multiplier")

// topProcess stand outside of global_defs, where keepalived's parent process reads them.
var topProcess = append(nothing(oneProcess, "instance", "use_pid_dir", "child_wait_time", "namespace_with_ipsets"),
	keyword{name: "net_namespace", never: "start this program in the namespace, with systemd's NetworkNamespacePath= or `ip netns exec`"},
	keyword{name: "net_namespace_ipvs", read: readNothing, warn: noLVS},
	keyword{name: "linkbeat_use_polling", warn: noPolling})

const noPolling = "the kernel says at once when a link goes down; nothing is polled"

package keepalivedconf

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// oracleValues follow each keyword, a line each.
var oracleValues = []string{
	"0", "1", "-1", "2.5", "abc", "50", "300", "100000", "on", "off", "foo bar", "1 2", "192.168.122.9", "224.0.0.9", "fe80::1", "root", "root root", "eth0",
}

// oracleBlocks are texts with a place for such lines.
var oracleBlocks = map[string]string{
	"global_defs":        "global_defs {\n%s}\n",
	"vrrp_instance":      "vrrp_instance V {\n interface eth0\n virtual_router_id 3\n virtual_ipaddress {\n 10.0.0.1\n }\n%s}\n",
	"vrrp_script":        "vrrp_script x {\n script /usr/bin/true\n%s}\n",
	"track_file":         "track_file x {\n file /usr/bin/true\n%s}\n",
	"vrrp_track_process": "vrrp_track_process x {\n process x\n%s}\n",
	"garp_group":         "garp_group {\n interface eth1\n garp_interval 1\n%s}\n",
}

// oracleDiffers are lines "block keyword value" about which the verdicts differ, and why. Keywords whose values are names,
// commands, addresses or nothing here are compared by the goldens.
var oracleDiffers = map[string]string{
	`global_defs \S*(process_name|_dir|^instance|dbus_service_name|lvs_\S+|nftables\S*|vrrp_ip\S+|umask|checker_\S+|bfd_\S+|snmp_\S+|smtp\S+|reload\S+|no\S+mail\S*|notification\S+|random_seed|max_auto\S+|min_auto\S+|\S+_rcv_bufs\S*|\S+_rx_bufs\S*|\S+_rlimit\S+|enable_\S+|process_names|rs_init_notifies|disable_local_igmp|data_use_instance|config_save_dir|tmp_config_directory|include_check) .*`: "they have no effect here",
	`\S+ (\S*notify\S*|\S+_script|script|file|process|user|script_user) .*`: "commands, paths and users",
	`\S+ (interface|default_interface|router_id|vmac_\S*prefix|use_vmac|vmac_xmit_base|native_ipv6|use_vmac_addr|state|priority|virtual_router_id|version|lvs_sync_daemon_interface|kernel_rx_buf_size|debug|smtp_alert|linkbeat_use_polling) .*`: "in the goldens: they say something about the whole block",
	`\S+ (unicast_\S+|mcast_src_ip|mcast_dst_ip|check_unicast_src|vrrp_check_unicast_src|old_unicast_checksum) .*`:                                                                                                                                "in the goldens: they go with the addresses of the whole block",
	`\S+ (vrrp_)?garp_(master|lower_prio)_(refresh_)?repeat 100000`: "a flood",
	`global_defs vrrp_cpu_affinity .*`:                              "the machine may be another",
	`\S+ (vrrp_strict|strict_mode|vrrp_skip_check_adv_addr) .*`:     "their words are ignored, with a warning",
	`\S+ (dynamic_interfaces|vrrp_no_swap|log_unknown_vrids|init_fail|full_command|accept|no_accept|nopreempt|preempt|promote_secondaries|dont_track_primary|track_src_ip|fifo_\S+|unicast_fault_no_peer) .*`: "they take nothing: what follows is ignored with a warning of ours",
}

// TestOracleValues gives each keyword values good and bad: where keepalived complains there is an error or a warning, and nothing else
// is refused.
func TestOracleValues(t *testing.T) {
	n := oracleNamespace(t)
	tried := 0
	for block, text := range oracleBlocks {
		for name, k := range tables()[block] {
			if k.block || k.never != "" || slices.Contains(ours[block], name) {
				continue
			}
			var values []string
			for _, v := range oracleValues {
				if !oracleExcuse(block + " " + name + " " + v) {
					values = append(values, v)
				}
			}
			if len(values) == 0 {
				continue
			}
			tried++
			dir := t.TempDir()
			body := fmt.Sprintf(text, " "+name+" "+strings.Join(values, "\n "+name+" ")+"\n")
			if block != "vrrp_instance" {
				body += fmt.Sprintf(oracleBlocks["vrrp_instance"], "")
			}
			if err := os.WriteFile(filepath.Join(dir, "keepalived.conf"), []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
			first := strings.Count(text[:strings.Index(text, "%s")], "\n") + 1
			theirs, said := complaintLines(verdict(t, n, dir))
			errors, warnings := ourLines(body)
			for i, v := range values {
				line := first + i
				switch {
				case theirs[line] && !errors[line] && !warnings[line]:
					t.Errorf("%s: '%s %s': nothing is said, keepalived says %s", block, name, v, said[line])
				case !theirs[line] && errors[line]:
					t.Errorf("%s: '%s %s' is refused, keepalived says nothing", block, name, v)
				}
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d keywords were tried", tried)
	}
}

func oracleExcuse(line string) bool {
	for pattern := range oracleDiffers {
		if regexp.MustCompile("^(?:" + pattern + ")$").MatchString(line) {
			return true
		}
	}
	return false
}

var complaintLine = regexp.MustCompile(`Line (\d+)\) (.*)`)

func complaintLines(text string) (lines map[int]bool, said map[int]string) {
	lines, said = map[int]bool{}, map[int]string{}
	for _, m := range complaintLine.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		lines[n], said[n] = true, m[2]
	}
	return lines, said
}

func ourLines(body string) (errors, warnings map[int]bool) {
	errors, warnings = map[int]bool{}, map[int]bool{}
	_, diags := Adapt([]conf.File{{Name: "keepalived.conf", Body: []byte(body)}}, Options{Host: fakeHost{}})
	for _, d := range diags {
		switch {
		case !d.Warning:
			errors[d.Pos.Line] = true
		case !strings.Contains(d.Msg, "the last counts"):
			warnings[d.Pos.Line] = true
		}
	}
	return errors, warnings
}

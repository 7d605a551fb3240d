package stats

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

var showServersState = &command{
	words: "show servers state", usage: "show servers state [<backend>]",
	help: "dump volatile server information (all or for a single backend)", level: User,
	run: func(c *call) {
		c.eachServer("1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "+
			"srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state "+
			"bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr "+
			"srv_agent_addr srv_agent_port\n", appendState)
	},
}

var showServersConn = &command{
	words: "show servers conn", usage: "show servers conn [<backend>]",
	help: "dump server connections status (all or for a single backend)", level: User,
	run: func(c *call) {
		c.eachServer("# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim "+
			"idle_cur idle_per_thr[1]\n", appendConn)
	},
}

// eachServer writes a line for each server of the backend that is named, or of all.
func (c *call) eachServer(title string, line func(dst []byte, p *Proxy, s *server.Server) []byte) {
	only := c.arg(0)
	found := only == ""
	out := append(c.out, title...)
	for _, p := range c.src.Proxies() {
		if p.Backend == nil || p.Disabled || only != "" && p.Name != only {
			continue
		}
		found = true
		for _, s := range p.Backend.Servers() {
			out = line(out, p, s)
		}
	}
	if !found {
		c.fail("Can't find backend.")
		return
	}
	c.out = out
}

// The values of the state columns, as a server-state file has them (management.txt 9.3 "show servers state").
const (
	opStopped = iota
	_
	opRunning
	opStopping
)

const (
	adminForcedMaint = 0x01
	adminConfigMaint = 0x04
	adminForcedDrain = 0x08
	adminResolve     = 0x20
)

func opState(v *server.View) int {
	switch {
	case !v.Up:
		return opStopped
	case v.Draining && v.Admin&server.ForcedDrain == 0:
		return opStopping
	}
	return opRunning
}

func adminState(a server.Admin, disabled bool) (bits int) {
	if a&(server.ForcedMaint|server.ConfigMaint) != 0 {
		bits |= adminForcedMaint
	}
	if disabled { // it says what the file says, also once the server is enabled
		bits |= adminConfigMaint
	}
	if a&server.ForcedDrain != 0 {
		bits |= adminForcedDrain
	}
	if a&server.ResolveMaint != 0 {
		bits |= adminResolve
	}
	return bits
}

// checkNumbers are the numbers of the results of health checks in server-state files.
var checkNumbers = map[server.CheckStatus]int{
	server.CheckUnknown: 0, server.CheckInit: 1, server.CheckSockErr: 4, server.CheckL4OK: 6, server.CheckL4Timeout: 7,
	server.CheckL4Conn: 8, server.CheckL6OK: 9, server.CheckL6Timeout: 10, server.CheckL6Resp: 11,
	server.CheckL7Timeout: 12, server.CheckL7Resp: 13, server.CheckL7OK: 15, server.CheckL7OKCond: 16,
	server.CheckL7Status: 17,
}

// checkResult is 0 for unknown, 2 for failed, 3 for passed and 4 for conditionally passed.
func checkResult(v *server.View) int {
	switch {
	case !v.HasCheck:
		return 0
	case v.Check.Status == server.CheckL7OKCond:
		return 4
	case v.Check.Status.Passed():
		return 3
	}
	return 2
}

// The bits of srv_check_state.
const (
	checkRunning    = 0x01
	checkConfigured = 0x02
	checkEnabled    = 0x04
	checkPaused     = 0x08
)

func appendState(dst []byte, p *Proxy, s *server.Server) []byte {
	v, c := s.View(), s.Config()
	status := server.CheckInit
	if v.HasCheck {
		status = v.Check.Status
	}
	health, checkState, paused := v.Health, 0, v.Admin&server.Maint != 0
	if !c.Check {
		// Nothing brings the health of such a server back, and nothing but the file pauses its checks.
		paused = c.Disabled
		if c.Disabled || v.Downs > 0 {
			health = 0
		}
	} else {
		checkState = checkConfigured
		if s.ChecksOn() {
			checkState |= checkEnabled
		}
		if v.Checking {
			checkState |= checkRunning
		}
	}
	if paused {
		checkState |= checkPaused
	}
	if v.Admin&server.Maint != 0 {
		health = 0
	}
	host, port := hostPort(v.Address)
	return fmt.Appendf(dst, "%d %s %d %s %s %d %d %d %d %d %d %d %d %d 0 %d %d %s %s - 0 %d %s - 0\n",
		p.ID, p.Name, s.ID(), s.Name(), host, opState(&v), adminState(v.Admin, c.Disabled), s.UserWeight(), s.InitWeight(),
		seconds(v.LastChange), checkNumbers[status], checkResult(&v), health, checkState,
		truth(p.ForcedID), truth(c.ID != 0), dash(hostName(c.Address)), port, c.CheckPort, dash(c.CheckAddress))
}

func appendConn(dst []byte, p *Proxy, s *server.Server) []byte {
	v, c := s.View(), s.Config()
	limit, purge := -1, 5*time.Second
	if c.PoolMaxConn != nil {
		limit = *c.PoolMaxConn
	}
	if c.PoolPurgeDelay != nil {
		purge = time.Duration(*c.PoolPurgeDelay)
	}
	host, port := hostPort(v.Address)
	used, idle, safe := s.UsedConns.Load(), s.IdleConns.Load(), s.SafeConns.Load()
	return fmt.Appendf(dst, "%s/%s %d/%d %s %s - %d %d %d %d %d %d %d %d %d\n",
		p.Name, s.Name(), p.ID, s.ID(), host, port, purge.Milliseconds(), used, max(used, s.Sessions.Peak()), used,
		idle, safe, limit, idle+safe, idle+safe)
}

// hostPort splits an address for display; a unix socket has no port.
func hostPort(addr string) (host, port string) {
	if ap, err := netip.ParseAddrPort(addr); err == nil {
		return ap.Addr().String(), fmt.Sprint(ap.Port())
	}
	if addr == "" {
		return "-", "0"
	}
	return addr, "0"
}

// hostName is the host of a server's address when it is a name.
func hostName(addr string) string {
	if i := strings.IndexByte(addr, '@'); i >= 0 {
		if addr[:i] != "ipv4" && addr[:i] != "ipv6" {
			return ""
		}
		addr = addr[i+1:]
	}
	if addr == "" || addr[0] == '/' {
		return ""
	}
	host := addr
	if i := strings.LastIndexByte(addr, ':'); i >= 0 {
		host = addr[:i]
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ""
	}
	if _, err := netip.ParseAddr(addr); err == nil {
		return ""
	}
	return host
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

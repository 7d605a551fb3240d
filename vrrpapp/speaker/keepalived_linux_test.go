package speaker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// keepalived starts the real one at a node.
func keepalived(t *testing.T, n *nstest.Node, conf string) *nstest.Process {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "conf")
	if err := os.WriteFile(file, []byte("global_defs {\n router_id test\n}\n"+conf), 0o600); err != nil {
		t.Fatal(err)
	}
	return n.Start("keepalived", "--dont-fork", "--log-console", "--log-detail", "-P", "-f", file, "-p", dir+"/pid", "-r", dir+"/vrrp.pid")
}

// pass is an authentication of type PASS.
func pass(word string) []fsm.Key {
	p, _ := wire.PasswordFrom(word)
	return []fsm.Key{{Type: uint8(wire.AuthPass), Data: p}}
}

func addressOf(p string) Address { return Address{Address: netif.Address{Prefix: prefix(p)}} }

// mixed are the ways in which a speaker at a and a keepalived at b form a pair.
var mixed = []struct {
	name, vip string
	router    Router
	conf      string
}{
	{
		"v2 PASS", "10.9.0.100/32",
		Router{FSM: fsm.Config{Keys: pass("1111")}},
		"version 2\n advert_int 1\n authentication {\n auth_type PASS\n auth_pass 1111\n }",
	}, {
		"v3", "10.9.0.100/32",
		Router{FSM: fsm.Config{Version: 3, Interval: 200 * time.Millisecond}},
		"version 3\n advert_int 0.2",
	}, {
		"IPv6", "fe80::80/128",
		Router{IPv6: true, FSM: fsm.Config{Version: 3, Interval: 200 * time.Millisecond}},
		"version 3\n advert_int 0.2",
	}, {
		"unicast v2", "10.9.0.100/24",
		Router{Unicast: true, Source: ip("10.9.0.1"), FSM: fsm.Config{Peers: []fsm.Peer{{Addr: ip("10.9.0.2")}}}},
		"version 2\n advert_int 1\n unicast_src_ip 10.9.0.2\n unicast_peer {\n 10.9.0.1\n }",
	}, {
		"unicast IPv6, the interface's source", "fd00:9::80/64",
		Router{IPv6: true, Unicast: true, FSM: fsm.Config{Version: 3, Interval: 200 * time.Millisecond, Peers: []fsm.Peer{{Addr: ip("fe80::2")}}}},
		"version 3\n advert_int 0.2\n unicast_src_ip fe80::2\n unicast_peer {\n fe80::1\n }",
	},
}

// Either is master if its priority is the higher, hands over when it stops, and gives way when the other returns.
func TestBesideKeepalived(t *testing.T) {
	for _, row := range mixed {
		for _, ours := range []uint8{150, 50} {
			t.Run(fmt.Sprintf("%s, ours has %d", row.name, ours), func(t *testing.T) {
				t.Parallel()
				besideKeepalived(t, row.router, row.vip, row.conf, ours)
			})
		}
	}
}

func besideKeepalived(t *testing.T, r Router, vip, conf string, ours uint8) {
	lab := lab(t, "a", "b")
	r.Name, r.Interface, r.VRID, r.Addresses = "V", "eth0", 80, []Address{addressOf(vip)}
	r.FSM.Priority = ours
	conf = fmt.Sprintf("vrrp_instance V {\n interface eth0\n state BACKUP\n virtual_router_id 80\n priority 100\n %s\n virtual_ipaddress {\n %s\n }\n}\n", conf, vip)
	hold := lab.Hold(prefix(vip).Addr())
	is := func(want string) {
		t.Helper()
		if !nstest.Within(2*soon, func() bool { return strings.Join(hold.Now(), " ") == want }) {
			t.Fatalf("held by %v, want %s", hold.Now(), want)
		}
	}
	a := speak(t, lab.Node("a"), one(r))
	b := keepalived(t, lab.Node("b"), conf)
	if ours > 100 {
		is("a")
		if !b.Printed("Entering BACKUP STATE", soon) {
			t.Fatal(b.Output())
		}
		a.Release(2 * time.Second)
		is("b")
		a.apply(one(r))
		is("a")
	} else {
		is("b")
		b.Stop()
		is("a")
		b = keepalived(t, lab.Node("b"), conf)
		is("b")
		a.reaches("V", fsm.Backup)
	}
	s := a.status("V")
	if len(s.Peers) != 1 || len(s.Peers[0].Differs) != 0 || s.Peers[0].Rejected != "" {
		t.Errorf("peers %+v", s.Peers)
	}
	for _, bad := range []string{"invalid", "bogus", "mismatch", "Invalid", "wrong", "ignoring"} {
		if strings.Contains(b.Output(), bad) {
			t.Errorf("keepalived complains (%s):\n%s", bad, b.Output())
		}
	}
	for _, n := range append(a.reports(Noticed), a.reports(Failed)...) {
		if n.Why != fsm.OtherMaster {
			t.Errorf("reported %+v", n)
		}
	}
}

package netif

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// keepalived starts the real one at a node.
func keepalived(t *testing.T, n *nstest.Node, conf string) *nstest.Process {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "conf")
	if err := os.WriteFile(file, []byte("global_defs {\n router_id test\n}\n"+conf), 0o600); err != nil {
		t.Fatal(err)
	}
	return n.Start("keepalived", "--dont-fork", "--log-console", "--log-detail", "--dump-conf", "-P", "-f", file, "-p", dir+"/pid", "-r", dir+"/vrrp.pid")
}

func instance(version, priority int, vip, more string) string {
	return fmt.Sprintf("vrrp_instance V {\n interface eth0\n state BACKUP\n version %d\n virtual_router_id 80\n priority %d\n advert_int 1\n %s\n virtual_ipaddress {\n %s\n }\n}\n",
		version, priority, more, vip)
}

// keepalived as master: what it sends arrives as its configuration says, and its ARPs are byte for byte ours.
func TestKeepalivedIsHeard(t *testing.T) {
	for _, row := range []struct {
		name, vip, more string
		version         int
		cfg             SocketConfig
		want            Packet // without data
	}{
		{"IPv4", "10.9.0.100", "", 2, SocketConfig{}, Packet{Src: ip("10.9.0.1"), Dst: Group4, TTL: 255}},
		{"mcast_src_ip", "10.9.0.100", "mcast_src_ip 192.0.2.1", 2, SocketConfig{}, Packet{Src: ip("192.0.2.1"), Dst: Group4, TTL: 255}},
		{"unicast", "10.9.0.100", "unicast_src_ip 10.9.0.1\nunicast_peer {\n 10.9.0.2\n}", 3, SocketConfig{Unicast: ip("10.9.0.2")}, Packet{Src: ip("10.9.0.1"), Dst: ip("10.9.0.2"), TTL: 255}},
		{"IPv6", "fe80::80", "", 3, SocketConfig{IPv6: true}, Packet{Src: ip("fe80::1"), Dst: Group6, TTL: 255}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a, b := pair(t)
			row.cfg.VRIDs.Add(80)
			s := open(t, b, row.cfg)
			began := time.Now()
			p := keepalived(t, a, instance(row.version, 255, row.vip, row.more))
			got := next(t, s)
			if got.Src != row.want.Src || got.Dst != row.want.Dst || got.TTL != row.want.TTL || len(got.Data) < 8 || got.Data[0] != byte(row.version<<4|1) || got.Data[1] != 80 || got.Data[2] != 255 {
				t.Errorf("got %+v, want %+v\n%s", got, row.want, p.Output())
			}
			if got.Time.Before(began) || got.Time.After(time.Now()) {
				t.Errorf("received at %v", got.Time)
			}
			p.Stop()
			for got.Data[2] != 0 { // its last word
				got = next(t, s)
			}
		})
	}
}

// keepalived as backup: what we send keeps it quiet, priority 0 makes it master after its skew, a higher priority makes it
// give way.
func TestKeepalivedHearsUs(t *testing.T) {
	for _, row := range []struct {
		name, vip, more string
		version         int
		cfg             SocketConfig
		src, dst        string
		message         func(priority byte) []byte
	}{
		{"IPv4", "10.9.0.100", "", 2, SocketConfig{}, "10.9.0.1", "224.0.0.18", func(p byte) []byte { return advertPriority(80, p) }},
		{"unicast", "10.9.0.100", "unicast_src_ip 10.9.0.2\nunicast_peer {\n 10.9.0.1\n}", 2, SocketConfig{Unicast: ip("10.9.0.1")}, "10.9.0.1", "10.9.0.2", func(p byte) []byte { return advertPriority(80, p) }},
		{"IPv6", "fe80::80", "", 3, SocketConfig{IPv6: true}, "fe80::1", "ff02::12", func(p byte) []byte {
			return append([]byte{0x31, 80, p, 1, 0, 100, 0, 0}, ip("fe80::80").AsSlice()...)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a, b := pair(t)
			s := open(t, a, row.cfg)
			p := keepalived(t, b, instance(row.version, 50, row.vip, row.more))
			if !p.Printed("Entering BACKUP STATE", soon) {
				t.Fatal(p.Output())
			}
			send := func(priority byte) {
				t.Helper()
				if err := s.Send(&Packet{Src: ip(row.src), Dst: ip(row.dst), Data: row.message(priority)}); err != nil {
					t.Fatal(err)
				}
			}
			// Its master-down time is 3.8 s; after 5 s of ours it must still be a backup.
			for range 50 {
				send(200)
				time.Sleep(100 * time.Millisecond) // the interval of advertisements is what is tested
			}
			if out := p.Output(); strings.Contains(out, "MASTER STATE") {
				t.Errorf("it did not hear us:\n%s", out)
			}
			send(0)
			if !p.Printed("Entering MASTER STATE", 2*time.Second) { // skew 0.8 s, not 3.8
				t.Errorf("it did not hear priority 0:\n%s", p.Output())
			}
			send(200)
			if !nstest.Within(soon, func() bool { return strings.Count(p.Output(), "Entering BACKUP STATE") == 2 }) {
				t.Errorf("it did not give way:\n%s", p.Output())
			}
			for _, bad := range []string{"invalid", "bogus", "mismatch", "Invalid", "wrong", "ignoring"} {
				if strings.Contains(p.Output(), bad) {
					t.Errorf("it complains (%s):\n%s", bad, p.Output())
				}
			}
		})
	}
}

// Clients believe a move that only our announcements told them of.
func TestClientsFollowAnnouncements(t *testing.T) {
	lab := nstest.NewLab(t, "a", "b", "client")
	a, b, client := lab.Node("a"), lab.Node("b"), lab.Node("client")
	client.IP("addr add 10.9.0.9/24 dev eth0")
	client.IP("addr add fd00:9::9/64 dev eth0 nodad")
	for _, vip := range []string{"10.9.0.100/24", "fd00:9::100/64"} {
		addr := prefix(vip).Addr()
		ha, hb := hostIn(t, a.Namespace), hostIn(t, b.Namespace)
		onA, onB := link(t, a.Namespace, "eth0"), link(t, b.Namespace, "eth0")
		if _, err := ha.AddAddress(onA.Index, Address{Prefix: prefix(vip)}); err != nil {
			t.Fatal(err)
		}
		first := client.Ping(addr, 5*time.Millisecond) // how long the first resolution takes is not the question
		if !nstest.Within(soon, func() bool { return first.Answered() > 3 }) {
			t.Fatal("no answer from a")
		}
		first.Stop()
		ping := client.Ping(addr, 5*time.Millisecond)
		nstest.Within(soon, func() bool { return ping.Answered() > 3 })
		if _, err := hb.AddAddress(onB.Index, Address{Prefix: prefix(vip)}); err != nil {
			t.Fatal(err)
		}
		if err := announcerIn(t, b).Announce(onB, addr, false); err != nil {
			t.Fatal(err)
		}
		if !nstest.Within(time.Second, func() bool { return strings.Contains(client.IP("neigh show "+addr.String()), onB.MAC.String()) }) {
			t.Errorf("the client has %s, want %v", client.IP("neigh show "+addr.String()), onB.MAC)
		}
		if _, err := ha.RemoveAddress(onA.Index, Address{Prefix: prefix(vip)}); err != nil {
			t.Fatal(err)
		}
		if r := ping.Stop(); r.Lost > 2 {
			t.Errorf("%v: %v", addr, r)
		}
	}
}

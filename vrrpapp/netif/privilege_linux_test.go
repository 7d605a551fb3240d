package netif

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// unprivileged is set for a test that runs itself as nobody: the capabilities it has.
const unprivileged = "NETIF_UNPRIVILEGED"

// Everything works as nobody with exactly the two capabilities, and each missing one is named.
func TestCapabilities(t *testing.T) {
	if caps, ok := os.LookupEnv(unprivileged); ok {
		asNobody(t, strings.Fields(caps))
		return
	}
	number := map[string]uintptr{"CAP_NET_RAW": unix.CAP_NET_RAW, "CAP_NET_ADMIN": unix.CAP_NET_ADMIN}
	for _, caps := range []string{"CAP_NET_ADMIN CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_NET_RAW", ""} {
		t.Run(caps, func(t *testing.T) {
			n, _, _ := alone(t, "10.9.0.1/24")
			cmd := exec.Command("/proc/self/exe", "-test.run=^TestCapabilities$", "-test.v")
			cmd.Dir, cmd.Env = "/", append(os.Environ(), unprivileged+"="+caps)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			for _, c := range strings.Fields(caps) {
				cmd.SysProcAttr.AmbientCaps = append(cmd.SysProcAttr.AmbientCaps, number[c])
			}
			n.Do(func() error {
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), "--- PASS: TestCapabilities") {
					err = fmt.Errorf("%w: %s", err, out)
				}
				return err
			})
		})
	}
}

func asNobody(t *testing.T, caps []string) {
	raw, admin := slices.Contains(caps, "CAP_NET_RAW"), slices.Contains(caps, "CAP_NET_ADMIN")
	nif, err := net.InterfaceByName("eth0")
	if err != nil || os.Getuid() == 0 {
		t.Fatal(err, os.Getuid())
	}
	eth0 := Interface{Name: "eth0", Index: nif.Index, Ethernet: true, MAC: MAC(nif.HardwareAddr)}
	check := func(what string, allowed bool, missing string, err error) {
		t.Helper()
		var why *CapabilityError
		switch {
		case allowed && err != nil:
			t.Errorf("%s: %v", what, err)
		case !allowed && (!errors.As(err, &why) || !slices.Contains(why.Missing, missing)):
			t.Errorf("%s without %s: %v", what, missing, err)
		case !allowed && !strings.Contains(err.Error(), "AmbientCapabilities="):
			t.Errorf("%s: no help in %v", what, err)
		}
	}
	all := CheckCapabilities()
	check("everything", raw && admin, map[bool]string{true: "CAP_NET_ADMIN", false: "CAP_NET_RAW"}[raw], all)

	s, err := Open(SocketConfig{Interface: eth0})
	check("socket", raw, "CAP_NET_RAW", err)
	if err == nil {
		check("send", true, "", s.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(1)}))
		s.Close()
	}
	e, err := OpenEar(eth0, false)
	check("ear", raw, "CAP_NET_RAW", err)
	if err == nil {
		check("what is heard", true, "", e.SetHeard([]Heard{{Group4, only(1)}}))
		e.Close()
	}
	a, err := NewAnnouncer()
	check("announcer", raw, "CAP_NET_RAW", err)
	if err == nil {
		check("announce", true, "", a.Announce(eth0, ip("10.9.0.100"), false))
		a.Close()
	}
	w, err := Watch(WatchConfig{Routes: true}, func(Event) {})
	check("watch", true, "", err)
	w.Close()
	h, err := OpenHost()
	check("host", true, "", err)
	defer h.Close()
	_, err = h.AddAddress(eth0.Index, Address{Prefix: prefix("10.9.0.100/32")})
	check("address", admin, "CAP_NET_ADMIN", err)
	check("route", admin, "CAP_NET_ADMIN", h.AddRoute(Route{Dst: prefix("10.77.0.0/24"), Dev: "eth0"}))
	check("rule", admin, "CAP_NET_ADMIN", h.AddRule(Rule{From: prefix("10.77.0.0/24"), Table: 7}))
	_, err = h.AddVMAC(VMAC{Name: "vrrp.7", Base: eth0, MAC: VirtualMAC(7, false)})
	check("macvlan", admin, "CAP_NET_ADMIN", err)
}

// A backup's listener is there before its address is, and answers as soon as that comes.
func TestFreebind(t *testing.T) {
	a, b := pair(t)
	h := hostIn(t, a.Namespace)
	on := link(t, a.Namespace, "eth0").Index
	for _, vip := range []string{"10.9.0.100/24", "fd00:9::100/64"} {
		addr := net.JoinHostPort(prefix(vip).Addr().String(), "80")
		var ln net.Listener
		a.Do(func() (err error) {
			if ln, err := net.Listen("tcp", addr); err == nil {
				ln.Close()
				t.Errorf("%s can be bound without", addr)
			}
			ln, err = (&net.ListenConfig{Control: Freebind}).Listen(context.Background(), "tcp", addr)
			return err
		})
		defer ln.Close()
		if _, err := h.AddAddress(on, Address{Prefix: prefix(vip)}); err != nil {
			t.Fatal(err)
		}
		b.Do(func() error {
			c, err := net.DialTimeout("tcp", addr, soon)
			if err == nil {
				c.Close()
			}
			return err
		})
	}
	ln, err := (&net.ListenConfig{Control: Freebind}).Listen(context.Background(), "unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal("a unix socket:", err)
	}
	ln.Close()
}

package ha

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// soon is how long something may take that takes no time.
const soon = 15 * time.Second

// node is a Caddy with a hand-written configuration in a namespace.
type node struct {
	*nstest.Node
	dir string
	run *nstest.Process
}

// pair is a lab with two nodes, 10.9.0.1 and 10.9.0.2, that are not started yet.
func pair(t *testing.T) (a, b *node) {
	t.Helper()
	lab := nstest.NewLab(t, "a", "b")
	var nodes []*node
	for i, name := range []string{"a", "b"} {
		n := &node{Node: lab.Node(name), dir: t.TempDir()}
		n.IP(fmt.Sprintf("addr add 10.9.0.%d/24 dev eth0", i+1))
		for dir, mode := range map[string]os.FileMode{n.dir: 0o777, filepath.Dir(n.dir): 0o755, filepath.Dir(caddyBin): 0o755} { // for nobody
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
		}
		nodes = append(nodes, n)
	}
	return nodes[0], nodes[1]
}

// config is an instance with priority p; more are further members of the instance, apps further apps.
func config(p int, guard, more, apps string) string {
	return fmt.Sprintf(`{"apps": {"vrrp": {"guard": {"mode": %q}, "instances": [{"name": "VI_1", "interface": "eth0",
		"virtual_router_id": 80, "priority": %d, "authentication": {"auth_type": "PASS", "auth_pass": "1111"},
		"virtual_ipaddress": [{"address": "10.9.0.100"}]%s}]}%s}}`, guard, p, more, apps)
}

// start runs Caddy, by way of a command that comes before it.
func (n *node) start(t *testing.T, text string, before ...string) {
	t.Helper()
	file := filepath.Join(n.dir, "caddy.json")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append(before, caddyBin, "run", "--config", file)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = n.environment()
	n.run = n.StartCommand(cmd)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s:\n%s", n.Name, n.run.Output())
		}
	})
}

func (n *node) environment() []string {
	return append(os.Environ(), "CADDY_ADMIN=unix/"+n.dir+"/admin.sock", "HOME="+n.dir, "XDG_DATA_HOME="+n.dir, "XDG_CONFIG_HOME="+n.dir)
}

// caddy runs a command of the binary to its end.
func (n *node) caddy(t *testing.T, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	cmd := exec.CommandContext(ctx, caddyBin, args...)
	cmd.Env = n.environment()
	var out []byte
	err := n.Try(func() (err error) {
		out, err = cmd.CombinedOutput()
		return err
	})
	return string(out), err
}

// must is caddy that succeeds.
func (n *node) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := n.caddy(t, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

// shows says that the status of VI_1 has a text. A node whose apps are just being started has no status yet.
func (n *node) shows(t *testing.T, text string) bool {
	t.Helper()
	out, err := n.caddy(t, "vrrp", "status", "VI_1")
	return err == nil && strings.Contains(out, text)
}

func (n *node) holds() bool { return strings.Contains(n.IP("-4 addr show dev eth0"), "10.9.0.100/32") }

// within waits for something that is bound to come.
func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	if !nstest.Within(soon, ok) {
		t.Fatal("in vain: ", what)
	}
}

// TestOrders: what an operator asks and orders, over the command line and so over the admin API.
func TestOrders(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	a.start(t, config(100, "auto", "", ""))
	b.start(t, config(50, "off", "", ""))
	within(t, "a master", a.holds)
	status := a.must(t, "vrrp", "status")
	for _, want := range []string{"in a guard process", "VI_1", "MASTER", "this node", "10.9.0.100/32"} {
		if !strings.Contains(status, want) {
			t.Errorf("no %q in\n%s", want, status)
		}
	}
	within(t, "the peer's row", func() bool {
		return b.shows(t, "BACKUP") && b.shows(t, "10.9.0.1  100")
	})

	if out, err := b.caddy(t, "vrrp", "handover"); err == nil || !strings.Contains(out, "409") || !strings.Contains(out, "VI_1 is BACKUP") {
		t.Errorf("a backup has nothing to hand over: %v %s", err, out)
	}
	a.must(t, "vrrp", "handover", "VI_1")
	within(t, "a hand-over", func() bool { return b.holds() && !a.holds() })
	a.must(t, "vrrp", "resume")
	within(t, "a resume", func() bool { return a.holds() && !b.holds() })
	a.must(t, "vrrp", "hold", "VI_1")
	within(t, "a hold", func() bool { return b.holds() && !a.holds() })
	if s := a.must(t, "vrrp", "status"); !strings.Contains(s, "(held)") {
		t.Error(s)
	}
	a.must(t, "vrrp", "resume", "VI_1")
	within(t, "the end of the hold", a.holds)

	if out, err := a.caddy(t, "vrrp", "hold", "VI_2"); err == nil || !strings.Contains(out, "404") {
		t.Errorf("an unknown instance: %v %s", err, out)
	}
	if out := a.must(t, "vrrp", "status", "--json"); !strings.Contains(out, `"state": "MASTER"`) || !strings.Contains(out, `"runs_in": "guard"`) {
		t.Error(out)
	}
	metrics := a.Run("curl", "-s", "--unix-socket", a.dir+"/admin.sock", "http://localhost/metrics")
	for _, want := range []string{
		`vrrp_state{instance="VI_1"} 2`, `vrrp_effective_priority{instance="VI_1"} 100`,
		`vrrp_vip_present{dev="eth0",instance="VI_1",vip="10.9.0.100/32"} 1`, `vrrp_adverts_sent_total{instance="VI_1"} `,
		`vrrp_transitions_total{instance="VI_1",reason="master_down",to="MASTER"} `, `vrrp_last_advert_age_seconds{instance="VI_1"} `,
		`vrrp_handover_seconds{instance="VI_1"} 0.`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
}

// TestCheckPeer: it listens before it goes live, and says what does not fit.
func TestCheckPeer(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	file := func(text string) string {
		name := filepath.Join(b.dir, "check.json")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	check := func(text string) (string, error) {
		return b.caddy(t, "vrrp", "check-peer", "--for", "2500ms", "--config", file(text))
	}
	if out, err := check(config(50, "off", "", "")); err != nil || !strings.Contains(out, "VI_1: no master was heard") {
		t.Error(err, out)
	}
	a.start(t, config(100, "off", "", ""))
	within(t, "a master", a.holds)
	if out, err := check(config(50, "off", "", "")); err != nil || !strings.Contains(out, "VI_1: the master fits") {
		t.Error(err, out)
	}
	other := strings.NewReplacer(`"1111"`, `"2222"`, "10.9.0.100", "10.9.0.101", `"priority": 50`, `"priority": 100, "advert_int": "2s"`)
	out, err := check(other.Replace(config(50, "off", "", "")))
	for _, want := range []string{"another auth_type or auth_pass", "virtual_ipaddress is [10.9.0.100] there", "has priority 100 too", "advert_int is 1s there, 2s here"} {
		if err == nil || !strings.Contains(out, "VI_1: 10.9.0.1: ") || !strings.Contains(out, want) {
			t.Errorf("%v: no %q in\n%s", err, want, out)
		}
	}
}

// TestUnprivileged: as nobody with exactly the two capabilities everything works, and each missing one is named.
func TestUnprivileged(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	as := func(caps string) []string {
		return []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all," + caps, "--ambient-caps=-all," + caps, "--bounding-set=-all," + caps}
	}
	a.start(t, config(100, "on", "", ""), as("+net_raw,+net_admin")...)
	within(t, "a master", a.holds)
	if s := a.must(t, "vrrp", "status"); !strings.Contains(s, "in a guard process") {
		t.Error(s)
	}
	for caps, want := range map[string]string{"+net_admin": "VRRP needs CAP_NET_RAW;", "+net_raw": "VRRP needs CAP_NET_ADMIN;"} {
		b.start(t, config(50, "auto", "", ""), as(caps)...)
		if !b.run.Printed(want, soon) || !b.run.Printed("AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW", soon) {
			t.Errorf("with %s alone:\n%s", caps, b.run.Output())
		}
	}
}

// TestKilled: a proxy that is killed leaves no address behind, and its peer takes over within its skew.
func TestKilled(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	a.start(t, config(100, "on", "", ""))
	b.start(t, config(50, "on", "", ""))
	within(t, "a master", a.holds)
	within(t, "a backup", func() bool { return b.shows(t, "BACKUP") })
	killed := time.Now()
	a.run.Signal(os.Kill)
	within(t, "a successor", func() bool { return b.holds() })
	if d := time.Since(killed); d > 2*time.Second {
		t.Errorf("taken over after %v", d)
	}
	within(t, "the end of the address at the dead one", func() bool { return !a.holds() })
}

// TestRefusedReload: a reload that fails because another app cannot start moves nothing.
func TestRefusedReload(t *testing.T) {
	t.Parallel()
	a, _ := pair(t)
	a.start(t, config(100, "auto", "", ""))
	within(t, "a master", a.holds)
	history := func() string {
		_, tail, _ := strings.Cut(a.must(t, "vrrp", "status", "--json"), `"history"`)
		return tail[:strings.Index(tail, "]")]
	}
	before := history()
	broken := strings.Replace(config(90, "auto", "", `, "http": {"servers": {"s": {"listen": ["192.0.2.1:1"]}}}`), "10.9.0.100", "10.9.0.101", 1)
	file := filepath.Join(a.dir, "broken.json")
	if err := os.WriteFile(file, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := a.caddy(t, "reload", "--config", file); err == nil || !strings.Contains(out, "cannot assign requested address") {
		t.Fatal(err, out)
	}
	if !a.holds() || before != history() {
		t.Errorf("before %s\nafter %s", before, history())
	}
	if s := a.must(t, "vrrp", "status"); !strings.Contains(s, " 100 ") || strings.Contains(s, "10.9.0.101") {
		t.Error(s)
	}
}

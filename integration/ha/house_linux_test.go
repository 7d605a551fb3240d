package ha

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// A balancer and VRRP in one process, in each of the ways in which both can be configured.
const (
	houseInstance = `
			interface eth0
			virtual_router_id 80
			priority %d
			nopreempt
			virtual_ipaddress {
				10.9.0.100
			}
			track_backend pool min_servers 1
		}
`
	houseSite = `
global
	hard-stop-after 1s
	%s
defaults
	mode http
	timeout client 5s
	timeout connect 5s
	timeout server 5s
frontend web
	bind 10.9.0.100:80
	http-request return status 200 content-type text/plain string %s
backend pool
	server s 127.0.0.1:1
`
)

// form is a way to configure a node.
type form struct {
	name string
	// global is a line of the haproxy.cfg's global section.
	global string
	files  map[string]string
	args   []string
}

var forms = []form{
	{name: "adapter", files: map[string]string{"haproxy.cfg": "#@ vrrp sub/k.conf\n", "sub/k.conf": "vrrp_instance VI_1 {" + houseInstance},
		args: []string{"run", "--adapter", "haproxy", "--config", "haproxy.cfg"}},
	{name: "Caddyfile with files", files: map[string]string{"haproxy.cfg": "", "k.conf": "vrrp_instance VI_1 {" + houseInstance,
		"Caddyfile": "{\n\thaproxy haproxy.cfg\n\tvrrp k.conf\n}\n"}, args: []string{"run", "--config", "Caddyfile"}},
	{name: "Caddyfile with a block", files: map[string]string{"haproxy.cfg": "",
		"Caddyfile": "{\n\thaproxy haproxy.cfg\n\tvrrp {\n\t\tinstance VI_1 {" + houseInstance + "\t}\n}\n"}, args: []string{"run", "--config", "Caddyfile"}},
	{name: "command", files: map[string]string{"haproxy.cfg": "#@ vrrp k.conf\n", "k.conf": "vrrp_instance VI_1 {" + houseInstance},
		args: []string{"haproxy", "-f", "haproxy.cfg"}},
}

// startForm runs a node with its priority.
func (n *node) startForm(t *testing.T, f form, priority int) {
	t.Helper()
	for name, text := range f.files {
		if strings.Contains(text, "%d") {
			text = fmt.Sprintf(text, priority)
		}
		if name == "haproxy.cfg" {
			text += fmt.Sprintf(houseSite, f.global, n.Name)
		}
		path := filepath.Join(n.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := append([]string(nil), f.args...)
	args[len(args)-1] = filepath.Join(n.dir, args[len(args)-1])
	cmd := exec.Command(caddyBin, args...)
	cmd.Env = n.environment()
	n.run = n.StartCommand(cmd)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s:\n%s", n.Name, n.run.Output())
		}
	})
}

// listens says that the node's frontend is open.
func (n *node) listens() bool { return strings.Contains(n.Run("ss", "-Hltn"), "10.9.0.100:80") }

// ask is what answers at the virtual address, over a new connection.
func (n *node) ask() (answer string, err error) {
	err = n.Try(func() error {
		conn, err := net.DialTimeout("tcp4", "10.9.0.100:80", 2*time.Second)
		if err != nil {
			return err
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(2 * time.Second))
		fmt.Fprint(conn, "GET / HTTP/1.0\r\n\r\n")
		text, err := io.ReadAll(conn)
		if err != nil || len(text) == 0 {
			return fmt.Errorf("%q %w", text, err)
		}
		answer = string(text[len(text)-1:])
		return nil
	})
	return answer, err
}

// asker asks all the time.
type asker struct {
	stop chan struct{}
	wg   sync.WaitGroup
	seen []string // answers without repetitions
	errs []error
}

func (n *node) keepAsking() *asker {
	a := &asker{stop: make(chan struct{})}
	a.wg.Go(func() {
		for {
			select {
			case <-a.stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
			got, err := n.ask()
			switch last := len(a.seen) - 1; {
			case err != nil:
				a.errs = append(a.errs, err)
			case last < 0 || a.seen[last] != got:
				a.seen = append(a.seen, got)
			}
		}
	})
	return a
}

// end says what was answered, and with what failures.
func (a *asker) end() ([]string, []error) {
	close(a.stop)
	a.wg.Wait()
	return a.seen, a.errs
}

func ended(p *nstest.Process) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}

// trio is a pair and a client.
func trio(t *testing.T) (a, b, client *node) {
	t.Helper()
	lab := nstest.NewLab(t, "a", "b", "c")
	var nodes []*node
	for i, name := range []string{"a", "b", "c"} {
		n := &node{Node: lab.Node(name), dir: t.TempDir()}
		n.IP(fmt.Sprintf("addr add 10.9.0.%d/24 dev eth0", i+1))
		nodes = append(nodes, n)
	}
	return nodes[0], nodes[1], nodes[2]
}

// TestHouse: the backup listens on an address that it does not have, and a planned stop is not noticed by clients: the frontend
// serves as long as the address is there. Only a connection that is open at this moment is lost.
func TestHouse(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			a, b, client := trio(t)
			a.startForm(t, f, 100)
			within(t, "a master", a.holds)
			b.startForm(t, f, 50)
			within(t, "a backup that listens", b.listens)
			within(t, "a backup", func() bool { return b.shows(t, "BACKUP") })
			within(t, "an answer", func() bool { got, err := client.ask(); return err == nil && got == "a" })
			asking := client.keepAsking()
			a.run.Signal(syscall.SIGTERM)
			within(t, "a hand-over", func() bool { return b.holds() && !a.holds() })
			within(t, "an end", func() bool { return ended(a.run) })
			within(t, "the successor's answer", func() bool { got, err := client.ask(); return err == nil && got == "b" })
			seen, errs := asking.end()
			if strings.Join(seen, "") != "ab" || len(errs) > 1 {
				t.Errorf("answered by %v, failed: %v", seen, errs)
			}
		})
	}
}

// TestHouseCommandAsNobody: the haproxy command changes the user and keeps what virtual routers need, also for a guard that is
// started later.
func TestHouseCommandAsNobody(t *testing.T) {
	t.Parallel()
	a, _, _ := trio(t)
	f := forms[len(forms)-1]
	f.global = "user nobody"
	info, err := buildinfo.ReadFile(caddyBin)
	if err != nil {
		t.Fatal(err)
	}
	a.startForm(t, f, 100)
	for _, s := range info.Settings {
		if s.Key == "CGO_ENABLED" && s.Value == "1" {
			if !a.run.Printed("Cannot keep the capabilities that '#@ vrrp' needs while changing the user", soon) {
				t.Error("no message")
			}
			return
		}
	}
	within(t, "a master", a.holds)
	if uid := statusLine(a.run.Pid(), "Uid"); !strings.HasPrefix(uid, "65534\t65534") {
		t.Errorf("the user is %q", uid)
	}
	first := children(a.run.Pid())
	if len(first) != 1 {
		t.Fatal("no guard:", first)
	}
	syscall.Kill(first[0], syscall.SIGKILL)
	within(t, "another guard", func() bool { c := children(a.run.Pid()); return len(c) == 1 && c[0] != first[0] })
	within(t, "a master with another guard", func() bool {
		s := a.must(t, "vrrp", "status")
		return strings.Contains(s, "in a guard process") && strings.Contains(s, "MASTER") && a.holds()
	})
}

// statusLine is a line of a process's status.
func statusLine(pid int, name string) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// children are the processes that a process has started.
func children(pid int) (list []int) {
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		for _, word := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(word); err == nil {
				list = append(list, n)
			}
		}
	}
	return list
}

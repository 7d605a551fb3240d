package lab

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// soon bounds what happens at once, on a machine that is busy.
const soon = 5 * time.Second

// Member is a node of the virtual router: a or b, sometimes c.
type Member struct {
	*nstest.Node
	// Config is what it is started with, or Reload puts in force.
	Config *Config

	world   *World
	kind    Kind
	dir     string
	file    string
	mac     string
	process *nstest.Process
	forget  func()
	logs    string // of its earlier processes
}

// Ours reports whether it runs this program.
func (m *Member) Ours() bool { return m.kind.Name() == "ours" }

func (m *Member) write() {
	if err := os.WriteFile(m.file, []byte(m.Config.Text()), 0o644); err != nil {
		m.world.Fatalf("%v", err)
	}
}

// Start starts its program and returns when it listens for advertisements.
func (m *Member) Start() {
	m.Launch()
	m.world.Must("node "+m.Name+" listens", 10*time.Second, m.listens)
	m.world.Must("node "+m.Name+" is ready", 10*time.Second, func() bool { return m.kind.ready(m) })
}

// Launch starts its program and does not wait.
func (m *Member) Launch() {
	m.write()
	os.Remove(m.dir + "/pid") // as a boot does: the number may be a zombie's yet
	os.Remove(m.dir + "/vrrp.pid")
	if m.process != nil {
		m.logs += m.process.Output() + "--- started again\n"
	}
	m.process = m.StartCommand(m.kind.command(m))
	var err error
	if m.forget, err = watched(m.process.Pid()); err != nil {
		m.world.Fatalf("%v", err)
	}
	m.world.Cleanup(func() { m.end(syscall.SIGKILL) })
}

// end ends all processes of the node.
func (m *Member) end(sig syscall.Signal) {
	all := family(m.process.Pid())
	signalAll(all, sig)
	if !gone(all) {
		signalAll(all, syscall.SIGKILL)
	}
	m.forget()
}

// Log is what its program has printed.
func (m *Member) Log() string {
	if m.process == nil {
		return m.logs
	}
	return m.logs + m.process.Output()
}

// listens looks for a raw socket for VRRP in its namespace.
func (m *Member) listens() bool {
	file, found := "/proc/thread-self/net/raw", false
	if m.world.Timing.IPv6 {
		file += "6"
	}
	m.Do(func() error {
		text, err := os.ReadFile(file)
		found = rawSocket(string(text))
		return err
	})
	return found
}

// Terminate ends its program as a service manager does, and waits for the end.
func (m *Member) Terminate() {
	all := family(m.process.Pid())
	m.process.Signal(syscall.SIGTERM)
	m.world.Must("end of "+m.Name, 10*time.Second, func() bool { return !alive(all[0]) })
	if !gone(all) {
		m.world.Fatalf("%s: processes are left after SIGTERM", m.Name)
	}
	m.forget()
}

// Kill kills all its processes at once.
func (m *Member) Kill() { m.end(syscall.SIGKILL) }

// PowerOff is the end of the machine: nothing runs any more, nobody hears from it, and what its kernel knew is gone.
func (m *Member) PowerOff() {
	m.Cut()
	m.world.bury(m.Name)
	m.Kill()
	m.IP("addr flush dev eth0 scope global")
	m.world.revive(m.Name)
}

// PowerOn is a machine that starts: its cable is in, its program starts.
func (m *Member) PowerOn() {
	m.address()
	m.Heal()
	m.Start()
}

// Parent and Child are the processes that were started and that owns the sockets; Child is 0 if it is the same.
func (m *Member) Parent() int { return m.process.Pid() }

// Child is the parent's first child.
func (m *Member) Child() int {
	if list := children(m.Parent()); len(list) > 0 {
		return list[0]
	}
	return 0
}

// Reload changes the configuration and puts it in force.
func (m *Member) Reload(change func(c *Config)) {
	if err := m.TryReload(change); err != nil {
		m.world.Fatalf("%s: reload: %v", m.Name, err)
	}
}

// TryReload is Reload that may fail.
func (m *Member) TryReload(change func(c *Config)) error {
	if change != nil {
		change(m.Config)
	}
	m.write()
	return m.kind.reload(m)
}

// Order gives an operator's order.
func (m *Member) Order(what string) {
	if err := m.kind.order(m, what); err != nil {
		m.world.Fatalf("%s: %v", m.Name, err)
	}
}

// Holds reports whether it has the virtual address.
func (m *Member) Holds() bool { return slices.Contains(m.world.hold.Now(), m.Name) }

// address gives the node its own addresses.
func (m *Member) address() {
	m.world.address(m.Node)
	m.Do(func() error {
		link, err := netlink.LinkByName("eth0")
		if err == nil {
			m.mac = link.Attrs().HardwareAddr.String()
		}
		return err
	})
}

// rawSocket finds a raw socket of protocol 112 (0x70) in /proc/net/raw: the protocol stands where others have the port.
func rawSocket(table string) bool {
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) > 1 && strings.HasSuffix(f[1], ":0070") {
			return true
		}
	}
	return false
}

// favour gives its processes a higher priority than those have that other cases start beside it: what is measured is the program, and
// not how a machine with 30 of them starts.
func (m *Member) favour() {
	for _, pid := range family(m.Parent()) {
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // none: it has ended
		for _, t := range threads {
			tid, _ := strconv.Atoi(t.Name())
			if err := unix.Setpriority(unix.PRIO_PROCESS, tid, -10); err != nil && err != unix.ESRCH {
				m.world.Fatalf("priority of %s (root is needed): %v", m.Name, err)
			}
		}
	}
}

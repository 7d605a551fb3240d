package speaker

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func TestMain(m *testing.M) {
	nstest.Parallel(6)
	goleak.VerifyTestMain(m)
}

// soon bounds what must happen at once; a loaded machine gets a lot of it.
const soon = 5 * time.Second

var (
	ip     = netip.MustParseAddr
	prefix = netip.MustParsePrefix
)

// lab is a switch with nodes a, b, ... of 10.9.0.1, .2, ... and fe80::1, ::2, ..., and a client at .9.
func lab(t *testing.T, names ...string) *nstest.Lab {
	t.Helper()
	l := nstest.NewLab(t, append(names, "client")...)
	for i, name := range names {
		address(l.Node(name), i+1)
	}
	address(l.Node("client"), 9)
	return l
}

func address(n *nstest.Node, i int) {
	n.IP("addr flush dev eth0")
	n.IP(fmt.Sprintf("addr add 10.9.0.%d/24 dev eth0", i))
	n.IP(fmt.Sprintf("addr add fe80::%d/64 dev eth0 nodad", i))
	n.IP(fmt.Sprintf("addr add fd00:9::%d/64 dev eth0 nodad", i))
}

// node is a speaker in a namespace and what it has reported.
type node struct {
	*Local
	t    *testing.T
	mu   sync.Mutex
	news []Report
}

// speak opens a speaker at a node and gives it a configuration.
func speak(t *testing.T, at *nstest.Node, c Config) *node {
	t.Helper()
	n := open(t, at, Options{})
	n.apply(c)
	n.Ready()
	return n
}

func open(t *testing.T, at *nstest.Node, o Options) *node {
	t.Helper()
	n := &node{t: t}
	o.Report = func(r Report) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.news = append(n.news, r)
	}
	at.Do(func() (err error) {
		n.Local, err = Open(o)
		return err
	})
	t.Cleanup(func() {
		n.Close()
		if t.Failed() {
			n.mu.Lock()
			defer n.mu.Unlock()
			for _, r := range n.news[:min(len(n.news), 40)] {
				t.Logf("%s: %s %+v", at.Name, r.At.Format("05.000"), r)
			}
		}
	})
	return n
}

func (n *node) apply(c Config) {
	n.t.Helper()
	if err := n.Apply(c); err != nil {
		n.t.Fatal(err)
	}
}

// reports are those of a kind so far.
func (n *node) reports(kind Kind) (list []Report) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.news {
		if r.Kind == kind {
			list = append(list, r)
		}
	}
	return list
}

func (n *node) status(name string) Status {
	n.t.Helper()
	list, err := n.Status()
	if err != nil {
		n.t.Fatal(err)
	}
	for _, s := range list {
		if s.Name == name {
			return s
		}
	}
	n.t.Fatalf("no router %s", name)
	return Status{}
}

// reaches waits for a state.
func (n *node) reaches(name string, want fsm.State) {
	n.t.Helper()
	var is fsm.State
	if !nstest.Within(soon, func() bool { is = n.status(name).State; return is == want }) {
		n.t.Fatalf("%s is %v, want %v", name, is, want)
	}
}

// quick is a router of version 3 at 100 ms with the VIP 10.9.0.100.
func quick(priority uint8) Router {
	return Router{
		Name: "V", Interface: "eth0", VRID: 80,
		FSM:       fsm.Config{Version: 3, Priority: priority, Interval: 100 * time.Millisecond},
		Addresses: []Address{{Address: netif.Address{Prefix: prefix("10.9.0.100/32")}}},
	}
}

func one(r Router) Config { return Config{Routers: []Router{r}} }

// netip4 is an address of the lab's subnet.
func netip4(i int) string { return fmt.Sprintf("10.9.%d.%d/32", i/250, i%250) }

// eth0 is the interface in the namespace of the calling thread.
func eth0(t *testing.T) netif.Interface {
	i, err := net.InterfaceByName("eth0")
	if err != nil {
		t.Error(err)
		return netif.Interface{}
	}
	return netif.Interface{Name: i.Name, Index: i.Index}
}

package guard

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

var vip = netip.MustParseAddr("10.9.0.100")

// pace is a router's version and interval.
type pace struct {
	version  uint8
	interval time.Duration
}

var (
	second = pace{2, time.Second}
	tenth  = pace{3, 100 * time.Millisecond}
	quick  = pace{3, 10 * time.Millisecond}
)

// skew is that of a router of priority 100 (RFC 3768 6.1, RFC 5798 6.1).
func (p pace) skew() time.Duration {
	if p.version == 2 {
		return time.Second * 156 / 256
	}
	return p.interval * 156 / 256
}

func (p pace) router(priority uint8) speaker.Config {
	return speaker.Config{Routers: []speaker.Router{{
		Name: "V", Interface: "eth0", VRID: 80,
		FSM:       fsm.Config{Version: p.version, Priority: priority, Interval: p.interval},
		Addresses: []speaker.Address{{Address: netif.Address{Prefix: netip.PrefixFrom(vip, 32)}}},
	}}}
}

// node is a program: a proxy with a real speaker in its guard. It prints what becomes of it.
func node() int {
	var c speaker.Config
	err := json.Unmarshal([]byte(os.Args[2]), &c)
	var g *Guard
	if err == nil {
		realtime, _ := strconv.Atoi(os.Getenv("GUARD_REALTIME"))
		g, err = Start(Options{
			Patience: time.Second, Realtime: realtime, Log: slog.New(slog.NewTextHandler(os.Stdout, nil)),
			Report: func(r speaker.Report) { fmt.Println(r.Kind, r.From, r.To, r.Why, r.Detail) },
		})
	}
	if err == nil {
		g.Ready()
		err = g.Apply(c)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	select {}
}

// started is such a node.
type started struct {
	*nstest.Process
	t testing.TB
}

func startNode(t testing.TB, at *nstest.Node, c speaker.Config) *started {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	n := &started{at.Start("/proc/self/exe", "node", string(text)), t}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s:\n%s", at.Name, n.Output())
		}
	})
	return n
}

// says waits for a line's beginning, the last of several.
func (n *started) says(line string) {
	n.t.Helper()
	if !n.Printed("\n"+line, soon) {
		n.t.Fatalf("it does not say %q", line)
	}
}

// guard is the latest guard's process.
func (n *started) guard() int {
	n.t.Helper()
	n.says("time=")
	_, after, _ := strings.Cut(n.Output()[strings.LastIndex(n.Output(), " pid=")-1:], "pid=")
	pid, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		n.t.Fatal(err)
	}
	return pid
}

// pair is two nodes, a of them master, and a client that pings.
type pair struct {
	t    testing.TB
	lab  *nstest.Lab
	a, b *started
	hold *nstest.Hold
	ping *nstest.Ping
}

func startPair(t testing.TB, p pace) *pair {
	t.Helper()
	l := nstest.NewLab(t, "a", "b", "client")
	for i, name := range []string{"a", "b", "client"} {
		l.Node(name).IP("addr flush dev eth0")
		l.Node(name).IP(fmt.Sprintf("addr add 10.9.0.%d/24 dev eth0", i+1))
	}
	q := &pair{t: t, lab: l}
	q.a = startNode(t, l.Node("a"), p.router(200))
	q.a.says("changed BACKUP MASTER")
	q.b = startNode(t, l.Node("b"), p.router(100))
	q.b.says("changed INIT BACKUP")
	q.hold = l.Hold(vip)
	q.ping = l.Node("client").Ping(vip, 5*time.Millisecond)
	await(t, "answers", func() bool { return q.ping.Answered() > 20 })
	return q
}

// holder waits until one node alone has the address.
func (q *pair) holder(name string) {
	q.t.Helper()
	await(q.t, "the address at "+name, func() bool { h := q.hold.Now(); return len(h) == 1 && h[0] == name })
}

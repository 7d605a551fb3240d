package netif

import (
	"fmt"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon bounds what must happen at once; a loaded machine gets a lot of it.
const soon = 5 * time.Second

// pair is two nodes on a switch: a has 10.9.0.1/24 and fe80::1, b .2 and fe80::2.
func pair(t *testing.T) (a, b *nstest.Node) {
	t.Helper()
	lab := nstest.NewLab(t, "a", "b")
	a, b = lab.Node("a"), lab.Node("b")
	for i, n := range []*nstest.Node{a, b} {
		n.IP("addr flush dev eth0")
		n.IP(fmt.Sprintf("addr add 10.9.0.%d/24 dev eth0", i+1))
		n.IP(fmt.Sprintf("addr add fe80::%d/64 dev eth0 nodad", i+1))
		n.IP(fmt.Sprintf("addr add fd00:9::%d/64 dev eth0 nodad", i+1))
	}
	return a, b
}

// link looks an interface up inside a namespace.
func link(t *testing.T, n *nstest.Namespace, name string) Interface {
	t.Helper()
	var i Interface
	n.Do(func() error {
		nif, err := net.InterfaceByName(name)
		if err != nil {
			return err
		}
		i = Interface{Name: nif.Name, Index: nif.Index, Ethernet: len(nif.HardwareAddr) == 6}
		copy(i.MAC[:], nif.HardwareAddr)
		return nil
	})
	return i
}

// open opens a socket inside a namespace, on eth0 unless the configuration says otherwise.
func open(t *testing.T, n *nstest.Node, cfg SocketConfig) *Socket {
	t.Helper()
	if cfg.Interface.Index == 0 {
		cfg.Interface = link(t, n.Namespace, "eth0")
	}
	var s *Socket
	n.Do(func() (err error) {
		s, err = Open(cfg)
		return err
	})
	t.Cleanup(func() { s.Close() })
	return s
}

// next receives one packet, its data copied.
func next(t *testing.T, s *Socket) Packet {
	t.Helper()
	var got []Packet
	s.SetReadDeadline(time.Now().Add(soon))
	defer s.SetReadDeadline(time.Time{})
	if err := s.Receive(func(p *Packet) { got = append(got, keep(p)) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d packets at once: %v", len(got), got)
	}
	return got[0]
}

func keep(p *Packet) Packet {
	q := *p
	q.Data = append([]byte(nil), p.Data...)
	return q
}

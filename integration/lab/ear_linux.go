package lab

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/vishvananda/netlink"
)

// Ear hears at the client all advertisements for the group.
type Ear struct {
	mu      sync.Mutex
	adverts []Advert
}

// Advert is one that was heard.
type Advert struct {
	At       time.Time
	Source   netip.Addr
	VRID     uint8
	Priority uint8
}

// listen opens the ear until the end of the case. What is sent to a peer only is not heard, and then nothing is.
func (w *World) listen() *Ear {
	e := new(Ear)
	var socket *netif.Socket
	w.Client.Do(func() error {
		link, err := netlink.LinkByName("eth0")
		if err == nil {
			on := netif.Interface{Name: "eth0", Index: link.Attrs().Index}
			socket, err = netif.Open(netif.SocketConfig{Interface: on, IPv6: w.Timing.IPv6})
		}
		return err
	})
	var wg sync.WaitGroup
	wg.Go(func() {
		for socket.Receive(e.hear) == nil {
		}
	})
	w.Cleanup(func() {
		socket.Close()
		wg.Wait()
	})
	return e
}

func (e *Ear) hear(p *netif.Packet) {
	if len(p.Data) < 8 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.adverts = append(e.adverts, Advert{At: p.Time, Source: p.Src, VRID: p.Data[1], Priority: p.Data[2]})
}

func (e *Ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.adverts)
}

// since are those heard from then on.
func (e *Ear) since(t time.Time) (list []Advert) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.adverts {
		if !a.At.Before(t) {
			list = append(list, a)
		}
	}
	return list
}

// told is a line of the adverts since a moment, repetitions counted.
func told(list []Advert, since time.Time) string {
	var b strings.Builder
	for i := 0; i < len(list); {
		first, n := list[i], 0
		for ; i < len(list) && list[i].Source == first.Source && list[i].Priority == first.Priority && list[i].VRID == first.VRID; i++ {
			n++
		}
		fmt.Fprintf(&b, "; %v %v vrid %d priority %d x %d", first.At.Sub(since).Round(time.Millisecond), first.Source, first.VRID, first.Priority, n)
	}
	return strings.TrimPrefix(b.String(), "; ")
}

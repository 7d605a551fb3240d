package vrrpapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// errDiffers ends check-peer with a status that scripts can ask for.
var errDiffers = errors.New("the peers do not fit")

func runCheckPeer(cmd *cobra.Command, _ []string) error {
	file, _ := cmd.Flags().GetString("config")
	adapter, _ := cmd.Flags().GetString("adapter")
	span, _ := cmd.Flags().GetDuration("for")
	if file == "" {
		return errNoConfig
	}
	raw, _, _, err := caddycmd.LoadConfig(file, adapter)
	if err != nil {
		return err
	}
	var config struct {
		Apps struct {
			VRRP *App `json:"vrrp"`
		} `json:"apps"`
	}
	if err := json.Unmarshal(raw, &config); err != nil {
		return err
	}
	a := config.Apps.VRRP
	if a == nil {
		return fmt.Errorf("%s has no vrrp app", file)
	}
	defaults, err := a.peekTrackers()
	if err != nil {
		return err
	}
	c, _, err := a.compile(defaults)
	if err != nil {
		return err
	}
	return checkPeers(cmd.Context(), cmd.OutOrStdout(), c, span)
}

// checkPeers listens without a word of its own and compares what it hears with a configuration.
func checkPeers(ctx context.Context, out io.Writer, c speaker.Config, span time.Duration) error {
	if err := netif.CheckCapabilities(); err != nil {
		return err
	}
	h := &hearing{out: out, seen: map[string]bool{}, heard: map[string]bool{}}
	watcher, err := netif.Watch(netif.WatchConfig{}, func(netif.Event) {})
	if err != nil {
		return err
	}
	defer watcher.Close()
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithTimeout(ctx, span)
	defer cancel()
	for i := range c.Routers {
		r := &c.Routers[i]
		on, ok := watcher.Interface(r.Interface)
		if r.Interface != "" && !ok {
			h.say(r.Name, netip.Addr{}, "there is no interface %s", r.Interface)
			continue
		}
		var vrids netif.VRIDs
		vrids.Add(r.VRID)
		conf := netif.SocketConfig{Interface: on, IPv6: r.IPv6, Group: r.MulticastGroup, VRIDs: vrids}
		if r.Unicast {
			if conf.Unicast = unicastSource(r, watcher, on); !conf.Unicast.IsValid() {
				h.say(r.Name, netip.Addr{}, "%s has no address that peers could send to", r.Interface)
				continue
			}
		}
		s, err := netif.Open(conf)
		if err != nil {
			return err
		}
		wg.Go(func() {
			s.ReceiveAll(func(p *netif.Packet) {
				if !twins(&c, r, p.Src) {
					h.packet(r, p)
				}
			})
		})
		context.AfterFunc(ctx, func() { s.Close() }) // also when another socket cannot be opened: the wait above is for its reader
	}
	<-ctx.Done()
	wg.Wait()
	return h.verdict(c)
}

// twins says that a message for r's VRID is for another unicast router with it: its sender is a peer of that one.
func twins(c *speaker.Config, r *speaker.Router, from netip.Addr) bool {
	if !r.Unicast || r.HasPeer(from) {
		return false
	}
	return slices.ContainsFunc(c.Routers, func(o speaker.Router) bool { return o.VRID == r.VRID && o.Unicast && o.HasPeer(from) })
}

// unicastSource is the own address that peers send to: the configured one, or the first of the interface that a speaker would
// take.
func unicastSource(r *speaker.Router, w *netif.Watcher, on netif.Interface) netip.Addr {
	if r.Source.IsValid() {
		return r.Source
	}
	for _, a := range w.Addresses(on.Index) {
		switch {
		case a.Ours() || a.Flags&netif.Secondary != 0 || a.Addr().Is6() != r.IPv6:
		case !r.IPv6 || a.Addr().IsLinkLocalUnicast() && a.Usable():
			return a.Addr()
		}
	}
	return netip.Addr{}
}

// hearing collects what was heard.
type hearing struct {
	mu      sync.Mutex
	out     io.Writer
	seen    map[string]bool // lines
	heard   map[string]bool // routers
	differs bool
}

func (h *hearing) say(router string, peer netip.Addr, format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	line := router + ": "
	if peer.IsValid() {
		line += peer.String() + ": "
	}
	line += fmt.Sprintf(format, args...)
	if !h.seen[line] {
		h.seen[line], h.differs = true, true
		fmt.Fprintln(h.out, line)
	}
}

// packet compares one message.
func (h *hearing) packet(r *speaker.Router, p *netif.Packet) {
	var m wire.Packet
	if why := m.Parse(p.Data, wire.IP{Src: p.Src, Dst: p.Dst, TTL: p.TTL}); why != wire.OK {
		h.say(r.Name, p.Src, "a message that is refused: %v", why)
		return
	}
	if m.VRID != r.VRID {
		return
	}
	h.mu.Lock()
	h.heard[r.Name] = true
	h.mu.Unlock()
	f := &r.FSM
	if m.Version != f.Version {
		h.say(r.Name, p.Src, "speaks version %d, this configuration %d: two masters", m.Version, f.Version)
	}
	if m.Version == 2 && f.Version == 2 {
		h.auth(r, p.Src, &m)
	}
	if m.Interval != f.Interval {
		h.say(r.Name, p.Src, "advert_int is %v there, %v here", m.Interval, f.Interval)
	}
	if m.Priority == f.Priority {
		h.say(r.Name, p.Src, "has priority %d too: the higher address decides", m.Priority)
	}
	var ours []netip.Addr
	for _, a := range r.Addresses {
		ours = append(ours, a.Addr())
	}
	theirs := slices.Clone(m.Addrs)
	slices.SortFunc(ours, netip.Addr.Compare)
	slices.SortFunc(theirs, netip.Addr.Compare)
	if !slices.Equal(ours, theirs) {
		h.say(r.Name, p.Src, "virtual_ipaddress is %v there, %v here; keepalived before 2.3.3 refuses that", theirs, ours)
	}
}

func (h *hearing) auth(r *speaker.Router, peer netip.Addr, m *wire.Packet) {
	if len(r.FSM.Keys) == 0 {
		if m.Auth != wire.AuthNone {
			h.say(r.Name, peer, "uses a password, this configuration none: two masters")
		}
		return
	}
	for _, k := range r.FSM.Keys {
		if uint8(m.Auth) == k.Type && [8]byte(m.Password) == k.Data {
			return
		}
	}
	h.say(r.Name, peer, "uses another auth_type or auth_pass: two masters")
}

func (h *hearing) verdict(c speaker.Config) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range c.Routers {
		if !h.heard[r.Name] {
			fmt.Fprintf(h.out, "%s: no master was heard\n", r.Name)
		} else if !h.differs {
			fmt.Fprintf(h.out, "%s: the master fits\n", r.Name)
		}
	}
	if h.differs {
		return errDiffers
	}
	return nil
}

package haproxy

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// listeners makes the engine's listeners of all bind lines.
func (b *builder) listeners() {
	for i, p := range b.cfg.Proxies {
		e := b.out.snap.Proxies[i]
		id := 0
		for _, bind := range p.Bind {
			for _, a := range bind.Address {
				for port := range a.Ports {
					id++
					b.out.snap.Listeners = append(b.out.snap.Listeners, b.listener(e, bind, a, port, id))
				}
			}
		}
	}
}

func (b *builder) listener(e *engine.Proxy, bind *Bind, a Address, port, id int) *engine.Listener {
	na := a.NetworkAddress(port, bind.V4V6)
	one := a
	one.Port, one.EndPort = port, 0
	opts := bind.BindOptions
	l := &engine.Listener{
		Key:     na + opts.socketKey(),
		Proxy:   e,
		MaxConn: bind.Maxconn,
		Info:    txn.Listener{ID: cmp.Or(bind.ID, id), Name: bind.Name, Addr: one.String(), Port: port},
	}
	free := b.out.free
	l.Open = func() (net.Listener, error) { return open(na, &opts, free) }
	return l
}

// socketKey is the part of the options that cannot change while a socket is open.
func (o *BindOptions) socketKey() string {
	return fmt.Sprintf("|%s|%v|%v|%v|%d|%v", o.Interface, o.V6Only, o.Tfo, o.Transparent, o.MSS, o.DeferAccept)
}

// open listens on a network address in Caddy's form.
func open(na string, o *BindOptions, free freeAddrs) (net.Listener, error) {
	if path, ok := strings.CutPrefix(na, "unix/"); ok && !strings.HasPrefix(path, "@") {
		return listenUnix(path, o)
	}
	addr, err := caddy.ParseNetworkAddress(na)
	if err != nil {
		return nil, err
	}
	var s socket
	control := s.control(o)
	before := func(network, addr string, rc syscall.RawConn) error {
		if err := free.control(network, addr, rc); err != nil {
			return err
		}
		return control(network, addr, rc)
	}
	lc := net.ListenConfig{Control: before, KeepAliveConfig: net.KeepAliveConfig{Enable: false}, KeepAlive: -1}
	ln, err := addr.Listen(context.Background(), 0, lc)
	if err != nil {
		s.close()
		return nil, err
	}
	l, ok := ln.(net.Listener)
	if !ok {
		s.close()
		return nil, fmt.Errorf("%s is no stream address", na)
	}
	return s.wrap(l, na), nil
}

// own applies mode, user and group of a unix socket.
func (o *BindOptions) own(path string) error {
	mode := os.FileMode(0o777) &^ umask // Caddy's own default is stricter than a plain bind's
	if o.Mode != "" {
		m, err := strconv.ParseUint(o.Mode, 8, 32)
		if err != nil {
			return fmt.Errorf("mode %q: %w", o.Mode, err)
		}
		mode = os.FileMode(m)
	}
	if err := os.Chmod(path, mode); err != nil {
		return err
	}
	uid, gid := -1, -1
	if o.UID != nil {
		uid = *o.UID
	}
	if o.GID != nil {
		gid = *o.GID
	}
	if o.User != "" {
		u, err := user.Lookup(o.User)
		if err != nil {
			return err
		}
		uid, _ = strconv.Atoi(u.Uid)
	}
	if o.Group != "" {
		g, err := user.LookupGroup(o.Group)
		if err != nil {
			return err
		}
		gid, _ = strconv.Atoi(g.Gid)
	}
	if uid < 0 && gid < 0 {
		return nil
	}
	return os.Chown(path, uid, gid)
}

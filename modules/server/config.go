package server

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// Config is one `server` line (configuration.txt 4.2 "server" and 5.2), with what `default-server` said before it
// already merged in. The zero value of a field means its default.
type Config struct {
	// Name is the server's name, unique in its backend.
	Name string `json:"name"`
	// Address is where to connect to, as HAProxy writes it: IPv4, IPv6, host name, with :port, :+offset, :-offset or no
	// port (the port the client connected to); ipv4@, ipv6@, unix@, abns@ prefixes; a path (configuration.txt 11).
	Address string `json:"address"`
	// ID is the number in statistics; unique in its backend, default the first free one.
	ID int `json:"id,omitempty"`
	// Weight is the share of the load, 0 to 256, default 1. 0 takes persistent requests only.
	Weight *int `json:"weight,omitempty"`
	// Backup servers are used when no other server is usable.
	Backup bool `json:"backup,omitempty"`
	// Disabled starts the server in maintenance.
	Disabled bool `json:"disabled,omitempty"`
	// MaxConn is how many sessions the server gets at the same time, default 0: no limit. More wait in a queue.
	MaxConn int `json:"maxconn,omitempty"`
	// MinConn makes the limit dynamic: it goes from MinConn to MaxConn as the backend's sessions go to its fullconn.
	// A MinConn above MaxConn counts as MaxConn, too.
	MinConn int `json:"minconn,omitempty"`
	// MaxQueue is how many sessions may wait for this server, default 0: no limit. More go to another server.
	MaxQueue int `json:"maxqueue,omitempty"`
	// Cookie is the value of the persistence cookie that means this server.
	Cookie string `json:"cookie,omitempty"`

	// Check turns health checks on, default off.
	Check bool `json:"check,omitempty"`
	// CheckAddress is where checks go, default the server's address.
	CheckAddress string `json:"check_address,omitempty"`
	// CheckPort is the port checks go to, default the server's.
	CheckPort int `json:"check_port,omitempty"`
	// Inter is the interval between checks, default 2s.
	Inter Duration `json:"inter,omitempty"`
	// FastInter is the interval while the server is going up or down, default Inter.
	FastInter Duration `json:"fastinter,omitempty"`
	// DownInter is the interval while the server is down, default Inter.
	DownInter Duration `json:"downinter,omitempty"`
	// Rise is how many good checks in a row bring the server up, default 2.
	Rise int `json:"rise,omitempty"`
	// Fall is how many bad checks in a row bring the server down, default 3.
	Fall int `json:"fall,omitempty"`

	// InitAddr is how the address of a host name is found at start, in this order: last, libc, none or an IP address.
	// Names are resolved in the background whatever it says and never stop a start; an IP address in the list is used until then.
	InitAddr []string `json:"init_addr,omitempty"`
	// ResolvePrefer is the family that a host name's address is taken from when it has both: ipv4 or ipv6 (default).
	ResolvePrefer string `json:"resolve_prefer,omitempty"`

	// PoolMaxConn is how many idle connections are kept: default (nil) no limit, 0 none, -1 no limit.
	PoolMaxConn *int `json:"pool_max_conn,omitempty"`
	// PoolPurgeDelay is after how long half of the unneeded idle connections are closed, default 5s.
	PoolPurgeDelay *Duration `json:"pool_purge_delay,omitempty"`
	// PoolLowConn is from how many idle connections on other threads' are taken over, default 0.
	PoolLowConn int `json:"pool_low_conn,omitempty"`
	// MaxReuse is how often a connection is used again, default (nil) and -1 no limit. As in HAProxy 2.6 it changes nothing
	// for HTTP/1 connections.
	MaxReuse *int `json:"max_reuse,omitempty"`

	// Proxy is the backend's name, for messages while a file is read.
	Proxy string `json:"-"`
	// Pos is the line in haproxy.cfg.
	Pos cfg.Pos `json:"-"`
}

// weight is the configured weight.
func (c *Config) weight() int {
	if c.Weight == nil {
		return 1
	}
	return *c.Weight
}

// maxConn is the highest limit: a MinConn above MaxConn, or without one, raises it.
func (c *Config) maxConn() int64 { return int64(max(c.MaxConn, c.MinConn)) }

// rise and fall are the configured or default numbers of checks.
func (c *Config) rise() int { return cmp.Or(c.Rise, 2) }
func (c *Config) fall() int { return cmp.Or(c.Fall, 3) }

// CheckInter is the configured or default interval between checks.
func (c *Config) CheckInter() time.Duration {
	if c.Inter == 0 {
		return DefaultInter
	}
	return time.Duration(c.Inter)
}

// validate checks what can also be wrong in a configuration that was not read from a haproxy.cfg.
func (c *Config) validate() error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if c.Name == "" {
		bad("a server needs a name")
	} else if i := strings.IndexFunc(c.Name, notNameChar); i >= 0 {
		bad("character '%c' is not permitted in server name '%s'.", c.Name[i], c.Name)
	}
	if w := c.weight(); w < 0 || w > maxWeight {
		bad("weight of server %s is not within 0 and %d (%d).", c.Name, maxWeight, w)
	}
	for _, f := range []struct {
		name   string
		v, low int
	}{
		{"id", c.ID, 0}, {"maxconn", c.MaxConn, 0}, {"minconn", c.MinConn, 0}, {"maxqueue", c.MaxQueue, 0},
		{"rise", c.Rise, 0}, {"fall", c.Fall, 0}, {"pool_max_conn", deref(c.PoolMaxConn), -1},
		{"max_reuse", deref(c.MaxReuse), -1}, {"pool_low_conn", c.PoolLowConn, 0}, {"check_port", c.CheckPort, 0},
		{"inter", int(c.Inter), 0}, {"fastinter", int(c.FastInter), 0}, {"downinter", int(c.DownInter), 0},
	} {
		if f.v < f.low {
			bad("'%s' must be >= %d.", f.name, f.low)
		}
	}
	if c.CheckPort > 65535 {
		bad("invalid check port %d", c.CheckPort)
	}
	if p := c.ResolvePrefer; p != "" && p != "ipv4" && p != "ipv6" {
		bad("'resolve-prefer' expects either ipv4 or ipv6 as argument.")
	}
	return errors.Join(errs...)
}

// maxWeight is HAProxy's highest weight (configuration.txt 5.2).
const maxWeight = 256

// notNameChar says that a name must not have r (configuration.txt 4.1: proxy names, the same for servers).
func notNameChar(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:", r))
}

func deref(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}

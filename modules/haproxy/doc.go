// Package haproxy is the Caddy app of that name: the typed configuration of frontends, backends and everything around them,
// and its life in Caddy. It forwards no byte itself; that is the engine's work.
package haproxy

// Package speaker runs virtual routers: it gives the state machines of package fsm their clock, the sockets, addresses and
// news of package netif, and the messages of package wire. It knows nothing of Caddy: it is told a Config, verdicts of
// trackers and orders, and tells Reports. The same code runs inside of Caddy and in the guard process.
package speaker

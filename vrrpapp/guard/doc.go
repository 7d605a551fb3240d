// Package guard runs a speaker in a small process of its own, the guard: the same binary, started by the proxy, joined to it
// by a pair of sockets. In the proxy a Guard is a speaker.Speaker; in the guard Serve owns the speaker.Local.
//
// The two watch each other. If the proxy dies, the guard reads the end of the socket and hands everything over at once; if the
// proxy is silent for longer than its patience, it hands over and waits. If the guard dies, the proxy starts another one,
// which goes on where the last one was. The guard's timers are not disturbed by the proxy's work: it has its own few threads,
// with real-time priority where the system allows that.
//
// The package knows nothing of VRRP beyond package speaker, and nothing of Caddy.
package guard

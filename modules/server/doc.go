// Package server is the run-time state of frontends, backends and their servers: weight, health, administrative state,
// counters, connection limits and queues. It outlives reloads. It opens no connection to a server and sends no check:
// the engine and modules/check do, and report here.
package server

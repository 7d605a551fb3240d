// Package balance holds HAProxy's balance algorithms (configuration.txt 4.2 "balance"), one file each, as Caddy modules
// haproxy.balance.<name>. It keeps no server state of its own: modules/server owns that, and locks.
package balance

// Package check runs active health checks of servers (configuration.txt 5.2 "check"), one file for each type, as Caddy
// modules haproxy.checks.<type>. It decides nothing about a server: it reports to modules/server, which counts rise and
// fall, logs and moves the server up or down.
package check

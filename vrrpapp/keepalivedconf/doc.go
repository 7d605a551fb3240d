// Package keepalivedconf is Caddy's config adapter "keepalived": it makes the app "vrrp" out of keepalived.conf(5). What the
// manual says about VRRP is honoured, or an error with file and line, or, where it cannot change what the network sees, a
// warning that says what is missing. LVS (virtual_server) and BFD are errors unless they are skipped by name.
package keepalivedconf

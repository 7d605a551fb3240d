// Package caddyfile gives the apps "haproxy" and "vrrp" their global options in Caddyfiles. It reads no word itself: files and
// blocks go to the adapters of haproxy.cfg and keepalived.conf, so that each word means the same wherever it stands.
package caddyfile

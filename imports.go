// Package caddyhaproxy brings the whole suite into a Caddy build: import it for its side effects only.
package caddyhaproxy

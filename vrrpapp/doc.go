// Package vrrpapp is the Caddy app "vrrp".
package vrrpapp

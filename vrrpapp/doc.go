// Package vrrpapp is the Caddy app "vrrp": virtual routers that elect a master, take its addresses and give them back, as
// keepalived does. The virtual routers themselves run in a package speaker, in this process or in a guard process, and outlive a
// reload: see process.go. This package compiles the configuration (compile*.go), runs the trackers, and tells the news.
package vrrpapp

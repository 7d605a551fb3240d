// Package track watches what the priority of a virtual router depends on: scripts, files, processes, backends and listeners
// of this process. Each is a Caddy module "vrrp.trackers.*". It says whether a thing is up; what that means for a priority is
// package fsm's business.
package track

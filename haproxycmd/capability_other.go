//go:build unix && !linux

package haproxycmd

// keepCapabilities keeps nothing: this system has none.
func keepCapabilities(bool) (restore func()) { return nil }

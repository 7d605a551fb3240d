//go:build unix && !linux

package haproxycmd

// keepCapabilities does nothing: this system has none.
func keepCapabilities() (restore func()) { return func() {} }

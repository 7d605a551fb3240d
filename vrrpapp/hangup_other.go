//go:build !unix

package vrrpapp

// onHangup has no signal to wait for.
func onHangup() (stop func()) { return func() {} }

//go:build unix

package vrrpapp

import (
	"os"
	"os/signal"
	"syscall"
)

// onHangup reloads the configuration's file at SIGHUP, as keepalived does: Caddy does that at SIGUSR1, if it was started
// with a file.
func onHangup() (stop func()) {
	in, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(in, syscall.SIGHUP)
	go func() {
		defer close(done)
		for range in {
			_ = syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		}
	}()
	return func() {
		signal.Stop(in)
		close(in)
		<-done
	}
}

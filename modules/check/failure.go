package check

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// connectFailure is the result of a check that got no connection. What the kernel says at once, instead of after a while,
// is a socket error for HAProxy.
func connectFailure(err error, unix bool) server.CheckResult {
	if isTimeout(err) {
		return server.CheckResult{Status: server.CheckL4Timeout}
	}
	text := reason(err)
	switch {
	case unix, errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EMFILE),
		errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EINVAL):
		return server.CheckResult{Status: server.CheckSockErr, Info: "General socket error (" + text + ")"}
	}
	return server.CheckResult{Status: server.CheckL4Conn, Info: text}
}

func isTimeout(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err)
}

// reason is the C library's text for the error.
func reason(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err.Error()
	}
	text := []byte(no.Error())
	if len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' {
		text[0] -= 'a' - 'A'
	}
	return string(text)
}

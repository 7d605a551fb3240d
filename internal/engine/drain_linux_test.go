package engine

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// hole is an address where connects hang: a full backlog.
func hole(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", sa.(*syscall.SockaddrInet4).Port)
	for range 4 {
		c, err := net.DialTimeout("tcp", addr, 50*time.Millisecond)
		if err != nil {
			return addr
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("the backlog has no end")
	return ""
}

// TestHardStopWhileConnecting: a server that does not answer the connect holds up no stop.
func TestHardStopWhileConnecting(t *testing.T) {
	r := newRig(t, hole(t), func(_, be *Proxy) { be.Timeouts.Connect = 0 })
	r.dial().send(getHead)
	await(t, "connect", func() bool { return r.be.BE.Connect.Load() == 1 })
	r.eng.Remove(r.snap)
	ctx, cancel := context.WithCancel(context.Background())
	done := drained(r.eng, ctx)
	cancel()
	ended(t, "connecting", done)
}

// TestConnectTimeout: status, flags and counters of HAProxy 2.6.12.
func TestConnectTimeout(t *testing.T) {
	var log *sink
	r := newRig(t, hole(t), func(fe, be *Proxy) {
		be.Timeouts.Connect, be.Retries = 40*time.Millisecond, 1
		log = logTo(t, fe, "%ST %ts %rc %s")
	})
	r.dial().send(getHead)
	if got, want := log.next(t), "503 sC 1 s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for what, got := range map[string]string{
		"econ 5xx req": nonzero(&r.be.BE.Counters, false), "econ": nonzero(&r.be.BE.ServerByName("s").Counters, false),
	} {
		if got != what {
			t.Errorf("counters %q, want %q", got, what)
		}
	}
}

package track

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

func listener(t *testing.T, address string) *Listener {
	t.Helper()
	l := &Listener{Address: address, Interval: duration.Duration(10 * time.Millisecond), Timeout: duration.Duration(5 * time.Second)}
	if err := l.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	return l
}

// serve accepts and closes.
func serve(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close() })
	return l
}

func TestListener(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	for name, at := range map[string]func() (net.Listener, string){
		"host and port": func() (net.Listener, string) {
			l := serve(t, "tcp", "127.0.0.1:0")
			return l, l.Addr().String()
		},
		"port": func() (net.Listener, string) {
			l := serve(t, "tcp", "127.0.0.1:0")
			_, port, _ := net.SplitHostPort(l.Addr().String())
			return l, ":" + port
		},
		"unix": func() (net.Listener, string) { return serve(t, "unix", socket), "unix/" + socket },
	} {
		t.Run(name, func(t *testing.T) {
			l, address := at()
			w := watch(t, listener(t, address))
			w.wantUp(true)
			l.Close()
			if v := w.wantUp(false); v.Why == "" {
				t.Error("no reason")
			}
			serve(t, l.Addr().Network(), l.Addr().String())
			w.wantUp(true)
		})
	}
}

func TestListenerAddress(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1", "127.0.0.1:80-90", "udp/127.0.0.1:53", "x:y", "fd/3"} {
		l := &Listener{Address: address}
		if l.Provision(caddy.Context{}) == nil && l.Validate() == nil {
			t.Errorf("%q: no error", address)
		}
	}
}

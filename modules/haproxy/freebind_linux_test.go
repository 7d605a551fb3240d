package haproxy

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func init() { caddy.RegisterModule(router{}) }

// router stands for an app that takes addresses and says so in its Provision.
type router struct {
	Addresses []netip.Addr `json:"addresses"`
}

func (router) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "freebind_test", New: func() caddy.Module { return new(router) }}
}

func (r *router) Provision(ctx caddy.Context) error {
	app, err := ctx.App("haproxy")
	if err != nil {
		return err
	}
	app.(*App).Freebind(r.Addresses)
	return nil
}

func (*router) Start() error { return nil }
func (*router) Stop() error  { return nil }

// onVIP is a frontend on two addresses, and who takes some.
func onVIP(addresses, more string) string {
	return `{"admin":{"disabled":true},"logging":{"logs":{"default":{"writer":{"output":"discard"}}}},"apps":{
		"freebind_test":{"addresses":[` + addresses + `]},
		"haproxy":{"proxies":[{"name":"f","type":"frontend","mode":"http",` + times + `,"monitor_uri":"/alive"` + more + `,
			"bind":[{"address":[{"host":"10.7.7.7","port":8080},{"host":"2001:db8::7","port":8080}]}]}]}}}`
}

// loadIn is caddy.Load in a namespace. Sessions need nothing from it: the sockets are inside.
func loadIn(n *nstest.Namespace, conf string) error {
	return n.Try(func() error { return caddy.Load([]byte(conf), true) })
}

// absent tells that a start failed because the host does not have the address.
func absent(err error, addr string) bool {
	return err != nil && strings.Contains(err.Error(), addr) && strings.Contains(err.Error(), "cannot assign requested address")
}

// TestFreebind starts on addresses that are not there, as a backup does, and serves when they come.
func TestFreebind(t *testing.T) {
	n := nstest.New(t, "backup")
	t.Cleanup(func() { caddy.Stop() })
	if err := loadIn(n, onVIP("", "")); !absent(err, "10.7.7.7") {
		t.Fatal("bound without a free bind:", err)
	}
	if err := loadIn(n, onVIP(`"10.7.7.7"`, "")); !absent(err, "2001:db8::7") {
		t.Fatal("another address than the named one is bound freely:", err)
	}
	both := `"::ffff:10.7.7.7","2001:db8::7"`
	if err := loadIn(n, onVIP(both, "")); err != nil {
		t.Fatal(err)
	}
	serve := func(when string) {
		t.Helper()
		for _, url := range []string{"http://10.7.7.7:8080/alive", "http://[2001:db8::7]:8080/alive"} {
			if got := n.Run("curl", "-sS", "-m", "5", url); !strings.Contains(got, "Service ready.") {
				t.Errorf("%s: %s: %s", when, url, got)
			}
		}
	}
	addresses := func(verb string) {
		t.Helper()
		n.IP("address " + verb + " 10.7.7.7/32 dev lo")
		n.IP("-6 address " + verb + " 2001:db8::7/128 dev lo")
	}
	addresses("add")
	serve("the addresses came")
	addresses("del")
	if err := loadIn(n, onVIP(both, `,"maxconn":100`)); err != nil {
		t.Fatal("reload without the addresses:", err)
	}
	addresses("add")
	serve("they came back after a reload")
	addresses("del")
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := loadIn(n, onVIP("", "")); !absent(err, "10.7.7.7") {
		t.Error("the permission outlived its configuration:", err)
	}
}

// TestTransparentUnprivileged: without CAP_NET_ADMIN and CAP_NET_RAW the word is a free bind, as in HAProxy.
func TestTransparentUnprivileged(t *testing.T) {
	n := nstest.New(t, "transparent")
	for _, na := range []string{"tcp4/10.7.7.7:8080", "tcp6/[2001:db8::7]:8080"} {
		n.Do(func() error {
			if err := dropCapabilities(); err != nil {
				return err
			}
			if ln, err := open(na, &BindOptions{}, nil); err == nil {
				ln.Close()
				t.Errorf("%s: bound without the word", na)
			}
			ln, err := open(na, &BindOptions{Transparent: true}, nil)
			if err == nil {
				ln.Close()
			}
			return err
		})
	}
}

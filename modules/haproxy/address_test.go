package haproxy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

func TestParseAddresses(t *testing.T) {
	three := 3
	for _, tt := range []struct {
		text    string
		want    []Address
		spelled string // String of the first
		network string // NetworkAddress of the first
	}{
		{":80", []Address{{Port: 80}}, "*:80", "tcp4/0.0.0.0:80"},
		{"*:80", []Address{{Port: 80}}, "*:80", "tcp4/0.0.0.0:80"},
		{"0.0.0.0:80", []Address{{Port: 80}}, "*:80", "tcp4/0.0.0.0:80"},
		{":::80", []Address{{Family: "ipv6", Port: 80}}, ":::80", "tcp6/[::]:80"},
		{"ipv6@:80", []Address{{Family: "ipv6", Port: 80}}, ":::80", "tcp6/[::]:80"},
		{"[::1]:80", []Address{{Host: "::1", Port: 80}}, "::1:80", "tcp6/[::1]:80"},
		{"::1:80", []Address{{Host: "::1", Port: 80}}, "::1:80", "tcp6/[::1]:80"},
		{"127.0.0.1:80-82", []Address{{Host: "127.0.0.1", Port: 80, EndPort: 82}}, "127.0.0.1:80-82", "tcp4/127.0.0.1:80"},
		{"127.0.0.1:80-80", []Address{{Host: "127.0.0.1", Port: 80}}, "127.0.0.1:80", "tcp4/127.0.0.1:80"},
		{"/run/x", []Address{{Unix: "/run/x"}}, "/run/x", "unix//run/x"},
		{"unix@/run/x", []Address{{Unix: "/run/x"}}, "/run/x", "unix//run/x"},
		{"abns@x", []Address{{Abstract: "x"}}, "abns@x", "unix/@x"},
		{"fd@3", []Address{{FD: &three}}, "fd@3", "fd/3"},
		{":80,,/run/x,", []Address{{Port: 80}, {Unix: "/run/x"}}, "*:80", "tcp4/0.0.0.0:80"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseAddresses(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if s := got[0].String(); s != tt.spelled {
				t.Errorf("String: got %s, want %s", s, tt.spelled)
			}
			if s := got[0].NetworkAddress(got[0].Port, false); s != tt.network {
				t.Errorf("NetworkAddress: got %s, want %s", s, tt.network)
			}
		})
	}
}

func TestNetworkAddressForBothFamilies(t *testing.T) {
	a := Address{Family: "ipv6", Port: 80}
	if got := a.NetworkAddress(80, true); got != "tcp/[::]:80" {
		t.Error(got)
	}
}

func TestAddressPorts(t *testing.T) {
	for _, tt := range []struct {
		a    Address
		want []int
	}{
		{Address{Port: 80}, []int{80}},
		{Address{Port: 80, EndPort: 82}, []int{80, 81, 82}},
		{Address{Unix: "/x"}, []int{0}},
	} {
		var got []int
		for p := range tt.a.Ports {
			got = append(got, p)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.a.String(), diff)
		}
	}
}

func TestBindOptionErrors(t *testing.T) {
	for _, tt := range []struct{ words, want string }{
		{"bind :80 ssl", "'bind :80' : 'ssl' is not supported yet"},
		{"bind :80 nmae x", "unknown keyword 'nmae'; did you mean 'name' maybe ?"},
		{"bind :80 id 0", "custom id has to be > 0"},
		{"bind :80-81 id 3", "'id' can only be used with a single socket"},
		{"bind :80 maxconn x", "'maxconn' : invalid value 'x'"},
		{"bind :80 proto h2", "'proto' : 'h2' is not supported yet"},
		{"bind :80 nice", "'nice' : missing value"},
	} {
		err := new(Bind).UnmarshalHAProxy(cfg.FromWords(cfg.Pos{}, strings.Fields(tt.words)...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.words, err, tt.want)
		}
	}
}

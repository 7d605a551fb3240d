package caddyfile

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
)

// files lie beside the Caddyfiles of the tests.
const files = `
-- good.cfg --
defaults
 mode http
 timeout client 1s
frontend f
 bind :80
-- bad.cfg --
global
 bogus
 worse
-- both.cfg --
#@ vrrp good.conf
defaults
 mode http
 timeout client 1s
frontend f
 bind :80
-- good.conf --
vrrp_instance V {
 interface eth0
 virtual_router_id 1
 virtual_ipaddress {
  10.0.0.1
 }
}
-- bad.conf --
vrrp_instance V {
 interface eth0
 bogus
 virtual_router_id 300
 virtual_ipaddress {
  10.0.0.1
 }
}
-- snippets/vi --
instance V {
	interface eth0
	bogus
}
`

// TestErrors wants each message with the place of what it is about.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name, options string
		want          []string
	}{
		{"no file", "haproxy", []string{"Caddyfile:2", "'haproxy' expects the name of one file, not 0 arguments"}},
		{"two files", "haproxy good.cfg bad.cfg", []string{"Caddyfile:2", "not 2 arguments"}},
		{"a block", "haproxy good.cfg {\n}", []string{"Caddyfile:2", "'haproxy' has no block"}},
		{"twice", "haproxy good.cfg\nhaproxy good.cfg", []string{"Caddyfile:3", "'haproxy' was given before"}},
		{"absent", "haproxy none.cfg", []string{"Caddyfile:2", "open none.cfg: no such file"}},
		{"bad", "haproxy bad.cfg", []string{"Caddyfile:2", "[bad.cfg:2] : unknown keyword 'bogus'", "[bad.cfg:3] : unknown keyword 'worse'"}},
		{"directive", "haproxy both.cfg", []string{"Caddyfile:2", "in a Caddyfile that is the global option 'vrrp <file>'"}},

		{"vrrp: nothing", "vrrp", []string{"Caddyfile:2", "'vrrp' expects the name of one file"}},
		{"vrrp: two files", "vrrp good.conf bad.conf", []string{"Caddyfile:2", "not 2 arguments"}},
		{"vrrp: file and block", "vrrp good.conf {\n}", []string{"Caddyfile:2", "a file or a block, not both"}},
		{"vrrp: twice", "vrrp good.conf\nvrrp {\n}", []string{"Caddyfile:3", "'vrrp' was given before"}},
		{"vrrp: absent", "vrrp none.conf", []string{"Caddyfile:2", "open none.conf: no such file"}},
		{"vrrp: bad file", "vrrp bad.conf", []string{"bad.conf:3: unknown keyword 'bogus'", "bad.conf:4: "}},
		{"vrrp: bad block", "vrrp {\ninstance V {\ninterface eth0\nbogus\nvirtual_router_id 300\n}\ninstanze W {\n}\n}",
			[]string{"Caddyfile:5: unknown keyword 'bogus'", "Caddyfile:6: ", "Caddyfile:8: unknown keyword 'instanze'"}},
		{"vrrp: imported", "vrrp {\nimport {$HERE}/snippets/vi\n}", []string{"snippets/vi:3: unknown keyword 'bogus'"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := txtar.Parse([]byte(files))
			a.Files = append(a.Files, txtar.File{Name: "Caddyfile", Data: []byte("{\n" + tt.options + "\n}\n")})
			(&goldens.Archive{Archive: a}).Unpack(t)
			here, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv("HERE", here)
			got, err := adapt(t, "caddyfile", "Caddyfile")
			if err == nil {
				t.Fatalf("accepted: %s", got)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in\n%v", want, err)
				}
			}
		})
	}
}

// TestOneLine: a block may end on the line of its last word, as in a keepalived.conf.
func TestOneLine(t *testing.T) {
	(&goldens.Archive{Archive: &txtar.Archive{Files: []txtar.File{
		{Name: "1", Data: []byte("{\nvrrp {\ninstance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1 }\n} }\n}\n")},
		{Name: "2", Data: []byte("vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress { 10.0.0.1 } }\n")},
	}}}).Unpack(t)
	one, err := adapt(t, "caddyfile", "1")
	if err != nil {
		t.Fatal(err)
	}
	if two, err := adapt(t, "keepalived", "2"); err != nil || one != asBlock(t, two) {
		t.Errorf("%v\n%s\n%s", err, one, two)
	}
}

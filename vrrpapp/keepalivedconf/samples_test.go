package keepalivedconf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

const samplesPath = "/usr/share/doc/keepalived/samples"

// lvs is why a sample fails to load: it is about the half of keepalived that is not here.
const lvs = "'virtual_server' is not supported"

// samples are the files of keepalived's package: without reasons one loads, else each error contains one of them.
var samples = map[string][]string{
	"HTTP_GET.port": {lvs}, "IPv6": {lvs, "'virtual_server_group'"}, "PING_CHECK": {lvs}, "SMTP_CHECK": {lvs}, "SSL_GET": {lvs}, "UDP_CHECK": {lvs},
	"conditional_conf": {"'net_namespace' is not supported"}, "fwmark": {lvs}, "inhibit": {lvs}, "misc_check": {lvs}, "misc_check_arg": {lvs}, "quorum": {lvs},
	"sample": {lvs}, "status_code": {lvs}, "track_interface": nil, "virtual_server_group": {lvs, "'virtual_server_group'"},
	"virtualhost": {lvs}, "vrrp": nil, "vrrp.localcheck": nil, "vrrp.lvs_syncd": {lvs}, "vrrp.routes": nil,
	"vrrp.rules":   {"'192.168.100./24' is no IP address", "'192.168.200./24' is no IP address"}, // keepalived refuses these lines too
	"vrrp.scripts": nil, "vrrp.static_ipaddress": nil, "vrrp.sync": nil,
}

// TestSamples reads keepalived's own examples: each loads, or fails for what was meant to fail.
func TestSamples(t *testing.T) {
	paths, err := filepath.Glob(samplesPath + "/keepalived.conf.*")
	if err != nil || len(paths) == 0 {
		oracle.Missing(t, "no "+samplesPath+" (apt-get install keepalived, with its documentation)")
	}
	for _, path := range paths {
		name := strings.TrimPrefix(filepath.Base(path), "keepalived.conf.")
		t.Run(name, func(t *testing.T) {
			reasons, known := samples[name]
			if !known {
				t.Fatal("a new sample: add it to the list")
			}
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			file := conf.File{Name: path, Body: body}
			_, diags := Adapt([]conf.File{file}, Options{Lexer: conf.Options{ConfigID: "high"}})
			found := map[string]bool{}
			for _, d := range diags.Errors() {
				why := ""
				for _, r := range reasons {
					if strings.Contains(d.Msg, r) {
						why = r
					}
				}
				if found[why] = true; why == "" {
					t.Error(d)
				}
			}
			for _, r := range reasons {
				if !found[r] {
					t.Errorf("no error with %q any more", r)
				}
			}
			if len(reasons) > 0 && reasons[0] == lvs {
				skip := Options{Skip: []string{"virtual_server", "virtual_server_group"}}
				if _, diags := Adapt([]conf.File{file}, skip); diags.Err() != nil {
					t.Errorf("with virtual_server skipped: %v", diags.Err())
				}
			}
		})
	}
}

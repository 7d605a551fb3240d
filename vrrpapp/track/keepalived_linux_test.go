package track

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// results is a script whose runs succeed (+) and fail (-) in that order, and then stay as the last.
func results(t *testing.T, results string) (path string, over func() bool) {
	dir := t.TempDir()
	left := filepath.Join(dir, "left")
	if err := os.WriteFile(left, []byte(results), 0o600); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "s")
	text := "#!/bin/sh\nread all <" + left + "\nrest=${all#?}\n[ -z \"$rest\" ] || echo $rest >" + left + "\n[ \"${all%\"$rest\"}\" = + ]\n"
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "[ -z \"$rest\" ] || ", "[ -z \"$rest\" ] && rest= && exec /bin/sh -c \"echo >>"+left+".over; [ '$all' = + ]\"\n")), 0o755); err != nil {
		t.Fatal(err)
	}
	return path, func() bool { _, err := os.Stat(left + ".over"); return err == nil }
}

var changes = regexp.MustCompile(`VRRP_Script\(s\) (succeeded|failed)`)

// A script that flaps makes the same changes as with the real keepalived.
func TestScriptAsKeepalived(t *testing.T) {
	const flaps, rise, fall = "-+++-+--+-+++", 3, 2
	a := nstest.NewLab(t, "a").Node("a")
	a.IP("addr add 10.9.0.1/24 dev eth0")
	dir := t.TempDir()
	file := filepath.Join(dir, "conf")
	path, over := results(t, flaps)
	conf := fmt.Sprintf("global_defs {\n router_id test\n script_user root\n}\nvrrp_script s {\n script %s\n interval 1\n timeout 5\n rise %d\n fall %d\n weight 5\n}\n"+
		"vrrp_instance V {\n interface eth0\n virtual_router_id 80\n priority 100\n virtual_ipaddress {\n 10.9.0.100\n }\n track_script {\n s\n }\n}\n", path, rise, fall)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	p := a.Start("keepalived", "--dont-fork", "--log-console", "--log-detail", "-P", "-f", file, "-p", dir+"/pid", "-r", dir+"/vrrp.pid")
	if !within(30*time.Second, over) {
		t.Fatal(p.Output())
	}
	p.Printed("never", 300*time.Millisecond)
	p.Stop()
	theirs := ""
	for _, m := range changes.FindAllStringSubmatch(p.Output(), -1) {
		theirs += map[string]string{"succeeded": "+", "failed": "-"}[m[1]]
	}

	path, over = results(t, flaps)
	s := ready(t, &Script{Command: []string{path}, Interval: duration.Duration(10 * time.Millisecond), Timeout: duration.Duration(5 * time.Second), Rise: rise, Fall: fall})
	ours := ""
	t.Run("ours", func(t *testing.T) {
		w := watch(t, s)
		if !within(30*time.Second, over) {
			t.Fatal("never over")
		}
		for len(ours) < len(theirs) {
			ours += map[bool]string{true: "+", false: "-"}[w.next().Up]
		}
		select {
		case v := <-w.verdicts:
			t.Errorf("one more: %+v", v)
		case <-time.After(200 * time.Millisecond):
		}
	})
	if ours != theirs || len(theirs) < 4 {
		t.Errorf("ours %s, keepalived's %s\n%s", ours, theirs, p.Output())
	}
}

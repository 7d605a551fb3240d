package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// Scripts and FIFOs hear from us what they hear from the real keepalived, word for word.
func TestAsKeepalived(t *testing.T) {
	a := nstest.NewLab(t, "a").Node("a")
	a.IP("addr add 10.9.0.1/24 dev eth0")
	dir := t.TempDir()
	fifo, theirs := filepath.Join(dir, "theirs.fifo"), filepath.Join(dir, "theirs")
	say := filepath.Join(dir, "say") // one write for each run: keepalived runs them side by side
	if err := os.WriteFile(say, []byte("#!/bin/sh\nout=$1\nshift\nfor a; do all=\"$all[$a]\"; done\necho \"$all\" >>$out\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf(`global_defs {
 router_id test
 script_user root
 vrrp_notify_fifo %[3]s
}
vrrp_sync_group G {
 group {
  V
 }
 notify "%[1]s %[2]s group"
}
vrrp_instance V {
 interface eth0
 state BACKUP
 virtual_router_id 80
 priority 200
 virtual_ipaddress {
  10.9.0.100
 }
 notify_master "%[1]s %[2]s master 'x y'"
 notify_backup "%[1]s %[2]s backup"
 notify_fault "%[1]s %[2]s fault"
 notify_stop "%[1]s %[2]s stop"
 notify "%[1]s %[2]s any"
}
`, say, theirs, fifo)
	file := filepath.Join(dir, "conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	p := a.Start("keepalived", "--dont-fork", "--log-console", "--log-detail", "-P", "-f", file, "-p", dir+"/pid", "-r", dir+"/vrrp.pid")
	r := (*reader)(nil)
	if !within(10*time.Second, func() bool { _, err := os.Stat(fifo); return err == nil }) {
		t.Fatal(p.Output())
	}
	r = readFIFO(t, fifo)
	until := func(n int) {
		t.Helper()
		if !within(15*time.Second, func() bool { return strings.Count(read(theirs), "\n") >= n }) {
			t.Fatalf("keepalived said\n%s%s", read(theirs), p.Output())
		}
	}
	until(3 + 3) // backup and master, with their notify and the group's
	a.Unplug()
	until(3 + 3 + 3)
	p.Signal(syscall.SIGTERM)
	<-p.Done()
	until(3 + 3 + 3 + 3)
	var lines []string
	for line := range drain(r) {
		lines = append(lines, line)
	}

	ours := filepath.Join(dir, "ours")
	at := func(words ...string) *script.Script {
		return &script.Script{Command: append([]string{say, ours}, words...)}
	}
	n := start(t, Config{
		FIFOs:     []FIFO{{Path: filepath.Join(dir, "ours.fifo")}},
		Instances: map[string]Scripts{"V": {Master: at("master", "x y"), Backup: at("backup"), Fault: at("fault"), Stop: at("stop"), Any: at("any")}},
		Groups:    map[string]Scripts{"G": {Any: at("group")}},
	})
	mine := readFIFO(t, filepath.Join(dir, "ours.fifo"))
	for _, s := range []State{Backup, Master, Fault, Stop} {
		n.Changed(Instance, "V", s, 200)
		n.Changed(Group, "G", s, 0)
	}
	n.Stop(soon(t))
	var got []string
	for line := range drain(mine) {
		got = append(got, line)
	}
	// In a change the two pipes differ only in whether the group or its instance comes first.
	if a, b := sorted(got, 2), sorted(lines, 2); !slices.Equal(a, b) {
		t.Errorf("FIFO: ours %q, keepalived's %q", a, b)
	}
	if a, b := sorted(strings.Split(read(ours), "\n"), 99), sorted(strings.Split(read(theirs), "\n"), 99); !slices.Equal(a, b) {
		t.Errorf("scripts: ours %q, keepalived's %q", a, b)
	}
}

// drain are the lines until none comes or the writer has closed.
func drain(r *reader) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			select {
			case line, ok := <-r.lines:
				if !ok || !yield(line) {
					return
				}
			case <-time.After(time.Second):
				return
			}
		}
	}
}

// sorted sorts each n neighbours.
func sorted(all []string, n int) []string {
	for part := range slices.Chunk(all, n) {
		slices.Sort(part)
	}
	return all
}

//go:build unix

package track

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// tutorial is the script of a tutorial, with a command instead of its curl.
func tutorial(check string) string {
	return "#!/bin/bash\n" + check + " &>/dev/null\nif [ $? -ne 0 ];then\n    /etc/init.d/keepalived stop\nfi\n"
}

func TestStopsKeepalived(t *testing.T) {
	for _, row := range []struct {
		text string
		line int
	}{
		{tutorial("/usr/bin/curl -I http://localhost"), 4},
		{"#!/bin/sh\nsystemctl stop keepalived\n", 2},
		{"#!/bin/sh\nx || systemctl --quiet stop keepalived.service >/dev/null", 2},
		{"#!/bin/sh\n/usr/bin/systemctl disable --now keepalived", 2},
		{"#!/usr/bin/env bash\nif ! x; then sudo service keepalived stop; fi\n", 2},
		{"#!/bin/sh\n[ $? = 0 ] || (killall keepalived)\n", 2},
		{"#!/bin/sh\n[ $? = 0 ] || { pkill -9 keepalived; }\n", 2},
		{"#!/bin/sh\n\tpkill -x keepalived\n", 2},
		{"#!/bin/sh\nkillall -s TERM keepalived\n", 2},
		{"#!/bin/sh\nkill -9 $(pidof keepalived)\n", 2},
		{"#!/bin/sh\nkill `cat /var/run/keepalived.pid`\n", 2},
		{"#!/bin/sh\n/etc/rc.d/init.d/keepalived stop\n", 2},
		{"killall keepalived\n", 1},
		{"#!/bin/sh\nx='it\n#'; systemctl stop keepalived\n", 3},
		{"#!/bin/sh\necho it\\'s; systemctl stop keepalived\n", 2},
		{"#!/bin/sh\necho $#;killall keepalived # now\n", 2},

		{"#!/bin/sh\nkillall -0 keepalived\n", 0},
		{"#!/bin/sh\npkill -0 keepalived || exit 1\n", 0},
		{"#!/bin/sh\n# systemctl stop keepalived\n", 0},
		{"#!/bin/sh\necho 'x; systemctl stop keepalived'\n", 0},
		{"#!/bin/sh\nlogger \"now:\nkillall keepalived\"\n", 0},
		{"#!/bin/sh\nsystemctl restart keepalived\n", 0},
		{"#!/bin/sh\nsystemctl stop keepalived-exporter\n", 0},
		{"#!/bin/sh\nkillall keepalived.old\n", 0},
		{"#!/bin/sh\nx='\nsystemctl stop keepalived\n'\n", 0},
		{"#!/bin/sh\nsystemctl stop haproxy\n", 0},
		{"#!/bin/sh\necho systemctl stop keepalived\n", 0},
		{"#!/usr/bin/python3\nsystemctl stop keepalived\n", 0},
		{"", 0},
	} {
		t.Run(row.text, func(t *testing.T) {
			line, ok := StopsKeepalived(file(t, "s", row.text))
			if line != row.line || ok != (row.line > 0) {
				t.Errorf("got line %d, %v, want %d", line, ok, row.line)
			}
		})
	}
}

// The tutorial's script, with its curl failing: it is down, keepalived is not stopped, and a mended check is up again.
func TestStopIsFailure(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	after := filepath.Join(t.TempDir(), "after")
	for name, text := range map[string]string{
		"tutorial":  tutorial("test ! -e " + bad),
		"subshell":  "#!/bin/sh\nif test -e " + bad + "; then (systemctl stop keepalived) >/dev/null 2>&1; echo >>" + after + "; fi\nexit 0\n",
		"deaf":      "#!/bin/sh\ntrap '' TERM\ntest ! -e " + bad + " || killall keepalived\nexit 0\n",
		"no #!":     "test ! -e " + bad + " || pkill keepalived\nexit 0\n",
		"arguments": "#!/bin/bash -u\ntest \"$1$2\" = 'a bc' || exit 3\n[[ $0 == /*/s ]] || exit 4\ntest ! -e " + bad + " || service keepalived stop\nexit 0\n",
	} {
		t.Run(name, func(t *testing.T) {
			os.Remove(bad)
			path := file(t, "s", text)
			s := &Script{Command: []string{path, "a b", "c"}, Interval: duration.Duration(20 * time.Millisecond), Timeout: duration.Duration(10 * time.Second), StopIsFailure: true}
			w := watch(t, ready(t, s))
			w.wantUp(true)
			os.WriteFile(bad, nil, 0o600)
			w.wantUp(false)
			os.Remove(bad)
			w.wantUp(true)
			if _, err := os.Stat(after); err == nil {
				t.Error("the script went on after it stopped keepalived")
			}
		})
	}
}

func TestStopIsWarnedOf(t *testing.T) {
	s := &Script{Command: []string{file(t, "s", tutorial("false"))}}
	s.Provision(caddy.Context{})
	if w, err := s.Check(script.Rules{}); len(w) != 1 || err != nil {
		t.Error(w, err)
	}
}

// A script that a shell is told to run is seen through.
func TestStopBehindAShell(t *testing.T) {
	path := file(t, "s", tutorial("false"))
	for _, command := range [][]string{{path}, {"/bin/bash", path, "x"}, {"/bin/sh", "-u", path}} {
		s := stopper{command: command}
		if args, line := s.words(); line != 4 || args[len(args)-1] == command[0] && len(command) > 1 {
			t.Errorf("%q: %q, line %d", command, args, line)
		}
	}
	s := stopper{command: []string{"/bin/sh", "-c", path}}
	if _, line := s.words(); line != 0 {
		t.Error("-c has a text, not a file")
	}
}

func FuzzReplaceStops(f *testing.F) {
	f.Add(tutorial("curl"))
	f.Add("kill `pidof keepalived`\n'\\")
	f.Fuzz(func(t *testing.T, text string) {
		once, line := replaceStops(text)
		if line == 0 && once != text {
			t.Errorf("changed without a line: %q", once)
		}
		if line > 0 && once == text {
			t.Errorf("line %d without a change", line)
		}
	})
}

package haproxycmd

import (
	"slices"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

func TestParse(t *testing.T) {
	for _, row := range []struct {
		args  []string
		check func(*options) bool
	}{
		{[]string{"-f", "a", "-f", "b", "--", "c", "-f"}, func(o *options) bool { return slices.Equal(o.files, []string{"a", "b", "c", "-f"}) }},
		{[]string{"-sf", "12", "13", "-st", "14", "-c"}, func(o *options) bool {
			return slices.Equal(o.soft, []int{12, 13}) && slices.Equal(o.hard, []int{14}) && o.check
		}},
		{[]string{"-sf", "-c"}, func(o *options) bool { return len(o.soft) == 0 && o.check }},
		{[]string{"-D", "-W", "-p", "x", "-C", "d", "-L", "n"}, func(o *options) bool {
			return o.daemon && o.master && o.pidfile == "x" && o.dir == "d" && o.localPeer == "n"
		}},
		{[]string{"-Ws"}, func(o *options) bool { return o.master }},
		{[]string{"-n", "10", "-N", "x", "-m", "-5"}, func(o *options) bool { return o.maxconn == 10 && o.proxyMaxconn == 0 && o.memory == 0 }},
		{[]string{"-dM0,tag", "-dKall", "-dL", "-de", "-dW", "-dD", "-dV"}, func(o *options) bool { return o.zeroWarning && o.diagnostics }},
		{[]string{"-cc", ""}, func(o *options) bool { return o.condition != nil && *o.condition == "" }},
		{[]string{"-de"}, func(o *options) bool { return o.noEpoll && !o.noSplice }},
		{[]string{"-dS"}, func(o *options) bool { return o.noSplice && !o.noEpoll }},
		{[]string{"-dp", "-dk", "-dv"}, func(o *options) bool { return !o.noEpoll && !o.noSplice }},
		{[]string{"-x", "s", "-S", "m"}, func(o *options) bool { return o.oldSocket == "s" && o.masterCLI == "m" }},
		{[]string{"-v"}, func(o *options) bool { return o.version == 1 }},
		{[]string{"-vv"}, func(o *options) bool { return o.version == 2 }},
	} {
		o, flaw := parse(row.args)
		if flaw != nil || !row.check(o) {
			t.Errorf("%q: %+v, %+v", row.args, o, flaw)
		}
	}
}

// TestOverride: the command line's words go over those of the files.
func TestOverride(t *testing.T) {
	for _, row := range []struct {
		args  []string
		check func(*haproxy.Config) bool
	}{
		{nil, func(c *haproxy.Config) bool { return !c.Global.Noepoll && !c.Global.Nosplice && c.Global.Maxconn == 7 }},
		{[]string{"-de"}, func(c *haproxy.Config) bool { return c.Global.Noepoll && !c.Global.Nosplice }},
		{[]string{"-dS"}, func(c *haproxy.Config) bool { return c.Global.Nosplice && !c.Global.Noepoll }},
		{[]string{"-n", "5"}, func(c *haproxy.Config) bool { return c.Global.Maxconn == 5 }},
	} {
		o, flaw := parse(row.args)
		if flaw != nil {
			t.Fatalf("%q: %+v", row.args, flaw)
		}
		conf := &haproxy.Config{Global: haproxy.Global{Maxconn: 7}}
		(&command{options: o}).override(conf)
		if !row.check(conf) {
			t.Errorf("%q: %+v", row.args, conf.Global)
		}
	}
}

func TestParseFlaws(t *testing.T) {
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"foo"}, ""}, {[]string{"-"}, ""}, {[]string{""}, ""}, {[]string{"-zz"}, ""}, {[]string{"-cc"}, ""}, {[]string{"-d?"}, ""},
		{[]string{"-f"}, noArgument}, {[]string{"-c", "-p"}, noArgument}, {[]string{"-S"}, noArgument},
	} {
		if _, flaw := parse(row.args); flaw == nil || flaw.message != row.want {
			t.Errorf("%q: %+v, want %q", row.args, flaw, row.want)
		}
	}
}

func TestInvoked(t *testing.T) {
	for name, want := range map[string]bool{"haproxy": true, "/usr/sbin/haproxy": true, "./haproxy": true, "caddy": false, "/x/haproxy.old": false, "haproxy/caddy": false} {
		if got := Invoked(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

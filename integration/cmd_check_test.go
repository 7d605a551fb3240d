package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// checkFiles are the files that the rows of TestCommandCheck name.
var checkFiles = map[string]string{
	"good.cfg":     "defaults\n mode http\n timeout client 1s\nfrontend f\n bind 127.0.0.1:17001\n http-request return status 200\n",
	"more.cfg":     "frontend g\n bind 127.0.0.1:17002\n mode http\n timeout client 1s\n",
	"warn.cfg":     "defaults\n mode http\nfrontend f\n bind 127.0.0.1:17001\n",
	"bad.cfg":      "frontend f\n mode http\n bind 127.0.0.1:0\n timeout client 1s\n mode foo\n",
	"bad2.cfg":     "frontend f2\n mode http\n bind 127.0.0.1:17003\n timeout client 1s\n timeout foo 1s\n",
	"zero.cfg":     "global\n zero-warning\ndefaults\n mode http\nfrontend f\n bind 127.0.0.1:17001\n",
	"quiet.cfg":    "global\n quiet\ndefaults\n mode http\nfrontend f\n bind 127.0.0.1:17001\n",
	"quietbad.cfg": "global\n quiet\nfrontend f\n mode http\n bind 127.0.0.1:0\n",
	"none.cfg":     "global\n maxconn 10\n",
	"env.cfg":      "frontend f\n mode http\n bind \"127.0.0.1:${NO_SUCH-17004}\"\n timeout client 1s\n",
}

// TestCommandCheck compares messages and exit status of commands that end by themselves.
func TestCommandCheck(t *testing.T) {
	needPrograms(t)
	dir := t.TempDir()
	for name, text := range checkFiles {
		writeFile(t, filepath.Join(dir, name), text)
	}
	for _, sub := range []string{"folder", "empty", "one"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"folder/b.cfg": checkFiles["more.cfg"], "folder/a.cfg": checkFiles["good.cfg"], "folder/.hidden.cfg": "bad",
		"folder/other.conf": "bad", "empty/x.conf": "bad", "one/a.cfg": checkFiles["bad.cfg"],
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	rows := [][]string{
		{"-c", "-f", "good.cfg"}, {"-c", "-V", "-f", "good.cfg"}, {"-c", "-q", "-f", "good.cfg"},
		{"-c", "-f", "good.cfg", "-f", "more.cfg"}, {"-c", "--", "good.cfg", "more.cfg"}, {"-f", "more.cfg", "-c", "--", "good.cfg"},
		{"-c", "-f", "folder"}, {"-c", "-f", "folder/"}, {"-C", "folder", "-c", "-f", "a.cfg"}, {"-c", "-f", "one"},
		{"-c", "-f", "env.cfg"}, {"-c", "-db", "-d", "-D", "-W", "-f", "good.cfg"},
		{"-c", "-f", "warn.cfg"}, {"-c", "-q", "-f", "warn.cfg"}, {"-c", "-dW", "-f", "warn.cfg"}, {"-dW", "-f", "warn.cfg"},
		{"-c", "-f", "zero.cfg"}, {"-c", "-f", "bad.cfg"}, {"-f", "bad.cfg"}, {"-D", "-f", "bad.cfg"}, {"-W", "-f", "bad.cfg"},
		{"-q", "-f", "bad.cfg"}, {"-c", "-f", "bad.cfg", "-f", "bad2.cfg"},
		{"-c", "-f", "none.cfg"}, {"-f", "none.cfg"}, {"-c", "-f", "missing.cfg"}, {"-f", "missing.cfg"}, {"-c", "-f", "good.cfg", "-f", "no"},
		{"-c", "-f", "quiet.cfg"}, {"-c", "-f", "quietbad.cfg"}, {"-f", "quietbad.cfg"}, {"-c", "-V", "-f", "quiet.cfg"},
		{"-c", "-V", "-f", "quietbad.cfg"}, {"-c", "-d", "-f", "quietbad.cfg"}, {"-c", "-q", "-d", "-f", "bad.cfg"}, {"-c", "-V", "-q", "-f", "warn.cfg"},
		{"-f"}, {"-p"}, {"-C"}, {"-L"}, {"-n"}, {"-C", "missing", "-c", "-f", "good.cfg"},
		{"-c", "-L", "peer1", "-n", "100", "-N", "50", "-m", "500", "-p", "x.pid", "-x", "sock", "-S", "master", "-f", "good.cfg"},
		{"-c", "-de", "-dp", "-dS", "-dG", "-dR", "-dr", "-dV", "-dD", "-dM", "-dM0", "-f", "good.cfg"},
		{"-sf", "1234567", "-c", "-f", "good.cfg"}, {"-st", "1234567", "1234568", "-c", "-f", "good.cfg"},
		{"-sf", "-c", "-f", "good.cfg"}, {"-n", "x", "-c", "-f", "good.cfg"},
		{"-cc", "version_atleast(2.0)"}, {"-cc", "version_before(2.0)"}, {"-cc", ""}, {"-cc", "1"}, {"-cc", "0"},
		{"-cc", "streq(a,a) && !(strneq(a,a) || 0)"}, {"-cc", "streq(\"$HOME\",\"x\")"}, {"-cc", "defined(HOME)"},
		{"-cc", "feature(OPENSSL)"}, {"-cc", "foo("}, {"-cc", "nosuch()"}, {"-cc", "streq(a"}, {"-cc", "1 2"},
	}
	for _, args := range rows {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			describe := func(side program) string {
				o := runCommand(t, side, dir, args...)
				return fmt.Sprintf("status %d\n%s--\n%s", o.Status, o.Out, plainMessages(o.Errors))
			}
			same(t, describe(theirs), describe(ours))
		})
	}
}

// TestCommandUsage compares what is said to a command line that cannot be obeyed: the status and the first words.
func TestCommandUsage(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		dir := t.TempDir()
		for _, args := range [][]string{{}, {"-h"}, {"-zz"}, {"--help"}, {"foo"}, {"-c"}, {"-c", "foo"}, {"-c", "--"}, {"-cc"}, {"-f", "."}} {
			o := runCommand(t, side, dir, args...)
			if o.Status != 1 || !hasPrefixes(o.Out, "HAProxy version 2.6.12") || !hasPrefixes(o.Errors, "Usage : ") {
				t.Errorf("%q: status %d\n%s%s", args, o.Status, o.Out, o.Errors)
			}
		}
	})
}

// TestCommandVersion looks for the lines that tools grep, in their order.
func TestCommandVersion(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		o := runCommand(t, side, t.TempDir(), "-vv")
		if o.Status != 0 || o.Errors != "" {
			t.Errorf("status %d, errors %q", o.Status, o.Errors)
		}
		rest := o.Out
		for _, want := range []string{
			"HAProxy version 2.6", "\n  TARGET  = linux-glibc\n", "\nFeature list : ", "+OPENSSL", "+THREAD",
			"\nAvailable services : prometheus-exporter\n",
		} {
			i := indexAfter(rest, want)
			if i < 0 {
				t.Fatalf("%q is missing, or not at its place, in\n%s", want, o.Out)
			}
			rest = rest[i:]
		}
		if v := runCommand(t, side, t.TempDir(), "-v"); v.Status != 0 || !hasPrefixes(v.Out, "HAProxy version 2.6.12") {
			t.Errorf("-v: %+v", v)
		}
	})
}

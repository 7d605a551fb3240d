package haproxycmd

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

// printUsage writes what the options are.
func printUsage(w io.Writer, name string) {
	fmt.Fprintf(w, "Usage : %s [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]\n", name)
	io.WriteString(w, `        [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
        -v displays version ; -vv shows known build options.
        -d enters debug mode ; -db only disables background mode.
        -V enters verbose mode (disables quiet mode)
        -D goes daemon ; -C changes to <dir> before loading files.
        -W master-worker mode.
        -Ws master-worker mode with systemd notify support.
        -q quiet mode : don't display messages
        -c check mode : only check config files and exit
        -cc check condition : evaluate a condition and exit
        -n sets the maximum total # of connections
        -m limits the usable amount of memory (in MB)
        -N sets the default, per-proxy maximum # of connections
        -L set local peer name (default to hostname)
        -p writes pids of all children to this file
        -sf/-st [pid ]* finishes/terminates old pids.
        -dW fails if any warning is emitted
        -dD diagnostic mode : warn about suspicious configuration statements
        -de disables own event loops over epoll() (Go's poller instead)
        -dS disables splice usage (broken on old kernels)
        -dM -dK -dV -dp -dG -dR -dr -x <unix_socket> -S <bind> are accepted

`)
}

// printVersion writes the lines of -v.
func printVersion(w io.Writer) {
	fmt.Fprintf(w, "HAProxy version %s %s - https://haproxy.org/\n", stats.Version, stats.ReleaseDate)
	fmt.Fprintf(w, "Status: this is caddy-haproxy%s, which runs configurations of HAProxy 2.6 inside of Caddy%s.\n",
		moduleVersion("github.com/caddy-haproxy/caddy-haproxy"), moduleVersion("github.com/caddyserver/caddy/v2"))
	fmt.Fprintf(w, "Running on: %s %s, %s\n", runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// printBuild writes what -vv says beyond. Tools look for some of these lines.
func printBuild(w io.Writer) {
	io.WriteString(w, "Build options :\n  TARGET  = linux-glibc\n  CPU     = generic\n")
	fmt.Fprintf(w, "  CC      = %s\n\n", runtime.Compiler)
	var features []string
	for name, on := range cfg.DefaultFeatures {
		mark := "-"
		if on {
			mark = "+"
		}
		features = append(features, mark+name)
	}
	slices.SortFunc(features, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
	fmt.Fprintf(w, "Feature list : %s\n\n", strings.Join(features, " "))
	fmt.Fprintf(w, "Default settings :\n  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200\n\n")
	fmt.Fprintf(w, "Built with multi-threading support (default=%d).\n\n", runtime.NumCPU())
	io.WriteString(w, "Available polling systems :\n      epoll : pref=300,  test result OK\nTotal: 1 (1 usable), will use epoll.\n\n")
	io.WriteString(w, "Available multiplexer protocols :\n"+
		"(protocols marked as <default> cannot be specified using 'proto' keyword)\n"+
		"  <default> : mode=HTTP  side=FE|BE  mux=H1    flags=HTX\n"+
		"         h1 : mode=HTTP  side=FE|BE  mux=H1    flags=HTX|NO_UPG\n\n")
	io.WriteString(w, "Available services : prometheus-exporter\n")
}

// moduleVersion is " v1.2.3" for a module of this build, empty when the build does not know.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	mods := append([]*debug.Module{&info.Main}, info.Deps...)
	for _, m := range mods {
		if m.Path == path && m.Version != "" && m.Version != "(devel)" {
			return " " + m.Version
		}
	}
	return ""
}

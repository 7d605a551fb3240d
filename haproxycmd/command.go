package haproxycmd

import (
	"os"
	"path/filepath"
	"slices"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

// original is the command line as it was given.
var original = slices.Clone(os.Args)

func init() {
	if len(os.Args) > 0 && Invoked(os.Args[0]) {
		// Caddy's own main, which any build has, then finds the command below.
		os.Args = append([]string{os.Args[0], "haproxy"}, os.Args[1:]...)
	}
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "haproxy",
		Usage: "[-f <file|folder>]... [-c] [-D] [-p <pidfile>] [-- <file>...]",
		Short: "Runs HAProxy configuration files, with HAProxy's own command line",
		Long: `
Reads HAProxy configuration files and runs them, with the options, messages,
signals and exit statuses of the haproxy command. A link named haproxy to this
program does the same.

    caddy haproxy -c -f /etc/haproxy/haproxy.cfg     checks a file
    caddy haproxy -f /etc/haproxy/haproxy.cfg        runs it in the foreground
    caddy haproxy -D -f ... -p /run/haproxy.pid      runs it in the background

Caddy's admin endpoint is off, unless the environment variable CADDY_ADMIN
says where it is to listen.
`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.DisableFlagParsing = true
			cmd.RunE = func(_ *cobra.Command, args []string) error {
				os.Exit(Main(args))
				return nil
			}
		},
	})
}

// Invoked tells whether the program was started under the name haproxy.
func Invoked(argv0 string) bool { return filepath.Base(argv0) == "haproxy" }

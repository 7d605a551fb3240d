package haproxycmd

import (
	"fmt"
	"io"
	"os"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// command is one run of the command.
type command struct {
	*options
	stdout io.Writer
	report *reporter
	conf   *haproxy.Config
	vrrp   *vrrpapp.App // of the directive #@ vrrp, nil without it
	child  *child       // not nil in a process that another one has put into the background
}

// Main obeys a command line, without the program's name, and returns the exit status.
func Main(args []string) int {
	c := &command{stdout: os.Stdout, report: &reporter{w: os.Stderr}, child: adoptChild()}
	return c.main(args)
}

func (c *command) main(args []string) int {
	opt, flaw := parse(args)
	c.options = opt
	c.report.quiet = opt.quiet && !opt.verbose
	c.report.silent = c.report.quiet && !opt.debug
	switch {
	case flaw != nil && flaw.message != "":
		c.report.say(cfg.Alert, "%s", flaw.message)
		return 1
	case opt.version > 0:
		printVersion(c.stdout)
		if opt.version > 1 {
			printBuild(c.stdout)
		}
		return 0
	case flaw != nil:
		return c.usage()
	case opt.condition != nil:
		return c.evaluate(*opt.condition)
	}
	if c.dir != "" && c.child == nil {
		if err := os.Chdir(c.dir); err != nil {
			c.report.say(cfg.Alert, "Could not change to directory %s : %s", c.dir, reason(err))
			return 1
		}
	}
	if status, stop := c.load(); stop {
		return status
	}
	return c.run()
}

func (c *command) usage() int {
	printVersion(c.stdout)
	printUsage(c.report.w, "haproxy")
	return 1
}

// evaluate obeys -cc.
func (c *command) evaluate(expr string) int {
	ok, err := cfg.EvalCondition(expr, nil)
	switch {
	case err != nil:
		c.report.say(cfg.Alert, "config : %s", sentence(err.Error()))
		return 2
	case ok:
		return 0
	}
	return 1
}

// sentence begins with a capital letter.
func sentence(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-32) + s[1:]
	}
	return s
}

// load reads the files and says what is wrong with them. stop tells that there is nothing more to do.
func (c *command) load() (status int, stop bool) {
	files, err := readFiles(c.files)
	if err != nil {
		c.report.say(cfg.Alert, "%s", err)
		return 1, true
	}
	if len(files) == 0 {
		return c.usage(), true
	}
	apps, diags := haproxyadapter.Adapt(files, haproxyadapter.Options{LocalPeer: c.localPeer, Command: true})
	conf := apps.HAProxy
	c.override(conf)
	c.checkChroot(apps, &diags)
	if conf.Global.Process.Quiet && !c.verbose {
		// The word in a file is about what is said of the files, even of their errors; -q is about all that is said.
		was := c.report.quiet
		c.report.quiet = true
		defer func() { c.report.quiet = was }()
	}
	if c.child != nil {
		c.report.introduced = true // the parent has said all this
	} else if status, stop := c.judge(conf, diags); stop {
		return status, true
	}
	c.conf, c.vrrp = conf, apps.VRRP
	return 0, false
}

// judge says what was found in the files, and ends a check.
func (c *command) judge(conf *haproxy.Config, diags cfg.Diagnostics) (status int, stop bool) {
	warnings := c.report.diagnostics(diags, c.diagnostics) + c.masterSocket(conf, diags)
	switch {
	case diags.HasErrors():
		c.report.say(cfg.Alert, "config : Fatal errors found in configuration.")
		return 1, true
	case warnings > 0 && (c.zeroWarning || conf.Global.Process.ZeroWarning):
		c.report.say(cfg.Alert, "config : Some warnings were found and 'zero-warning' is set. Aborting.")
		return 1, true
	case !listens(conf) && c.check:
		c.print("Configuration file has no error but will not start (no listener) => exit(2).")
		return 2, true
	case !listens(conf):
		c.report.say(cfg.Alert, "[haproxy.main()] No enabled listener found (check for 'bind' directives) ! Exiting.")
		return 1, true
	case !c.check:
		return 0, false
	}
	if warnings > 0 {
		c.print("Warnings were found.")
	}
	c.print("Configuration file is valid")
	return 0, true
}

// masterSocket speaks about -S: there is no master process to talk to, the stats sockets have all commands.
func (c *command) masterSocket(conf *haproxy.Config, diags cfg.Diagnostics) (warnings int) {
	switch {
	case c.masterCLI == "" || diags.HasErrors():
	case c.master || conf.Global.Process.MasterWorker:
		c.report.say(cfg.Notice, "config : the master CLI socket has no effect here: the master is the worker, use a stats socket.")
	default:
		c.report.say(cfg.Warning, "config : a master CLI socket was defined, but master-worker mode (-W) is not enabled.")
		return 1
	}
	return 0
}

// print writes to the standard output what -q takes away.
func (c *command) print(line string) {
	if !c.report.quiet {
		fmt.Fprintln(c.stdout, line)
	}
}

// listens tells whether the configuration has any place to listen on.
func listens(conf *haproxy.Config) bool {
	for _, p := range conf.Proxies {
		if len(p.Bind) > 0 && !p.Disabled {
			return true
		}
	}
	return len(conf.Global.StatsSocket) > 0
}

// override puts the command line's words over those of the files.
func (c *command) override(conf *haproxy.Config) {
	g := &conf.Global
	if c.maxconn > 0 {
		g.Maxconn = c.maxconn
	}
	for _, p := range conf.Proxies {
		if c.proxyMaxconn > 0 && p.Maxconn == 0 && p.Type.HasFrontend() {
			p.Maxconn = c.proxyMaxconn
		}
	}
	g.Noepoll = g.Noepoll || c.noEpoll
	g.Nosplice = g.Nosplice || c.noSplice
	pr := &g.Process
	pr.Daemon = (pr.Daemon || c.daemon) && !c.foreground && !c.debug
	pr.MasterWorker = (pr.MasterWorker || c.master) && !c.foreground
	if c.pidfile != "" {
		pr.Pidfile = c.pidfile
	}
}

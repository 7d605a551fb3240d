package haproxyadapter

import (
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// globalProcess are the words about the process and its limits (configuration.txt 3.1, 3.2, 3.3).
var globalProcess = []keyword{
	row("maxconn", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		if !p.first(d, "maxconn") {
			return nil
		}
		p.conf.Global.Maxconn, err = integer(d, "maxconn", 0)
		return err
	}),
	processFlag("daemon", func(x *haproxy.Process) *bool { return &x.Daemon }),
	row("master-worker", inGlobal, globalMasterWorker),
	row("pidfile", inGlobal, globalPidfile),
	row("chroot", inGlobal, globalChroot),
	row("user", inGlobal, globalUser),
	row("group", inGlobal, globalGroup),
	row("uid", inGlobal, func(p *parser, d *cfg.Dispenser) error { return p.numericID(d, "uid", &p.conf.Global.Process.UID) }),
	row("gid", inGlobal, func(p *parser, d *cfg.Dispenser) error { return p.numericID(d, "gid", &p.conf.Global.Process.GID) }),
	row("ulimit-n", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		if p.conf.Global.Process.UlimitN, err = integer(d, "ulimit-n", 0); err == nil {
			p.process(d, "ulimit-n")
		}
		return err
	}),
	{name: "strict-limits", in: inGlobal, no: true, parse: func(p *parser, d *cfg.Dispenser) error {
		on := p.prefix == ""
		p.conf.Global.Process.StrictLimits = &on
		p.process(d, "strict-limits")
		return nil
	}},
	processFlag("quiet", func(x *haproxy.Process) *bool { return &x.Quiet }),
	processFlag("zero-warning", func(x *haproxy.Process) *bool { return &x.ZeroWarning }),
	row("hard-stop-after", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		p.conf.Global.HardStopAfter, err = duration(d, time.Millisecond, "argument to <hard-stop-after>.",
			"'hard-stop-after' expects <time> as argument.")
		return err
	}),
	row("node", inGlobal, globalNode),
	row("description", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		if d.Done() {
			return d.Errf("'description' expects a string argument.")
		}
		p.conf.Global.Description = strings.Join(d.Remaining(), " ")
		return nil
	}),
	row("localpeer", inGlobal, globalLocalpeer),
	row("default-path", inGlobal, defaultPath),
	row("unix-bind", inGlobal, globalUnixBind),
}

// process warns about a word for the process itself, which only the haproxy command obeys.
func (p *parser) process(d *cfg.Dispenser, word string) {
	if !p.opt.Command {
		d.Warnf("'%s' is obeyed by the haproxy command only; under caddy run it is the service manager's.", word)
	}
}

// processFlag is the row of a word without arguments for the process itself.
func processFlag(name string, field func(*haproxy.Process) *bool) keyword {
	return row(name, inGlobal, func(p *parser, d *cfg.Dispenser) error {
		if d.Done() {
			*field(&p.conf.Global.Process) = true
			p.process(d, name)
		}
		return nil
	})
}

func globalMasterWorker(p *parser, d *cfg.Dispenser) error {
	if d.NextArg() && d.Val() != "no-exit-on-failure" {
		return d.Errf("'master-worker' only supports 'no-exit-on-failure' option.")
	}
	p.conf.Global.Process.MasterWorker = true
	p.process(d, "master-worker")
	return nil
}

func globalPidfile(p *parser, d *cfg.Dispenser) error {
	if !p.first(d, "pidfile") {
		return nil
	}
	if err := word(d, &p.conf.Global.Process.Pidfile, "'pidfile' expects a file name as an argument."); err != nil {
		return err
	}
	p.process(d, "pidfile")
	return nil
}

func globalChroot(p *parser, d *cfg.Dispenser) error {
	if !p.first(d, "chroot") {
		return nil
	}
	if err := word(d, &p.conf.Global.Process.Chroot, "'chroot' expects a directory as an argument."); err != nil {
		return err
	}
	p.process(d, "chroot")
	return nil
}

func globalUser(p *parser, d *cfg.Dispenser) error {
	if !p.first(d, "user/uid") {
		return nil
	}
	name := ""
	if d.NextArg() {
		name = d.Val()
	}
	if _, err := user.Lookup(name); err != nil {
		if p.opt.Command || name == "" {
			return d.Errf("cannot find user id for '%s'", name)
		}
	}
	p.conf.Global.Process.User = name
	p.process(d, "user")
	return nil
}

func globalGroup(p *parser, d *cfg.Dispenser) error {
	if !p.first(d, "group/gid") {
		return nil
	}
	name := ""
	if d.NextArg() {
		name = d.Val()
	}
	if _, err := user.LookupGroup(name); err != nil {
		if p.opt.Command || name == "" {
			return d.Errf("cannot find group id for '%s'", name)
		}
	}
	p.conf.Global.Process.Group = name
	p.process(d, "group")
	return nil
}

// numericID reads uid or gid. 2.6.12 takes other words for 0 with a warning; here they are an error, since 0 is root.
func (p *parser) numericID(d *cfg.Dispenser, word string, target **int) error {
	key, other := "user/uid", "user"
	if word == "gid" {
		key, other = "group/gid", "group"
	}
	if !p.first(d, key) {
		return nil
	}
	if !d.NextArg() {
		return d.Errf("'%s' expects an integer argument.", word)
	}
	n, err := strconv.Atoi(d.Val())
	if err != nil || n < 0 {
		return d.Errf("%s: string '%s' is not a number. You might want to use the '%s' parameter to use a system %s name.",
			word, d.Val(), other, other)
	}
	*target = &n
	p.process(d, word)
	return nil
}

func globalNode(p *parser, d *cfg.Dispenser) error {
	name := ""
	if d.NextArg() {
		name = d.Val()
	}
	if name == "" || slices.ContainsFunc([]rune(name), func(c rune) bool { return !nodeRune(c) }) {
		return d.Errf("'node' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) " +
			"or underscode(_).")
	}
	p.conf.Global.Node = name
	return nil
}

func globalLocalpeer(p *parser, d *cfg.Dispenser) error {
	if err := word(d, &p.conf.Global.Localpeer, "'localpeer' expects a name as an argument."); err != nil {
		return err
	}
	if p.opt.LocalPeer != "" { // the command's -L wins
		p.conf.Global.Localpeer = p.opt.LocalPeer
	}
	p.env.Set("HAPROXY_LOCALPEER", p.conf.Global.Localpeer)
	return nil
}

// unixBind are the defaults of unix sockets on bind lines (configuration.txt 3.1 "unix-bind").
type unixBind struct {
	prefix string
	haproxy.BindOptions
}

// globalUnixBind reads the defaults. Syntax:
//
//	unix-bind [prefix <prefix>] [mode <mode>] [user <user>] [uid <uid>] [group <group>] [gid <gid>]
func globalUnixBind(p *parser, d *cfg.Dispenser) error {
	for d.NextArg() {
		switch d.Val() {
		case "prefix":
			if err := word(d, &p.unixBind.prefix, "'unix-bind' : 'prefix' expects a path."); err != nil {
				return err
			}
		case "mode", "user", "uid", "group", "gid":
			if err := p.unixBind.Option(d); err != nil {
				return d.Errf("'unix-bind' : %s", err)
			}
		default:
			return d.Errf("'unix-bind' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.")
		}
	}
	return nil
}

// apply fills in what a bind line leaves open.
func (u *unixBind) apply(addresses []haproxy.Address, o *haproxy.BindOptions) {
	unix := false
	for i := range addresses {
		if addresses[i].Unix != "" {
			addresses[i].Unix = u.prefix + addresses[i].Unix
			unix = true
		}
	}
	if !unix {
		return
	}
	if o.Mode == "" {
		o.Mode = u.Mode
	}
	if o.User == "" && o.UID == nil {
		o.User, o.UID = u.User, u.UID
	}
	if o.Group == "" && o.GID == nil {
		o.Group, o.GID = u.Group, u.GID
	}
}

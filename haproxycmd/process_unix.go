//go:build unix

package haproxycmd

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// spareFiles are the descriptors beside those of connections.
const spareFiles = 64

// raiseFiles sets the limit of open files to `ulimit-n`, or to what maxconn needs. Too low a limit of the system is a
// warning, and with `strict-limits` in the file an error.
func (c *command) raiseFiles() bool {
	g := &c.conf.Global
	want := uint64(g.Process.UlimitN)
	if want == 0 && g.Maxconn > 0 {
		want = uint64(2*g.Maxconn + c.conf.PipeFiles(g.Maxconn) + spareFiles)
	}
	var l unix.Rlimit
	if want == 0 || unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil || l.Cur >= want {
		return true
	}
	top := unix.Rlimit{Cur: want, Max: max(l.Max, want)}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &top) == nil {
		return true
	}
	if l.Cur < l.Max {
		unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: l.Max, Max: l.Max})
	}
	sev, strict := cfg.Warning, g.Process.StrictLimits != nil && *g.Process.StrictLimits
	if strict {
		sev = cfg.Alert
	}
	c.report.say(sev, "[haproxy.main()] Cannot raise FD limit to %d, limit is %d.", want, l.Max)
	return !strict
}

// identity is who the process is to be.
type identity struct{ uid, gid int } // -1: as it is

func (c *command) identity() (id identity, ok bool) {
	p := &c.conf.Global.Process
	id = identity{-1, -1}
	if p.UID != nil {
		id.uid = *p.UID
	}
	if p.GID != nil {
		id.gid = *p.GID
	}
	if p.User != "" {
		u, err := user.Lookup(p.User)
		if err != nil {
			c.report.say(cfg.Alert, "[haproxy.main()] Cannot find user id for '%s'.", p.User)
			return id, false
		}
		id.uid, _ = strconv.Atoi(u.Uid)
	}
	if p.Group != "" {
		g, err := user.LookupGroup(p.Group)
		if err != nil {
			c.report.say(cfg.Alert, "[haproxy.main()] Cannot find group id for '%s'.", p.Group)
			return id, false
		}
		id.gid, _ = strconv.Atoi(g.Gid)
	}
	return id, true
}

// giveUpRights obeys chroot, user, group, uid and gid, which only root can. A master keeps its root folder: it reads the
// files again at a reload.
func (c *command) giveUpRights() bool {
	p := &c.conf.Global.Process
	id, ok := c.identity()
	if !ok {
		return false
	}
	if p.Chroot != "" && p.MasterWorker {
		c.report.say(cfg.Notice, "[haproxy.main()] chroot has no effect here with -W: a reload needs the files.")
	} else if p.Chroot != "" {
		if err := chroot(p.Chroot); err != nil {
			c.report.say(cfg.Alert, "[haproxy.main()] Cannot chroot(%s).", p.Chroot)
			return false
		}
	}
	return c.become(id)
}

// chroot changes the root folder.
func chroot(dir string) error {
	if err := syscall.Chroot(dir); err != nil {
		return err
	}
	return os.Chdir("/")
}

// become changes group and user, in this order: the user may not.
func (c *command) become(id identity) bool {
	if id.gid > 0 && id.gid != os.Getgid() {
		syscall.Setgroups([]int{id.gid})
		if err := syscall.Setgid(id.gid); err != nil {
			c.report.say(cfg.Alert, "[haproxy.main()] Cannot set gid %d.", id.gid)
			return false
		}
	}
	if id.uid <= 0 || id.uid == os.Getuid() {
		return true
	}
	restore := keepCapabilities(c.vrrp != nil)
	if restore == nil && c.vrrp != nil {
		c.report.say(cfg.Alert, "[haproxy.main()] Cannot keep the capabilities that '#@ vrrp' needs while changing the user: "+
			"that takes Linux and a build without cgo (CGO_ENABLED=0). Or remove 'user' and 'uid'.")
		return false
	}
	if err := syscall.Setuid(id.uid); err != nil {
		c.report.say(cfg.Alert, "[haproxy.main()] Cannot set uid %d.", id.uid)
		return false
	}
	if restore != nil {
		restore()
	}
	return true
}

// stopOthers tells the processes of -sf and -st that this one has taken over.
func (c *command) stopOthers() {
	for _, pid := range c.soft {
		syscall.Kill(pid, syscall.SIGUSR1)
	}
	for _, pid := range c.hard {
		syscall.Kill(pid, syscall.SIGTERM)
	}
}

// writePidfile writes this process's number where a background process or a master has to.
func (c *command) writePidfile() bool {
	p := &c.conf.Global.Process
	if p.Pidfile == "" || !p.Daemon && !p.MasterWorker {
		return true
	}
	name := p.Pidfile
	if err := os.WriteFile(name, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		c.report.say(cfg.Alert, "[haproxy.main()] Cannot create pidfile %s", filepath.Clean(name))
		return false
	}
	return true
}

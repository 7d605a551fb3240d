//go:build unix

package script

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// defaultUser runs scripts if there is such a user and the configuration names none.
const defaultUser = "keepalived_script"

// who is another user than this process's, or nil.
type who struct {
	name string
	cred syscall.Credential
}

// who finds the user. Without the right to become another one a script that names none is run as this process.
func (r Rules) who(s Script) (*who, error) {
	name, group, named := s.User, s.Group, true
	if name == "" {
		name, group = r.User, cmp.Or(s.Group, r.Group)
	}
	if name == "" {
		name, named = defaultUser, group != ""
	}
	u, err := lookup(name)
	if err != nil {
		if !named || name == defaultUser && group == "" {
			return nil, nil
		}
		return nil, err
	}
	w := &who{name: u.Username}
	if w.cred.Uid, err = number(u.Uid); err != nil {
		return nil, err
	}
	gid := u.Gid
	if group != "" {
		if gid, err = lookupGroup(group); err != nil {
			return nil, err
		}
	}
	if w.cred.Gid, err = number(gid); err != nil {
		return nil, err
	}
	return w.unlessSelf(named)
}

// unlessSelf is nil where nothing has to change, or can.
func (w *who) unlessSelf(named bool) (*who, error) {
	switch uid, gid := os.Geteuid(), os.Getegid(); {
	case uid == int(w.cred.Uid) && gid == int(w.cred.Gid):
		return nil, nil
	case uid == 0:
		return w, nil
	case named:
		return nil, fmt.Errorf("user %s: only root can run scripts as another user", w.name)
	}
	return nil, nil
}

// Owner is who owns what the configuration gives to a user, as for scripts.
func (r Rules) Owner(user, group string) (uid, gid int, err error) {
	w, err := r.who(Script{User: user, Group: group})
	if w == nil {
		return os.Geteuid(), os.Getegid(), err
	}
	return int(w.cred.Uid), int(w.cred.Gid), nil
}

func lookup(name string) (*user.User, error) {
	u, err := user.Lookup(name)
	if err != nil {
		if _, bad := strconv.ParseUint(name, 10, 32); bad == nil {
			return user.LookupId(name)
		}
	}
	return u, err
}

func lookupGroup(name string) (string, error) {
	if g, err := user.LookupGroup(name); err == nil {
		return g.Gid, nil
	}
	if _, err := number(name); err == nil {
		return name, nil
	}
	return "", fmt.Errorf("unknown group %s", name)
}

func number(id string) (uint32, error) {
	n, err := strconv.ParseUint(id, 10, 32)
	return uint32(n), err
}

func (w *who) isRoot() bool {
	if w == nil {
		return os.Geteuid() == 0
	}
	return w.cred.Uid == 0
}

// alone gives the process a group of its own, and its user.
func alone(cmd *exec.Cmd, w *who) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if w != nil {
		cmd.SysProcAttr.Credential = &w.cred
	}
}

// signalGroup signals the process and all of its group. The leader may have ended while others of the group run on.
func signalGroup(p *os.Process, s syscall.Signal) { syscall.Kill(-p.Pid, s) }

// killedBy is 128 and the signal, as a shell says it, or 0.
func killedBy(s *os.ProcessState) int {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return 0
}

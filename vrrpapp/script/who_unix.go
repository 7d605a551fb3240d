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

// who finds the user that a script runs as: nil is this process's. What it was told and cannot do for want of rights is a warning:
// most files in the wild say script_user root and mean nothing by it.
func (r Rules) who(s Script) (w *who, warning string, err error) {
	named := s.User != "" || r.User != ""
	w, err = r.named(s.User, s.Group)
	if w == nil || err != nil {
		return nil, "", err
	}
	switch uid, gid := os.Geteuid(), os.Getegid(); {
	case uid == int(w.cred.Uid) && gid == int(w.cred.Gid):
		return nil, "", nil
	case uid == 0:
		return w, "", nil
	case named:
		return nil, fmt.Sprintf("only root can run it as user %s, group %d: it runs as this process, user %d", w.name, w.cred.Gid, uid), nil
	}
	return nil, "", nil
}

// named is the user that the configuration names, or nil.
func (r Rules) named(name, group string) (*who, error) {
	if name == "" {
		name, group = r.User, cmp.Or(group, r.Group)
	}
	name, standard := cmp.Or(name, defaultUser), name == ""
	u, err := lookup(name)
	switch {
	case err != nil && standard && group == "":
		return nil, nil
	case err != nil && standard:
		u, err = lookup(strconv.Itoa(os.Geteuid()))
	}
	if err != nil {
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
	w.cred.Gid, err = number(gid)
	return w, err
}

// Owner is who owns what the configuration gives to a user, as for scripts. It may be somebody to whom this process cannot give
// anything.
func (r Rules) Owner(user, group string) (uid, gid int, err error) {
	w, err := r.named(user, group)
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

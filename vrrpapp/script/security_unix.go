//go:build unix

package script

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// executable says why the user cannot run the program.
func (w *who) executable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a file", path)
	}
	uid, gid := uint32(os.Geteuid()), uint32(os.Getegid())
	if w != nil {
		uid, gid = w.cred.Uid, w.cred.Gid
	}
	bits := fs.FileMode(0o001)
	switch st, ok := info.Sys().(*syscall.Stat_t); {
	case uid == 0 || !ok:
		bits = 0o111
	case st.Uid == uid:
		bits = 0o100
	case st.Gid == gid:
		bits = 0o010
	}
	if info.Mode().Perm()&bits == 0 {
		return fmt.Errorf("%s: not executable for user %d, group %d", path, uid, gid)
	}
	return nil
}

// writable says who but root can change the program or a folder on its way, or nothing.
func writable(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "" // it is not there; missing says so
	}
	var parts []string
	for _, p := range []string{path, real} {
		for ; ; p = filepath.Dir(p) {
			parts = append(parts, p)
			if p == filepath.Dir(p) {
				break
			}
		}
	}
	slices.Sort(parts)
	for _, p := range slices.Compact(parts) {
		info, err := os.Stat(p)
		if err != nil {
			continue
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		switch mode := info.Mode(); {
		case !ok:
		case st.Uid != 0:
			return fmt.Sprintf("%s belongs to user %d", p, st.Uid)
		case mode.Perm()&0o020 != 0 && st.Gid != 0 && mode&os.ModeSticky == 0, mode.Perm()&0o002 != 0 && mode&os.ModeSticky == 0:
			return p + " is writable by others than root"
		}
	}
	return ""
}

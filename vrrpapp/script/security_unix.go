//go:build unix

package script

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// missing says why the user cannot run the program now, or nothing.
func (w *who) missing(path string) string {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err.Error()
	case !info.Mode().IsRegular():
		return path + ": not a file"
	case info.Mode().Perm()&0o111 == 0:
		return path + ": not executable"
	}
	return ""
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

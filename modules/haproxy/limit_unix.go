//go:build unix

package haproxy

import (
	"os"

	"golang.org/x/sys/unix"
)

// umask is the process's file mode mask. It is asked for before there are other threads: that changes it for a moment.
var umask = func() os.FileMode {
	m := unix.Umask(0)
	unix.Umask(m)
	return os.FileMode(m)
}()

// openFiles is the limit of open files, 0 when there is none.
func openFiles() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil || l.Cur >= 1<<31 {
		return 0
	}
	return int(l.Cur)
}

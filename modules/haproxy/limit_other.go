//go:build !unix

package haproxy

import "os"

var umask os.FileMode

// openFiles is the limit of open files, 0 when there is none.
func openFiles() int { return 0 }

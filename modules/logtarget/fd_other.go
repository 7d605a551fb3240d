//go:build !unix

package logtarget

import (
	"fmt"
	"os"
)

// fileWriter writes to standard output or error.
type fileWriter struct{ f *os.File }

func openFD(fd int, d *shared) (destination, error) {
	switch fd {
	case 1:
		return newStream(fileWriter{os.Stdout}, d.lost), nil
	case 2:
		return newStream(fileWriter{os.Stderr}, d.lost), nil
	}
	return nil, fmt.Errorf("file descriptor %d: only 1 and 2 are supported on this system", fd)
}

func (w fileWriter) write(b *batch, _ func() bool) (lost int) {
	if _, err := w.f.Write(b.bytes); err != nil {
		return len(b.ends)
	}
	return 0
}

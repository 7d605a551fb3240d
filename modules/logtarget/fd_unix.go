//go:build unix

package logtarget

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// pipeWrite is the most that is written at once: after poll says that a pipe can be written, this much does not block,
	// and up to here other writers' lines do not mix in.
	pipeWrite = 4096
	// pollTime is how often a blocked descriptor looks whether the stream is closing, in milliseconds.
	pollTime = 100
)

// fdWriter writes to an inherited descriptor. The descriptor's mode stays as it is: other processes, and Caddy itself, share
// standard output.
type fdWriter struct {
	fd    int
	whole bool // one write for each message: a socket may have message boundaries
}

func openFD(fd int, d *shared) (destination, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, fmt.Errorf("file descriptor %d: %w", fd, err)
	}
	return newStream(&fdWriter{fd: fd, whole: st.Mode&unix.S_IFMT == unix.S_IFSOCK}, d.lost), nil
}

func (w *fdWriter) write(b *batch, closing func() bool) (lost int) {
	start := 0
	for i := 0; i < len(b.ends); {
		// As many messages as fit into one write, at least one.
		n := i + 1
		for !w.whole && n < len(b.ends) && b.ends[n]-start <= pipeWrite {
			n++
		}
		switch err := w.writeAll(b.bytes[start:b.ends[n-1]], closing); err {
		case nil:
		case errClosing:
			return lost + len(b.ends) - i
		default:
			lost += n - i
		}
		start = b.ends[n-1]
		i = n
	}
	return lost
}

// errClosing says that the stream is closing and the descriptor still takes nothing.
var errClosing = errors.New("closing")

func (w *fdWriter) writeAll(p []byte, closing func() bool) error {
	for len(p) > 0 {
		ready := []unix.PollFd{{Fd: int32(w.fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(ready, pollTime)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return err
		case n == 0:
			if closing() {
				return errClosing
			}
			continue
		}
		part := p
		if !w.whole {
			part = p[:min(len(p), pipeWrite)]
		}
		n, err = unix.Write(w.fd, part)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			if closing() {
				return errClosing
			}
			time.Sleep(time.Millisecond) // another writer was faster
			continue
		case err != nil:
			return err
		}
		p = p[n:]
	}
	return nil
}

package notify

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// errFull is what a write to a full pipe says.
var errFull error = unix.EAGAIN

// pipe is an open FIFO. It is no os.File, whose Write would wait while the pipe is full.
type pipe int

// openPipe opens a FIFO, made if it is not there.
func openPipe(f FIFO, rules script.Rules) (p pipe, made bool, warnings []string, err error) {
	uid, gid, err := rules.Owner(f.User, f.Group)
	if err != nil {
		return -1, false, nil, err
	}
	err = unix.Mkfifo(f.Path, 0o600)
	made = err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return -1, false, nil, err
	}
	if made {
		if err := os.Lchown(f.Path, uid, gid); err != nil {
			warnings = append(warnings, err.Error()+": it belongs to this process's user")
		}
	}
	fd, err := unix.Open(f.Path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		if made {
			os.Remove(f.Path)
		}
		return -1, false, nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		unix.Close(fd)
		return -1, false, nil, errors.New("it is there and no FIFO")
	}
	return pipe(fd), made, warnings, nil
}

// write writes a line of less than PIPE_BUF (4096) bytes whole or not at all.
func (p pipe) write(line string) error {
	for {
		if _, err := unix.Write(int(p), []byte(line)); err != unix.EINTR {
			return err
		}
	}
}

func (p pipe) close() { unix.Close(int(p)) }

package notify

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// errFull is what a write to a full pipe says.
var errFull error = syscall.EAGAIN

// openPipe opens a FIFO, made if it is not there.
func openPipe(f FIFO, rules script.Rules) (file *os.File, made bool, err error) {
	err = unix.Mkfifo(f.Path, 0o600)
	made = err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, false, err
	}
	if made {
		if err = own(f, rules); err != nil {
			os.Remove(f.Path)
			return nil, false, err
		}
	}
	// Without Go's poller: a write to a full pipe has to fail, not to wait.
	fd, err := unix.Open(f.Path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, made, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		unix.Close(fd)
		return nil, false, errors.New("it is there and no FIFO")
	}
	return os.NewFile(uintptr(fd), f.Path), made, nil
}

func own(f FIFO, rules script.Rules) error {
	uid, gid, err := rules.Owner(f.User, f.Group)
	if err != nil {
		return err
	}
	return os.Lchown(f.Path, uid, gid)
}

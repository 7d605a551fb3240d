package haproxy

import (
	"net"
	"os"
	"strconv"
)

// unixListener is a unix socket with a path. It is bound under another name and then renamed, so that the path is never
// without a socket, and never one with the wrong owner or mode; whatever was there, a socket of a dead or of a live
// process or a file, is replaced, as in HAProxy; a folder is not.
type unixListener struct {
	*net.UnixListener
	path string
	made os.FileInfo
}

func listenUnix(path string, o *BindOptions) (net.Listener, error) {
	temp := path + "." + strconv.Itoa(os.Getpid())
	os.Remove(temp)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: temp, Net: "unix"})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false)
	l := &unixListener{UnixListener: ln, path: path}
	if err := l.publish(temp, o); err != nil {
		ln.Close()
		os.Remove(temp)
		return nil, err
	}
	return l, nil
}

// publish gives the socket that is bound as temp its owner, its mode and its name.
func (l *unixListener) publish(temp string, o *BindOptions) (err error) {
	if err = o.own(temp); err != nil {
		return err
	}
	if l.made, err = os.Lstat(temp); err != nil {
		return err
	}
	return os.Rename(temp, l.path)
}

// Addr is where clients find the socket.
func (l *unixListener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }

// Close removes the path, too, unless another process has taken it over meanwhile.
func (l *unixListener) Close() error {
	if fi, err := os.Lstat(l.path); err == nil && os.SameFile(fi, l.made) {
		os.Remove(l.path)
	}
	return l.UnixListener.Close()
}

package track

import (
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// watchFile sends when a file was written and closed, when another took its name, or when it went; it closes the channel when it
// can tell no more. It watches the folder, so that the file may come later. fsnotify would not do: it does not show the closing
// of a file, so that `echo 5 >file` is seen as an empty file and then as 5.
func watchFile(path string) (changed <-chan struct{}, end func()) {
	out := make(chan struct{}, 1)
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		close(out)
		return out, func() {}
	}
	f := os.NewFile(uintptr(fd), "inotify")
	const what = unix.IN_CLOSE_WRITE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO | unix.IN_DELETE
	if _, err := unix.InotifyAddWatch(fd, filepath.Dir(path), what|unix.IN_ONLYDIR); err != nil {
		f.Close()
		close(out)
		return out, func() {}
	}
	go func() {
		defer close(out)
		name, buf := filepath.Base(path), make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			if err != nil {
				return
			}
			if named(buf[:n], name) {
				select {
				case out <- struct{}{}:
				default:
				}
			}
		}
	}()
	return out, func() {
		f.Close()
		for range out {
		}
	}
}

// named reports whether one of the events is about the name, or that events were lost.
func named(events []byte, name string) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		mask := binary.NativeEndian.Uint32(events[4:])
		size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		if size > len(events) {
			return true
		}
		if mask&unix.IN_Q_OVERFLOW != 0 || strings.TrimRight(string(events[unix.SizeofInotifyEvent:size]), "\x00") == name {
			return true
		}
		events = events[size:]
	}
	return false
}

func inode(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino
	}
	return 0
}

package track

import (
	"encoding/binary"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// The proc connector's messages, of linux/connector.h and linux/cn_proc.h: a netlink header, cb_id, sequence, acknowledgement,
// length and flags; then what happened, a CPU, a time stamp, and what it happened to.
const (
	connectorHeader = unix.SizeofNlMsghdr + 20
	processHeader   = 16
	connectorProc   = 1 // CN_IDX_PROC, CN_VAL_PROC
	listen          = 1 // PROC_CN_MCAST_LISTEN
	eventFork       = 1
	eventExec       = 2
	eventComm       = 0x200
	eventExit       = 0x80000000
)

// processNews tells of all processes until end. The kernel needs CAP_NET_ADMIN for it and does it only in the first network
// namespace. The channel is closed when it tells no more.
func processNews() (told <-chan news, end func(), err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_CONNECTOR)
	if err != nil {
		return nil, nil, os.NewSyscallError("socket", err)
	}
	f := os.NewFile(uintptr(fd), "proc connector")
	if err := subscribe(fd); err != nil {
		f.Close()
		return nil, nil, err
	}
	out := make(chan news, 256)
	stop := make(chan struct{})
	go func() {
		defer close(out)
		buf := make([]byte, 8192)
		for {
			n, err := f.Read(buf)
			if errors.Is(err, unix.ENOBUFS) {
				n = 0
			} else if err != nil {
				return
			}
			for _, e := range parseNews(buf[:n], err != nil) {
				select {
				case out <- e:
				case <-stop:
					return
				}
			}
		}
	}()
	return out, func() {
		close(stop)
		f.Close()
		for range out {
		}
	}, nil
}

func subscribe(fd int) error {
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: connectorProc}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 1<<20) // the default overflows at a few hundred starts at a time
	b := binary.NativeEndian.AppendUint32(nil, connectorHeader+4)
	b = binary.NativeEndian.AppendUint16(b, unix.NLMSG_DONE)
	b = append(b, make([]byte, 10)...)
	b = binary.NativeEndian.AppendUint32(b, connectorProc)
	b = binary.NativeEndian.AppendUint32(b, connectorProc)
	b = append(b, make([]byte, 8)...)
	b = binary.NativeEndian.AppendUint16(b, 4)
	b = append(b, 0, 0)
	b = binary.NativeEndian.AppendUint32(b, listen)
	return os.NewSyscallError("sendto", unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}))
}

// parseNews reads a datagram. Threads other than the first of their process are left out.
func parseNews(b []byte, lost bool) (all []news) {
	if lost {
		return []news{{lost: true}}
	}
	for len(b) >= connectorHeader+processHeader+8 {
		size := int(binary.NativeEndian.Uint32(b))
		if size < connectorHeader+processHeader+8 || size > len(b) {
			return all
		}
		what, d := binary.NativeEndian.Uint32(b[connectorHeader:]), b[connectorHeader+processHeader:size]
		switch what {
		case eventFork:
			if len(d) >= 16 {
				d = d[8:]
			}
			fallthrough
		case eventExec, eventComm, eventExit:
			pid, group := binary.NativeEndian.Uint32(d), binary.NativeEndian.Uint32(d[4:])
			if pid == group {
				all = append(all, news{pid: int(pid), gone: what == eventExit})
			}
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return all
}

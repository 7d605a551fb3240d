package netio

import (
	"io"
	"syscall"
	"time"
	"unsafe"
)

// Pipe moves bytes from one connection to another inside the system (splice(2)). It belongs to one task at a time.
type Pipe struct {
	l    *loop
	r, w int
	size int // what it was made for
	held int // bytes in it
}

const (
	// defaultPipe is how much a pipe holds unless tune.pipesize says: four times the system's size makes a quarter of
	// the system calls, and fits the limit of an unprivileged user.
	defaultPipe = 256 << 10
	// maxFreePipes is how many pipes a loop keeps for later.
	maxFreePipes = 16

	spliceMove     = 1
	spliceNonblock = 2
)

// Pipe returns an empty pipe, nil when there is none: the limit is reached, the system has no descriptors, or t runs on no
// loop. The task gives it back with Release.
func (t *Task) Pipe() *Pipe {
	l := t.on.lp
	if l == nil {
		return nil
	}
	size := int(Pipes.size.Load())
	if size == 0 {
		size = defaultPipe
	}
	for n := len(l.pipes); n > 0; n = len(l.pipes) {
		p := l.pipes[n-1]
		l.pipes = l.pipes[:n-1]
		Pipes.free.Add(-1)
		if p.size == size {
			Pipes.used.Add(1)
			return p
		}
		p.close()
	}
	if !Pipes.room() {
		return nil
	}
	var fds [2]int32
	if _, _, e := syscall.RawSyscall(syscall.SYS_PIPE2, uintptr(unsafe.Pointer(&fds)), syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0); e != 0 {
		Pipes.used.Add(-1)
		return nil
	}
	p := &Pipe{l: l, r: int(fds[0]), w: int(fds[1]), size: size}
	const setPipeSize = 1031
	syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(p.w), setPipeSize, uintptr(size)) // a size that is refused is no harm
	return p
}

// Release gives p back; what is still in it is lost.
func (p *Pipe) Release() {
	Pipes.used.Add(-1)
	if p.held > 0 || len(p.l.pipes) >= maxFreePipes {
		p.close()
		return
	}
	Pipes.free.Add(1)
	p.l.pipes = append(p.l.pipes, p)
}

func (p *Pipe) close() {
	syscall.Close(p.r)
	syscall.Close(p.w)
}

// Fill is Read into p, of at most limit bytes; with other it is ReadBeside.
func (p *Pipe) Fill(c, other *Conn, limit int64, until Time) (int, error) {
	c.lp.fair()
	want := min(limit, int64(p.size))
	for {
		if err := c.awaitRead(beside{other, true}, until); err != nil {
			return 0, err
		}
		n, e := splice(c.fd, p.w, want, spliceMove|spliceNonblock)
		switch {
		case e == syscall.EAGAIN:
			c.on.rready = false
		case e != 0:
			return 0, e
		case n == 0:
			return 0, io.EOF
		default:
			p.held += n
			return n, nil
		}
	}
}

// Drain writes everything in p to c. timeout bounds each period without progress. It never says that more follows
// (SPLICE_F_MORE): when it does not come at once, the system would hold the end back for 200 ms.
func (p *Pipe) Drain(c *Conn, timeout time.Duration) error {
	var until Time
	for p.held > 0 {
		if err := c.awaitWrite(timeout, &until); err != nil {
			return err
		}
		n, e := splice(p.r, c.fd, int64(p.held), spliceMove|spliceNonblock)
		switch {
		case e == syscall.EAGAIN:
			c.on.wready = false
		case e != 0:
			return e
		default:
			p.held -= n
			until = 0
		}
	}
	return nil
}

func splice(from, to int, n int64, flags uintptr) (int, syscall.Errno) {
	for {
		r, _, e := syscall.RawSyscall6(syscall.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(n), flags)
		switch e {
		case 0:
			return int(r), 0
		case syscall.EINTR:
			continue
		}
		return 0, e
	}
}

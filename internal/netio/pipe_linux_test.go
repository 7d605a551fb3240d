package netio

import (
	"bytes"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// pump moves everything from one connection to another through a pipe.
func pump(task *Task, from, to *Conn) (total int, err error) {
	p := task.Pipe()
	if p == nil {
		return 0, syscall.EMFILE
	}
	defer p.Release()
	for {
		n, err := p.Fill(from, nil, 1<<40, After(soon))
		if err == io.EOF {
			return total, to.CloseWrite()
		}
		if err != nil {
			return total, err
		}
		if err := p.Drain(to, soon); err != nil {
			return total, err
		}
		total += n
	}
}

// What goes into a pipe comes out, also with a slow reader and with the end behind it.
func TestPipe(t *testing.T) {
	for _, size := range []int{0, 1, 4096, 2 << 20} {
		l := newLoops(t, 1).loops[0]
		from, src := pairOn(t, l)
		nc, dst := sockets(t)
		nc.(*net.TCPConn).SetWriteBuffer(4096)
		to := adoptOn(t, l, nc)
		data := pattern(size, 7)
		go func() { src.Write(data); src.CloseWrite() }()
		got := make(chan []byte, 1)
		go func() { all, _ := io.ReadAll(dst); got <- all }()
		on(t, l, func(task *Task) {
			if n, err := pump(task, from, to); n != size || err != nil {
				t.Errorf("%d bytes: moved %d, %v", size, n, err)
			}
		})
		if !bytes.Equal(<-got, data) {
			t.Errorf("%d bytes: others came than were sent", size)
		}
		from.Discard()
		to.Discard()
		dst.Close()
	}
	if n := Pipes.Used(); n != 0 {
		t.Errorf("%d pipes are in use", n)
	}
}

// The calls of a pipe end as those of a connection do.
func TestPipeErrors(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	from, src := pairOn(t, l)
	nc, dst := sockets(t)
	nc.(*net.TCPConn).SetWriteBuffer(4096)
	to := adoptOn(t, l, nc)
	on(t, l, func(task *Task) {
		p := task.Pipe()
		fill := func(want error, until Time) {
			t.Helper()
			if n, err := p.Fill(from, nil, 100, until); err != want || n != 0 {
				t.Errorf("Fill = %d, %v, want %v", n, err, want)
			}
		}
		fill(ErrTimeout, After(10*ms))
		src.Write(pattern(150, 0))
		if n, err := p.Fill(from, nil, 100, After(soon)); n != 100 || err != nil {
			t.Errorf("Fill = %d, %v, want the limit", n, err)
		}
		if err := p.Drain(to, soon); err != nil {
			t.Error(err)
		}
		gets(t, from, string(pattern(150, 0)[100:]), After(soon)) // the rest is still there
		from.AbortRead()
		fill(ErrGone, 0)
		from.Resume()
		time.AfterFunc(5*ms, from.Abort)
		fill(ErrAborted, 0)
		p.Release()
	})
	from.Discard()
	from, src = pairOn(t, l)
	go src.Write(pattern(32<<20, 0))
	on(t, l, func(task *Task) {
		p := task.Pipe()
		defer p.Release()
		var err error
		for err == nil {
			if _, err = p.Fill(from, nil, 1<<30, After(soon)); err != nil {
				t.Errorf("Fill = %v", err)
				return
			}
			err = p.Drain(to, 30*ms)
		}
		if err != ErrTimeout {
			t.Errorf("Drain = %v, want ErrTimeout", err)
		}
		dst.SetLinger(0)
		dst.Close()
		if err = p.Drain(to, soon); err != syscall.EPIPE && err != syscall.ECONNRESET {
			t.Errorf("Drain to a peer that is gone = %v", err)
		}
	})
	from.Discard()
	to.Discard()
	src.Close()
}

// A reset of the connection that shall get what is read ends Fill.
func TestPipeBeside(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	from, src := pairOn(t, l)
	to, dst := pairOn(t, l)
	time.AfterFunc(10*ms, func() { dst.SetLinger(0); dst.Close() })
	on(t, l, func(task *Task) {
		p := task.Pipe()
		defer p.Release()
		if n, err := p.Fill(from, to, 100, After(soon)); n != 0 || err != ErrDead {
			t.Errorf("Fill = %d, %v, want ErrDead", n, err)
		}
		src.Write([]byte("x"))
		gets(t, from, "x", After(soon))
	})
	from.Discard()
	to.Discard()
}

// Pipes are limited and come back, and none outlives its loop.
func TestPipeLimit(t *testing.T) {
	defer Pipes.Limit(0, 0)
	Pipes.Limit(2, 0)
	g := newLoops(t, 1)
	on(t, g.loops[0], func(task *Task) {
		a, b, c := task.Pipe(), task.Pipe(), task.Pipe()
		if a == nil || b == nil || c != nil {
			t.Errorf("pipes under a limit of 2: %v, %v, %v", a, b, c)
		}
		if Pipes.Used() != 2 || Pipes.Free() != 0 {
			t.Errorf("used %d, free %d", Pipes.Used(), Pipes.Free())
		}
		a.Release()
		if c = task.Pipe(); c != a {
			t.Error("a pipe that was given back is not used again")
		}
		b.Release()
		c.Release()
		if Pipes.Used() != 0 || Pipes.Free() != 2 {
			t.Errorf("used %d, free %d", Pipes.Used(), Pipes.Free())
		}
		Pipes.Limit(-1, 0)
		Pipes.Limit(2, 4096) // the old ones have another size
		d := task.Pipe()
		if d == nil || d.size != 4096 {
			t.Errorf("a pipe of another size: %+v", d)
		}
		d.held = 1 // a session that broke off
		d.Release()
		if e := task.Pipe(); e == d {
			t.Error("a pipe is used again with something in it")
		} else {
			e.Release()
		}
	})
	g.Release()
	ended(t, g)
	if Pipes.Used() != 0 || Pipes.Free() != 0 {
		t.Errorf("after the loop: used %d, free %d", Pipes.Used(), Pipes.Free())
	}
	if new(Task).Pipe() != nil {
		t.Error("a task without a loop has got a pipe")
	}
}

//go:build unix

package logtarget

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkSend measures a message over loopback UDP, CPU time of the whole process included (the receiver is another
// process's business: nobody reads here, the kernel drops what does not fit). "direct" is what Send does; "writer" hands
// the same bytes to a goroutine that makes the same calls. 60,000 messages a second are what a busy proxy logs.
func BenchmarkSend(b *testing.B) {
	c := listen(b)
	s := open(b, Target{Address: c.LocalAddr().String(), Facility: "local0"})
	msg, tag := []byte(strings.Repeat("x", 180)), []byte("haproxy")
	paced := func(b *testing.B) {
		b.ReportAllocs()
		before := cpuTime(b)
		for i := 0; b.Loop(); i++ {
			s.Send(6, tag, nil, nil, msg)
			if i%60 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
	}
	b.Run("direct", paced)
	direct := s.to.destination
	w := newStream(each{direct}, func(uint64) {})
	s.to.destination = w
	b.Run("writer", paced)
	w.close()
	s.to.destination = direct
}

// each is a writer that sends each message of a batch.
type each struct{ to destination }

func (e each) write(b *batch, _ func() bool) (lost int) {
	start := 0
	for _, end := range b.ends {
		e.to.send(b.bytes[start:end])
		start = end
	}
	return 0
}

func cpuTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

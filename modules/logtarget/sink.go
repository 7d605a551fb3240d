package logtarget

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Sink is an opened Target. Its methods may be called from any goroutine.
type Sink struct {
	to       *shared
	format   format
	facility int
	level    int // the least severe level that is sent
	min      int // the most severe one
	limit    int
	sample   *sampler
}

// Open opens t. Equal addresses share one descriptor in the process, counted by reference, so a reload that opens the new
// targets before it closes the old ones keeps it. A target that cannot be reached yet is no error: its messages are
// dropped and counted until it can, as in HAProxy.
func Open(t *Target) (*Sink, error) {
	if t.Global {
		return nil, fmt.Errorf("log global: not a target of its own")
	}
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("log %s: %w", t.Address, err)
	}
	a, err := parseAddress(t.Address)
	if err != nil {
		return nil, fmt.Errorf("log %s: %w", t.Address, err)
	}
	s := &Sink{
		format: formatOf(t.Format), facility: slices.Index(Facilities, t.Facility),
		level: len(Levels) - 1, limit: defaultLen,
	}
	if t.Format == "" {
		s.format = unset
	}
	if t.Level != "" {
		s.level = Level(t.Level)
	}
	if t.MinLevel != "" {
		s.min = Level(t.MinLevel)
	}
	if t.Len != 0 {
		s.limit = t.Len
	}
	if t.Sample != nil {
		s.sample = newSampler(t.Sample)
	}
	if s.to, err = acquire(a, s.limit); err != nil {
		return nil, fmt.Errorf("log %s: %w", t.Address, err)
	}
	return s, nil
}

// Close gives the sink up. The last of an address waits a moment for what is buffered to be written. A session that still
// holds the sink may go on sending: its messages are lost and counted.
func (s *Sink) Close() error {
	release(s.to, s.limit)
	return nil
}

// Wants says whether a message of that level would be sent. Callers can save the formatting.
func (s *Sink) Wants(level int) bool { return level >= 0 && level <= s.level }

// WantsSD says whether structured data (log-format-sd) would be sent.
func (s *Sink) WantsSD() bool { return s.format == rfc5424 }

// Send is SendAt at the present time.
func (s *Sink) Send(level int, tag, hostname, sd, msg []byte) {
	s.SendAt(time.Now(), level, tag, hostname, sd, msg)
}

// SendAt sends one message; now is what a header's date says. level is 0 (emerg) to 7 (debug); a higher one (silent) is
// not sent. An empty tag is "haproxy", an empty hostname what the format writes then, empty sd is "-". Trailing newlines
// of msg are dropped, one is sent; an empty msg is not. It neither blocks nor allocates nor keeps its arguments.
func (s *Sink) SendAt(now time.Time, level int, tag, hostname, sd, msg []byte) {
	if !s.Wants(level) {
		return
	}
	msg = bytes.TrimRight(msg, "\n")
	if len(msg) == 0 || s.sample != nil && !s.sample.take() {
		return
	}
	f := s.format
	if f == unset {
		f = local
		if len(hostname) > 0 {
			f = rfc3164
		}
	}
	l := messages.Get().(*line)
	// HAProxy writes the text into a buffer of the largest len of all targets, with a final NUL.
	msg = msg[:min(len(msg), max(int(largest.Load())-1, 0))]
	l.b, l.limit, l.full = l.b[:0], s.limit, false
	l.header(f, now, s.facility, max(level, s.min), tag, hostname, sd)
	l.text(msg)
	s.to.send(l.b)
	messages.Put(l)
}

var messages = sync.Pool{New: newLine}

func newLine() any { return &line{b: make([]byte, 0, 2048)} }

// sampler chooses the messages of Sample.
type sampler struct {
	send  []bool // of a round
	count atomic.Uint64
}

func newSampler(s *Sample) *sampler {
	p := &sampler{send: make([]bool, s.Size)}
	for _, r := range s.Ranges {
		for i := r.Low; i <= r.High; i++ {
			p.send[i-1] = true
		}
	}
	return p
}

func (p *sampler) take() bool {
	return p.send[(p.count.Add(1)-1)%uint64(len(p.send))]
}

package stats

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// Options are the settings of one place where commands are taken.
type Options struct {
	Level    Level
	Severity Severity
	// Timeout closes a connection on which nothing happens (stats timeout). 0 means never.
	Timeout time.Duration
	// Bufsize bounds a line with its payload (tune.bufsize).
	Bufsize int
}

// session is one connection to a stats socket.
type session struct {
	src         Source
	level       Level
	severity    Severity
	timeout     time.Duration
	interactive bool
	done        bool

	pending string   // the line that waits for its payload
	payload []string // the lines of the payload so far
	waiting bool
}

// Serve answers the commands of one connection until it ends, and closes it.
func Serve(src Source, conn net.Conn, opt Options) {
	defer conn.Close()
	s := &session{src: src, level: opt.Level, severity: opt.Severity, timeout: opt.Timeout}
	size := opt.Bufsize
	if size == 0 {
		size = 16384
	}
	buf, n := make([]byte, size), 0
	for !s.done {
		if s.timeout > 0 {
			conn.SetDeadline(time.Now().Add(s.timeout))
		}
		got, err := conn.Read(buf[n:])
		n += got
		used := s.lines(conn, buf[:n])
		n = copy(buf, buf[used:n])
		if err != nil || n == len(buf) || used > 0 && !s.interactive && !s.waiting {
			s.linger(conn, err)
			return
		}
	}
}

// linger lets the client read what was sent: closing a socket with unread data in it would discard the answer.
func (s *session) linger(conn net.Conn, err error) {
	if err != nil {
		return
	}
	if half, ok := conn.(interface{ CloseWrite() error }); !ok || half.CloseWrite() != nil {
		return
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	var drop [512]byte
	for range 64 {
		if _, err := conn.Read(drop[:]); err != nil {
			if !errors.Is(err, io.EOF) {
				return
			}
			return
		}
	}
}

// lines runs the complete lines at the start of data and returns how many bytes they were.
func (s *session) lines(w io.Writer, data []byte) (used int) {
	for !s.done {
		i := bytes.IndexByte(data[used:], '\n')
		if i < 0 {
			return used
		}
		line := string(data[used : used+i])
		used += i + 1
		out := s.line(cleanLine(line))
		if _, err := w.Write(out); err != nil {
			s.done = true
		}
	}
	return used
}

// line takes one line and returns what is to be sent.
func (s *session) line(line string) []byte {
	if s.waiting {
		if line != "" {
			s.payload = append(s.payload, line)
			return s.prompt(nil, "+ ")
		}
		line = s.pending
		s.waiting = false
		defer func() { s.payload = nil }()
	} else if rest, ok := wantsPayload(line); ok {
		s.pending, s.waiting = rest, true
		return s.prompt(nil, "+ ")
	}
	var out []byte
	for _, one := range splitCommands(line) {
		out = s.run(out, one)
		if s.done {
			break
		}
	}
	return out
}

func (s *session) prompt(dst []byte, text string) []byte {
	if s.interactive {
		return append(dst, text...)
	}
	return dst
}

// run runs one command: its answer, an empty line, and the prompt.
func (s *session) run(out []byte, text string) []byte {
	words := splitWords(text)
	cmd, args := find(words)
	c := &call{session: s, cmd: cmd, args: args, payload: strings.Join(s.payload, "\n")}
	switch {
	case cmd == nil:
		c.out = appendUnknown(s.severity.appendMark(c.out, levelInfo), words)
	case cmd.level > s.level:
		c.fail("Permission denied")
	default:
		cmd.run(c)
	}
	if cmd == quitCommand {
		return out
	}
	out = append(out, c.out...)
	out = append(out, '\n')
	return s.prompt(out, "> ")
}

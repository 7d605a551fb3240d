package engine

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// sink keeps log lines.
type sink struct {
	lines  chan string
	levels chan int
}

func (*sink) Wants(int) bool { return true }
func (*sink) WantsSD() bool  { return false }

func (s *sink) Send(level int, _, _, _, msg []byte) {
	s.lines <- string(msg)
	s.levels <- level
}

// next waits for a line.
func (s *sink) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-s.lines:
		<-s.levels
		return line
	case <-time.After(5 * time.Second):
		t.Fatal("no log line")
		return ""
	}
}

// nextLevel waits for a line and is its level.
func (s *sink) nextLevel(t *testing.T) (string, int) {
	t.Helper()
	select {
	case line := <-s.lines:
		return line, <-s.levels
	case <-time.After(5 * time.Second):
		t.Fatal("no log line")
		return "", 0
	}
}

// logTo makes fe log with a format.
func logTo(t *testing.T, fe *Proxy, format string) *sink {
	t.Helper()
	f, err := logformat.Compile(&sample.Env{Where: sample.Log, Proxy: "f"}, format, logformat.Options{Kind: logformat.Log})
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{make(chan string, 100), make(chan int, 100)}
	fe.Log.Sinks, fe.Log.Format = []LogSink{s}, f
	return s
}

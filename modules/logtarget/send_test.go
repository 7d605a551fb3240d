package logtarget

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// listen opens a UDP socket that messages are sent to.
func listen(t testing.TB) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func open(t testing.TB, target Target) *Sink {
	t.Helper()
	s, err := Open(&target)
	if err != nil {
		t.Fatal(err)
	}
	openSinks[t] = append(openSinks[t], s)
	if len(openSinks[t]) == 1 {
		t.Cleanup(func() { closeAll(t) })
	}
	return s
}

// openSinks are what open has opened for a test.
var openSinks = map[testing.TB][]*Sink{}

func closeAll(t testing.TB) {
	for _, s := range openSinks[t] {
		s.Close()
	}
	openSinks[t] = openSinks[t][:0]
}

func receive(t testing.TB, c net.Conn) string {
	t.Helper()
	buf := make([]byte, 70000)
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := c.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

// TestFormats compares with what HAProxy 2.6 sent for `log-format "hello %ST"` and facility local3.
func TestFormats(t *testing.T) {
	old := time.Local
	defer func() { time.Local = old }()
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		format, host string
		unix         int64
		us           int
		zone         *time.Location
		sd, want     string
	}{
		{"", "", 1795351433, 0, time.UTC, "", "<158>Nov 22 12:43:53 haproxy[PID]: hello 200\n"},
		{"local", "", 1795351434, 0, time.UTC, "", "<158>Nov 22 12:43:54 haproxy[PID]: hello 200\n"},
		{"rfc3164", "", 1795351434, 0, time.UTC, "", "<158>Nov 22 12:43:54 localhost haproxy[PID]: hello 200\n"},
		{"rfc5424", "", 1795351435, 184962, time.UTC, "", "<158>1 2026-11-22T12:43:55.184962+00:00 - haproxy PID - - hello 200\n"},
		{"priority", "", 0, 0, time.UTC, "", "<158>hello 200\n"},
		{"short", "", 0, 0, time.UTC, "", "<6>hello 200\n"},
		{"timed", "", 1795351436, 398014, time.UTC, "", "<6>2026-11-22T12:43:56.398014+00:00 hello 200\n"},
		{"iso", "", 1795351436, 804002, time.UTC, "", "2026-11-22T12:43:56.804002+00:00 hello 200\n"},
		{"raw", "", 0, 0, time.UTC, "", "hello 200\n"},
		{"", "vm", 1795351437, 0, time.UTC, "", "<158>Nov 22 12:43:57 vm haproxy[PID]: hello 200\n"},
		{"local", "vm", 1795351442, 0, time.UTC, "", "<158>Nov 22 12:44:02 haproxy[PID]: hello 200\n"},
		{"rfc3164", "my.host", 1795351439, 0, time.UTC, "", "<158>Nov 22 12:43:59 my.host haproxy[PID]: hello 200\n"},
		{"rfc5424", "vm", 1795351440, 865869, time.UTC, "", "<158>1 2026-11-22T12:44:00.865869+00:00 vm haproxy PID - - hello 200\n"},
		{"rfc5424", "", 1795351444, 112862, time.UTC, `[ex@1 b="49"]`, `<158>1 2026-11-22T12:44:04.112862+00:00 - haproxy PID - [ex@1 b="49"] hello 200` + "\n"},
		{"rfc3164", "", 1795351444, 0, time.UTC, `[ex@1 b="49"]`, "<158>Nov 22 12:44:04 localhost haproxy[PID]: hello 200\n"},
		{"", "", 1795351445, 0, ny, "", "<158>Nov 22 07:44:05 haproxy[PID]: hello 200\n"},
		{"rfc5424", "", 1795351445, 736134, ny, "", "<158>1 2026-11-22T07:44:05.736134-05:00 - haproxy PID - - hello 200\n"},
		{"", "", 1793623861, 0, time.UTC, "", "<158>Nov  2 12:51:01 haproxy[PID]: hello 200\n"},
		{"timed", "", 1782391863, 558389, ny, "", "<6>2026-06-25T08:51:03.558389-04:00 hello 200\n"},
	}
	c := listen(t)
	for _, r := range rows {
		time.Local = r.zone
		messages = sync.Pool{New: newLine} // which knows nothing of another zone
		s := open(t, Target{Address: c.LocalAddr().String(), Format: r.format, Facility: "local3"})
		s.SendAt(time.Unix(r.unix, int64(r.us)*1000), 6, nil, []byte(r.host), []byte(r.sd), []byte("hello 200"))
		want := strings.ReplaceAll(r.want, "PID", fmt.Sprint(os.Getpid()))
		if got := receive(t, c); got != want {
			t.Errorf("%q: got  %q\nwant %q", r.format, got, want)
		}
	}
}

func TestUnixDatagramIsReopened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s := open(t, Target{Address: path, Format: "raw", Facility: "user"})
	before := Dropped()
	s.Send(6, nil, nil, nil, []byte("nobody there"))
	if got := Dropped() - before; got != 1 {
		t.Fatalf("dropped %d messages, want 1", got)
	}
	for i := range 2 {
		c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		msg := fmt.Sprint("message ", i)
		s.Send(6, nil, nil, nil, []byte(msg))
		if got := receive(t, c); got != msg+"\n" {
			t.Errorf("got %q", got)
		}
		c.Close()
		os.Remove(path)
	}
}

// BenchmarkFormat is the part of Send that is not the system call.
func BenchmarkFormat(b *testing.B) {
	open(b, Target{Address: "127.0.0.1:9", Facility: "local0"}) // for its len
	s := &Sink{to: &shared{destination: nowhere{}}, level: 7, limit: defaultLen, facility: 16}
	msg, tag := []byte(strings.Repeat("x", 180)), []byte("haproxy")
	b.ReportAllocs()
	for b.Loop() {
		s.Send(6, tag, nil, nil, msg)
	}
}

type nowhere struct{}

func (nowhere) send([]byte) bool { return true }
func (nowhere) close()           {}

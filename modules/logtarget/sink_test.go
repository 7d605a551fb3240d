package logtarget

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestLimits compares with what HAProxy 2.6 sent with `len 80` and a process number of four digits: header fields that
// would reach the limit are left out with all after them, the text is cut.
func TestLimits(t *testing.T) {
	old := pidText
	defer func() { pidText = old }()
	pidText = "5004"
	const date, head = "Nov 22 13:00:14", "<158>Nov 22 13:00:14 "
	rows := []struct {
		format        string
		tag, host, sd int
		want          string
	}{
		{"", 46, 0, 0, head + strings.Repeat("T", 46) + "[5004]: 01234"},
		{"", 50, 0, 0, head + strings.Repeat("T", 50) + "[5004]: 0"},
		{"", 51, 0, 0, head + strings.Repeat("T", 51) + "[5004]"},
		{"", 53, 0, 0, head + strings.Repeat("T", 53) + "[5004"},
		{"", 54, 0, 0, head + strings.Repeat("T", 54) + "["},
		{"", 57, 0, 0, head + strings.Repeat("T", 57) + "["},
		{"", 58, 0, 0, head + strings.Repeat("T", 58)},
		{"", 59, 0, 0, head},
		{"", 0, 50, 0, head + strings.Repeat("H", 50) + " haproxy"},
		{"", 0, 51, 0, head + strings.Repeat("H", 51) + " "},
		{"", 0, 58, 0, head + strings.Repeat("H", 58)},
		{"", 0, 59, 0, head},
		{"rfc3164", 120, 0, 0, head + "localhost "},
		{"rfc5424", 120, 0, 0, "<158>1 2026-11-22T13:00:14.327996+00:00 - "},
		{"rfc5424", 0, 0, 30, "<158>1 2026-11-22T13:00:14.327996+00:00 - haproxy 5004 - "},
		{"rfc5424", 0, 30, 0, "<158>1 2026-11-22T13:00:14.327996+00:00 " + strings.Repeat("H", 30) + " haproxy "},
		{"rfc5424", 0, 31, 0, "<158>1 2026-11-22T13:00:14.327996+00:00 " + strings.Repeat("H", 31) + " haproxy"},
		{"rfc5424", 0, 40, 0, "<158>1 2026-11-22T13:00:14.327996+00:00 "},
	}
	oldZone := time.Local
	defer func() { time.Local = oldZone }()
	time.Local = time.UTC
	messages = sync.Pool{New: newLine} // which knows nothing of another zone
	c := listen(t)
	for _, r := range rows {
		s := open(t, Target{Address: c.LocalAddr().String(), Format: r.format, Facility: "local3", Len: 80})
		repeat := func(b string, n int) []byte { return []byte(strings.Repeat(b, n)) }
		s.SendAt(time.Unix(1795352414, 327996e3), 6, repeat("T", r.tag), repeat("H", r.host), repeat("s", r.sd), []byte("0123456789"))
		if got := receive(t, c); got != r.want+"\n" {
			t.Errorf("%+v:\ngot  %q\nwant %q", r, got, r.want+"\n")
		}
	}
}

// TestLength: HAProxy 2.6 sends a line of len bytes and a newline. The text alone is cut before, to one byte less than the
// largest len of all targets.
func TestLength(t *testing.T) {
	c := listen(t)
	for _, n := range []int{80, 100, 1024, 0} {
		for _, format := range formatNames {
			s, err := Open(&Target{Address: c.LocalAddr().String(), Format: format, Facility: "local3", Len: n})
			if err != nil {
				t.Fatal(err)
			}
			want := n + 1
			if n == 0 {
				want = defaultLen + 1
			}
			if format == "raw" {
				want--
			}
			for range 2 {
				s.Send(6, nil, nil, nil, []byte(strings.Repeat("x", 70000)))
				if got := len(receive(t, c)); got != want {
					t.Errorf("len %d format %q: %d bytes, want %d", n, format, got, want)
				}
				// The same beside a target with a larger len.
				open(t, Target{Address: c.LocalAddr().String(), Facility: "local3", Len: 2000})
				if format == "raw" {
					want++
				}
			}
			s.Close()
			closeAll(t)
		}
	}
}

func TestNewlines(t *testing.T) {
	c := listen(t)
	s := open(t, Target{Address: c.LocalAddr().String(), Format: "raw", Facility: "local3"})
	s.Send(6, nil, nil, nil, nil)
	s.Send(6, nil, nil, nil, []byte("\n\n"))
	for in, want := range map[string]string{"a\n\n": "a\n", "a\nb\n": "a\nb\n", "a\r": "a\r\n"} {
		s.Send(6, nil, nil, nil, []byte(in))
		if got := receive(t, c); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestLevels: what is filtered and what is clamped, as HAProxy 2.6 was seen to do.
func TestLevels(t *testing.T) {
	rows := []struct {
		level, min string
		want       string // the priority of levels 0 to 8 with facility local0, - for none
	}{
		{"", "", "128 129 130 131 132 133 134 135 -"},
		{"err", "", "128 129 130 131 - - - - -"},
		{"emerg", "", "128 - - - - - - - -"},
		{"info", "notice", "133 133 133 133 133 133 134 - -"},
		{"err", "notice", "133 133 133 133 - - - - -"},
	}
	c := listen(t)
	for _, r := range rows {
		s := open(t, Target{Address: c.LocalAddr().String(), Format: "priority", Facility: "local0", Level: r.level, MinLevel: r.min})
		var got []string
		for level := range 9 {
			s.Send(level, nil, nil, nil, []byte("x"))
			if !s.Wants(level) {
				got = append(got, "-")
				continue
			}
			got = append(got, receive(t, c)[1:4])
		}
		if g := strings.Join(got, " "); g != r.want {
			t.Errorf("%q %q: got %s, want %s", r.level, r.min, g, r.want)
		}
	}
}

// TestSample: only messages that pass the level count, as HAProxy 2.6 was seen to do.
func TestSample(t *testing.T) {
	c := listen(t)
	s := open(t, Target{Address: c.LocalAddr().String(), Format: "raw", Facility: "local0", Level: "err",
		Sample: &Sample{Ranges: []Range{{1, 1}, {3, 4}}, Size: 5}})
	for i := 1; i <= 12; i++ {
		s.Send(3, nil, nil, nil, fmt.Append(nil, i))
		s.Send(6, nil, nil, nil, []byte("filtered"))
	}
	for _, want := range []string{"1", "3", "4", "6", "8", "9", "11"} {
		if got := receive(t, c); got != want+"\n" {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}

func TestSinksShareTheirAddress(t *testing.T) {
	c := listen(t)
	target := Target{Address: c.LocalAddr().String(), Format: "raw", Facility: "local0"}
	a := open(t, target)
	b, err := Open(&target)
	if err != nil {
		t.Fatal(err)
	}
	if a.to != b.to || a.to.refs != 2 {
		t.Fatalf("not shared: %d", a.to.refs)
	}
	b.Close()
	a.Send(6, nil, nil, nil, []byte("still open"))
	if got := receive(t, c); got != "still open\n" {
		t.Errorf("got %q", got)
	}
}

func TestSendAfterClose(t *testing.T) {
	c := listen(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, address := range []string{c.LocalAddr().String(), fmt.Sprint("fd@", w.Fd())} {
		s, err := Open(&Target{Address: address, Facility: "local0"})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		s.Send(6, nil, nil, nil, []byte("late"))
		if got := s.Dropped(); got != 1 {
			t.Errorf("%s: %d dropped, want 1", address, got)
		}
	}
}

func TestHostName(t *testing.T) {
	c := listen(t)
	_, port, _ := strings.Cut(c.LocalAddr().String(), ":")
	s := open(t, Target{Address: "ipv4@localhost:" + port, Format: "raw", Facility: "local0"})
	s.Send(6, nil, nil, nil, []byte("resolved"))
	if got := receive(t, c); got != "resolved\n" {
		t.Errorf("got %q", got)
	}
}

// TestPipe: order, no loss, and what is buffered is written before Close returns.
func TestPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := Open(&Target{Address: fmt.Sprint("fd@", w.Fd()), Format: "short", Facility: "local0", Len: maxLen})
	if err != nil {
		t.Fatal(err)
	}
	const count = 2000
	lines := make(chan string)
	go func() {
		defer close(lines)
		sc := bufio.NewScanner(r)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			lines <- sc.Text()
		}
	}()
	go func() {
		for i := range count {
			s.Send(6, nil, nil, nil, fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", i%300)))
		}
		s.Send(6, nil, nil, nil, []byte(strings.Repeat("y", 20000)))
		s.Close()
		w.Close()
	}()
	i := 0
	for l := range lines {
		want := fmt.Sprintf("<6>%d %s", i, strings.Repeat("x", i%300))
		if i == count {
			want = "<6>" + strings.Repeat("y", 20000)
		}
		if l != want {
			t.Fatalf("line %d: got %.50q, want %.50q", i, l, want)
		}
		i++
	}
	if i != count+1 {
		t.Errorf("%d lines, want %d", i, count+1)
	}
}

// TestStuckPipe: nobody reads. Sending does not block, what does not fit is counted, Close gives up.
func TestStuckPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	s, err := Open(&Target{Address: fmt.Sprint("fd@", w.Fd()), Format: "raw", Facility: "local0"})
	if err != nil {
		t.Fatal(err)
	}
	before := Dropped()
	msg := []byte(strings.Repeat("x", 999))
	const count = 3000 // 3 MB: more than the pipe and the buffer hold
	start := time.Now()
	for range count {
		s.Send(6, nil, nil, nil, msg)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("sending took %v", d)
	}
	s.Close()
	if d := time.Since(start); d > drainTime+time.Second {
		t.Errorf("closing took %v", d)
	}
	lost := s.Dropped()
	if got := Dropped() - before; got != lost {
		t.Errorf("the process counts %d, the sink %d", got, lost)
	}
	w.Close()
	n, _ := io.Copy(io.Discard, r)
	// The message that was being written when Close gave up can be there in part.
	if whole := uint64(n) / 1000; whole+lost < count || whole+lost > count+4 {
		t.Errorf("%d written and %d lost of %d", whole, lost, count)
	}
}

func TestSendDoesNotAllocate(t *testing.T) {
	c := listen(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, r)
	defer r.Close()
	defer w.Close()
	msg, tag, host := []byte(strings.Repeat("x", 180)), []byte("tag"), []byte("host")
	for _, format := range formatNames {
		for _, address := range []string{c.LocalAddr().String(), fmt.Sprint("fd@", w.Fd())} {
			s, err := Open(&Target{Address: address, Format: format, Facility: "local0"})
			if err != nil {
				t.Fatal(err)
			}
			for range 2000 { // let the stream's buffers grow
				s.Send(6, tag, host, nil, msg)
			}
			if n := testing.AllocsPerRun(1000, func() { s.Send(6, tag, host, nil, msg) }); n != 0 {
				t.Errorf("%s to %s: %v allocations", format, address, n)
			}
			s.Close()
		}
	}
}

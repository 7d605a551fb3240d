package stats

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for _, row := range []struct {
		line string
		want [][]string
	}{
		{"show info", [][]string{{"show", "info"}}}, {"  a\t b ", [][]string{{"a", "b"}}}, {"a;b c", [][]string{{"a"}, {"b", "c"}}},
		{`a\ b\;c;d`, [][]string{{"a b;c"}, {"d"}}}, {`a\\b`, [][]string{{`a\b`}}}, {`a\`, [][]string{{`a\`}}}, {"", [][]string{nil}}, {";", [][]string{nil, nil}},
	} {
		var got [][]string
		for _, c := range splitCommands(row.line) {
			got = append(got, splitWords(c))
		}
		if !slices.EqualFunc(got, row.want, slices.Equal) {
			t.Errorf("%q: got %q, want %q", row.line, got, row.want)
		}
	}
	for line, want := range map[string]bool{"a <<": true, "a << ": true, "<<": true, "a<<": false, "a <<x": false, "a": false, "a\t<<": true} {
		if _, got := wantsPayload(line); got != want {
			t.Errorf("%q: payload %v, want %v", line, got, want)
		}
	}
}

// converse runs a connection to the end: text goes in, all that comes out is returned.
func converse(t *testing.T, f *fake, opt Options, text string) string {
	t.Helper()
	mine, theirs := net.Pipe()
	done := make(chan struct{})
	go func() { Serve(f, theirs, opt); close(done) }()
	_ = mine.SetDeadline(time.Now().Add(5 * time.Second))
	go func() { _, _ = io.WriteString(mine, text) }()
	b, err := io.ReadAll(mine)
	mine.Close()
	<-done
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	return string(b)
}

func TestSession(t *testing.T) {
	f := newFake(t)
	for _, row := range []struct {
		level Level
		text  string
		want  string
	}{
		{Admin, "show version\n", "2.6.12\n\n"}, {Admin, "show cli level;user;show cli level\n", "admin\n\n\nuser\n\n"},
		{User, "disable server be/s1\n", "Permission denied\n\n"}, {User, "show cli sockets\n", "# socket lvl processes\nunix@/x admin all\nipv4@127.0.0.1:1 user all\n\n"},
		{Admin, "prompt\nshow version\nquit\n", "\n> 2.6.12\n\n> "}, {Admin, "prompt\nprompt\n", "\n> \n"},
		{Admin, "prompt\nshow version <<\na\n\nquit\n", "\n> + + 2.6.12\n\n> "},
		{Admin, "get weight be/s2;set weight be/s2 50%;get weight be/s2\n", "3 (initial 3)\n\n\n1 (initial 3)\n\n"},
		{Admin, "set severity-output string;show version;disable server x/y\n", "\n[info]: 2.6.12\n\n[err]: No such backend.\n\n"},
	} {
		if got := converse(t, f, Options{Level: row.level}, row.text); got != row.want {
			t.Errorf("%q: got %q, want %q", row.text, got, row.want)
		}
	}
}

// A line that does not fit, and a client that says nothing, end the connection.
func TestSessionEnds(t *testing.T) {
	f := newFake(t)
	if got := converse(t, f, Options{Level: Admin, Bufsize: 64}, strings.Repeat("a", 200)); got != "" {
		t.Errorf("a line that is too long: %q", got)
	}
	began := time.Now()
	converse(t, f, Options{Level: Admin, Timeout: 50 * time.Millisecond}, "")
	if d := time.Since(began); d < 40*time.Millisecond || d > 3*time.Second {
		t.Errorf("a silent client was closed after %v", d)
	}
}

// Every command answers to a line that names nothing but itself, and stands in the help.
func TestCommands(t *testing.T) {
	f := newFake(t)
	help := converse(t, f, Options{Level: Admin}, "help\n")
	for _, c := range commands {
		if !strings.Contains(help, "\n  "+c.usage) || !strings.HasPrefix(c.usage, c.words) {
			t.Errorf("%s is not in the help", c.words)
		}
		if cmd, _ := find(strings.Fields(c.words)); cmd != c {
			t.Errorf("%s is not found", c.words)
		}
		if c == quitCommand || c == promptCommand {
			continue
		}
		if got := converse(t, f, Options{Level: Admin}, c.words+"\n"); !strings.HasSuffix(got, "\n") {
			t.Errorf("%s: %q", c.words, got)
		}
	}
}

// FuzzSession: no line makes a session panic, and every answer ends with an empty line or the prompt.
func FuzzSession(f *testing.F) {
	src := newFake(f)
	for _, c := range commands {
		f.Add(c.words, "be/s1 x")
	}
	f.Add("show stat", "be 4 -1 json;set weight be/s1 9%;prompt")
	f.Add("show version <<", "\nabc\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		s := &session{src: src, level: Admin}
		for line := range strings.SplitSeq(a+" "+b, "\n") {
			out := string(s.line(cleanLine(line)))
			if s.done || s.waiting {
				break
			}
			if out != "" && !strings.HasSuffix(out, "\n") && !strings.HasSuffix(out, "> ") {
				t.Errorf("%q: %q", line, out)
			}
		}
	})
}

func ExampleServe() {
	mine, theirs := net.Pipe()
	go Serve(&fake{}, theirs, Options{Level: User})
	fmt.Fprint(mine, "show version;show cli level\n")
	b, _ := io.ReadAll(mine)
	fmt.Printf("%q", b)
	// Output: "2.6.12\n\nuser\n\n"
}

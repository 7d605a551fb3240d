package integration

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// helpLine is a line of a list of commands: the lists differ, since not all commands are there yet.
var helpLine = regexp.MustCompile(`(?m)^  \S.{38,}: .*\n`)

// talk plays a conversation with the socket: each part is sent once the answer to the one before has stood still; a nil part
// half-closes. It records what came behind each part, and whether the connection ended.
func (s *cliSide) talk(t *testing.T, ending string, parts ...string) string {
	t.Helper()
	c, err := net.Dial("unix", s.socket+ending)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var out strings.Builder
	buf := make([]byte, 64<<10)
	for _, part := range parts {
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		if part == "EOF" {
			_ = c.(*net.UnixConn).CloseWrite()
		} else if _, err := c.Write([]byte(part)); err != nil {
			fmt.Fprintf(&out, "[cannot send]")
			break
		}
		ended := false
		for {
			_ = c.SetReadDeadline(time.Now().Add(250 * time.Millisecond))
			n, err := c.Read(buf)
			out.Write(buf[:n])
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				break
			}
			if err != nil {
				ended = true
				break
			}
		}
		if ended {
			out.WriteString("[end]")
			break
		}
		out.WriteString("[open]\n")
	}
	text := strings.ReplaceAll(helpLine.ReplaceAllString(out.String(), ""), "2.6.12-1+deb12u4", "2.6.12")
	return strings.ReplaceAll(text, s.socket, "SOCKET")
}

// TestCLISession compares conversations byte by byte.
func TestCLISession(t *testing.T) {
	rows := []struct {
		ending string
		parts  []string
	}{
		{"", []string{"show version\n"}}, {"", []string{"show version\n", "EOF"}}, {"", []string{"show version", "EOF"}},
		{"", []string{"EOF"}}, {"", []string{"show ver", "sion\n"}}, {"", []string{"show version\r\n"}},
		{"", []string{"  show \t version  \n"}}, {"", []string{"show version extra\n"}}, {"", []string{"show version # c\n"}},
		{"", []string{"show version;show cli level\n"}}, {"", []string{"show version ; show cli level ;show version\n"}},
		{"", []string{"show version\nshow cli level\n"}}, {"", []string{"show version;\n"}}, {"", []string{";show version\n"}},
		{"", []string{"show version;;show cli level\n"}}, {"", []string{"\n"}}, {"", []string{" \n"}}, {"", []string{"show\\ version\n"}},
		{"", []string{"show version\\;show cli level\n"}}, {"", []string{"show version\x00show version\n"}},
		{"", []string{"foo\n"}}, {"", []string{"show\n"}}, {"", []string{"show backend;foo bar\n"}}, {"", []string{"@1 show version\n"}},
		{"", []string{"help\n"}}, {"", []string{"help show info\n"}}, {"", []string{"help nosuch\n"}}, {"", []string{"? \n"}},
		{"", []string{"quit\n"}}, {"", []string{"quit;show version\n"}}, {"", []string{"show version;quit;show version\n"}},
		{"", []string{"prompt\n", "show version\n", "show version;show cli level\n", "\n", "nosuch\n", "prompt\n"}},
		{"", []string{"prompt\n", "show version\n", "quit\n"}}, {"", []string{"prompt\n", "show version\n", "EOF"}},
		{"", []string{"prompt;show version\n", "show cli level\n"}}, {"", []string{"show version;prompt\n", "show version\n"}},
		{"", []string{"prompt\nshow version\nshow cli level\n", "EOF"}}, {"", []string{"prompt;prompt;show version\n"}},
		{"", []string{"prompt\n", "show version;prompt;show version\n"}},
		{"", []string{"prompt\n", "show version <<\n", "abc\n", "def\n", "\n", "show cli level\n"}},
		{"", []string{"show version <<\nabc\n\n"}}, {"", []string{"show version <<\n", "abc\n", "\n"}}, {"", []string{"show version <<\nabc", "EOF"}},
		{"", []string{"show version <<x\n"}}, {"", []string{"show version <<\n\n"}}, {"", []string{"get weight be/up <<\nabc\n\nshow version\n"}},
		{"", []string{"show version;show cli level <<\nabc\n\n"}},
		{"", []string{"user;show cli level\n"}}, {"", []string{"operator;show cli level\n"}}, {"", []string{"user;operator;show cli level\n"}},
		{"", []string{"prompt\n", "user;show cli level\n", "show cli level\n", "disable server be/up\n"}},
		{".user", []string{"show cli level\n"}}, {".user", []string{"operator\n"}}, {".user", []string{"user\n"}}, {".user", []string{"show env HOME\n"}},
		{".user", []string{"show cli sockets\n"}}, {".user", []string{"disable server be/up\n"}}, {".user", []string{"set server be/up state maint\n"}},
		{".user", []string{"set weight be/up 1\n"}}, {".user", []string{"get weight be/up\n"}}, {".user", []string{"set timeout cli 5\n"}},
		{".user", []string{"help show version\n"}}, {".user", []string{"set severity-output number;show version\n"}},
		{".op", []string{"show cli level;operator;show cli level\n"}}, {".op", []string{"disable server be/up\n"}}, {".op", []string{"show env NO_SUCH_VARIABLE\n"}},
		{".op", []string{"disable health be/up\n"}}, {".op", []string{"set server be/up weight 1\n"}},
		{"", []string{"show env HOME\n"}}, {"", []string{"show env NO_SUCH_VARIABLE\n"}},
		{"", []string{"set severity-output number;show version;get weight be/up;set weight be/up 300;show cli level\n"}},
		{"", []string{"set severity-output string;show version;get weight be/up;set weight be/up 300;foo/bar\n"}},
		{"", []string{"set severity-output none;show version\n"}}, {"", []string{"set severity-output number;help;set timeout cli;set weight be/up 3x;show version\n"}},
		{".user", []string{"set severity-output string;disable server be/up;show env X;show servers state x;show stat x 1 1\n"}}, {"", []string{"set severity-output\n"}}, {"", []string{"set severity-output foo\n"}},
		{"", []string{"set timeout cli 5\n"}}, {"", []string{"set timeout cli\n"}}, {"", []string{"set timeout\n"}}, {"", []string{"set timeout cli x\n"}},
		{"", []string{"set timeout cli 0\n"}}, {"", []string{"set timeout foo 1\n"}}, {"", []string{"set timeout cli 5m\n"}}, {"", []string{"set timeout cli 50ms\n"}},
		{"", []string{"disable server\n"}}, {"", []string{"disable server be\n"}}, {"", []string{"disable server be/\n"}}, {"", []string{"disable server no/up\n"}},
		{"", []string{"disable server be/no\n"}}, {"", []string{"enable server be/no\n"}}, {"", []string{"enable server\n"}},
		{"", []string{"disable health\n"}}, {"", []string{"enable health be/spare\n"}}, {"", []string{"disable health be/spare\n"}}, {"", []string{"enable health be/no\n"}},
		{"", []string{"set server\n"}}, {"", []string{"set server be/no state ready\n"}}, {"", []string{"set server be/up state\n"}}, {"", []string{"set server be/up state foo\n"}},
		{"", []string{"set server be/up health\n"}}, {"", []string{"set server be/up health foo\n"}}, {"", []string{"set server be/up weight\n"}},
		{"", []string{"set server be/up weight 257\n"}}, {"", []string{"set server be/up weight -1\n"}}, {"", []string{"set server be/up weight x\n"}},
		{"", []string{"set server be/up weight 10x\n"}}, {"", []string{"set server be/up weight -5%\n"}}, {"", []string{"set server be/up weight %\n"}},
		{"", []string{"set weight\n"}}, {"", []string{"set weight be/up\n"}}, {"", []string{"get weight\n"}}, {"", []string{"get weight be\n"}}, {"", []string{"get weight be/no\n"}},
		{"", []string{"get weight be/down\n"}}, {"", []string{"get weight be/idle;get weight be/spare\n"}},
		{"", []string{"set server be/up\n"}}, {"", []string{"set server be/up foo\n"}},
	}
	haproxy, our := cliPair(t, func(t *testing.T, s *cliSide) string {
		out := make([]string, len(rows))
		done := make(chan int)
		gate := make(chan bool, 8)
		for i, r := range rows {
			go func() {
				gate <- true
				out[i] = s.talk(t, r.ending, r.parts...)
				<-gate
				done <- i
			}()
		}
		for range rows {
			<-done
		}
		return strings.Join(out, "\x01")
	})
	a, b := strings.Split(haproxy, "\x01"), strings.Split(our, "\x01")
	for i, r := range rows {
		t.Run(fmt.Sprintf("%s%q", r.ending, r.parts), func(t *testing.T) { same(t, a[i], b[i]) })
	}
}

// TestCLIActions compares what commands do to servers: the state after each of them.
func TestCLIActions(t *testing.T) {
	commands := []string{
		"disable server be/up", "enable server be/up", "set server be/up state drain", "disable server be/up", "enable server be/up",
		"set server be/up state ready", "set server be/up state maint", "set server be/up state drain", "set server be/up state ready",
		"set weight be/up 0", "set weight be/up 50%", "set server be/up weight 256", "set server be/down weight 50%", "set weight be/down 5000%",
		"set weight be/down 100%", "set server be/down health up", "set server be/down health stopping", "set server be/down health down",
		"set server be/down state drain", "set server be/down state ready", "set server be/spare health down", "disable health be/up",
		"enable health be/up", "enable server be/off", "disable server be/off", "set server be/gone state ready", "enable server be/idle",
		"set server be/idle weight 10", "set server be/spare state maint", "set server be/spare state ready",
	}
	columns := map[string]int{}
	haproxy, our := cliPair(t, func(t *testing.T, s *cliSide) string {
		var out strings.Builder
		for _, c := range commands {
			answer := s.say(t, "", c)
			lines := strings.Split(s.say(t, "", "show stat be 6 -1"), "\n")
			for i, name := range strings.Split(lines[0], ",") {
				columns[name] = i
			}
			fmt.Fprintf(&out, "> %s\n%s", c, answer)
			for _, l := range lines[1:] {
				cells := strings.Split(l, ",")
				if len(cells) < 50 {
					continue
				}
				for _, name := range []string{"svname", "status", "weight", "act", "bck", "chkfail", "chkdown", "check_status", "check_health"} {
					out.WriteString(cells[columns[name]+0] + " ")
				}
				out.WriteString("\n")
			}
			state := s.say(t, "", "show servers state be")
			out.WriteString(regexp.MustCompile(`(?m)^(\d+ \S+ \d+ \S+ \S+ \d+ \d+ \d+ \d+) \d+ `).ReplaceAllString(state, "$1 T "))
		}
		return out.String()
	})
	a, b := strings.Split(haproxy, "\n> "), strings.Split(our, "\n> ")
	for i, c := range commands {
		t.Run(fmt.Sprintf("%d %s", i, c), func(t *testing.T) { same(t, a[i], b[i]) })
	}
}

// TestCLITimeout: an idle connection ends after `stats timeout`, and after what `set timeout cli` says.
func TestCLITimeout(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		s := launchCLI(t, side, func(socket string, ready int) string {
			return fmt.Sprintf("global\n stats socket %s level admin\n stats timeout 1s\n%s", socket, page("", ready, "x"))
		})
		idle := func(words string) time.Duration {
			c := s.dial(t, "")
			defer c.Close()
			_, _ = c.Write([]byte(words))
			began := time.Now()
			_ = c.SetDeadline(time.Now().Add(8 * time.Second))
			if got := readAll(c); strings.HasSuffix(got, "(still open)") {
				t.Errorf("%q: still open after 8s", words)
			}
			return time.Since(began)
		}
		if d := idle(""); d < 900*time.Millisecond || d > 3*time.Second {
			t.Errorf("closed after %v, want 1s", d)
		}
		if d := idle("prompt\nset timeout cli 2\n"); d < 1900*time.Millisecond || d > 4*time.Second {
			t.Errorf("closed after %v, want 2s", d)
		}
	})
}

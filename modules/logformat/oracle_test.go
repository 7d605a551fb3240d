package logformat

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

var update = flag.Bool("update", false, "record the lines of the haproxy that is installed")

// scenario is one request and the options around it.
type scenario struct {
	name, zone string
	options    string // lines of the frontend
	captures   bool
	bind       string // "unix", "ipv6"; default IPv4
	proxied    bool   // accept-proxy
	send       []string
	pause      time.Duration // between the pieces of send
	request    string        // the request line as logged, "" for a bad one
	caps       []string
	cookies    []string
	formats    []string
	held       []net.Listener
}

var everything = []string{
	HTTPLog, CLF, TCPLog, all("", ""), all("{+Q}", ""), all("{+E}", ""), all("{+Q,+E}", ""), all("{+X}", ""), all("{+Q,+X}", ""),
}

// all is a format with every variable.
func all(flags, without string) string {
	var b strings.Builder
	for _, v := range strings.Fields(`B CC CS H HM HP HPO HQ HU HV ID ST T Ta Tc Td Tl Th Ti Tq TR Tr Ts Tt Tu Tw U ac b bc bi
		bp bq ci cp f fc fi fp ft hr hrl hs hsl lc ms pid r rc rt s sc si sp sq sslc sslv t tr trg trl ts tsc`) {
		if !strings.Contains(without, v) {
			fmt.Fprintf(&b, "[%s %%%s%s]", v, flags, v)
		}
	}
	return b.String()
}

const okRequest = "GET /p HTTP/1.1\r\nHost: h\r\n\r\n"

var blanks = []string{
	"%hr %s", "%s %hr", " %s", "%s ", "%s  ", "%hr %hs %s", "[%hr %hs]", "%hr  x", "x %hr %hs y", " x ", "a%o b", "a %o b", "%o a",
	"%{+Q}o %s %hr %hs %r", "a  b", "a\tb", "%HQ%HPO", "x %HQ y", "%hrl %s", "%hsl %s", "%{+Q}HQ|%{+Q}HPO|%HQ",
}

var flagForms = []string{
	"%_", "%-", "%_x", "%%ci", "a %{+QE}CC", "%{foo}CC", "%{Q}CC", "%{+q}CC", "%{+Q}o %CC %{-Q}CC %s", "%{-Q}o%{+Q}CC%s",
	"x%{+Q}o y %CC %s %o%s", "%{+X}o%ci%{-X}ci", "%{+Q+E}CC", "%{+Q -E}CC", "%{++Q}CC", "%{+Q,+E}o%CC%{-E}CC", "%{ +Q}CC",
	"%{+Q }CC", "%{+ Q}CC", "%{+Q,E}CC", "%{-Q+E,+Q}CC", "%{+Q, +E}CC", "%{+Q , +E}CC", "%(a", "%.a %_ %-", "%{}CC", "%{,}CC",
	"%[src]", "%{+Q}[src]", "%{+X}[src]", "[%[str(a)]]", "%[int(5)]", "%{+Q}[int(5)]", "%[bool(true)]", "%[var(txn.none)]",
	"%{+Q}[var(txn.none)]", "%{+X}[var(txn.none)]", "%[str()]", "%{+Q}[str()]", "%{+X}[int(255)]", "%[src,ipmask(24)]",
	"%{+E}[str('a\"b]c')]", "%{+Q,+E}[str('a\"b]c')]", "%[str('\x01\x7f\xff#\"|{}')]", "%{+E}[str('\x01\x7f\xff#\"|{}]')]",
	"%[src]%[dst]", "%[src]]", "%{+Q}o%[str(a)] %{-Q}[str(b)]",
}

var odd = "GET /a/b;c?x=1&y=\"z\"|{q}\\] HTTP/1.1"

func scenarios() []scenario {
	oddSend := []string{odd + "\r\nHost: h{o}|s\"t\r\nX-A: a#b\\c]d\x80\x7f\r\nCookie: SID=\"cli#]\\; b=2\r\n\r\n"}
	oddCaps := []string{"h{o}|s\"t", "a#b\\c]d\x80\x7f", "Srv {x}|\"y\"", "b b"}
	list := []scenario{
		{name: "odd bytes", captures: true, send: oddSend, request: odd, caps: oddCaps,
			cookies: []string{"SID=\"cli#]\\; b=2", "SID=sv"}, formats: everything},
		{name: "plain", send: []string{okRequest}, request: "GET /p HTTP/1.1", formats: append(blanks, everything...)},
		{name: "flags", captures: true, send: []string{"GET /p HTTP/1.1\r\nHost: h\r\nCookie: SID=x\"y]z\r\n\r\n"},
			request: "GET /p HTTP/1.1", caps: []string{"h", "", "Srv {x}|\"y\"", "b b"}, cookies: []string{"SID=x\"y]z", "SID=sv"},
			formats: flagForms},
		{name: "no captured values", captures: true, send: []string{"GET /none HTTP/1.0\r\n\r\n"}, request: "GET /none HTTP/1.0",
			caps: []string{"", "", "", ""}, formats: everything},
		{name: "bad request", captures: true, send: []string{"BAD\r\n\r\n"}, formats: everything},
		{name: "unix", bind: "unix", send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{HTTPLog, CLF, all("", ""), all("{+Q}", ""), all("{+X}", ""), "A%{+X}ci B", "%{+X}cp %{+X}fp"}},
		{name: "ipv6", bind: "ipv6", send: []string{okRequest}, request: "GET /p HTTP/1.1", formats: everything},
		{name: "logasap", options: "option logasap", send: []string{okRequest}, request: "GET /p HTTP/1.1", formats: everything},
		{name: "slow", send: []string{"GET /slow HTTP/1.1\r\n", "Host: h\r\n\r\n"}, pause: 30 * time.Millisecond,
			request: "GET /slow HTTP/1.1", formats: []string{HTTPLog, all("", "")}},
		{name: "proxy header", proxied: true, pause: 30 * time.Millisecond, request: "GET /p HTTP/1.1",
			send:    []string{"", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\n", okRequest},
			formats: []string{HTTPLog, all("", ""), all("{+X}", "")}},
		{name: "deny", options: "http-request deny", send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{HTTPLog, CLF, all("", "")}},
		{name: "tarpit", options: "http-request tarpit", send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{HTTPLog, all("", "")}},
		{name: "redirect", options: "http-request redirect location /", send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{HTTPLog, all("", "")}},
		{name: "no server", options: "use_backend none", send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{HTTPLog, all("", "")}},
		{name: "redispatch", options: "use_backend refused", send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{HTTPLog, all("", "")}},
		{name: "unique id", options: `unique-id-format %{+X}o\ %ci:%cp_%fi:%fp_%Ts_%rt:%pid`, send: []string{okRequest},
			request: "GET /p HTTP/1.1", formats: []string{"%ID", "%{+Q}ID", "%{+X}o %ci:%cp_%fi:%fp_%Ts_%rt:%pid", "%[unique-id]"}},
		{name: "cut line", send: []string{"GET /" + strings.Repeat("a", 500) + "?" + strings.Repeat("b", 2000) + " HTTP/1.1\r\nHost: h\r\n\r\n"},
			request: ("GET /" + strings.Repeat("a", 500) + "?" + strings.Repeat("b", 2000))[:1023],
			formats: []string{"%r", "%HM|%HV|%HP|%HPO|%HQ", "%HU"}},
	}
	for _, uri := range []string{"/a#b?c#d?e", "http://x.y/p?q=1", "http://x.y", "*", "/a?", "//x//y", "/%41", "/~^`"} {
		list = append(list, scenario{name: "uri " + uri, options: "option accept-invalid-http-request",
			send: []string{"OPTIONS " + uri + " HTTP/1.1\r\nHost: x.y\r\n\r\n"}, request: "OPTIONS " + uri + " HTTP/1.1",
			formats: []string{"%r ~ %HU ~ %HQ ~ %HP ~ %HPO ~ %HM ~ %HV ~ %{+Q,+E}HU"}})
	}
	for _, zone := range []string{"America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"} {
		list = append(list, scenario{name: "zone " + zone, zone: zone, send: []string{okRequest}, request: "GET /p HTTP/1.1",
			formats: []string{"%t|%T|%Tl|%tr|%trg|%trl|%Ts|%ms"}})
	}
	return list
}

// TestOracle compares with the haproxy that is installed; with -update it records.
func TestOracle(t *testing.T) {
	oracle.HAProxy(t)
	var list []recording
	for _, sc := range scenarios() {
		for _, r := range sc.run(t) {
			r.check(t)
			list = append(list, r)
		}
	}
	if *update && !t.Failed() {
		writeGoldens(t, list)
	}
}

// run starts haproxy with one frontend for each format, sends the request to each, and reads the lines.
func (sc *scenario) run(t *testing.T) (list []recording) {
	t.Helper()
	dir := t.TempDir()
	logs, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "log"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	back := answer(t)
	cfg, addrs := sc.config(t, dir, back)
	path := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(path, []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("haproxy", "-db", "-f", path)
	cmd.Env = append(os.Environ(), "TZ="+sc.zoneName())
	sc.release()
	var out strings.Builder
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	buf := make([]byte, 65536)
	for i, a := range addrs {
		c := dial(t, a, &out)
		for j, piece := range sc.send {
			if j > 0 {
				time.Sleep(sc.pause)
			}
			if _, err := c.Write([]byte(piece)); err != nil {
				t.Fatal(err)
			}
		}
		logs.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := logs.Read(buf)
		if err != nil {
			t.Fatalf("%s: %s: %v\n%s", sc.name, sc.formats[i], err, out.String())
		}
		c.Close()
		list = append(list, sc.recording(t, sc.formats[i], string(buf[:n])))
	}
	return list
}

func (sc *scenario) zoneName() string {
	if sc.zone == "" {
		return "UTC"
	}
	return sc.zone
}

func (sc *scenario) recording(t *testing.T, format, line string) recording {
	t.Helper()
	facts, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\x1f")
	if !ok {
		t.Fatalf("%s: no facts in %q", sc.name, line)
	}
	r := recording{Scenario: sc.name, Zone: sc.zone, Format: text(format), Line: text(rest), Request: text(sc.request),
		Facts: strings.Split(strings.TrimSuffix(facts, "\t"), "\t"), ReqCaps: len(sc.caps) / 2}
	for _, c := range sc.caps {
		r.Captures = append(r.Captures, text(c))
	}
	for _, c := range sc.cookies {
		r.Cookies = append(r.Cookies, text(c))
	}
	if len(r.Facts) != len(factNames) {
		t.Fatalf("%s: %d facts in %q", sc.name, len(r.Facts), line)
	}
	return r
}

func (sc *scenario) config(t *testing.T, dir, back string) (cfg string, addrs []net.Addr) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 2s
 timeout tarpit 20ms
 retries 1
 option redispatch
 log %s/log len 16384 format raw local0
backend none
backend refused
 balance first
 server s1 127.0.0.1:1
 server s2 %s
backend b1
 server s1 %s
`, dir, back, back)
	for i, f := range sc.formats {
		addr, bind := sc.listener(t, dir, i)
		addrs = append(addrs, addr)
		if sc.proxied {
			bind += " accept-proxy"
		}
		fmt.Fprintf(&b, "frontend f%d\n bind %s\n log-format %s\n %s\n", i, bind, quote(factsFormat+f), sc.options)
		if sc.captures {
			b.WriteString(" capture request header Host len 20\n capture request header X-A len 20\n" +
				" capture response header Server len 20\n capture response header X-B len 20\n capture cookie SID len 20\n")
		}
		b.WriteString(" default_backend b1\n")
	}
	return b.String(), addrs
}

func (sc *scenario) listener(t *testing.T, dir string, i int) (net.Addr, string) {
	switch sc.bind {
	case "unix":
		path := filepath.Join(dir, fmt.Sprint("f", i))
		return &net.UnixAddr{Name: path, Net: "unix"}, path
	case "ipv6":
		a := sc.freePort(t, "[::1]:0")
		return a, a.String()
	}
	a := sc.freePort(t, "127.0.0.1:0")
	return a, a.String()
}

// freePort reserves a port until release is called, so that no two frontends get the same.
func (sc *scenario) freePort(t *testing.T, addr string) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	sc.held = append(sc.held, l)
	return l.Addr()
}

func (sc *scenario) release() {
	for _, l := range sc.held {
		l.Close()
	}
	sc.held = nil
}

func dial(t *testing.T, a net.Addr, out *strings.Builder) net.Conn {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial(a.Network(), a.String())
		if err == nil {
			return c
		}
		if time.Now().After(end) {
			t.Fatalf("%v\n%s", err, out.String())
		}
	}
}

// quote makes one word for a haproxy.cfg.
func quote(word string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(word) {
		switch c := word[i]; {
		case c == '"' || c == '\\' || c == '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, "\\x%02x", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}

// answer is a server that captures have something to show of, except for paths that say otherwise.
func answer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				line, _ := r.ReadString('\n')
				for h := "x"; h != "\r\n" && h != ""; {
					h, _ = r.ReadString('\n')
				}
				head := "Server: Srv {x}|\"y\"\r\nX-B: b b\r\nSet-Cookie: SID=sv; path=/\r\n"
				if strings.Contains(line, "/none") {
					head = ""
				}
				if strings.Contains(line, "/slow") {
					time.Sleep(20 * time.Millisecond)
				}
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n%sContent-Length: 5\r\nConnection: close\r\n\r\nhe", head)
				if strings.Contains(line, "/slow") {
					time.Sleep(20 * time.Millisecond)
				}
				fmt.Fprint(c, "llo")
			}()
		}
	}()
	return l.Addr().String()
}

package integration

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// cliConfig is the file of the stats socket's tests: servers of all kinds, a socket with all rights and one without.
func cliConfig(t *testing.T, socket string, ready int) string {
	t.Helper()
	up, down := freePort(t), freePort(t)
	return fmt.Sprintf(`global
 nbthread 1
 maxconn 1000
 maxpipes 40
 max-spread-checks 10
 node n1
 description some words
 stats socket %[1]s mode 600 level admin
 stats socket %[1]s.op level operator
 stats socket %[1]s.user level user
 stats timeout 2s
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
frontend fe
 bind 127.0.0.1:%[2]d
 maxconn 200
 default_backend be
backend be
 option httpchk GET /x
 cookie SRV
 server up 127.0.0.1:%[3]d check inter 1h cookie a
 server down 127.0.0.1:%[4]d check inter 1h weight 7
 server spare 127.0.0.1:%[4]d weight 3 backup
 server off 127.0.0.1:%[4]d disabled check maxconn 5 maxqueue 3 rise 4 fall 5
 server gone [::1]:%[4]d disabled id 77
 server idle 127.0.0.1:%[4]d weight 0 pool-max-conn 4
backend empty
 balance leastconn
 id 50
backend second
 balance static-rr
 server only 127.0.0.1:%[4]d
listen app
 bind 127.0.0.1:%[3]d
 http-request return status 200 content-type text/plain string hi
listen hidden
 bind 127.0.0.1:%[5]d
 disabled
`, socket, ready, up, down, freePort(t))
}

// cliSide is a running side with its sockets.
type cliSide struct {
	*process
	socket string
}

func launchCLI(t *testing.T, side program, text func(socket string, ready int) string) *cliSide {
	t.Helper()
	socket, ready := filepath.Join(t.TempDir(), "s"), freePort(t)
	return &cliSide{launch(t, side, text(socket, ready), ready, "-db"), socket}
}

// pair launches both sides with the same ports: one after the other.
func cliPair(t *testing.T, body func(t *testing.T, s *cliSide) string) (haproxy, our string) {
	t.Helper()
	needPrograms(t)
	text, ready := "", freePort(t)
	out := map[program]string{}
	for _, side := range []program{theirs, ours} {
		socket := filepath.Join(t.TempDir(), "s")
		if text == "" {
			text = cliConfig(t, "SOCKET", ready)
		}
		p := launch(t, side, strings.ReplaceAll(text, "SOCKET", socket), ready, "-db")
		s := &cliSide{p, socket}
		eventually(t, "the first checks", func() bool {
			all := s.say(t, "", "show stat be 4 -1")
			return strings.Contains(all, "L7OK") && strings.Contains(all, "L4CON")
		})
		out[side] = body(t, s)
		p.stop(t)
	}
	return out[theirs], out[ours]
}

// say sends one line to the socket with the given ending ("", ".op", ".user"), half-closes, and returns the whole answer.
func (s *cliSide) say(t *testing.T, ending, line string) string {
	t.Helper()
	c := s.dial(t, ending)
	defer c.Close()
	return exchangeCLI(t, c, line+"\n")
}

// dial connects to the socket: HAProxy puts it in its place after it has begun to accept on ports.
func (s *cliSide) dial(t *testing.T, ending string) (c net.Conn) {
	t.Helper()
	eventually(t, "the socket", func() bool {
		var err error
		c, err = net.Dial("unix", s.socket+ending)
		return err == nil
	})
	return c
}

// exchangeCLI sends text, half-closes, and reads to the end.
func exchangeCLI(t *testing.T, c net.Conn, text string) string {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	return readAll(c)
}

func readAll(c net.Conn) string {
	var out []byte
	buf := make([]byte, 64<<10)
	for {
		n, err := c.Read(buf)
		out = append(out, buf[:n]...)
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				out = append(out, "(still open)"...)
			}
			return string(out)
		}
	}
}

// The columns whose values depend on the moment.
var unsteady = map[string]bool{
	"lastchg": true, "downtime": true, "check_duration": true, "lastsess": true, "pid": true, "rate": true, "rate_max": true,
	"conn_rate": true, "conn_rate_max": true, "req_rate": true, "req_rate_max": true,
	// The first check's connection counts what it carries.
	"h1_bytes_in": true, "h1_bytes_out": true, "h1_open_connections": true, "h1_open_streams": true,
	"h1_total_connections": true, "h1_total_streams": true, "need_conn_est": true,
}

// steadyCSV replaces the values of unsteady columns by T.
func steadyCSV(s string) string {
	lines := strings.Split(s, "\n")
	title := strings.Split(strings.TrimPrefix(lines[0], "# "), ",")
	for i, l := range lines[1:] {
		cells := strings.Split(l, ",")
		for j := range cells {
			if j < len(title) && unsteady[title[j]] && cells[j] != "" {
				cells[j] = "T"
			}
		}
		lines[i+1] = strings.Join(cells, ",")
	}
	return strings.Join(lines, "\n")
}

var typedLine = regexp.MustCompile(`(?m)^([A-Z]\.\d+\.\d+\.\d+\.([^.]+)\.\d+:...:...:)([^:\n]*)`)

func steadyTyped(s string) string {
	return typedLine.ReplaceAllStringFunc(s, func(l string) string {
		m := typedLine.FindStringSubmatch(l)
		if unsteady[m[2]] {
			return m[1] + "T"
		}
		return l
	})
}

var jsonField = regexp.MustCompile(`("name":"([^"]*)"\},"processNum":1,"tags":\{[^}]*\},"value":\{"type":"...","value":)("[^"]*"|[0-9.-]+)`)

func steadyJSON(s string) string {
	s = jsonField.ReplaceAllStringFunc(s, func(l string) string {
		m := jsonField.FindStringSubmatch(l)
		if unsteady[m[2]] {
			return m[1] + "T"
		}
		return l
	})
	return strings.ReplaceAll(s, "},{", "},\n{")
}

// TestCLIStat compares `show stat` in all forms, with filters, at both levels.
func TestCLIStat(t *testing.T) {
	rows := []struct{ ending, line string }{
		{"", "show stat"}, {".user", "show stat"}, {".op", "show stat be 4 -1"}, {"", "show stat up"}, {"", "show stat no-maint"},
		{"", "show stat -1 4 -1"}, {"", "show stat be 2 -1"}, {"", "show stat fe 1 -1"}, {"", "show stat be 7 77"},
		{"", "show stat 99 -1 -1"}, {"", "show stat nosuch -1 -1"}, {"", "show stat be -1"}, {"", "show stat be x y"},
		{"", "show stat 3 6 2"}, {"", "show stat fe 7 5"}, {"", "show stat app 7 5"}, {"", "show stat 0 0 0"}, {"", "show stat -1 -1 77"}, {"", "show stat be 4 0"},
		{"", "show stat be 0 -1"}, {"", "show stat be -2 -1"}, {"", "show stat be 4 -3"}, {"", "show stat -2 4 -1"}, {"", "show stat 3x 4 -1"}, {"", "show stat domain proxy be 4 1"}, {"", "show stat domain dns"}, {"", "show stat domain"},
		{"", "show stat typed"}, {".user", "show stat typed"}, {"", "show stat typed desc"}, {"", "show stat desc"},
		{"", "show stat be 4 -1 typed"}, {"", "show stat json"}, {".user", "show stat json"}, {"", "show stat json be"},
		{"", "show stat be 4 3 json up"}, {"", "show schema json"}, {"", "show backend"},
	}
	haproxy, our := cliPair(t, func(t *testing.T, s *cliSide) string {
		var all []string
		for _, r := range rows {
			all = append(all, steadyJSON(steadyTyped(steadyCSV(s.say(t, r.ending, r.line)))))
		}
		return strings.Join(all, "\x00")
	})
	a, b := strings.Split(haproxy, "\x00"), strings.Split(our, "\x00")
	for i, r := range rows {
		t.Run(r.line+r.ending, func(t *testing.T) { same(t, a[i], b[i]) })
	}
}

var infoValue = regexp.MustCompile(`(?m)^(\d+\.)?([A-Za-z_ -]+)(\.1:...:...)?:( ?)([^\n"]*?)(:"[^"]*")?$`)

// TestCLIInfo compares names, order, tags and types of `show info`, and the values that the file says.
func TestCLIInfo(t *testing.T) {
	said := map[string]bool{
		"Name": true, "Nbthread": true, "Nbproc": true, "Process_num": true, "Maxconn": true, "node": true, "description": true,
		"Stopping": true, "Tainted": true, "Memmax_MB": true, "CurrConns": true, "Hard_maxconn": true, "Memmax_bytes": true,
		"Listeners": true, "Maxpipes": true,
	}
	rows := []string{"show info", "show info desc", "show info typed", "show info typed desc", "show info float",
		"show info typed float", "show info json", "show info json float", "show info json desc", "show info foo", "show info;show version"}
	haproxy, our := cliPair(t, func(t *testing.T, s *cliSide) string {
		var all []string
		for _, r := range rows {
			text := s.say(t, "", r)
			text = infoValue.ReplaceAllStringFunc(text, func(l string) string {
				m := infoValue.FindStringSubmatch(l)
				if said[m[2]] {
					return l
				}
				return m[1] + m[2] + m[3] + ":" + m[4] + "T" + m[6]
			})
			text = jsonField.ReplaceAllStringFunc(text, func(l string) string {
				if m := jsonField.FindStringSubmatch(l); !said[m[2]] {
					return m[1] + "T"
				}
				return l
			})
			text = strings.ReplaceAll(text, "2.6.12-1+deb12u4", "2.6.12")
			all = append(all, strings.ReplaceAll(text, "},{", "},\n{"))
		}
		return strings.Join(all, "\x00")
	})
	a, b := strings.Split(haproxy, "\x00"), strings.Split(our, "\x00")
	for i, r := range rows {
		t.Run(r, func(t *testing.T) { same(t, a[i], b[i]) })
	}
}

// TestCLIServers compares `show servers state` and `show servers conn`, but the ages.
func TestCLIServers(t *testing.T) {
	age := regexp.MustCompile(`(?m)^(\d+ \S+ \d+ \S+ \S+ \d+ \d+ \d+ \d+) \d+ `)
	conn := regexp.MustCompile(`(?m)^(\S+/\S+ \d+/\d+ \S+ \d+ - \d+) .*$`)
	haproxy, our := cliPair(t, func(t *testing.T, s *cliSide) string {
		var all []string
		for _, line := range []string{"show servers state", "show servers state be", "show servers state no", "show servers conn",
			"show servers conn second", "show servers conn no"} {
			text := age.ReplaceAllString(s.say(t, ".user", line), "$1 T ")
			all = append(all, "> "+line, conn.ReplaceAllString(text, "$1"))
		}
		return strings.Join(all, "\n")
	})
	same(t, haproxy, our)
}

package integration

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// statsConfig has several statistics pages on ports of their own.
func statsConfig(ready int, ports []int, target int) string {
	return fmt.Sprintf(`global
 nbthread 1
 maxconn 500
 node n1
 description about it
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
listen ready
 bind 127.0.0.1:%[1]d
 http-request return status 200
backend be
 cookie SRV
 server s1 127.0.0.1:%[8]d cookie a
 server s2 127.0.0.1:%[8]d backup weight 3
 server s3 127.0.0.1:%[8]d disabled
backend hid-den
 server x 127.0.0.1:%[8]d
listen full
 bind 127.0.0.1:%[2]d
 stats uri /admin?stats
 stats realm a\ "b"\ c
 stats auth u:p
 stats auth v:q:r
 stats refresh 5s
 stats show-legends
 stats show-node
 stats show-desc foo <bar>
 stats admin if TRUE
listen plain
 bind 127.0.0.1:%[3]d
 stats enable
listen scoped
 bind 127.0.0.1:%[4]d
 stats uri /s
 stats scope .
 stats scope be
 stats hide-version
 stats admin unless { hdr(x-admin) no }
listen ruled
 bind 127.0.0.1:%[5]d
 stats uri /s
 stats http-request deny if { path_end x }
 stats http-request allow if { path_end y }
 stats http-request auth realm R unless { path_end z }
listen other
 bind 127.0.0.1:%[6]d
 stats uri /s
 stats http-request auth
 http-request deny if { path /s/denied }
 server s 127.0.0.1:%[8]d
frontend front
 bind 127.0.0.1:%[7]d
 default_backend withpage
backend withpage
 stats uri /stats
 stats admin if FALSE
 server s 127.0.0.1:%[8]d
`, ready, ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], target)
}

// pageRequest is one request to one of the pages.
type pageRequest struct {
	port int // index of the page
	raw  string
}

func get(port int, target string, headers ...string) pageRequest {
	return pageRequest{port, "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + headerLines(headers) + "\r\n"}
}

func form(port int, target, body string, headers ...string) pageRequest {
	return pageRequest{port, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\n%sContent-Length: %d\r\n\r\n%s", target, headerLines(headers), len(body), body)}
}

func headerLines(list []string) string {
	s := ""
	for _, h := range list {
		s += h + "\r\n"
	}
	return s
}

// userP is u:p, userQ v:q:r.
const userP, userQ = "Authorization: Basic dTpw", "Authorization: Basic djpxOnI="

var pageRequests = []pageRequest{
	get(0, "/admin?stats"), get(0, "/admin?stats", userP), get(0, "/admin?stats", userQ), get(0, "/admin?stats", "Authorization: basic dTpw"),
	get(0, "/admin?stats", "Authorization: Basic dTpx"), get(0, "/admin?stats", "Authorization: Basic !"), get(0, "/admin?stats", "Authorization: Bearer dTpw"),
	get(0, "/admin?stats", "Authorization: Basic"), get(0, "/admin?stats", "Authorization: Basic   dTpw"), get(0, "/admin?stats", "Authorization: Basic dTpw", userP),
	get(0, "/admin"), get(0, "/admin?stat"), get(0, "/admin?statsX;csv", userP), get(0, "http://a/admin?stats;csv", userP), get(0, "/"),
	get(0, "/admin?stats;csv", userP), get(0, "/admin?stats;csv;norefresh", userP), get(0, "/admin?stats;json", userP), get(0, "/admin?stats;json-schema", userP),
	get(0, "/admin?stats;norefresh", userP), get(0, "/admin?stats;up;csv", userP), get(0, "/admin?stats;csv;no-maint", userP), get(0, "/admin?stats;csv;scope=be", userP),
	get(0, "/admin?stats?;csv;scope=be", userP), get(0, "/admin?stats;csv&scope=e", userP), get(0, "/admin?stats;csv;scope=zz", userP), get(0, "/admin?stats;csv;scope=", userP),
	get(0, "/admin?stats;st=DONE", userP), get(0, "/admin?stats;csv", userP, "Connection: close"),
	{0, "GET /admin?stats;csv HTTP/1.0\r\n" + userP + "\r\n\r\n"}, {0, "HEAD /admin?stats HTTP/1.1\r\nHost: a\r\n" + userP + "\r\n\r\n"},
	{0, "PUT /admin?stats HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" + userP + "\r\n\r\n"}, {0, "OPTIONS /admin?stats HTTP/1.1\r\nHost: a\r\n\r\n"},
	{0, "GET /admin?stats;csv HTTP/1.1\r\nHost: a\r\n" + userP + "\r\n\r\nGET /admin?stats;json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + userP + "\r\n\r\n"},
	get(1, "/haproxy?stats"), get(1, "/haproxy?stats;csv"), get(1, "/haproxy?stats;json"), get(1, "/stats"),
	form(1, "/haproxy?stats", "s=s1&action=drain&b=be"),
	get(2, "/s;csv"), get(2, "/sub/dir;csv"), get(2, "/s;csv;scope=full"), get(2, "/s"),
	form(2, "/s", "s=s1&action=maint&b=be", "X-Admin: no"),
	form(2, "/s", "s=x&action=ready&b=hid-den"),
	get(3, "/sx"), get(3, "/sy;csv"), get(3, "/sy"), get(3, "/sz"), get(3, "/s"), form(3, "/sy", "s=s1&action=drain&b=be"),
	get(4, "/s"), get(4, "/s/denied"), get(4, "/other"),
	get(5, "/stats;csv"), get(5, "/stats", "Connection: close"), form(5, "/stats", "s=s1&action=drain&b=be"),
	form(0, "/admin?stats", "s=s1&action=drain&b=be", userP), form(0, "/admin?stats", "s=s1&action=ready&b=be", userP),
	form(0, "/admin?stats", "s=s1&action=ready&b=be"), form(0, "/admin?stats;up;norefresh", "s=s1&action=ready&b=be", userP),
	form(0, "/admin?stats;csv;st=NONE?scope=be", "s=s1&action=ready&b=be", userP), form(0, "http://x/admin?stats;up", "s=s1&action=ready&b=be", userP),
	form(0, "/admin?stats", "", userP), form(0, "/admin?stats", "s=s9&action=ready&b=be", userP), form(0, "/admin?stats", "s=s9&s=s1&action=ready&b=be", userP),
	form(0, "/admin?stats", "s=s1&s=s9&action=ready&b=be", userP), form(0, "/admin?stats", "s=s1&action=foo&b=be", userP),
	form(0, "/admin?stats", "s=s1&action=ready&b=foo", userP), form(0, "/admin?stats", "s=s1&action=ready", userP), form(0, "/admin?stats", "s=s1&b=be", userP),
	form(0, "/admin?stats", "action=ready&b=be", userP), form(0, "/admin?stats", "action=drain&b=be&s=s1", userP), form(0, "/admin?stats", "b=be&s=s1&action=drain", userP),
	form(0, "/admin?stats", "action=drain&s=s1&b=be", userP), form(0, "/admin?stats", "s=s1&b=be&action=drain", userP), form(0, "/admin?stats", "s=s1&action=ready&b=%233", userP),
	form(0, "/admin?stats", "s=s1&action=ready&b=#3", userP), form(0, "/admin?stats", "s=s1&action=ready&b=%23be", userP), form(0, "/admin?stats", "s=s1&action=ready&b=%2399", userP),
	form(0, "/admin?stats", "s=s%31&action=ready&b=be", userP), form(0, "/admin?stats", "s=s+1&action=ready&b=be", userP), form(0, "/admin?stats", "s=s1;action=drain;b=be", userP),
	form(0, "/admin?stats", "x=y&s=s1&action=ready&b=be&z", userP), form(0, "/admin?stats", "=&==", userP), form(0, "/admin?stats", "s=s1&action=&b=be", userP),
	form(0, "/admin?stats", "s=s1&action=ready&action=drain&b=be", userP), form(0, "/admin?stats", "s=s1&action=ready&b=front", userP),
	form(0, "/admin?stats", "s=s1&s=s2&s=s3&action=maint&b=be", userP), get(0, "/admin?stats;csv;norefresh;scope=be", userP),
	form(0, "/admin?stats", "s=s1&s=s2&action=ready&b=be", userP), form(0, "/admin?stats", "s=s1&action=stop&b=be", userP), form(0, "/admin?stats", "s=s1&action=start&b=be", userP),
	form(0, "/admin?stats", "s=s1&action=disable&b=be", userP), form(0, "/admin?stats", "s=s1&action=enable&b=be", userP),
	form(0, "/admin?stats", "s=s1&action=dhlth&b=be", userP), form(0, "/admin?stats", "s=s1&action=ehlth&b=be", userP), form(0, "/admin?stats", "s=s1&action=hrunn&b=be", userP),
	form(0, "/admin?stats", "s=s1&action=hdown&b=be", userP), form(0, "/admin?stats", "s=s1&action=dagent&b=be", userP), form(0, "/admin?stats", "s=s1&action=adown&b=be", userP),
	get(0, "/admin?stats;csv;norefresh;scope=be", userP),
	{0, "POST /admin?stats HTTP/1.1\r\nHost: a\r\n" + userP + "\r\nTransfer-Encoding: chunked\r\n\r\n16\r\ns=s1&action=drain&b=be\r\n0\r\n\r\n"},
	form(0, "/admin?stats", "s="+strings.Repeat("a", 17000)+"&action=drain&b=be", userP),
	get(0, "/admin?stats;csv;norefresh;scope=be", userP),
}

// The columns of a page that the requests before change.
var pageColumns = []string{"scur", "smax", "stot", "bin", "bout", "econ", "dreq", "lbtot", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "req_tot",
	"cli_abrt", "intercepted", "conn_tot", "wretr", "connect", "rate", "ereq", "ctime_max", "ttime_max", "ttime", "ctime", "qtime", "qtime_max"}

// TestStatsPage compares the answers of the pages: heads byte by byte, CSV and JSON but for what the traffic counts, and of
// HTML that there is some.
func TestStatsPage(t *testing.T) {
	needPrograms(t)
	for _, c := range pageColumns {
		unsteady[c] = true
	}
	ready, target := freePort(t), freePort(t)
	ports := make([]int, 6)
	for i := range ports {
		ports[i] = freePort(t)
	}
	var out [2][]string
	for i, side := range []program{theirs, ours} {
		p := launch(t, side, statsConfig(ready, ports, target), ready, "-db")
		for _, r := range pageRequests {
			out[i] = append(out[i], askPage(t, ports[r.port], r.raw))
		}
		p.stop(t)
	}
	for i, r := range pageRequests {
		name, _, _ := strings.Cut(r.raw, "\r\n")
		t.Run(fmt.Sprintf("%d %s", i, name), func(t *testing.T) {
			t.Log(r.raw[max(0, len(r.raw)-100):])
			same(t, out[0][i], out[1][i])
		})
	}
}

// askPage sends a request on a connection of its own and describes all answers on it.
func askPage(t *testing.T, port int, raw string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr(port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, raw); err != nil {
		return "cannot send: " + err.Error()
	}
	method, _, _ := strings.Cut(raw, " ")
	r := bufio.NewReader(c)
	var out strings.Builder
	for range strings.Count(raw, " HTTP/1.") {
		if !describeAnswer(&out, r, method) {
			break
		}
	}
	return out.String()
}

// describeAnswer reads one answer: the head as it is, the body by its kind.
func describeAnswer(out *strings.Builder, r *bufio.Reader, method string) bool {
	head, err := peekHead(r)
	out.WriteString(strings.ReplaceAll(head, "\r\n", "\n"))
	if err != nil {
		fmt.Fprintf(out, "[%v]", err)
		return false
	}
	res, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		fmt.Fprintf(out, "[%v]", err)
		return false
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		fmt.Fprintf(out, "[%v]", err)
	}
	switch kind := res.Header.Get("Content-Type"); {
	case kind == "text/plain" && len(b) > 0:
		out.WriteString(steadyCSV(string(b)))
	case kind == "application/json":
		out.WriteString(steadyJSON(string(b)))
	case kind == "text/html" && res.Header.Get("Refresh")+res.Header.Get("Transfer-Encoding") != "" || len(b) > 1000:
		fmt.Fprintf(out, "a page: %v", bytes.Contains(b, []byte("<html")) && bytes.HasSuffix(bytes.TrimSpace(b), []byte("</html>")))
	default:
		out.Write(b)
	}
	return !res.Close
}

// peekHead returns the head that stands next in r, without taking it.
func peekHead(r *bufio.Reader) (string, error) {
	for n := 1; ; n++ {
		b, err := r.Peek(n)
		if err != nil {
			return string(b), err
		}
		b, _ = r.Peek(r.Buffered())
		if i := bytes.Index(b, []byte("\r\n\r\n")); i >= 0 {
			return string(b[:i+4]), nil
		}
		n = max(n, len(b))
	}
}

var formServer = regexp.MustCompile(`<input[^>]*name="s" value="([^"]*)"`)

// TestStatsHTML looks at what the HTML page shows: on both sides, each with a layout of its own.
func TestStatsHTML(t *testing.T) {
	both(t, func(t *testing.T, side program) {
		ready, target := freePort(t), freePort(t)
		ports := make([]int, 6)
		for i := range ports {
			ports[i] = freePort(t)
		}
		launch(t, side, statsConfig(ready, ports, target), ready, "-db")
		page := func(port int, target string) string {
			req, err := http.NewRequest("GET", "http://"+addr(ports[port])+target, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.SetBasicAuth("u", "p")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		has := func(text string, yes bool, words ...string) {
			t.Helper()
			for _, w := range words {
				if strings.Contains(text, w) != yes && strings.Contains(html.UnescapeString(text), w) != yes {
					t.Errorf("%q in the page: %v, want %v", w, !yes, yes)
				}
			}
		}
		full := page(0, "/admin?stats")
		has(full, true, "Statistics Report for HAProxy", "on n1", "version 2.6.12", ">be<", "hid-den", `href="/admin?stats;csv;norefresh"`,
			`href="/admin?stats;up"`, `href="/admin?stats;norefresh"`, `<option value="drain">`, `<option value="maint">`, `<option value="ready">`,
			"127.0.0.1:", "cookie: 'a'", "MAINT")
		has(full, false, "Nothing has changed")
		if got := fmt.Sprint(formServer.FindAllStringSubmatch(full, -1)); !strings.Contains(got, " s1]") || !strings.Contains(got, " x]") {
			t.Errorf("servers of the form: %s", got)
		}
		has(page(0, "/admin?stats;st=DONE"), true, "Action processed successfully", `href="/admin?stats"`)
		has(page(0, "/admin?stats;st=NONE"), true, "Nothing has changed")
		has(page(0, "/admin?stats;up"), false, ">s3<")
		has(page(0, "/admin?stats;scope=hid"), false, ">be<")
		scoped := page(2, "/s")
		has(scoped, false, "2.6.12", "hid-den", "127.0.0.1:", "cookie: 'a'", "on n1")
		has(scoped, true, ">be<", ">scoped<", `name="s"`)
		has(page(1, "/haproxy?stats"), false, `name="s"`, "<select")
		if side == ours { // HAProxy 2.6 writes it as it stands
			has(full, true, "foo &lt;bar&gt;")
		}
	})
}
